/**
 * Adversarial training (Miyato, Dai and Goodfellow, 2017): a second pass over the batch moves the vectors X of each document in the direction in which its loss rises fastest; the gradients of both passes are added:
 *
 *     R = ε ‖X‖ · dX / ‖dX‖ for each document, dX = ∂L/∂X      L_adv = L(X + R), R held constant
 *
 * The paper normalises the vectors and fixes the length of R; here it is a proportion ε of the length of X. X is as the recurrent layers read it: after dropout, which is the same in both passes.
 */
import { type Context, threadRange } from '../../nn/context.ts';
import type { Layout } from './layout.ts';

/** Keeps R for this thread's documents. Expects all of X and dX. */
export function rememberDirection({ embedding, adversarial, batch }: Layout, ctx: Context): void {
  const { x, dx, width } = embedding;
  const { k } = ctx.engine;
  const [first, last] = threadRange(ctx, batch.rows);
  for (let b = first; b < last; b++) {
    let [xx, gg] = [0, 0];
    for (let t = 0; t < batch.length(b); t++) {
      const at = (batch.start(t) + b) * width;
      xx += k.sumSquares(x + at, width);
      gg += k.sumSquares(dx + at, width);
    }
    const factor = gg > 0 ? adversarial.size * Math.sqrt(xx / gg) : 0;
    for (let t = 0; t < batch.length(b); t++) {
      const at = (batch.start(t) + b) * width;
      k.scale(adversarial.direction + at, dx + at, factor, width);
    }
  }
}

/** X += R for this thread's tokens. */
export function addDirection({ embedding, adversarial, batch }: Layout, ctx: Context): void {
  const { x, width } = embedding;
  const [first, last] = threadRange(ctx, batch.tokens);
  ctx.engine.k.add(x + first * width, adversarial.direction + first * width, (last - first) * width);
}
