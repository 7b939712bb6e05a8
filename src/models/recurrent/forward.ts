/** The forward pass: token ids → embedding → recurrent stack → poolings side by side → dropout → linear → outputs. */
import { applyDropout, type Context } from '../../nn/context.ts';
import type { Layout } from './layout.ts';
import { mixRows } from './mixup.ts';

/** Outputs of the batch, before they are probabilities. All threads run it; thread 0 finishes it. */
export function forward(layout: Layout, ctx: Context): void {
  layout.embedding.forward(ctx);
  ctx.barrier();
  forwardVectors(layout, ctx);
}

/** The same from the vectors of the tokens. */
export function forwardVectors(layout: Layout, ctx: Context): void {
  layout.recurrent.forward(ctx);
  ctx.barrier();
  for (const { pooling, to } of layout.poolings) pooling.forward(ctx, to);
  ctx.barrier();
  if (ctx.thread === 0) head(layout, ctx);
}

/** Dropout, mixtures and the last layer: few rows, so one thread. */
function head(layout: Layout, ctx: Context): void {
  const { batch, pooled, dropped, dropout, features, linear, mixup } = layout;
  if (dropped !== pooled) {
    if (ctx.training) applyDropout(ctx, dropout, dropped, pooled, features, 0, batch.rows);
    else ctx.engine.k.scale(dropped, pooled, 1, batch.rows * features);
  }
  if (mixup && ctx.training) mixRows(mixup, ctx, dropped, features);
  linear.forward(ctx, mixup && ctx.training ? mixup.mixed : dropped, batch.rows);
}
