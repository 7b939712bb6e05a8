/** The recurrent network of a classifier, and the influence of its states on a class. */
import type { Inside, InsideSession } from '../classifier/inside.ts';
import type { TextClassifier } from '../classifier/text-classifier.ts';
import { UnsupportedError } from '../core/errors.ts';
import { asRecurrent } from '../models/family.ts';
import type { PlainRun } from './plain-network.ts';

/** The network; that of the largest weight, where several models are averaged. @throws UnsupportedError where there is none */
export function networkOf(classifier: TextClassifier): InsideSession {
  const found = search(classifier.inside().model);
  if (found) return found;
  throw new UnsupportedError(
    '[explain] the model must have a recurrent network for its gates and gradients, but has none. Train one with --model lstm.',
  );
}

function search(inside: Inside): InsideSession | undefined {
  if (inside.kind === 'session') return asRecurrent(inside.model) ? inside : undefined;
  if (inside.kind === 'fitted') return undefined;
  const sorted = inside.members.toSorted((a, b) => b.weight - a.weight);
  for (const { model } of sorted) {
    const found = search(model);
    if (found) return found;
  }
  return undefined;
}

/**
 * How a direction of the top layer bears on a class: v = Σ_k Wᵀ_k (p - e_c), [H], where W_k are the columns of the classifier for
 * the k-th pooled vector of this direction, p the probabilities, and e_c is 1 at class c. With the pooling `last`, v is the gradient
 * ∂L/∂h of the cross-entropy at the state that was pooled; with others, that of a state that all of them pool.
 */
export function directionOfClass(
  { layers, tensors }: PlainRun,
  {
    direction,
    probabilities,
    label,
  }: { readonly direction: number; readonly probabilities: ArrayLike<number>; readonly label: number },
): Float64Array<ArrayBuffer> {
  const { data, shape } = tensors['classifier.weight'];
  const [C, F] = shape;
  const top = layers[layers.length - 1];
  const { H } = top[0];
  const width = top.length * H;
  const v = new Float64Array(H);
  for (let c = 0; c < C; c++) {
    const d = probabilities[c] - Number(c === label);
    for (let at = direction * H; at < F; at += width)
      for (let j = 0; j < H; j++) v[j] += d * data[c * F + at + j];
  }
  return v;
}
