/** Which documents of the training part an epoch learns from: all, or as many of each class. */
import { maxOf, minOf } from '../core/lists.ts';
import type { Rng } from '../core/rng.ts';

/** How often the documents of a class are read in an epoch. */
export const SAMPLINGS = ['none', 'oversample', 'undersample'] as const;
/** The names of `train.sampling`. */
export type Sampling = (typeof SAMPLINGS)[number];

/** Indices of the documents of each class that has any, ascending. */
function byClass(labels: Int32Array): readonly (readonly number[])[] {
  const rows: number[][] = [];
  for (const [i, label] of labels.entries()) (rows[label] ??= []).push(i);
  return rows.filter((own) => own.length > 0); // also skips the holes of classes without documents
}

/** Documents of each class in an epoch. */
function classSize(classes: readonly (readonly number[])[], sampling: Exclude<Sampling, 'none'>): number {
  const sizes = classes.map(({ length }) => length);
  return sampling === 'oversample' ? maxOf(sizes) : minOf(sizes);
}

/** How many documents an epoch reads. */
export function epochDocuments(labels: Int32Array, sampling: Sampling): number {
  if (sampling === 'none' || labels.length === 0) return labels.length;
  const classes = byClass(labels);
  return classes.length * classSize(classes, sampling);
}

/**
 * The documents of an epoch, by their indices, ascending. With oversampling every class has as many as the largest: each
 * document equally often, and a new sample of the rest each epoch. With undersampling every class has as
 * many as the smallest, a new sample each epoch.
 * @param labels [N] class ids of the training part.
 * @param rng The stream of the epoch, `rng.fork('sampling', epoch)`.
 */
export function sampleEpoch(labels: Int32Array, sampling: Sampling, rng: Rng): Int32Array<ArrayBuffer> {
  if (sampling === 'none') return Int32Array.from(labels, (_, i) => i);
  const classes = byClass(labels);
  const size = classSize(classes, sampling);
  const drawn = classes.flatMap((rows) => {
    const times = Math.floor(size / rows.length);
    const rest = rng.shuffle([...rows]).slice(0, size % rows.length);
    return [...Array.from({ length: times }, () => rows).flat(), ...rest];
  });
  return Int32Array.from(drawn).sort();
}

/** The labels of an epoch's documents, whichever are drawn: class weights and frequencies follow from them. */
export function epochLabels(labels: Int32Array, sampling: Sampling): Int32Array {
  if (sampling === 'none' || labels.length === 0) return labels;
  const classes = byClass(labels);
  const size = classSize(classes, sampling);
  return Int32Array.from(classes.flatMap((rows) => new Array<number>(size).fill(labels[rows[0]])));
}

/** The lengths of the sequences of an epoch, each as often as it may come: what batches need memory for. */
export function epochLengths(
  { sequences, labels }: { readonly sequences: readonly Int32Array[]; readonly labels: Int32Array },
  sampling: Sampling,
): readonly number[] {
  const lengths = sequences.map((ids) => ids.length);
  if (sampling !== 'oversample') return lengths;
  const classes = byClass(labels);
  const size = classSize(classes, sampling);
  return classes.flatMap((rows) => {
    const times = Math.ceil(size / rows.length);
    return rows.flatMap((i) => new Array<number>(times).fill(lengths[i]));
  });
}
