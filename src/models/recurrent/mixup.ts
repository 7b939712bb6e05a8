/**
 * Mixup of pooled vectors (Zhang et al., 2018; Guo et al., 2019): the last layer learns from mixtures of two documents each, b and its
 * partner π(b), with one proportion λ ~ Beta(α, α) for the batch:
 *
 *     v'_b = λ v_b + (1 - λ) v_π(b)      L = λ L(z', y) + (1 - λ) L(z', y∘π)
 *
 * Partners and λ follow from seed and step alone. One thread runs all of it.
 */
import type { Arena } from '../../core/arena.ts';
import { exp, log } from '../../core/math.ts';
import { createRng, type Rng } from '../../core/rng.ts';
import type { Context } from '../../nn/context.ts';
import type { Loss } from '../../nn/losses/index.ts';
import type { BatchResult } from '../trainable.ts';

/** Offsets of the mixtures, in words. */
export interface Mixup {
  /** α of the Beta distribution, in (0, 1]. */
  readonly alpha: number;
  /** [rows × features]: the mixtures, and their gradient. */
  readonly mixed: number;
  readonly dMixed: number;
  /** [rows × ld]: gradient of the outputs for the classes of the partners. */
  readonly dPartners: number;
  /** int32 [rows]: those classes. */
  readonly labels: number;
}

/** Takes the memory of mixtures; undefined where nothing is mixed. */
export function layMixup(
  arena: Arena,
  { alpha, rows, features, ld }: { alpha: number; rows: number; features: number; ld: number },
): Mixup | undefined {
  if (alpha === 0) return undefined;
  const alloc = (part: string, words: number) => arena.alloc(`mixup.${part}`, words);
  return {
    alpha,
    mixed: alloc('mixed', rows * features),
    dMixed: alloc('grad', rows * features),
    dPartners: alloc('partners', rows * ld),
    labels: alloc('labels', rows),
  };
}

/** λ, and the partner of each document. */
export function drawMixture(
  { seed, step }: Pick<Context, 'seed' | 'step'>,
  rows: number,
  alpha: number,
): { readonly lambda: number; readonly partners: Int32Array } {
  const rng = createRng(seed).fork('mixup', step);
  const lambda = drawBeta(rng, alpha);
  return { lambda, partners: rng.shuffle(Int32Array.from({ length: rows }, (_, b) => b)) };
}

/** Beta(α, α) for α in (0, 1] (Jöhnk, 1964), by logarithms, since u^(1/α) may be too small for a number. */
function drawBeta(rng: Rng, alpha: number): number {
  for (;;) {
    const [x, y] = [log(rng.float()) / alpha, log(rng.float()) / alpha];
    if (exp(x) + exp(y) > 1) continue;
    const most = Math.max(x, y);
    if (most === -Infinity) continue;
    return exp(x - most) / (exp(x - most) + exp(y - most));
  }
}

/** v' from v, rows of `features` words. */
export function mixRows({ alpha, mixed }: Mixup, ctx: Context, from: number, features: number): void {
  const { k } = ctx.engine;
  const { lambda, partners } = drawMixture(ctx, ctx.batch.rows, alpha);
  for (const [b, partner] of partners.entries()) {
    k.scale(mixed + b * features, from + b * features, lambda, features);
    k.addScaled(mixed + b * features, from + partner * features, 1 - lambda, features);
  }
}

/** dv from dv': a document has its own part, and that of the mixture in which it is the partner. */
export function unmixRows({ alpha, dMixed }: Mixup, ctx: Context, to: number, features: number): void {
  const { k, f } = ctx.engine;
  const { lambda, partners } = drawMixture(ctx, ctx.batch.rows, alpha);
  f.fill(0, to, to + partners.length * features);
  for (const [b, partner] of partners.entries()) {
    k.addScaled(to + b * features, dMixed + b * features, lambda, features);
    k.addScaled(to + partner * features, dMixed + b * features, 1 - lambda, features);
  }
}

/** The loss of the mixtures and its gradient. */
export function mixedLoss(
  { alpha, dPartners, labels }: Mixup,
  ctx: Context,
  loss: Loss,
  input: Parameters<Loss['run']>[0] & { readonly dLogits: number },
): Pick<BatchResult, 'loss' | 'weight'> {
  const { k, i } = ctx.engine;
  const { B, ld, dLogits } = input;
  const { lambda, partners } = drawMixture(ctx, B, alpha);
  for (const [b, partner] of partners.entries()) i[labels + b] = i[input.labels + partner];
  const own = loss.run(input);
  const others = loss.run({ ...input, labels, dLogits: dPartners });
  k.scale(dLogits, dLogits, lambda, B * ld);
  k.addScaled(dLogits, dPartners, 1 - lambda, B * ld);
  return { loss: lambda * own.loss + (1 - lambda) * others.loss, weight: own.weight };
}
