/**
 * The library parts run unchanged in a browser and give the same bits there as in Node: data, text, training on every
 * kind of kernels, model files, searches. What does not need a browser (threads, kernel widths, the bundle) is checked without.
 */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readSafetensors } from '../../src/models/index.ts';
import { browserModules, bundleModules, bundlePage, externalImports, gzipSize } from '../browser/bundle.ts';
import { type BrowserPage, openPage, skipWithoutChromium } from '../browser/chromium.ts';
import { expected, expectedTraining, narrowChosen, ofWasm, sameBits } from '../browser/expected.ts';
import type { Answer, Thread } from '../browser/page.ts';
import { describeStudies } from '../browser/studies.ts';
import {
  describeChoice,
  describeData,
  errorOfTwoThreads,
  type Place,
  RECIPES,
  type RecipeName,
  runSteps,
  runTraining,
  STEPS,
  type Task,
  type TrainingOutcome,
} from '../browser/workload.ts';

const names = Object.keys(RECIPES) as RecipeName[];
/** Steps on the plain loops, which are slow. */
const REFERENCE_STEPS = 3;

describe('the workload', () => {
  for (const name of names) {
    test(`${name}: learns, is clipped where asked, and each step moves every parameter`, async () => {
      const { losses, norms, digests, probabilities } = await expected(name);
      assert.equal(losses.length, STEPS);
      assert.ok(losses.every((loss) => Number.isFinite(loss)));
      const mean = (part: readonly number[]) => part.reduce((sum, loss) => sum + loss, 0) / part.length;
      assert.ok(mean(losses.slice(-5)) < mean(losses.slice(0, 5)), `the loss must fall: ${losses.join(' ')}`);
      const { clip_norm: clip } = RECIPES[name].train as { clip_norm?: number };
      assert.equal(
        norms.some((norm) => norm > (clip ?? Infinity)),
        clip !== undefined,
      );
      assert.equal(new Set(probabilities).size, probabilities.length);
      const earlier = await runSteps(name, { kernels: 'narrow' }, STEPS - 1);
      for (const tensor of Object.keys(digests))
        assert.notEqual(earlier.digests[tensor], digests[tensor], tensor);
    });
  }

  test('the comparison sees the last bit', () => {
    const wanted = { losses: [0.5, 0], names: 'a' };
    sameBits({ losses: [0.5, 0], names: 'a' }, wanted, 'same');
    for (const other of [
      { losses: [0.5 + 2 ** -53, 0], names: 'a' },
      { losses: [0.5, -0], names: 'a' },
      { losses: [0.5], names: 'a' },
      { losses: [0.5, 0] },
      undefined,
    ]) {
      assert.throws(() => sameBits(other, wanted, 'other'), assert.AssertionError);
    }
  });

  test('sequences have many lengths, and some words are unknown', () => {
    const { lengths, coverage } = describeData() as {
      lengths: number[];
      coverage: { tokenCoverage: number };
    };
    assert.ok(new Set(lengths).size > 10);
    assert.ok(Math.min(...lengths) === 1 && Math.max(...lengths) === 30);
    assert.ok(coverage.tokenCoverage < 1);
  });
});

describe('the searches', () => {
  test('some trials are pruned, all kinds of parameters are there, and samplers do not agree', async () => {
    const all = (await describeStudies()) as Record<
      string,
      { trials: { state: string; params: [string, number][] }[]; volume: number | null }
    >;
    const states = new Set(Object.values(all).flatMap(({ trials }) => trials.map(({ state }) => state)));
    assert.deepEqual(states, new Set(['COMPLETE', 'PRUNED']));
    for (const [name, { trials, volume }] of Object.entries(all)) {
      const widths = new Set(trials.map(({ params }) => new Map(params).get('width')));
      assert.ok(widths.size > 10, `${name}: ${widths.size} widths`);
      assert.ok(new Set(trials.map(({ params }) => params.length)).size === 2, `${name} has no condition`);
      assert.ok(volume === null || volume > 0, `${name}: volume ${volume}`);
    }
    const paths = Object.values(all).map(({ trials }) => JSON.stringify(trials.map(({ params }) => params)));
    assert.equal(new Set(paths).size, paths.length);
    sameBits(await describeStudies(), all, 'again');
  });
});

describe('same bits in Node', () => {
  const places: readonly Required<Place>[] = [
    { kernels: 'wide', threads: 1 },
    { kernels: 'wide', threads: 2 },
    { kernels: 'narrow', threads: 2 },
  ];
  for (const { kernels, threads } of places) {
    for (const name of names) {
      test(`${name}: ${kernels} kernels, ${threads} thread${threads > 1 ? 's' : ''}`, async () => {
        sameBits(await runSteps(name, { kernels, threads }), await expected(name), kernels);
      });
    }
  }

  test('the training loop: wide kernels, two threads, interrupted and resumed', async () => {
    const resumed = await runTraining({ kernels: 'wide', threads: 2 }, { stopAfter: 5 });
    sameBits(resumed, await expectedTraining(), 'training');
  });

  test('without fused vectors (no flag): narrow is chosen, and both widths give the same bits', async (t) => {
    const child = fork(fileURLToPath(new URL('../browser/unfused.ts', import.meta.url)), {
      execArgv: ['--no-experimental-wasm-revectorize'],
      serialization: 'advanced',
    });
    t.after(() => child.kill());
    const ask = async (task: Task): Promise<unknown> => {
      child.send(task);
      const [answer] = (await once(child, 'message')) as [Answer];
      if ('error' in answer) throw new Error(answer.error);
      return answer.result;
    };
    narrowChosen(await ask({ do: 'choice' }));
    for (const kernels of ['narrow', 'wide'] as const) {
      for (const name of names) {
        sameBits(await ask({ do: 'steps', name, kernels }), await expected(name), `${name}, ${kernels}`);
      }
    }
  });

  test('where vectors can be joined in pairs, the choice says how fast both builds are', () => {
    const { name, tests } = describeChoice();
    assert.ok(ofWasm(tests).every(({ name, gflops }) => name === 'wasm plain' || Number(gflops) > 0));
    const built = tests.filter(({ name, available }) => available && !name.startsWith('reference'));
    const most = Math.max(...built.map(({ gflops }) => Number(gflops)));
    // builds that differ by at most 8 % are level: the first of the list is used
    assert.equal(name, built.find(({ gflops }) => Number(gflops) > most / 1.08)?.name);
    assert.match(tests.find((one) => one.name === name)?.reason ?? '', /^(the|among the) fastest here$/);
  });
});

describe('the bundle for browsers', () => {
  /**
   * Kibibytes after gzip, at most. Raise it knowingly: measured when this was written, plus a tenth.
   * `everything` is all that the browser rooms export; `page` what the check's own page and worker need of it: text,
   * training and search.
   */
  const BUDGET = { everything: 385, page: 170 };

  test('every module of the browser rooms bundles without a shim and imports nothing from Node', async (t) => {
    const modules = browserModules();
    assert.ok(modules.length > 80, `${modules.length} modules`);
    const bundle = await bundleModules(modules);
    assert.deepEqual(externalImports(bundle), []);
    const kib = gzipSize(bundle) / 1024;
    t.diagnostic(`everything: ${kib.toFixed(1)} KiB after gzip, of ${BUDGET.everything}`);
    assert.ok(kib <= BUDGET.everything, `${kib.toFixed(1)} KiB must be at most ${BUDGET.everything}`);
  });

  test('a page that trains, evaluates and saves stays within its budget', async (t) => {
    const bundle = await bundlePage();
    assert.deepEqual(
      [...bundle.files.keys()].filter((file) => ['page.js', 'worker.js'].includes(file)).length,
      2,
    );
    assert.deepEqual(externalImports(bundle), []);
    const kib = gzipSize(bundle) / 1024;
    t.diagnostic(`page: ${kib.toFixed(1)} KiB after gzip, of ${BUDGET.page}`);
    assert.ok(kib <= BUDGET.page, `${kib.toFixed(1)} KiB must be at most ${BUDGET.page}`);
  });

  test('a module that imports from Node does not bundle', async () => {
    await assert.rejects(bundleModules(['src/data/read.ts']), /Could not resolve "node:/);
  });
});

describe('same bits in Chromium', { skip: skipWithoutChromium }, () => {
  let browser: BrowserPage;
  before(async () => {
    browser = await openPage((await bundlePage()).files);
  });
  after(() => browser?.close());

  const ask = (thread: Thread, task: Task): Promise<unknown> =>
    browser.page.evaluate(([where, what]) => globalThis.checkBits(where, what), [thread, task] as const);

  test('the browser is one, and runs under a policy without eval', async (t) => {
    t.diagnostic(`Chromium ${browser.version}`);
    assert.match(browser.version, /^\d+\./);
    assert.equal(await browser.page.evaluate(() => 'process' in globalThis || 'Buffer' in globalThis), false);
    const evaluated = browser.page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.inlineRan = true';
      document.body.append(script);
      return 'inlineRan' in globalThis;
    });
    assert.equal(await evaluated, false);
  });

  for (const thread of ['main thread', 'worker'] as const) {
    describe(thread, () => {
      test('data: reading, splitting, tokens, vocabulary', async () => {
        sameBits(await ask(thread, { do: 'data' }), describeData(), 'data');
      });

      test('searches: every sampler, pruners, importances, hypervolume', async () => {
        sameBits(await ask(thread, { do: 'studies' }), await describeStudies(), 'studies');
      });

      test('narrow kernels are chosen, since a browser does not join vectors in pairs', async () => {
        narrowChosen(await ask(thread, { do: 'choice' }));
      });

      for (const name of names) {
        test(`${name}: ${STEPS} steps`, async () => {
          sameBits(await ask(thread, { do: 'steps', name, kernels: 'narrow' }), await expected(name), name);
        });
      }

      test('two epochs of the training loop, and the model files', async () => {
        const wanted = await expectedTraining();
        const got = (await ask(thread, { do: 'training', kernels: 'narrow' })) as TrainingOutcome;
        sameBits(got, wanted, 'training');
        const bytes = Uint8Array.from(Buffer.from(got.files['model.safetensors'], 'base64'));
        const { tensors } = readSafetensors(bytes);
        assert.ok(Object.keys(tensors).length > 10);
        for (const [tensor, { data }] of Object.entries(tensors)) {
          const content = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
          assert.equal(createHash('sha256').update(content).digest('hex'), got.digests[tensor], tensor);
        }
      });
    });
  }

  test('the wide kernels give the same bits, though nothing fuses them', async () => {
    for (const name of names) {
      sameBits(await ask('worker', { do: 'steps', name, kernels: 'wide' }), await expected(name), name);
    }
  });

  test('the plain loops in float64 give the same bits', async () => {
    for (const name of names) {
      const wanted = await runSteps(name, { kernels: 'reference' }, REFERENCE_STEPS);
      const task: Task = { do: 'steps', name, kernels: 'reference', steps: REFERENCE_STEPS };
      sameBits(await ask('worker', task), wanted, name);
    }
  });

  test('a run that was interrupted goes on with the same bits', async () => {
    const resumed = await ask('worker', { do: 'training', kernels: 'narrow', stopAfter: 5 });
    sameBits(resumed, await expectedTraining(), 'training');
  });

  test('two threads are refused in words where the page is not isolated', async () => {
    const wanted = /UnsupportedError: \[threads\] must be 1 here: the page is not cross-origin isolated/;
    assert.match(String(await ask('main thread', { do: 'two threads' })), wanted);
    assert.match(String(await ask('worker', { do: 'two threads' })), wanted);
    assert.equal(await errorOfTwoThreads(), undefined);
  });

  test('nothing went wrong in the page meanwhile', () => {
    assert.deepEqual(browser.errors, []);
  });
});
