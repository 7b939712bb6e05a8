/** What is said where the runtime grants no memory, or has no WebAssembly. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseEngine, createEngine } from './choose.ts';
import { createMemory } from './memory.ts';

const refuses = class {
  constructor() {
    throw new RangeError('WebAssembly.Memory(): could not allocate memory');
  }
};

test('a small memory that is refused lacks addresses; a large one is made smaller', () => {
  const { Memory } = WebAssembly;
  const refusal = (words: number) => {
    Object.assign(WebAssembly, { Memory: refuses });
    try {
      createMemory(words, false);
    } catch (error) {
      return (error as Error).message;
    } finally {
      Object.assign(WebAssembly, { Memory });
    }
    return 'granted';
  };
  assert.match(
    refusal(1000),
    /needs 1 MiB of memory, .*\(ulimit -v\), .*NODE_OPTIONS=--disable-wasm-trap-handler\.$/,
  );
  assert.match(
    refusal(2 ** 29),
    /needs 2048 MiB of memory, .* Lower train\.batch_size, text\.max_length or model\.hidden_size\.$/,
  );
});

test('without WebAssembly, plain loops run where they are asked for; else that is said', () => {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'WebAssembly') as PropertyDescriptor;
  Reflect.deleteProperty(globalThis, 'WebAssembly');
  try {
    assert.throws(() => chooseEngine(() => 0), {
      name: 'UnsupportedError',
      message: /\n {2}wasm narrow: this runtime has no WebAssembly, or it is switched off\n/,
    });
    const choice = chooseEngine(() => 0, 'reference float32');
    const { f, k } = createEngine(choice, { words: 32 });
    f.fill(2, 0, 32);
    k.add(0, 16, 16);
    assert.deepEqual([f[15], f[16]], [4, 2]);
  } finally {
    Object.defineProperty(globalThis, 'WebAssembly', before);
  }
});
