/** The build without relaxed SIMD: what it needs of an engine, when it is taken, and whose bits it gives. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { afterEach, describe, test } from 'node:test';
import binaryen from 'assemblyscript/binaryen';
import { runSteps } from '../../../test/browser/workload.ts';
import { chooseEngine, testEngines } from '../choose.ts';
import * as binaries from './binaries.ts';
import { compileKernels } from './compile.ts';
import { applyPatch } from './patch.ts';

const now = () => performance.now();
const narrow = Buffer.from(binaries.narrow.base64, 'base64');
const builtOf = (build: 'wide' | 'plain') => applyPatch(narrow, Buffer.from(binaries[build].patch, 'base64'));

describe('the modules', () => {
  test('the plain one has no relaxed instruction; the others do', () => {
    const hasRelaxed = (code: Uint8Array) => {
      const module = binaryen.readBinary(code);
      const text = module.emitText();
      module.dispose();
      return /f32x4\.relaxed_/.test(text);
    };
    assert.deepEqual([narrow, builtOf('wide'), builtOf('plain')].map(hasRelaxed), [true, true, false]);
  });
});

describe('an engine without relaxed SIMD', () => {
  const { validate, Module } = WebAssembly;
  afterEach(() => Object.assign(WebAssembly, { validate, Module }));

  test('gets the plain build, unasked, and is told that nothing fuses', () => {
    WebAssembly.validate = () => false;
    const { choice, tests } = testEngines(now, { only: 'wasm' });
    assert.deepEqual(
      tests.map(({ name, available, reason }) => [name, available, reason]),
      [
        ['wasm wide', false, 'this runtime has no relaxed SIMD'],
        ['wasm narrow', false, 'this runtime has no relaxed SIMD'],
        ['wasm plain', true, 'the only one that suits this runtime'],
      ],
    );
    assert.deepEqual([choice?.name, choice?.fused], ['wasm plain', false]);
  });

  test('and nobody else', () => {
    const { tests } = testEngines(now, { only: 'wasm' });
    assert.deepEqual(tests.at(-1), {
      ...{ name: 'wasm plain', summary: tests[0].summary, available: false, gflops: null, fused: null },
      reason: 'this runtime has relaxed SIMD, which is faster',
    });
  });

  for (const [browser, message] of [
    [
      'Chromium',
      "WebAssembly.Module(): Compiling or instantiating WebAssembly module violates the following Content Security policy directive because neither 'wasm-eval' nor 'unsafe-eval' is an allowed source of script",
    ],
    ['Firefox', 'call to WebAssembly.Module() blocked by CSP'],
    [
      'Safari',
      "Refused to create a WebAssembly object because 'unsafe-eval' or 'wasm-unsafe-eval' is not an allowed source of script in the following Content Security Policy directive",
    ],
  ] as const) {
    // prettier-ignore
    test(`a content security policy of ${browser} is named as the cause, with the fix`, () => {
      WebAssembly.Module = function refuse() {
        throw new WebAssembly.CompileError(message);
      } as unknown as typeof Module;
      for (const build of ['narrow', 'plain'] as const)
        assert.throws(() => compileKernels(build), {
          name: 'UnsupportedError',
          message:
            "[engine] needs to compile WebAssembly, but the page's content security policy forbids it. Add 'wasm-unsafe-eval' to script-src.",
        });
    });
  }
});

test('where nothing can be compiled, each engine says why, and no other advice stands before it', () => {
  const { Module } = WebAssembly;
  WebAssembly.Module = function refuse() {
    throw new WebAssembly.CompileError('call to WebAssembly.Module() blocked by CSP');
  } as unknown as typeof Module;
  try {
    const told = (only?: 'wasm') => {
      try {
        return chooseEngine(now, only).name;
      } catch (error) {
        return (error as Error).message;
      }
    };
    const lacks = /wasm narrow: .*'wasm-unsafe-eval'/s;
    assert.match(
      told(),
      /^\[engine\] one of the engines must work here, but none does\. What each lacks:\n {2}native /,
    );
    assert.match(told(), lacks);
    assert.match(
      told('wasm'),
      /^\[engine\] "wasm" must work here, but does not\. Leave it out for the fastest\. /,
    );
    assert.match(told('wasm'), lacks);
  } finally {
    WebAssembly.Module = Module;
  }
});

describe('bits', () => {
  const names = ['two-layer bilstm', 'variational gru'] as const;
  const train = async (kernels: 'narrow' | 'plain') => {
    const outcomes: unknown[] = [];
    for (const name of names) outcomes.push((await runSteps(name, { kernels }, 3)).digests);
    return outcomes;
  };

  test(
    'are those of relaxed SIMD that does not fuse, in whole trainings, whatever the processor can do',
    { skip: process.arch !== 'x64' && 'only x64 can go without fusing' },
    async () => {
      const script = `
        const { runSteps } = await import('${new URL('../../../test/browser/workload.ts', import.meta.url).href}');
        const outcomes = [];
        for (const name of ${JSON.stringify(names)})
          outcomes.push((await runSteps(name, { kernels: 'narrow' }, 3)).digests);
        console.log(JSON.stringify(outcomes));`;
      const args = ['--no-enable-fma3', '--input-type=module', '-e', script];
      const unfused = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as unknown;
      const plain = await train('plain');
      assert.deepEqual(plain, unfused);
      if (chooseEngine(now, 'wasm narrow').fused) assert.notDeepEqual(plain, await train('narrow'));
    },
  );
});
