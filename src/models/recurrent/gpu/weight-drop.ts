/** The kernel calls of weight drop: each batch sees W_hh with other weights dropped. */
import { dropWeights, dropWeightsBackward } from '../../../engine/webgpu/kernels/dropout.ts';
import type { CallList } from '../../../engine/webgpu/program.ts';
import { dropoutThreshold } from '../../../nn/context.ts';
import { floatBits, type Recording } from './calls.ts';
import type { GpuLayer } from './layout.ts';

/** Records the copy of W_hh that a batch sees; nothing in a model that drops no weights. */
export function addWeightDrop(list: CallList, recording: Recording, layer: GpuLayer): void {
  for (const { d, args, groups } of callsOf(recording, layer)) {
    const [to, source] = [layer.seen.whh + d * layer.seen.wStep, layer.whh + d * layer.wStep];
    list.add(dropWeights, { ...args, to, source }, groups);
  }
}

/** Records the same mask on the gradient of W_hh. */
export function addWeightDropBackward(list: CallList, recording: Recording, layer: GpuLayer): void {
  for (const { d, args, groups } of callsOf(recording, layer)) {
    const at = recording.layout.grad + layer.whh + d * layer.wStep;
    list.add(dropWeightsBackward, { ...args, to: at, source: at }, groups);
  }
}

function callsOf({ layout: { H, columns, directions, plan }, keys }: Recording, { index }: GpuLayer) {
  const { weight_drop: p } = plan.shape.model;
  if (p === 0) return [];
  const words = H * columns;
  const groups = () => [Math.min(4096, Math.ceil(words / 64)), 1, 1] as const;
  return Array.from({ length: directions }, (_, d) => {
    const key = keys.of('dropout', `rnn.weight_hh_l${index}${d === 1 ? '_reverse' : ''}`);
    return { d, groups, args: { words, key, threshold: dropoutThreshold(p), keep: floatBits(1 / (1 - p)) } };
  });
}
