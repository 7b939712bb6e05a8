/** A server answers as `unroll predict` does, in three shapes, and refuses what it cannot answer with what to do. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { loadClassifier } from '../../src/run/index.ts';
import { unrollHere } from '../support/cli.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { openTestServer, TEXTS, trainTiny } from './support.ts';

const cwd = temporaryFolder();
const runs = { network: '', linear: '', majority: '' };
let server: Awaited<ReturnType<typeof openTestServer>>;

interface Prediction {
  readonly label: string | null;
  readonly score: number;
  readonly scores?: readonly { readonly label: string; readonly score: number }[];
  readonly set?: readonly string[];
}
interface Predicted {
  readonly model: string;
  readonly version: string;
  readonly predictions: readonly Prediction[];
}
interface Inferred {
  readonly outputs: readonly { readonly name: string; readonly shape: number[]; readonly data: unknown[] }[];
}

before(async () => {
  runs.network = await trainTiny(cwd, 'network');
  runs.linear = await trainTiny(cwd, 'linear', 'linear');
  runs.majority = await trainTiny(cwd, 'majority', 'majority');
  server = await openTestServer([runs.network, `bag@a=${runs.linear}`, `bag@b=${runs.majority}`]);
});

async function predictCommand(run: string, ...args: string[]): Promise<Record<string, unknown>[]> {
  const { stdout, stderr, code } = await unrollHere(['predict', run, '--json', ...args, '--', ...TEXTS], {
    cwd,
  });
  assert.equal(code, 0, stderr);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function errorOf(response: Response): Promise<string> {
  return ((await response.json()) as { error: string }).error;
}

describe('answers', () => {
  it('are those of unroll predict --json, for every kind of model', async () => {
    const asked = [
      { run: runs.network, model: 'network' },
      { run: runs.linear, model: 'bag', version: 'a' },
      { run: runs.majority, model: 'bag' },
    ];
    for (const { run, ...which } of asked) {
      const { predictions } = await server.ask<Predicted>('/predict', { texts: TEXTS, top_k: 3, ...which });
      const said = await predictCommand(run, '--scores', 'all');
      for (const [n, { scores, ...own }] of predictions.entries()) {
        const { row_id: _row, text: _text, scores: theirs, ...rest } = said[n];
        assert.deepEqual(own, rest, `${which.model}: ${TEXTS[n]}`);
        assert.deepEqual(Object.fromEntries(scores?.map((s) => [s.label, s.score]) ?? []), theirs);
      }
    }
  });

  it('have the bits of the classifier in the other two shapes, alone and together', async () => {
    const classifier = await loadClassifier(runs.network);
    const [N, C] = [TEXTS.length, classifier.labelNames.length];
    const expected = Array.from(classifier.predictProba(TEXTS));
    await classifier.close();
    const { outputs } = await server.ask<Inferred>('/v2/models/network/infer', {
      inputs: [{ name: 'text', shape: [N], datatype: 'BYTES', data: TEXTS }],
    });
    const probabilities = outputs.find(({ name }) => name === 'probabilities');
    assert.deepEqual(probabilities?.shape, [N, C]);
    assert.deepEqual(probabilities.data, expected);
    for (const [n, text] of TEXTS.entries()) {
      const [first] = await server.ask<Prediction[]>('/models/network', { inputs: text });
      assert.equal(first.score, Math.max(...expected.slice(n * C, (n + 1) * C)));
    }
  });

  it('abstain and give sets as the command does', async () => {
    const sure = await openTestServer([runs.network], {
      confidence: { abstainBelow: 0.9, sets: { coverage: 0.8, method: 'aps' } },
    });
    const { predictions } = await sure.ask<Predicted>('/predict', { texts: TEXTS });
    const said = await predictCommand(
      runs.network,
      '--abstain-below',
      '0.9',
      '--sets',
      '0.8',
      '--set-method',
      'aps',
    );
    assert.deepEqual(
      predictions.map(({ label, set }) => ({ label, set })),
      said.map(({ label, set }) => ({ label, set })),
    );
    assert.ok(predictions.some(({ label }) => label === null));
    const inferred = await sure.ask<Inferred>('/v2/models/network/infer', {
      inputs: [{ name: 'text', shape: [1], datatype: 'BYTES', data: ['zzz'] }],
      outputs: [{ name: 'label' }],
    });
    assert.deepEqual(inferred.outputs, [{ name: 'label', datatype: 'BYTES', shape: [1], data: [''] }]);
    await sure.close();
  });

  it('are the same for requests that share batches', async () => {
    const one = await server.ask<Predicted>('/predict', { texts: TEXTS, model: 'network' });
    const many = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        server.ask<Predicted>('/predict', { text: TEXTS[n % TEXTS.length], model: 'network' }),
      ),
    );
    for (const [n, { predictions }] of many.entries())
      assert.deepEqual(predictions, [one.predictions[n % TEXTS.length]]);
  });

  it('explain where that is asked for', async () => {
    interface Explained {
      readonly explanation: { readonly label: string; readonly tokens: readonly { readonly text: string }[] };
    }
    const { predictions } = await server.ask<{ predictions: Explained[] }>('/predict', {
      ...{ text: 'a goal for the team', model: 'bag', version: 'a' },
      explain: { label: 'money' },
    });
    const [{ explanation }] = predictions;
    assert.equal(explanation.label, 'money');
    assert.ok(explanation.tokens.length > 0);
    const refused = await server.send('/predict', {
      text: 'x',
      model: 'network',
      explain: { label: 'weather' },
    });
    assert.equal(refused.status, 422);
    assert.match(await errorOf(refused), /\[explain\.label\] must be one of money, music, sport/);
    const method = { text: 'x', model: 'network', explain: { method: 'weights' } };
    assert.equal((await server.send('/predict', method)).status, 422);
    const many = { texts: Array.from({ length: 17 }, () => 'x'), model: 'network', explain: true };
    assert.match(await errorOf(await server.send('/predict', many)), /at most 16 texts/);
    const long = { text: 'goal '.repeat(2001), model: 'network', explain: true };
    assert.match(await errorOf(await server.send('/predict', long)), /10000 characters in all .* have 10005/);
  });
});

describe('the shape of Hugging Face', () => {
  const inputs = TEXTS.slice(0, 2);
  const top = (path: string, body: unknown) => server.ask<unknown>(path, body);

  it('is that of pipeline("text-classification")', async () => {
    const [best] = (await top('/models/network', { inputs: inputs[0] })) as [Prediction];
    assert.equal(best.label, 'money');
    const list = (await top('/models/network', { inputs })) as Prediction[];
    assert.deepEqual(
      list.map(({ label }) => label),
      ['money', 'sport'],
    );
    const two = (await top('/models/network', {
      inputs: inputs[0],
      parameters: { top_k: 2 },
    })) as Prediction[];
    assert.equal(two.length, 2);
    assert.deepEqual(two[0], best);
    const nested = (await top('/models/network', { inputs, parameters: { top_k: 1 } })) as Prediction[][];
    assert.deepEqual(
      nested,
      list.map((one) => [one]),
    );
    const all = (await top('/models/network', {
      inputs: { text: inputs[0] },
      parameters: { top_k: null },
    })) as unknown[];
    assert.equal(all.length, 3);
  });

  it('is that of the hosted API for its clients: a list per text, all classes', async () => {
    const one = (await top('/hub/models/bag/versions/a', { inputs: inputs[0] })) as Prediction[][];
    assert.equal(one.length, 1);
    assert.equal(one[0].length, 3);
    const cut = (await top('/hub/models/bag', {
      ...{ inputs: inputs[0], parameters: { top_k: 1, function_to_apply: 'softmax' } },
      options: { wait_for_model: true },
    })) as Prediction[][];
    assert.equal(cut[0].length, 1);
  });
});

describe('the Open Inference Protocol', () => {
  const read = async (path: string) => (await server.app.request(path)).json();

  it('says what the server is and what its models take', async () => {
    assert.deepEqual(await read('/v2/health/live'), { live: true });
    assert.deepEqual(await read('/v2/health/ready'), { ready: true });
    assert.deepEqual(Object.keys((await read('/v2')) as object), ['name', 'version', 'extensions']);
    const { versions, outputs } = (await read('/v2/models/bag')) as {
      versions: string[];
      outputs: { name: string; shape: number[] }[];
    };
    assert.deepEqual(versions, ['a', 'b']);
    assert.deepEqual(outputs.find(({ name }) => name === 'probabilities')?.shape, [-1, 3]);
    assert.deepEqual(await read('/v2/models/bag/versions/a/ready'), { name: 'bag', ready: true });
  });

  it('takes columns, gives the outputs that are asked for, and refuses what is no tensor of texts', async () => {
    const tensor = { name: 'text', shape: [2, 1], datatype: 'BYTES', data: [['a goal'], ['the bank']] };
    const answer = await server.ask<Inferred & { id: string }>('/v2/models/network/versions/1/infer', {
      ...{ id: '42', inputs: [tensor], outputs: [{ name: 'label' }, { name: 'classes' }] },
    });
    assert.equal(answer.id, '42');
    assert.deepEqual(
      answer.outputs.map(({ data }) => data),
      [
        ['sport', 'money'],
        ['money', 'music', 'sport'],
      ],
    );
    const refusals: [object, RegExp][] = [
      [{ ...tensor, shape: [3] }, /\[inputs\.0\.shape\]/],
      [{ ...tensor, datatype: 'FP32' }, /\[inputs\.0\.datatype\] must be BYTES/],
      [{ ...tensor, name: 'x' }, /named text/],
      [{ ...tensor, data: [1, 2] }, /\[inputs\.0\.data\.0\]/],
    ];
    for (const [input, message] of refusals) {
      const refused = await server.send('/v2/models/network/infer', { inputs: [input] });
      assert.equal(refused.status, 400);
      assert.match(await errorOf(refused), message);
    }
    const output = await server.send('/v2/models/network/infer', {
      inputs: [tensor],
      outputs: [{ name: 'y' }],
    });
    assert.match(await errorOf(output), /\[outputs\.0\.name\] must be one of label, score/);
    const binary = await server.send(
      '/v2/models/network/infer',
      {},
      { 'Inference-Header-Content-Length': '5' },
    );
    assert.equal(binary.status, 400);
  });
});

describe('refusals', () => {
  it('say where, what must hold, what came and the fix', async () => {
    const cases: [string, unknown, number, RegExp][] = [
      ['/predict', { txt: 'a' }, 422, /\[txt\] is not a known key\. Did you mean "text"\?/],
      ['/predict', { text: 5 }, 422, /\[text\] must be a text, but is 5/],
      ['/predict', { texts: ['a', null] }, 422, /\[texts\.1\] must be a text, but is null/],
      ['/predict', {}, 422, /text or texts must be given/],
      ['/predict', { text: 'a', texts: ['b'] }, 422, /Leave one out/],
      ['/predict', { texts: [] }, 422, /one text at least/],
      ['/predict', { text: 'a', top_k: 0 }, 422, /\[top_k\] must be at least 1/],
      ['/predict', { text: 'a' }, 422, /\[model\] one of network, bag must be named/],
      ['/predict', { text: 'a', model: 'x' }, 404, /must be one of network, bag/],
      ['/predict', { text: 'a', model: 'bag', version: 'c' }, 404, /\[version\] of bag must be one of a, b/],
      ['/models/nobody', { inputs: 'a' }, 404, /must be one of network, bag/],
      ['/models/bag', { inputs: 5 }, 422, /\[inputs\] must be a text/],
      ['/nothing', {}, 404, /there is none/],
    ];
    for (const [path, body, status, message] of cases) {
      const response = await server.send(path, body);
      const error = await errorOf(response);
      assert.equal(response.status, status, error);
      assert.match(error, message);
    }
  });

  it('name the methods that an address takes', async () => {
    for (const [method, path, allowed] of [
      ['PUT', '/predict', 'POST'],
      ['GET', '/hub', 'POST'],
      ['DELETE', '/', 'POST, GET'],
      ['POST', '/v2/models/network', 'GET'],
    ] as const) {
      const response = await server.app.request(path, { method });
      assert.equal(response.status, 405, `${method} ${path}`);
      assert.equal(response.headers.get('allow'), allowed);
    }
    assert.equal((await server.app.request('/v2/health/live', { method: 'HEAD' })).status, 200);
  });

  it('keep to the limits of texts, characters, body, queue and time', async () => {
    const small = await openTestServer([runs.linear], {
      limits: { maxTexts: 3, maxCharacters: 10, maxBody: 200, maxQueue: 4, maxBatch: 1 },
    });
    assert.match(
      await errorOf(await small.send('/predict', { texts: ['a', 'b', 'c', 'd'] })),
      /at most 3 texts.*--max-texts/,
    );
    assert.match(
      await errorOf(await small.send('/predict', { texts: ['a', 'b'.repeat(11)] })),
      /\[texts\.1\].*at most 10 characters.*--max-characters/,
    );
    const large = await small.send('/predict', { text: 'c'.repeat(300) });
    assert.equal(large.status, 413);
    const burst = await Promise.all(
      Array.from({ length: 6 }, () => small.send('/predict', { texts: ['a', 'b', 'c'] })),
    );
    const refused = burst.filter(({ status }) => status === 429);
    assert.ok(refused.length > 0 && refused.length < burst.length);
    assert.ok(Number(refused[0].headers.get('retry-after')) >= 1);
    assert.ok(burst.every(({ status }) => status === 200 || status === 429));
    await small.close();

    const hurried = await openTestServer([runs.linear], { limits: { timeout: 1, maxWait: 5000 } });
    const late = await hurried.send('/predict', { text: 'a' });
    assert.equal(late.status, 503);
    assert.match(await errorOf(late), /within 0\.001 s.*--timeout/);
    assert.ok(late.headers.has('retry-after'));
    assert.equal(hurried.service.scheduler.waiting, 0);
    await hurried.close();
  });

  it('while it stops, and without its token', async () => {
    let draining = false;
    const guarded = await openTestServer([runs.majority], {
      token: 'a-token-of-some-length',
      draining: () => draining,
    });
    assert.equal((await guarded.send('/predict', { text: 'a' })).status, 401);
    assert.equal((await guarded.send('/', { inputs: 'a' })).status, 401);
    assert.equal((await guarded.app.request('/metrics')).status, 401);
    const authorization = { authorization: 'Bearer a-token-of-some-length' };
    assert.equal((await guarded.send('/predict', { text: 'a' }, authorization)).status, 200);
    for (const open of ['/', '/page.js', '/openapi.json', '/v2/health/live', '/v2/health/ready'])
      assert.equal((await guarded.app.request(open)).status, 200, open);
    draining = true;
    const refused = await guarded.send('/predict', { text: 'a' }, authorization);
    assert.equal(refused.status, 503);
    assert.equal((await guarded.app.request('/v2/health/ready')).status, 503);
    await guarded.close();
  });

  it('of malformed bodies are 4xx, without a stack trace', async () => {
    const paths = ['/predict', '/', '/models/network', '/hub/models/bag', '/v2/models/network/infer'];
    const keys = [
      'text',
      'texts',
      'top_k',
      'explain',
      'inputs',
      'parameters',
      'model',
      'outputs',
      '__proto__',
    ];
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('network', 'bag', -1, 1e308, '\ud800', '\u0000', [[[]]], { name: 'text' }),
    );
    const body = fc.oneof(
      fc.string(),
      fc.json().map((json) => json.slice(0, -1)),
      fc.jsonValue().map((json) => JSON.stringify(json)),
      fc.dictionary(fc.constantFrom(...keys), value).map((object) => JSON.stringify(object)),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), body, async (path, text) => {
        const response = await server.send(path, text);
        const answer = await response.text();
        assert.ok(response.status < 500, `${response.status} ${answer}`);
        assert.doesNotMatch(answer, /\bat [^"]*\.ts:|node_modules|node:internal/);
        if (response.status >= 400) assert.equal(typeof JSON.parse(answer).error, 'string');
      }),
      { numRuns: 200 },
    );
    assert.deepEqual(server.bugs, []);
  });
});

describe('what operators see', () => {
  it('is counted in the metrics, by route and model', async () => {
    const fresh = await openTestServer([`ab=${runs.majority}`]);
    await fresh.ask('/predict', { texts: ['x', 'y'] });
    await fresh.send('/predict', '{');
    await fresh.app.request('/nowhere/at/all');
    const text = await (await fresh.app.request('/metrics')).text();
    for (const line of [
      'unroll_http_requests_total{method="POST",route="/predict",status="200"} 1',
      'unroll_http_errors_total{route="/predict",status="400"} 1',
      'unroll_http_requests_total{method="GET",route="none",status="404"} 1',
      'unroll_http_request_duration_seconds_count{route="/predict"} 2',
      'unroll_texts_total{model="ab",version="1"} 2',
      'unroll_batch_texts_sum{model="ab",version="1"} 2',
      'unroll_queue_texts 0',
      'unroll_threads 1',
    ])
      assert.ok(text.includes(`${line}\n`), `${line} in\n${text}`);
    for (const line of text.trim().split('\n'))
      assert.match(line, /^(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{(?:\w+="(?:[^"\\]|\\.)*",?)*\})? [\d.e+-]+)$/);
    await fresh.close();
  });

  it('is logged as JSON, without the texts', () => {
    const line = server.lines.find((one) => one['path'] === '/predict' && one['status'] === 200);
    assert.ok(line);
    assert.equal(line['event'], 'request');
    assert.match(String(line['request_id']), /^[\w-]+$/);
    assert.equal(typeof line['ms'], 'number');
    assert.doesNotMatch(JSON.stringify(server.lines), /stock price|goal for the team/);
  });

  it('is described in OpenAPI, and every route of it exists', async () => {
    const description = (await (await server.app.request('/openapi.json')).json()) as {
      openapi: string;
      paths: Record<
        string,
        Record<string, { requestBody?: { content: Record<string, { example: unknown }> } }>
      >;
    };
    assert.equal(description.openapi, '3.1.0');
    for (const [path, methods] of Object.entries(description.paths)) {
      const address = path.replace('{name}', 'network').replace('{version}', '1');
      for (const [method, { requestBody }] of Object.entries(methods)) {
        const example = requestBody?.content['application/json'].example;
        const response =
          method === 'get' ? await server.app.request(address) : await server.send(address, example);
        // with several models, some addresses need a name, which the error says
        assert.ok([200, 422].includes(response.status), `${method} ${path}: ${response.status}`);
      }
    }
  });

  it('is a page that loads nothing from elsewhere and runs nothing inline', async () => {
    const response = await server.app.request('/');
    const html = await response.text();
    assert.match(response.headers.get('content-type') ?? '', /text\/html/);
    assert.doesNotMatch(html, /<script>|<style|\son\w+=|style="/);
    assert.doesNotMatch(html.replaceAll(/curl http:\/\/localhost:8080[^<]*/g, ''), /https?:\/\//);
    assert.match(html, /POST<\/code> <code>\/predict/);
  });
});
