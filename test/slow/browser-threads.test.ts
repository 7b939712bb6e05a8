/** Training in a worker of a page, on several threads, without relaxed SIMD, and under a policy that forbids WebAssembly. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { root } from '../../scripts/house.ts';
import { readDataset } from '../../src/data/read.ts';
import type * as unrolled from '../../src/index.ts';
import { train } from '../../src/index.ts';
import { launchOptions, patient, skipWithoutChromium } from '../browser/chromium.ts';
import { contentType } from '../browser/pages.ts';

/** What the pages of this test have in their global scope. */
type Scope = typeof globalThis & {
  unrolled: typeof unrolled;
  startWorker: () => Worker;
};

const settings = { model: { type: 'bigru', hidden_size: 48 }, train: { epochs: 3 } } as const;
const dataset = await readDataset(`${root}examples/tickets.csv`);
const documents = {
  texts: [...dataset.texts],
  labels: Array.from(dataset.labels, (label) => dataset.labelNames[label]),
};
const given = { documents, settings };
const asked = 'Where is my parcel?';

async function bundle(contents: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    ...{ absWorkingDir: root, stdin: { contents, resolveDir: root }, write: false, bundle: true },
    ...{ format: 'esm', platform: 'browser', conditions: ['unrolled-source'] },
  });
  return outputFiles[0].contents;
}

const ISOLATION = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};
const policy = (script: string) =>
  `default-src 'none'; style-src 'self' 'unsafe-inline'; worker-src 'self'; script-src 'self' ${script}`;
const EVAL = "'wasm-unsafe-eval'";

describe('training in a page', { skip: skipWithoutChromium }, () => {
  const files = new Map<string, Uint8Array | string>();
  let browser: Browser;
  /** The weights that Node comes to, with two threads. */
  let wanted: { readonly weights: string; readonly accuracy: number; readonly probabilities: number[] };
  const server = createServer(({ url = '' }, response) => {
    const [path, query = ''] = url.slice(1).split('?');
    const content = files.get(path);
    response.writeHead(content === undefined ? 404 : 200, {
      'content-type': contentType(path),
      'content-security-policy': policy(query.includes('strict') ? '' : EVAL),
      ...(query.includes('alone') ? {} : ISOLATION),
    });
    response.end(content ?? '');
  });

  before(async () => {
    const classifier = await train(documents, { ...settings, threads: 2, engine: 'wasm narrow' });
    const weights = classifier.files().get('model.safetensors') ?? assert.fail('there are weights');
    wanted = {
      weights: createHash('sha256').update(weights).digest('hex'),
      accuracy: classifier.evaluation.accuracy,
      probabilities: [...classifier.predictProba([asked])],
    };
    await classifier.close();
    files.set('page.html', '<!doctype html><title>Page</title><script type="module" src="page.js"></script>');
    files.set(
      'page.js',
      await bundle(`import * as unrolled from 'unrolled';
        const startWorker = () => new Worker('unroll-worker.bundle.js', { type: 'module' });
        Object.assign(globalThis, { unrolled, startWorker });`),
    );
    const example = (name: string) => readFileSync(`${root}examples/${name}`, 'utf8');
    files.set('unroll-worker.bundle.js', await bundle(example('unroll-worker.js')));
    files.set('empty.js', 'export {};');
    files.set('train.html', example('train.html'));
    files.set('page.css', example('page.css'));
    files.set('train.bundle.js', await bundle(example('train.js')));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    browser = await chromium.launch(launchOptions);
  });
  after(async () => {
    await browser?.close();
    server.close();
  });

  async function open(address: string, prepare?: (page: Page) => Promise<unknown>): Promise<Page> {
    const page = patient(await browser.newPage());
    await prepare?.(page);
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${address}`);
    if (address.startsWith('page')) await page.waitForFunction(() => 'unrolled' in globalThis);
    return page;
  }

  /** Trains in a worker of the page. */
  const trainThere = (page: Page, threads: number) =>
    page.evaluate(
      async ({ documents, settings, threads, asked }) => {
        const { unrolled, startWorker } = globalThis as unknown as Scope;
        const events: { type: string; text?: string }[] = [];
        let ticks = 0;
        const timer = setInterval(() => ticks++, 10);
        const classifier = await unrolled.train(documents, {
          ...settings,
          ...{ threads, worker: startWorker },
          listener: (event) => void events.push(event),
        });
        clearInterval(timer);
        const weights = classifier.files().get('model.safetensors') as Uint8Array<ArrayBuffer>;
        const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', weights));
        const found = {
          weights: Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join(''),
          accuracy: classifier.evaluation.accuracy,
          probabilities: [...classifier.predictProba([asked])],
          notices: events.flatMap(({ type, text = '' }) => (type === 'notice' ? [text] : [])),
          types: events.map(({ type }) => type),
          ticks,
          epochs: classifier.training?.epochs,
        };
        await classifier.close();
        return found;
      },
      { ...given, threads, asked },
    );

  test('two threads in an isolated page give the bits of Node, and the page stays responsive', async () => {
    const page = await open('page.html');
    const { notices, types, ticks, epochs, ...found } = await trainThere(page, 2);
    assert.deepEqual(found, wanted);
    assert.equal(epochs, 3);
    assert.deepEqual(
      notices.filter((text) => /thread/.test(text)),
      [],
    );
    assert.equal(types[0] === 'notice' || types[0] === 'prepared', true);
    assert.equal(types.filter((type) => type === 'epoch').length, 3);
    assert.ok(ticks > 5, `${ticks} ticks of 10 ms while it trained`);
  });

  test('without isolation one thread trains, which is said; the bits are the same', async () => {
    const page = await open('page.html?alone');
    const { notices, types: _, ticks: __, epochs: ___, ...found } = await trainThere(page, 2);
    assert.deepEqual(found, wanted);
    assert.match(
      notices.join('\n'),
      /one thread trains, not 2: the page is not cross-origin isolated\. Serve it with the headers Cross-Origin-Opener-Policy/,
    );
  });

  test('a session, and a loaded model, have threads on the main thread too', async () => {
    const page = await open('page.html');
    const found = await page.evaluate(
      async ({ documents, settings, asked }) => {
        const { unrolled, startWorker } = globalThis as unknown as Scope;
        const trained = await unrolled.train(documents, { ...settings, worker: startWorker });
        const loaded = await unrolled.load(trained.files(), { threads: 2, worker: startWorker });
        const probabilities = [...loaded.predictProba([asked])];
        const { threads } = loaded;
        await loaded.close();
        const refused = await unrolled.load(trained.files(), { threads: 2 }).then(
          () => 'no error',
          (error: Error) => `${error.name}: ${error.message}`,
        );
        return { threads, probabilities, refused };
      },
      { ...given, asked },
    );
    assert.deepEqual([found.threads, found.probabilities], [2, wanted.probabilities]);
    assert.match(
      found.refused,
      /UnsupportedError: \[threads\] more than one in a page need the option worker/,
    );
  });

  test('it is stopped by the signal, by the listener, and by errors of the class that they have', async () => {
    const page = await open('page.html');
    const found = await page.evaluate(async ({ documents, settings }) => {
      const { unrolled, startWorker } = globalThis as unknown as Scope;
      const told = (error: unknown) =>
        error instanceof unrolled.UnrollError ? `${error.kind}: ${error.message}` : 'another error';
      const how = { ...settings, worker: startWorker };
      const stopping = new AbortController();
      const aborted = await unrolled
        .train(documents, {
          ...how,
          train: { epochs: 500, patience: 500 },
          signal: stopping.signal,
          listener: ({ type }) => {
            if (type === 'epoch') stopping.abort();
          },
        })
        .then(() => 'no error', told);
      const ended = await unrolled.train(documents, {
        ...how,
        listener: ({ type }) => type !== 'epoch',
      });
      const wrong = await unrolled
        .train({ texts: ['a', 'b'], labels: ['x', 'x'] }, how)
        .then(() => 'no error', told);
      const empty = await unrolled
        .train(documents, { ...how, worker: () => new Worker('none.js', { type: 'module' }) })
        .then(() => 'no error', told);
      return { aborted, reason: ended.training?.reason, epochs: ended.training?.epochs, wrong, empty };
    }, given);
    assert.match(found.aborted, /^interrupted: \[train\] stopped on request in epoch/);
    assert.deepEqual([found.reason, found.epochs], ['stopped', 1]);
    assert.match(found.wrong, /^data: /);
    assert.match(
      found.empty,
      /^unsupported: \[worker\] its script must be a module that imports 'unrolled\/worker', but it could not be loaded: the console of the browser says why\.$/,
    );
  });

  test('with relaxed SIMD switched off, a page trains and predicts, and says that its bits differ', async () => {
    const page = await open('page.html', (page) =>
      page.addInitScript(() => {
        // as Safari up to 26.2: relaxed_madd, which is 0xfd 0x85 0x02, is no instruction
        const { Module, validate } = WebAssembly;
        const relaxed = (source: BufferSource) => {
          const bytes = ArrayBuffer.isView(source)
            ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
            : new Uint8Array(source);
          return bytes.some((byte, i) => byte === 0xfd && bytes[i + 1] === 0x85 && bytes[i + 2] === 2);
        };
        WebAssembly.validate = (source) => !relaxed(source) && validate(source);
        WebAssembly.Module = class extends Module {
          constructor(source: BufferSource) {
            if (relaxed(source)) throw new WebAssembly.CompileError('invalid SIMD opcode 0x105');
            super(source);
          }
        };
      }),
    );
    const found = await page.evaluate(
      async ({ documents, settings, asked }) => {
        const { unrolled } = globalThis as unknown as Scope;
        const notices: string[] = [];
        const { name, fused } = unrolled.chooseEngine(() => performance.now());
        const classifier = await unrolled.train(documents, {
          ...settings,
          listener: (event) => void (event.type === 'notice' && notices.push(event.text)),
        });
        const probabilities = [...classifier.predictProba([asked])];
        return { name, fused, notices, probabilities, accuracy: classifier.evaluation.accuracy };
      },
      { ...given, asked },
    );
    assert.deepEqual([found.name, found.fused], ['wasm plain', false]);
    assert.match(found.notices.join('\n'), /no relaxed SIMD, so multiply-add is not fused/);
    assert.notDeepEqual(found.probabilities, wanted.probabilities);
    const here = await train(documents, { ...settings, engine: 'wasm plain' });
    assert.deepEqual(found.probabilities, [...here.predictProba([asked])]);
    assert.equal(found.accuracy, here.evaluation.accuracy);
    await here.close();
  });

  test('a policy that forbids WebAssembly is named as the cause, with the fix', async () => {
    const page = await open('page.html?strict');
    const message = await page.evaluate(async ({ documents, settings }) => {
      const { unrolled } = globalThis as unknown as Scope;
      return unrolled.train(documents, settings).then(
        () => 'no error',
        (error: Error) => `${error.name}: ${error.message}`,
      );
    }, given);
    assert.match(message, /^UnsupportedError: \[engine\] .*, but none does\. What each lacks:\n/);
    assert.match(message, /content security policy forbids it\. Add 'wasm-unsafe-eval' to script-src\./);
  });

  test('the example page trains what is pasted, and classifies', async () => {
    const page = await open('train.html');
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    const lines = documents.texts.map((text, n) => `${documents.labels[n]}: ${text}`);
    await page.fill('#rows', lines.join('\n'));
    await page.click('#form button');
    await page.waitForFunction(() => document.querySelector('#status')?.textContent?.startsWith('Trained'));
    await page.fill('#text', asked);
    assert.match((await page.textContent('#result')) ?? '', /^delivery \(0\.\d\d\)$/);
    if (process.env.UNROLL_SCREENSHOTS)
      await page.screenshot({ path: `${process.env.UNROLL_SCREENSHOTS}/train.png` });
    assert.deepEqual(errors, []);
  });
});
