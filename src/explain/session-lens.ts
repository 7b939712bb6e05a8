/** A text as a network reads it: token ids, their vectors, a gradient. */
import type { InsideSession } from '../classifier/inside.ts';
import { asRecurrent } from '../models/family.ts';
import { attentionOf, predictSequences } from '../models/predict.ts';
import { createVectorPath, type VectorPath } from '../models/recurrent/vector-path.ts';
import { idsWithNgrams, ngramsBehind } from '../text/ngrams.ts';
import { placedTokens } from '../text/spans.ts';
import { UNK_ID } from '../text/vocabulary.ts';
import type { Lens, Path } from './lens.ts';
import { probabilitiesOf, throughLoss } from './slopes.ts';

/** The view of a text by a network. */
export function sessionLens(inside: InsideSession, text: string, classes: number): Lens {
  const { session, pipeline } = inside;
  const { ids } = pipeline.encode(text);
  const T = ids.length;
  return {
    ...placedTokens(pipeline, text),
    without(sets) {
      const variants = sets.map((left) => leaveOut(ids, left));
      const known = variants.map((own) => own.reduce((sum, id) => sum + Number(id !== UNK_ID), 0));
      // a word outside the vocabulary is known by its n-grams
      const byNgrams = (n: number) => Number(ngramsBehind(variants[n]) !== undefined);
      return {
        probabilities: predictSequences(session, variants),
        known: Int32Array.from(known, (count, n) => count || byNgrams(n)),
      };
    },
    path(baseline) {
      const vectors = vectorPathOf(inside, T, classes);
      if (!vectors) return undefined;
      let [z, p] = [new Float64Array(0), new Float64Array(0)];
      const path: Path = {
        points: vectors.points(T),
        forward(alphas) {
          z = vectors.forward(ids, baseline, alphas);
          p = probabilitiesOf(vectors.loss, z, classes);
          return p;
        },
        backward: (dp) => vectors.backward(throughLoss(vectors.loss, z, p, dp, classes)),
      };
      return path;
    },
    attention() {
      const heads = attentionOf(session, [ids])?.[0];
      if (!heads) return undefined;
      const R = heads.length / T;
      const mean = new Float64Array(T);
      for (let k = 0; k < heads.length; k++) mean[k % T] += heads[k] / R;
      return mean;
    },
    weights: () => undefined,
  };
}

/** The ids that are left, with their n-grams; a text without any becomes one `<UNK>`. */
function leaveOut(ids: Int32Array, left: ReadonlySet<number>): Int32Array {
  const kept = Array.from(ids, (_, t) => t).filter((t) => !left.has(t));
  if (kept.length === 0) return Int32Array.of(UNK_ID);
  const own = Int32Array.from(kept, (t) => ids[t]);
  const ngrams = ngramsBehind(ids);
  return ngrams
    ? idsWithNgrams(
        own,
        kept.map((t) => [...ngrams(t)]),
      )
    : own;
}

/** Tokens for which there is memory at once, so that short texts take few passes and long ones not too much. */
const TOKENS = 4096;
const POINTS = 64;

/** The networks with their gradient, by their session: memory is taken when the first text is explained. */
const paths = new WeakMap<InsideSession['session'], { readonly steps: number; readonly path: VectorPath }>();

/** A path with room for T tokens; undefined for a model that is no recurrent classifier. */
function vectorPathOf(
  { session, model, pipeline, engine, pretrained }: InsideSession,
  T: number,
  classes: number,
): VectorPath | undefined {
  const network = asRecurrent(model);
  if (!network) return undefined;
  const found = paths.get(session);
  if (found && found.steps >= T) return found.path;
  const steps = Math.max(64, 2 ** Math.ceil(Math.log2(T)));
  const tensors = session.tensors();
  const { loss } = session.plan.shape;
  const path = createVectorPath({
    shape: {
      ...{ model: network, classes, vocabularySize: pipeline.vocabulary.size },
      ...(pretrained && { pretrained }),
      ...(loss && { loss }),
    },
    engine,
    capacity: { rows: POINTS, tokens: Math.max(TOKENS, 4 * steps), steps },
    tensors,
  });
  paths.set(session, { steps, path });
  return path;
}
