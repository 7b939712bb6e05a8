/** What Node gives for the workload, and how the outcome of another place is held against it. */
import assert from 'node:assert/strict';
import { type describeChoice, type Outcome, type RecipeName, runSteps, runTraining } from './workload.ts';
import type { TrainingOutcome } from './workload.ts';

/** What Node gives with narrow kernels on one thread; everything else is compared to it. */
const inNode = new Map<string, Promise<Outcome>>();
export function expected(name: RecipeName): Promise<Outcome> {
  const known = inNode.get(name) ?? runSteps(name, { kernels: 'narrow' });
  inNode.set(name, known);
  return known;
}
let trainingInNode: Promise<TrainingOutcome> | undefined;
export const expectedTraining = (): Promise<TrainingOutcome> =>
  (trainingInNode ??= runTraining({ kernels: 'narrow' }));

/** Fails with the first ten values that differ, found by their path. */
export function sameBits(actual: unknown, wanted: unknown, where: string): void {
  const differing: string[] = [];
  const walk = (a: unknown, w: unknown, path: string): void => {
    const objects = typeof a === 'object' && typeof w === 'object' && a !== null && w !== null;
    if (!objects) {
      if (!Object.is(a, w)) differing.push(`${path} is ${String(a)}, not ${String(w)}`.slice(0, 200));
      return;
    }
    const [left, right] = [a as Record<string, unknown>, w as Record<string, unknown>];
    for (const key of new Set([...Object.keys(left), ...Object.keys(right)]))
      walk(left[key], right[key], `${path}.${key}`);
  };
  walk(actual, wanted, where);
  assert.deepEqual(differing.slice(0, 10), [], `${differing.length} values differ`);
}

/** What was found about the builds of WebAssembly: wide, narrow, plain. */
export function ofWasm<T extends { readonly name: string }>(tests: readonly T[]): T[] {
  return tests.filter(({ name }) => name.startsWith('wasm '));
}

/** The narrow build is chosen where vectors cannot be joined in pairs, and nothing is measured. */
export function narrowChosen(found: unknown): void {
  const { name, tests } = found as ReturnType<typeof describeChoice>;
  assert.equal(name, 'wasm narrow');
  assert.deepEqual(
    ofWasm(tests).map(({ available, reason, gflops }) => ({ available, reason, gflops })),
    [
      { available: false, reason: 'this runtime does not join vectors in pairs', gflops: null },
      { available: true, reason: 'the only one that suits this runtime', gflops: null },
      { available: false, reason: 'this runtime has relaxed SIMD, which is faster', gflops: null },
    ],
  );
}
