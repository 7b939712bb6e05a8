/** What is said where the runtime grants no memory. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
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
