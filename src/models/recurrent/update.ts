/** The optimiser's update, and before it the clipping of the gradient. */
import { type Context, threadRange } from '../../nn/context.ts';
import { clipFactor } from '../../nn/optim/index.ts';
import { type Layout, NORM_CHUNK } from './layout.ts';

/** Moves this thread's range of the parameters against the gradient, then their average towards them. `step` counts updates from 0. */
export function update(layout: Layout, ctx: Context, lr: number, averageRate: number): void {
  const { plan, optimizer, parameters, result, embedding } = layout;
  if (!plan.training || !optimizer) return;
  const { clipNorm } = plan.training;
  const [from, to] = threadRange(ctx, parameters.words, NORM_CHUNK);
  let clip = 1;
  if (clipNorm !== null) {
    result.gradientNorm = gradientNorm(layout, ctx, from, to);
    clip = clipFactor(result.gradientNorm, clipNorm);
  }
  const updateRange = (first: number, last: number, rate: number) => {
    if (last <= first || rate === 0) return;
    optimizer.update(ctx.engine.k, {
      parameters: parameters.at + first,
      gradients: parameters.grad + first,
      slots: parameters.slots.map((slot) => slot + first),
      words: last - first,
      lr: lr * rate,
      clip,
      step: ctx.step + 1,
    });
  };
  // pretrained rows are the last of the trained parameters
  const pretrained = Math.min((embedding.pretrainedAt ?? Infinity) - parameters.at, parameters.words);
  updateRange(from, Math.min(to, pretrained), 1);
  updateRange(Math.max(from, pretrained), to, ctx.pretrainedRate ?? 1);
  if (plan.training.average && averageRate > 0) {
    // the average is the last of the state arrays: it is saved and restored with them
    const average = parameters.slots[parameters.slots.length - 1] + from;
    ctx.engine.k.scale(average, average, 1 - averageRate, to - from);
    ctx.engine.k.addScaled(average, parameters.at + from, averageRate, to - from);
  }
}

/** Euclidean norm of the whole gradient, from the norms of its chunks, of which each thread computes its own. */
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
