/** The optimiser's update, and before it the clipping of the gradient. */
import { type Context, threadRange } from '../../nn/context.ts';
import { clipFactor } from '../../nn/optim/index.ts';
import { type Layout, NORM_CHUNK } from './layout.ts';

/** Updates this thread's range of the parameters, then their average. `step` counts updates from 0. */
export function update(layout: Layout, ctx: Context, lr: number, averageRate: number): void {
  const { plan, optimizer, parameters, result } = layout;
  if (!plan.training || !optimizer) return;
  const { clipNorm } = plan.training;
  const [from, to] = threadRange(ctx, parameters.words, NORM_CHUNK);
  const own = ownGroups(layout, ctx, from, to);
  // a frozen group has no part in the norm
  for (const { first, last, rate } of own)
    if (rate === 0) ctx.engine.f.fill(0, parameters.grad + first, parameters.grad + last);
  let clip = 1;
  if (clipNorm !== null) {
    result.gradientNorm = gradientNorm(layout, ctx, from, to);
    clip = clipFactor(result.gradientNorm, clipNorm);
  }
  for (const { first, last, rate, updates } of own) {
    if (rate === 0) continue;
    optimizer.update(ctx.engine.k, {
      parameters: parameters.at + first,
      gradients: parameters.grad + first,
      slots: parameters.slots.map((slot) => slot + first),
      words: last - first,
      lr: lr * rate,
      clip,
      step: updates + 1,
    });
  }
  if (plan.training.average && averageRate > 0) {
    // the average is the last of the state arrays: it is saved and restored with them
    const average = parameters.slots[parameters.slots.length - 1] + from;
    ctx.engine.k.scale(average, average, 1 - averageRate, to - from);
    ctx.engine.k.addScaled(average, parameters.at + from, averageRate, to - from);
  }
}

/** The groups of parameters in the words [from, to), with their part of them and how they are updated in this step. */
function ownGroups({ groups }: Layout, ctx: Context, from: number, to: number) {
  const { engine, pretrainedRate = 1 } = ctx;
  return groups.ranges.flatMap((range) => {
    const [first, last] = [Math.max(range.from, from), Math.min(range.to, to)];
    if (last <= first) return [];
    const { group } = range;
    // the factor of pretrained rows comes with the step, in double precision
    const rate = group === groups.names.length ? pretrainedRate : groups.rate(engine, group);
    return [{ first, last, rate, updates: groups.updates(ctx, group) }];
  });
}

/** Euclidean norm of the whole gradient, from the norms of chunks; each thread computes some of them. */
function gradientNorm(
  { parameters, norms, normChunks }: Layout,
  ctx: Context,
  from: number,
  to: number,
): number {
  const { f, k } = ctx.engine;
  for (let at = from; at < to; at += NORM_CHUNK) {
    // the norm of the chunk, not its square, which float32 could not hold for gradients above 1e19
    const squares = k.sumSquares(parameters.grad + at, Math.min(NORM_CHUNK, to - at));
    f[norms + at / NORM_CHUNK] = Math.sqrt(squares);
  }
  ctx.barrier();
  let sum = 0;
  for (let c = 0; c < normChunks; c++) sum += f[norms + c] ** 2;
  return Math.sqrt(sum);
}
