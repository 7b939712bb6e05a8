/** What the kernel calls of all parts of a classifier share. */
import { maxOf } from '../../../core/lists.ts';
import type { GpuFacts } from '../../../engine/webgpu/device.ts';
import { ROW_GROUP } from '../../../engine/webgpu/kernels/functions.ts';
import { argumentsTN, productTN, TILE, type TNPart } from '../../../engine/webgpu/kernels/matrix.ts';
import type { CallList } from '../../../engine/webgpu/program.ts';
import type { GpuBatch } from './batch.ts';
import type { GpuLayout } from './layout.ts';
import type { Keys } from './scalars.ts';

/** A pass over the batch. */
export interface Pass {
  /** Whether anything is dropped or mixed. */
  readonly training: boolean;
  /** Number of the masks of units: 1 in the second pass of R-drop. */
  readonly masks: number;
  /** Whether its gradients are added to those of a pass before. */
  readonly adds: boolean;
  /** Offsets of the outputs and their gradient. */
  readonly outputs: { readonly z: number; readonly dz: number };
}

/** What the calls are recorded with. */
export interface Recording {
  readonly layout: GpuLayout;
  readonly batch: GpuBatch;
  readonly keys: Keys;
  readonly facts: GpuFacts;
  readonly pass: Pass;
  /** What a step is run with. */
  readonly current: {
    /** The number of its loss. */
    loss: number;
  };
}

/** The bits of a float, as an argument of a kernel. */
export function floatBits(x: number): number {
  return new Uint32Array(Float32Array.of(x).buffer)[0];
}

/** Workgroups of a kernel with one invocation per column and row. */
export const rowGroups = (n: number, rows: () => number) => () =>
  [Math.ceil(n / ROW_GROUP), rows(), 1] as const;

/** Records the gradients of weights: products over the K rows of the batch, K at an index of `i`. */
export function addProductsTN(
  list: CallList,
  { pass }: Pick<Recording, 'pass'>,
  K: number,
  parts: readonly TNPart[],
): void {
  const [x, y] = [maxOf(parts.map(({ N }) => N)), maxOf(parts.map(({ M }) => M))];
  list.add(productTN, argumentsTN(K, parts, pass.adds), () => [
    Math.ceil(x / TILE),
    Math.ceil(y / TILE),
    parts.length,
  ]);
}
