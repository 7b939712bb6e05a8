/** What the GPU cannot do yet. */
import { optimizers } from '../../../nn/optim/index.ts';
import { poolingOptions } from '../../../nn/pooling/index.ts';
import type { GpuCell } from '../../../engine/webgpu/kernels/recurrent.ts';
import type { ClassifierPlan } from '../plan.ts';
import type { RecurrentModelOptions } from '../options.ts';
import { GPU_LOSSES } from './losses.ts';
import { GPU_POOLINGS } from './pooling-layout.ts';
import { hasGpuUpdate } from './updates.ts';

/** The cell of a model; undefined where it has no kernel. */
export function gpuCell({ type, nonlinearity }: RecurrentModelOptions): GpuCell | undefined {
  if (type === 'lstm' || type === 'gru') return type;
  return type === 'rnn' ? `rnn ${nonlinearity}` : undefined;
}

/** Why the GPU cannot train this, by the name of the option; undefined where it can. */
export function refusedByGpu({
  shape,
  training,
}: Pick<ClassifierPlan, 'shape' | 'training'>): string | undefined {
  const { model } = shape;
  const poolings = model.pooling.map((given) => poolingOptions(given).type);
  const pooling = poolings.find((type) => !GPU_POOLINGS.includes(type));
  const losses = training ? [training.loss, ...(training.phaseLosses ?? [])] : [];
  const loss = losses.find(({ type }) => !GPU_LOSSES.includes(type));
  const optimizer = training && optimizers.create(training.optimizer);
  const reasons: readonly (readonly [boolean, string])[] = [
    [gpuCell(model) === undefined, `model.type ${model.type}`],
    [pooling !== undefined, `model.pooling ${pooling}`],
    [loss !== undefined, `train.loss ${loss?.type}`],
    [optimizer !== undefined && !hasGpuUpdate(optimizer), `train.optimizer ${training?.optimizer.type}`],
  ];
  return reasons.find(([refused]) => refused)?.[1];
}
