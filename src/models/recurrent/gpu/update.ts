/** The kernel calls of the update: clipping, optimiser, average. */
import { Arena } from '../../../core/arena.ts';
import {
  averageKernel,
  clearKernel,
  normAndClip,
  normChunks,
  UPDATE_WORDS,
} from '../../../engine/webgpu/kernels/optim.ts';
import type { CallList } from '../../../engine/webgpu/program.ts';
import { optimizers } from '../../../nn/optim/index.ts';
import type { Parameters } from '../../../nn/parameters.ts';
import type { TrainingStep } from '../../trainable.ts';
import { type GroupRange, layGroups } from '../groups.ts';
import { floatBits, type Recording } from './calls.ts';
import type { Scalars } from './scalars.ts';
import { gpuUpdate } from './updates.ts';

/** Writes the numbers of updates. */
export interface GpuUpdates {
  /** Those of this step. */
  write(at: TrainingStep): void;
}

/** Words per workgroup of the optimiser kernels, and the most workgroups: each loops over the rest. */
const GROUP = 256;
const MOST_GROUPS = 8192;

/** Records the update of all parameters. */
export function addUpdate(
  list: CallList,
  {
    layout,
    batch,
    scalars,
    parameters,
  }: Recording & { readonly scalars: Scalars; readonly parameters: Parameters },
): GpuUpdates {
  const { plan, grad, slots, norms, result } = layout;
  const { training } = plan;
  if (!training) throw new Error('a classifier made for prediction has no update');
  const optimizer = optimizers.create(training.optimizer);
  const { kernel } = gpuUpdate(optimizer, 1, 1);
  const average = training.average ? slots[slots.length - 1] : undefined;
  const { names, ranges } = rangesOf(layout, parameters);
  /** The rate of each range in this step; 0: it stays. */
  const rates = ranges.map(() => 1);
  const calls = ranges.map(({ from, to, group }, r) => {
    const numbers = scalars.alloc(UPDATE_WORDS);
    const args = {
      p: from,
      g: grad + from,
      m: slots[0] + from,
      v: (slots[1] ?? 0) + from,
      n: to - from,
      numbers,
      result,
    };
    return { args, numbers, group, groups: groupsFor(to - from), learns: () => rates[r] !== 0 };
  });
  for (const { args, groups, learns } of calls) list.add(clearKernel, args, groups, () => !learns());
  if (training.clipNorm !== null) {
    const { words: n } = parameters;
    list.add(normChunks, { g: grad, n, norms }, () => [layout.normChunks, 1, 1]);
    const most = floatBits(training.clipNorm);
    list.add(normAndClip, { norms, chunks: layout.normChunks, most, result }, () => [1, 1, 1]);
  }
  for (const { args, groups, learns } of calls) list.add(kernel, args, groups, learns);
  let averageRate = 0;
  const averaged = scalars.alloc(1);
  if (average !== undefined) {
    const args = { p: 0, g: 0, m: average, v: 0, n: parameters.words, numbers: averaged, result };
    list.add(averageKernel, args, groupsFor(parameters.words), () => averageRate > 0);
  }
  return {
    write({ step, lr, pretrainedRate = 1, pretrainedUpdates = step, groups, averageRate: rate = 0 }) {
      averageRate = rate;
      batch.floats[averaged] = rate;
      for (const [r, { numbers, group }] of calls.entries()) {
        const vectors = group === names.length;
        rates[r] = vectors ? pretrainedRate : (groups?.[group].rate ?? 1);
        if (rates[r] === 0) continue;
        const updates = vectors ? pretrainedUpdates : (groups?.[group].updates ?? step);
        batch.floats.set(gpuUpdate(optimizer, lr * rates[r], updates + 1).numbers, numbers);
      }
    },
  };
}

const groupsFor = (words: number) => () => [Math.min(MOST_GROUPS, Math.ceil(words / GROUP)), 1, 1] as const;

/** The ranges that are updated alike; neighbours are one. */
function rangesOf(
  { plan: { shape }, at, D }: Recording['layout'],
  parameters: Parameters,
): { readonly names: readonly string[]; readonly ranges: readonly GroupRange[] } {
  const { pretrained, model } = shape;
  const pretrainedAt = pretrained && parameters.at + at('embedding.weight') + pretrained.from * D;
  const { names, ranges } = layGroups(new Arena(), parameters, { layers: model.num_layers, pretrainedAt });
  const merged: GroupRange[] = [];
  for (const range of ranges) {
    const last = merged.at(-1);
    if (last?.to === range.from && last.group === range.group)
      merged[merged.length - 1] = { ...last, to: range.to };
    else merged.push(range);
  }
  return { names, ranges: merged };
}
