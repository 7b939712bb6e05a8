import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { Hono } from 'hono';
import { ConfigError } from '../../core/errors.ts';
import {
  answersTo,
  guard,
  type GuardOptions,
  type HttpEnv,
  readJsonBody,
  requireToken,
  startServer,
} from './index.ts';

function appWith(options: Partial<GuardOptions> = {}, token?: string): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  guard(app, { host: '127.0.0.1', allowHosts: [], cors: [], ...options });
  if (token !== undefined) app.use(requireToken(token, (path) => path === '/open'));
  app.get('/open', (c) => c.text('open'));
  app.get('/page', (c) => c.html('<p>page</p>'));
  app.post('/echo', async (c) => c.json({ got: await readJsonBody(c, 100) }));
  app.get('/bug', () => {
    throw new TypeError('a secret of the code');
  });
  return app;
}

const post = (body: BodyInit, headers: Record<string, string> = {}) => ({
  method: 'POST',
  body,
  headers: { 'Content-Type': 'application/json', ...headers },
});

async function errorOf(response: Response): Promise<string> {
  return ((await response.json()) as { error: string }).error;
}

test('on loopback, only names of this machine are answered: a rebound name is another', async () => {
  const app = appWith();
  for (const host of ['localhost', 'LOCALHOST:8080', '127.0.0.1:1', '[::1]:8080', '127.0.0.5'])
    assert.equal((await app.request('/open', { headers: { host } })).status, 200, host);
  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'a b', '']) {
    const refused = await app.request('/open', { headers: { host } });
    assert.equal(refused.status, 421, host);
    assert.match(await errorOf(refused), /--allow-host/);
  }
  const named = appWith({ allowHosts: ['api.example.com'] });
  assert.equal((await named.request('/open', { headers: { host: 'API.example.com' } })).status, 200);
  assert.ok(answersTo('anything.example', '0.0.0.0'), 'an address for others has names that nobody listed');
  assert.ok(!answersTo('anything.example', '0.0.0.0', ['api.example.com']));
});

test('pages of other origins are refused, unless --cors allows them', async () => {
  const host = 'localhost:8080';
  const ask = (app: Hono<HttpEnv>, origin: string) => app.request('/open', { headers: { host, origin } });
  const own = await ask(appWith(), 'http://localhost:8080');
  assert.equal(own.status, 200);
  assert.equal(own.headers.get('access-control-allow-origin'), null);
  for (const origin of ['https://evil.example', 'null', 'http://localhost:8081'])
    assert.equal((await ask(appWith(), origin)).status, 403, origin);

  const allowing = appWith({ cors: ['https://shop.example'] });
  const allowed = await ask(allowing, 'https://shop.example');
  assert.equal(allowed.headers.get('access-control-allow-origin'), 'https://shop.example');
  assert.equal((await ask(allowing, 'https://evil.example')).status, 403);
  const preflight = await allowing.request('/echo', {
    method: 'OPTIONS',
    headers: { host, origin: 'https://shop.example', 'access-control-request-method': 'POST' },
  });
  assert.equal(preflight.status, 204);
  assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /Authorization/);
});

test('a body is read up to the limit, with or without its length', async () => {
  const app = appWith();
  const body = JSON.stringify({ a: 'ü' });
  assert.deepEqual(await (await app.request('/echo', post(body))).json(), { got: { a: 'ü' } });
  const long = JSON.stringify('x'.repeat(200));
  const told = { 'Content-Length': String(long.length) };
  for (const headers of [{}, told]) {
    const refused = await app.request('/echo', post(long, headers));
    assert.equal(refused.status, 413);
    assert.match(await errorOf(refused), /at most 100 bytes.*--max-body/);
  }
});

test('a client that ends within its body makes no bug', async () => {
  const bugs: unknown[] = [];
  const app = appWith({ onBug: (error) => bugs.push(error) });
  const answered: number[] = [];
  const server = await startServer({
    fetch: async (request, env) => {
      const response = await app.fetch(request, env);
      answered.push(response.status);
      return response;
    },
    host: '127.0.0.1',
    port: 0,
  });
  const head = 'POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
  for (const [k, body] of [
    'Content-Length: 9\r\n\r\n{"a":',
    'Transfer-Encoding: chunked\r\n\r\nZZ\r\n',
  ].entries()) {
    const socket = connect(server.port, '127.0.0.1', () => {
      socket.write(head + body, () => setTimeout(() => socket.destroy(), 20));
    });
    while (answered.length === k) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await server.stop(0);
  assert.deepEqual([answered, bugs], [[400, 400], []]);
});

test('what is no JSON is refused with what to do', async () => {
  const app = appWith();
  const statusOf = async (body: BodyInit, headers?: Record<string, string>) =>
    (await app.request('/echo', post(body, headers))).status;
  assert.equal(await statusOf('{"a":'), 400);
  assert.equal(await statusOf(''), 400);
  assert.equal(await statusOf(Uint8Array.of(0x22, 0xff, 0x22)), 400);
  assert.equal(await statusOf('{}', { 'Content-Type': 'text/plain' }), 415);
  assert.equal(await statusOf('{}', { 'Content-Encoding': 'gzip' }), 415);
  assert.equal(await statusOf('{}', { 'Content-Type': 'application/json; charset=utf-8' }), 200);
});

test('a bug is told to the log, not to the client', async () => {
  const bugs: { error: unknown; id: string }[] = [];
  const app = appWith({ onBug: (error, id) => bugs.push({ error, id }) });
  const response = await app.request('/bug', { headers: { 'x-request-id': 'mine-1' } });
  assert.equal(response.status, 500);
  const text = await response.text();
  assert.doesNotMatch(text, /secret|at .*\.ts/);
  assert.match(text, /"request_id":"mine-1"/);
  assert.equal(response.headers.get('x-request-id'), 'mine-1');
  assert.equal(bugs.length, 1);
  assert.equal(bugs[0].id, 'mine-1');
  assert.match(String(bugs[0].error), /a secret of the code/);
});

test('request ids: a plain one is kept, any other replaced', async () => {
  const app = appWith();
  const idOf = async (id: string) =>
    (await app.request('/open', { headers: { 'x-request-id': id } })).headers.get('x-request-id');
  assert.equal(await idOf('a.b:c-1'), 'a.b:c-1');
  for (const id of ['x'.repeat(129), 'a b', '<script>'])
    assert.match((await idOf(id)) ?? '', /^[\da-f-]{36}$/);
});

test('a token is asked for, but where a path is open', async () => {
  const app = appWith({}, 'correct horse');
  const ask = (path: string, authorization?: string) =>
    app.request(path, authorization === undefined ? {} : { headers: { authorization } });
  assert.equal((await ask('/open')).status, 200);
  for (const given of [undefined, 'Bearer wrong', 'Basic correct', 'Bearer', 'correct']) {
    const refused = await ask('/page', given);
    assert.equal(refused.status, 401, given);
    assert.equal(refused.headers.get('www-authenticate'), 'Bearer');
  }
  const plain = appWith({}, 'abc');
  assert.equal((await plain.request('/page', { headers: { authorization: 'Bearer abc' } })).status, 200);
  assert.equal((await plain.request('/page', { headers: { authorization: 'bearer abc' } })).status, 200);
});

test('pages may load nothing from elsewhere, and run nothing inline', async () => {
  const { headers } = await appWith().request('/page');
  const policy = headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe/);
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
  assert.equal(headers.get('cache-control'), 'no-store');
});

test('a server that stops answers what it has, and refuses what comes then', async () => {
  const app = new Hono<HttpEnv>();
  guard(app, { host: '127.0.0.1', draining: () => server.draining() });
  let answer: (() => void) | undefined;
  const asked = new Promise<void>((resolve) => {
    app.get('/slow', async (c) => {
      const waits = new Promise<void>((done) => {
        answer = done;
      });
      resolve();
      await waits;
      return c.text('done');
    });
  });
  const server = await startServer({ fetch: app.fetch, host: '127.0.0.1', port: 0 });
  const slow = fetch(`${server.url}/slow`);
  await asked;
  const stopped = server.stop(30_000);
  const refused = await fetch(`${server.url}/slow`);
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get('retry-after'), '1');
  await refused.text();
  answer?.();
  assert.equal(await (await slow).text(), 'done');
  assert.equal(await stopped, 0);
  await assert.rejects(fetch(`${server.url}/slow`));
});

test('what takes longer than the grace is cut off and counted', async () => {
  const app = new Hono();
  const begun = new Promise<void>((resolve) => {
    app.get('/never', () => {
      resolve();
      return new Promise<Response>(() => undefined);
    });
  });
  const server = await startServer({ fetch: app.fetch, host: '127.0.0.1', port: 0 });
  const never = assert.rejects(fetch(`${server.url}/never`));
  await begun;
  assert.equal(await server.stop(10), 1);
  await never;
});

test('a port that is taken, and an address of another machine, are errors with what to do', async () => {
  const fetch = () => new Response('');
  const first = await startServer({ fetch, host: '127.0.0.1', port: 0 });
  await assert.rejects(startServer({ fetch, host: '127.0.0.1', port: first.port }), (error) => {
    assert.ok(error instanceof ConfigError);
    assert.match(error.message, /--port \d+\] the port must be free, but another program listens on it/);
    return true;
  });
  await first.stop(0);
  await assert.rejects(
    startServer({ fetch, host: '203.0.113.7', port: 0 }),
    /--host 203\.0\.113\.7\].*EADDRNOTAVAIL/,
  );
});

test('what is no HTTP is refused, and the server goes on', async () => {
  const app = appWith();
  const server = await startServer({ fetch: app.fetch, host: '127.0.0.1', port: 0 });
  const answers: string[] = [];
  for (const head of [
    'nonsense\r\n\r\n',
    'GET http:// HTTP/1.1\r\nHost: a\r\n\r\n',
    'GET /\\a HTTP/1.1\r\nHost: x y\r\n\r\n',
  ]) {
    answers.push(
      await new Promise<string>((resolve) => {
        const socket = connect(server.port, '127.0.0.1', () => socket.write(head));
        let text = '';
        socket
          .on('data', (chunk) => (text += chunk.toString()))
          .on('close', () => {
            resolve(text);
          });
      }),
    );
  }
  for (const answer of answers) assert.match(answer, /^HTTP\/1\.1 4\d\d /);
  assert.equal((await fetch(`${server.url}/open`)).status, 200);
  await server.stop(0);
});
