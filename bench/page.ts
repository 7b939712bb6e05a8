/** Threads of a training in a page. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { root } from '../scripts/house.ts';
import { findChromium, skipWithoutChromium } from '../test/browser/chromium.ts';
import type { Bench, BenchCase, BenchOptions } from './bench.ts';
import { median, round, spread } from './support/statistics.ts';

/** Steps of a round, beside some to warm up. */
const STEPS = 30;

/**
 * The worker: a session of the workshop's size, and the time of each step. Data are numbers; that they mean nothing does
 * not change the arithmetic.
 */
const WORKER = `
  import 'unrolled/worker';
  import { chooseEngine } from 'unrolled/engine';
  import { createSession, recurrentOptions } from 'unrolled/models';
  import { trainingSpec, trainOptions } from 'unrolled/train';
  const startWorker = () => new Worker(location.href, { type: 'module' });
  addEventListener('message', async ({ data }) => {
    if (!data.bench) return;
    const now = () => performance.now();
    const [rows, steps, classes] = [24, 50, 5];
    const session = await createSession({
      ...{ engine: chooseEngine(now), threads: data.bench.threads, worker: startWorker },
      capacity: { rows, tokens: rows * steps, steps },
      shape: { model: recurrentOptions({ type: 'bilstm', hidden_size: 128, num_layers: 2, embedding_dim: 128 }), vocabularySize: 10000, classes },
      training: trainingSpec(trainOptions.parse({}), Int32Array.from({ length: rows }, (_, n) => n % classes), classes),
    });
    session.initialise(1);
    const sequences = Array.from({ length: rows }, (_, b) => Int32Array.from({ length: steps }, (_, t) => 2 + ((b * 7919 + t * 104729) % 9998)));
    const labels = Int32Array.from(sequences, (_, b) => b % classes);
    for (let step = 0; step < 10; step++) session.step(sequences, labels, { step, lr: 1e-3 });
    const times = Array.from({ length: data.bench.steps }, (_, s) => {
      const from = now();
      session.step(sequences, labels, { step: 10 + s, lr: 1e-3 });
      return now() - from;
    });
    postMessage({ times, engine: session.kernel });
    await session.close();
  });`;
const PAGE = `globalThis.measure = (bench) => new Promise((resolve, reject) => {
  const worker = new Worker('worker.js', { type: 'module' });
  worker.addEventListener('error', ({ message }) => reject(new Error(message)));
  worker.addEventListener('message', ({ data }) => { worker.terminate(); resolve(data); });
  worker.postMessage({ bench });
});`;

async function bundle(contents: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    ...{ absWorkingDir: root, stdin: { contents, resolveDir: root }, write: false, bundle: true },
    ...{ format: 'esm', platform: 'browser', conditions: ['unrolled-source'] },
  });
  return outputFiles[0].contents;
}

async function run({ rounds = 5, threads, say }: BenchOptions): Promise<BenchCase[]> {
  const files = new Map<string, Uint8Array | string>([
    ['', '<!doctype html><script type="module" src="page.js"></script>'],
    ['page.js', PAGE],
    ['worker.js', await bundle(WORKER)],
  ]);
  const server = createServer(({ url = '' }, response) => {
    response
      .writeHead(200, {
        'content-type': url.endsWith('.js') ? 'text/javascript' : 'text/html',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
      })
      .end(files.get(url.slice(1)) ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({
    executablePath: findChromium() ?? '',
    chromiumSandbox: false,
    args: ['--disable-gpu', '--disable-quic'],
  });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction(() => 'measure' in globalThis);
    const times = new Map<number, number[]>(threads.map((count) => [count, []]));
    for (let turn = 1; turn <= rounds; turn++) {
      for (const [count, all] of times) {
        const measured = await page.evaluate(
          (task) =>
            (globalThis as unknown as { measure: (t: unknown) => Promise<{ times: number[] }> }).measure(
              task,
            ),
          { threads: count, steps: STEPS },
        );
        all.push(median(measured.times));
        say(`round ${turn}, ${count} thread(s): ${median(measured.times).toFixed(1)} ms a step`);
      }
    }
    const single = times.get(1);
    return [...times].map(([count, all]) => ({
      ...{ case: 'training step of the workshop BiLSTM in Chromium', threads: count },
      ...{ ours_ms: round(median(all)), peer: null, peer_ms: null, ratio: null, rounds },
      ours_spread: spread(all),
      ...(single && {
        gain: round(median(single) / median(all)),
        gain_pairwise: round(median(single.map((ms, turn) => ms / all[turn]))),
      }),
      ...(count === 2 && { least_gain: 1.6 }),
      note: `Chromium ${browser.version()}`,
    }));
  } finally {
    await browser.close();
    server.close();
  }
}

/** Two threads in a page against one. */
export const page: Bench = {
  name: 'page',
  claim: 'Two threads train a network in a page at least 1.6 times as fast as one.',
  method: `A BiLSTM of two layers of 128, batches of 24 documents of 50 tokens, in a worker of a cross-origin isolated page. In each round a new session takes ${STEPS} steps with each number of threads; the median counts.`,
  skip: () => skipWithoutChromium,
  run,
};
