/**
 * R-drop (Liang et al., 2021): a batch passes through the network twice, with different dropout masks, and the divergence between the probabilities p and q of both passes is added to the loss:
 *
 *     L = ½ (L(z, y) + L(z', y)) + α/B Σ_b ½ (KL(p_b ‖ q_b) + KL(q_b ‖ p_b))      p = softmax(z), q = softmax(z')
 *     ∂KL(p ‖ q)/∂z_c = p_c (log p_c - log q_c - KL(p ‖ q))      ∂KL(q ‖ p)/∂z_c = p_c - q_c
 *
 * Masks of the units differ; words and weights that are dropped are the same in both passes.
 */
import type { Arena } from '../../core/arena.ts';
import { ConfigError } from '../../core/errors.ts';
import { log } from '../../core/math.ts';
import type { Context } from '../../nn/context.ts';
import type { LossInput, LossResult } from '../../nn/losses/index.ts';
import { softmax } from '../../nn/losses/loss.ts';
import type { NetworkOptions } from './options.ts';

/** Offsets of the first pass, in words. */
export interface RDrop {
  /** α, above 0. */
  readonly alpha: number;
  /** C */
  readonly classes: number;
  /** [rows × ld]: outputs of the first pass, and their gradient. */
  readonly first: number;
  readonly dFirst: number;
}

/**
 * Takes the memory of the first pass; undefined if there is only one pass.
 * @throws ConfigError for a network without dropout of units, whose passes are the same
 */
export function layRDrop(
  arena: Arena,
  { alpha, rows, ld, classes }: { alpha: number; rows: number; ld: number; classes: number },
  { dropout, embedding_dropout, word_type_dropout }: NetworkOptions,
): RDrop | undefined {
  if (alpha === 0) return undefined;
  if (dropout + embedding_dropout + word_type_dropout === 0) {
    throw new ConfigError(
      `[train.r_drop] must be 0 for a network without dropout, whose two passes are the same, but got ${alpha}. Set model.dropout or model.embedding_dropout.`,
      { key: 'train.r_drop' },
    );
  }
  const alloc = (part: string) => arena.alloc(`r_drop.${part}`, rows * ld);
  return { alpha, classes, first: alloc('first'), dFirst: alloc('grad') };
}

/** The pass with other masks. */
export function secondPass(ctx: Context): Context {
  return { ...ctx, pass: 1 };
}

/** The loss of both passes and its gradients; the outputs of the second stand at `input.logits`. */
export function lossOfBoth(
  { alpha, classes: C, first, dFirst }: RDrop,
  { engine: { k, f } }: Pick<Context, 'engine'>,
  loss: (input: LossInput & { readonly dLogits: number }) => LossResult,
  input: LossInput & { readonly dLogits: number },
): LossResult {
  const { B, ld, logits: second, dLogits: dSecond } = input;
  const own = loss({ ...input, logits: first, dLogits: dFirst });
  const other = loss(input);
  k.scale(dFirst, dFirst, 0.5, B * ld);
  k.scale(dSecond, dSecond, 0.5, B * ld);
  const [p, q] = [new Float64Array(C), new Float64Array(C)];
  let divergence = 0;
  for (let b = 0; b < B; b++) {
    const [z1, z2] = [first + b * ld, second + b * ld];
    const [one, two] = [softmax(f, z1, C, p), softmax(f, z2, C, q)];
    // log p_c - log q_c
    const shift = two.max + log(two.s) - one.max - log(one.s);
    let [pq, qp] = [0, 0];
    for (let c = 0; c < C; c++) {
      const ratio = f[z1 + c] - f[z2 + c] + shift;
      pq += p[c] * ratio;
      qp -= q[c] * ratio;
    }
    divergence += (pq + qp) / 2;
    const scale = alpha / (2 * B);
    for (let c = 0; c < C; c++) {
      const ratio = f[z1 + c] - f[z2 + c] + shift;
      f[dFirst + b * ld + c] += scale * (p[c] * (ratio - pq) + p[c] - q[c]);
      f[dSecond + b * ld + c] += scale * (q[c] * (-ratio - qp) + q[c] - p[c]);
    }
  }
  return { loss: (own.loss + other.loss) / 2 + (alpha * divergence) / B, weight: own.weight };
}
