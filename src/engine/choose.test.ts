/** The choice of an engine: what is tested, what can be asked for, and what it says. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { chooseEngine, createEngine, createEngineMemory, ENGINE_REQUESTS, testEngines } from './choose.ts';
import { type EngineRequest, engines } from './engines.ts';
import { isFused } from './self-test.ts';

const now = () => performance.now();

describe('the choice', () => {
  test('is the fastest of the builds that are used unasked', () => {
    const { choice, tests } = testEngines(now, { all: true });
    const automatic = tests.filter(({ name, available }) => available && !name.startsWith('reference'));
    const most = Math.max(...automatic.map(({ gflops }) => Number(gflops)));
    // builds that differ by at most 8 % are level: the first of the list is used, on every run
    const best = automatic.find(({ gflops }) => Number(gflops) > most / 1.08);
    assert.equal(choice?.name, best?.name);
    assert.match(best?.reason ?? '', /^(the|among the) fastest here$/);
    for (const { name, gflops, reason } of automatic)
      if (Number(gflops) < most / 1.08)
        assert.match(reason, /^(slower here|used only when asked for)$/, name);
    for (const { name, available, gflops, reason } of tests) {
      if (available) assert.ok(Number(gflops) > 0, name);
      else
        assert.match(
          `${name}: ${reason}`,
          /^(wasm plain: this runtime has relaxed SIMD|native \S+: (it is not built|it is older than|it cannot be loaded|this processor lacks|this package has none))/,
        );
    }
    assert.match(tests.find(({ name }) => name === 'reference float32')?.reason ?? '', /only when asked for/);
  });

  test('is what was asked for: every engine and every build by its name', () => {
    assert.deepEqual(ENGINE_REQUESTS, [
      ...engines.map(({ name }) => name),
      ...engines.flatMap(({ name, builds }) => builds.map((build) => `${name} ${build}`)),
    ]);
    const { tests } = testEngines(now);
    for (const request of ENGINE_REQUESTS) {
      if (
        request.startsWith('native') &&
        !tests.some(({ name, available }) => available && name.startsWith(request))
      )
        continue;
      const choice = chooseEngine(now, request);
      assert.ok(choice.name === request || choice.engine === request, `${request}: ${choice.name}`);
      assert.equal(createEngine(choice, { words: 32 }).name, choice.name);
    }
    assert.throws(() => chooseEngine(now, 'wsam' as EngineRequest), {
      name: 'ConfigError',
      message: `[engine] must be one of ${ENGINE_REQUESTS.join(', ')}, but got "wsam".`,
    });
  });

  test('can be sent to a worker as it is, which makes an engine on the same memory', async () => {
    for (const name of ['wasm narrow', 'reference float64'] as const) {
      const choice = chooseEngine(now, name);
      const memory = createEngineMemory(choice, 20_000, true);
      const engine = createEngine(choice, { words: 20_000, memory });
      engine.f[17_000] = 2.5;
      engine.i[17_016] = 7;
      const worker = new Worker(
        `const { workerData: { choice, memory, url } } = require('node:worker_threads');
         import(url).then(({ createEngine }) => {
           const { f, i, k } = createEngine(choice, { words: 20000, memory });
           k.scale(17000, 17000, 2, 16);
           i[17016]++;
         });`,
        { eval: true, workerData: { choice, memory, url: new URL('./choose.ts', import.meta.url).href } },
      );
      await new Promise((resolve, reject) => worker.once('exit', resolve).once('error', reject));
      assert.deepEqual([engine.f[17_000], engine.i[17_016]], [5, 8], name);
    }
  });
});

describe('fused multiply-add', () => {
  test('the WebAssembly kernels fuse on this machine, in both builds; the reference rounds otherwise', () => {
    for (const name of ['wasm wide', 'wasm narrow'] as const)
      assert.equal(chooseEngine(now, name).fused, true, name);
    for (const name of ['reference float64', 'reference float32'] as const)
      assert.equal(chooseEngine(now, name).fused, false, name);
  });

  test(
    'without the instruction both builds agree with each other, and say that they do not fuse',
    { skip: process.arch !== 'x64' && 'only x64 can go without' },
    () => {
      const url = new URL('./choose.ts', import.meta.url).href;
      const script = `import { testEngines } from '${url}';
        const { tests } = testEngines(() => performance.now());
        const wasm = tests.filter(({ name }) => ['wasm wide', 'wasm narrow'].includes(name));
        console.log(JSON.stringify(wasm.map(({ available, fused }) => [available, fused])));`;
      const args = ['--no-enable-fma3', '--input-type=module', '-e', script];
      const told = execFileSync(process.execPath, args, { encoding: 'utf8' });
      assert.deepEqual(JSON.parse(told), [
        [true, false],
        [true, false],
      ]);
    },
  );

  test('an engine that rounds the product first does not pass for one that fuses', () => {
    const choice = chooseEngine(now, 'reference float32');
    const rounding = (words: number) => {
      const engine = createEngine(choice, { words });
      const { f } = engine;
      const gemm: typeof engine.k.gemm = ({ a, bp, c, init, K, N }) => {
        for (let n = 0; n < N; n++) {
          let sum = f[init + n];
          for (let k = 0; k < K; k++) sum = Math.fround(sum + Math.fround(f[a + k] * f[bp + n * K + k]));
          f[c + n] = sum;
        }
      };
      return { f, k: { ...engine.k, gemm } };
    };
    assert.equal(isFused(rounding), false);
  });
});
