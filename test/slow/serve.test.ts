/** `unroll serve` as a process under load: it loses no request that it accepted, whatever happens meanwhile. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect, createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { trainTiny } from '../serve/support.ts';
import { assertRefused, unroll } from '../support/cli.ts';
import { pause, until } from '../support/patience.ts';
import { temporaryFolder } from '../support/temporary.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const cwd = temporaryFolder();
const running = new Set<ChildProcess>();
let run = '';

before(async () => {
  run = await trainTiny(cwd, 'run');
});
after(() => {
  for (const child of running) child.kill('SIGKILL');
});

interface Served {
  readonly child: ChildProcess;
  readonly port: number;
  /** Standard error so far. */
  readonly said: () => string;
  /** Standard output so far, without its first line. */
  readonly written: () => string;
  readonly ended: Promise<number | null>;
}

/** Starts a server on a free port. */
async function startServe(...args: string[]): Promise<Served> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(process.execPath, [main, 'serve', ...args, '--port', '0', '--json'], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = once(child, 'exit').then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  let out = '';
  child.stdout.setEncoding('utf8');
  const gone = ended.then(() => '');
  while (!out.includes('{"url"')) {
    const part = await Promise.race([once(child.stdout, 'data').then(([text]) => text as string), gone]);
    assert.notEqual(part, '', err);
    out += part;
  }
  let written = '';
  child.stdout.on('data', (text: string) => (written += text));
  const line = out.split('\n').find((one) => one.startsWith('{"url"')) ?? '';
  const { port } = JSON.parse(line) as { port: number };
  return { child, port, said: () => err, written: () => written, ended };
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Sends a body; rejects where the connection breaks. */
function post(port: number, agent: Agent, body: string, path = '/predict'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
    const sent = request({ host: '127.0.0.1', port, path, method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: text });
      });
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const TEXT = JSON.stringify({ text: 'the bank said stock price' });

/** Clients that each send one request after another on a connection of their own, until told to stop. */
function load(port: number, clients: number, body: () => string = () => TEXT) {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const counts = new Map<string, number>();
  const count = (key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  const answers = new Set<string>();
  let stop = false;
  const client = async () => {
    while (!stop) {
      try {
        const { status, body: text } = await post(port, agent, body());
        count(String(status));
        if (status === 200) answers.add(text);
        if (status === 503) return;
      } catch (error) {
        count((error as NodeJS.ErrnoException).code ?? String(error));
        return;
      }
    }
  };
  const done = Promise.all(Array.from({ length: clients }, client)).then(() => {
    agent.destroy();
  });
  return {
    counts,
    answers,
    /** Waits until so many more requests have been answered. */
    async answered(more: number) {
      const enough = (counts.get('200') ?? 0) + more;
      await until(
        () => (counts.get('200') ?? 0) >= enough,
        () => `${enough} answers are expected, but got ${JSON.stringify([...counts])}`,
      );
    },
    end: () => {
      stop = true;
      return done;
    },
    done,
  };
}

/**
 * A request whose body stops half-way, so that it is being answered for as long as the client lives; resolves once it is.
 * `broken` tells how the connection ends.
 */
async function hold(port: number): Promise<{ readonly broken: Promise<string | undefined> }> {
  const socket = connect(port, '127.0.0.1');
  const broken = new Promise<string | undefined>((resolve) => {
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code));
    socket.once('close', () => resolve('closed'));
  });
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
  await once(socket, 'connect');
  const head = 'POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
  socket.write(`${head}Content-Length: ${TEXT.length}\r\n\r\n${TEXT.slice(0, 5)}`);
  const agent = new Agent();
  await until(
    async () => (await inFlight(port, agent)) === 2,
    () => `the request is not being answered: ${answer}`,
  );
  agent.destroy();
  return { broken: broken.then((how) => (answer === '' ? how : answer)) };
}

/** Requests that a server answers, this one included. */
function inFlight(port: number, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path: '/metrics', agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => {
        resolve(Number(/^unroll_http_requests_in_flight (\d+)/m.exec(text)?.[1]));
      });
    });
    sent.on('error', reject).end();
  });
}

/** Resident memory of a process, in MiB. */
function memoryOf(pid: number): number {
  const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1]) / 1024;
}

describe('a stop', () => {
  it('by SIGTERM under load answers all that was accepted', async () => {
    const { child, port, ended, said, written } = await startServe(run, '--log', 'json');
    const clients = load(port, 100);
    await clients.answered(500);
    child.kill('SIGTERM');
    await clients.done;
    assert.equal(await ended, 0, said());
    const answered = written()
      .split('\n')
      .filter((line) => line.includes('"status":200')).length;
    assert.equal(clients.counts.get('200'), answered, 'each answer of the server came to its client');
    // the last request of a client is refused: by an answer, or where that client is slow by the socket
    const { '200': _, ...last } = Object.fromEntries(clients.counts);
    const refused = ['503', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'].map((key) => last[key] ?? 0);
    assert.equal(
      refused.reduce((sum, n) => sum + n, 0),
      100,
      JSON.stringify(last),
    );
    assert.equal(clients.answers.size, 1, 'all answers are the same');
    assert.match(said(), /stopping/);
  });

  it('cuts off what takes longer than --grace, and says so', async () => {
    const { child, port, ended, said } = await startServe(run, '--grace', '0.2');
    const { broken } = await hold(port);
    child.kill('SIGINT');
    assert.equal(await ended, 1);
    assert.match(String(await broken), /^(ECONNRESET|closed)$/);
    assert.match(said(), /1 request took longer than --grace/);
  });

  it('by a second signal is at once', async () => {
    const { child, port, ended, said } = await startServe(run, '--grace', '600');
    const { broken } = await hold(port);
    child.kill('SIGTERM');
    await until(() => said().includes('stopping'), said);
    // until it is heard: this soon after the first it may count as the same
    for (let n = 0; n < 100 && child.signalCode === null && child.exitCode === null; n++) {
      await pause(700);
      child.kill('SIGTERM');
    }
    assert.equal(await ended, null);
    assert.equal(child.signalCode, 'SIGTERM');
    assert.match(String(await broken), /^(ECONNRESET|closed)$/);
  });
});

describe('under load', () => {
  it('500 connections are held, with right answers, and memory stays flat', async (t) => {
    const { child, port, ended } = await startServe(run);
    const clients = load(port, 500);
    await clients.answered(10_000);
    const before = memoryOf(child.pid ?? 0);
    await clients.answered(20_000);
    const after = memoryOf(child.pid ?? 0);
    await clients.end();
    const { '200': good, ...others } = Object.fromEntries(clients.counts);
    t.diagnostic(`${good} answers; ${before.toFixed(0)} MiB, then ${after.toFixed(0)} MiB`);
    assert.deepEqual(others, {});
    assert.equal(clients.answers.size, 1);
    assert.ok(after < before * 1.25 + 20, `${before} MiB became ${after} MiB`);
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
  });

  it('a thousand malformed requests get 4xx, and the next one its answer', async () => {
    const { child, port, ended } = await startServe(run);
    const agent = new Agent({ keepAlive: true, maxSockets: 20 });
    const bodies = [
      '',
      '{',
      '[]',
      'null',
      '{"text":1}',
      '{"texts":[[]]}',
      '\u0000',
      `{"text":"${'x'.repeat(200_000)}"}`,
      '{"inputs":{}}',
      '"\\ud800"',
    ];
    const paths = ['/predict', '/models/run', '/v2/models/run/infer', '/hub', '/%00'];
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, n) =>
        post(port, agent, bodies[n % bodies.length], paths[Math.floor(n / bodies.length) % paths.length]),
      ),
    );
    for (const { status, body } of answers) {
      assert.ok(status >= 400 && status < 500, `${status} ${body}`);
      assert.doesNotMatch(body, /\bat .*\.[jt]s:/);
    }
    assert.equal((await post(port, agent, TEXT)).status, 200);
    agent.destroy();
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
  });

  it('explanations that take too long end with 503, and their thread predicts again', async () => {
    const { child, port, ended } = await startServe(run, '--timeout', '0.05', '--threads', '1');
    const agent = new Agent({ keepAlive: true });
    const texts = Array.from({ length: 16 }, () => 'goal bank '.repeat(62));
    // one text may take longer than that on a busy machine
    const predicts = () =>
      until(
        async () => (await post(port, agent, TEXT)).status === 200,
        () => 'no prediction',
      );
    await predicts();
    let said = '';
    const explains = async () => {
      const { status, body } = await post(port, agent, JSON.stringify({ texts, explain: true }));
      assert.equal(status, 503, body);
      said = body;
      assert.match(said, /within 0\.05 s.*again later, with .*, or .* a longer --timeout/);
      // on a busy machine it is over before a thread begins with it: then fewer texts are the advice
      return said.includes('with a shorter text');
    };
    for (let n = 0; n < 3; n++) await until(explains, () => said);
    // those that waited are not begun
    await predicts();
    agent.destroy();
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
  });

  it('a model that is trained again is loaded without losing a request; a damaged one is not', async () => {
    const served = `${cwd}/served`;
    cpSync(run, served, { recursive: true });
    const { child, port, ended, said } = await startServe(served, '--reload', '0.2');
    const clients = load(port, 50);
    await clients.answered(50);
    const other = await trainTiny(cwd, 'other', 'linear');
    // as a training replaces it
    renameSync(`${served}/model`, `${served}/.model.previous`);
    cpSync(`${other}/model`, `${served}/.model.tmp`, { recursive: true });
    renameSync(`${served}/.model.tmp`, `${served}/model`);
    rmSync(`${served}/.model.previous`, { recursive: true });
    await until(() => said().includes('was reloaded'), said);
    await clients.answered(50);
    // as a copy that stops half-way leaves it
    cpSync(`${run}/model/model.safetensors`, `${served}/model/model.safetensors`);
    await until(() => said().includes('keeps the old model'), said);
    await clients.answered(50);
    await clients.end();
    const { '200': _, ...others } = Object.fromEntries(clients.counts);
    assert.deepEqual(others, {});
    assert.equal(clients.answers.size, 2, 'answers of the old and of the new model, and no others');
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
  });
});

describe('a start', () => {
  const refused = (...args: string[]) => unroll(['serve', ...args], { cwd });

  it('says what stands in its way', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const busy = await refused(run, '--port', String(port));
    assertRefused(busy, 2, /the port must be free, but another program listens on it/);
    taken.close();
    const missing = await refused('nothing');
    assertRefused(missing, 1, /there must be a model or a run with a model/);
    const twice = await refused(`a@1=${run}`, `a@1=${run}`);
    assertRefused(twice, 2, /both a@1/);
  });

  it('serves an average of models as unroll predict has it', async () => {
    const auto = await trainTiny(cwd, 'auto', 'auto');
    const { child, port, ended } = await startServe(auto);
    const agent = new Agent();
    const { body } = await post(port, agent, TEXT);
    const { stdout } = await unroll(['predict', auto, '--json', 'the bank said stock price']);
    const { row_id: _row, text: _text, ...said } = JSON.parse(stdout) as Record<string, unknown>;
    assert.deepEqual((JSON.parse(body) as { predictions: unknown[] }).predictions, [said]);
    agent.destroy();
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
  });
});
