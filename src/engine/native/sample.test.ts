/** The comparison that decides whether the native engine may be used: it notices every kernel that it stands for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseEngine, createEngine } from '../choose.ts';
import type { Engine, KernelName, Kernels } from '../contract.ts';
import { sampleOf } from './sample.ts';

const choice = chooseEngine(() => 0, 'wasm narrow');
const sampleWith = (change: (k: Kernels, f: Engine['f']) => Partial<Kernels>) =>
  sampleOf((words) => {
    const { f, k } = createEngine(choice, { words });
    return { f, k: { ...k, ...change(k, f) } };
  });
const right = sampleWith(() => ({}));

test('the sample is finite and the same each time', () => {
  assert.ok(right.every(Number.isFinite));
  assert.deepEqual(
    sampleWith(() => ({})),
    right,
  );
});

test('a kernel of a training step that does nothing changes the sample', () => {
  const names: readonly KernelName[] = [
    ...([
      'packB',
      'packBt',
      'gemm',
      'gemmTN',
      'lstmForward',
      'lstmBackward',
      'lstmForwardSteps',
      'lstmBackwardSteps',
      'gruForward',
      'gruBackward',
    ] as const),
    ...(['rnnTanhForward', 'rnnTanhBackward', 'adam', 'sumSquares'] as const),
  ];
  for (const name of names)
    assert.notDeepEqual(
      sampleWith(() => ({ [name]: () => 0 })),
      right,
      name,
    );
});

test('one bit changes the sample', () => {
  const off = sampleWith((k, f) => ({
    gruForward(args) {
      k.gruForward(args);
      new Int32Array(f.buffer, f.byteOffset)[args.h + 5] ^= 1;
    },
  }));
  assert.equal(off.filter((x, j) => !Object.is(x, right[j])).length > 0, true);
});
