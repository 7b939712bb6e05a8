/** A model with its matrices in 8 bits or less, measured before and after. */
import { createTextClassifier, type TextClassifier } from '../classifier/text-classifier.ts';
import type { ModelFiles } from '../classifier/model-files.ts';
import { UnsupportedError } from '../core/errors.ts';
import { argmaxRows } from '../evaluate/confusion.ts';
import { quantise, writeSafetensors } from '../models/files/index.ts';

/** Labelled documents. */
export interface HeldOut {
  readonly texts: readonly string[];
  /** Class ids of the model. */
  readonly labels: Int32Array;
  /** What they are, such as `test documents of the run`. */
  readonly what: string;
}

/** Size and accuracy of a model. */
export interface Measure {
  /** Bytes of its weights. */
  readonly bytes: number;
  /** Proportion of the documents that are classified correctly, in [0, 1]. */
  readonly accuracy: number;
}

/** What 8 bits came to. */
export interface Quantised {
  /** Bits of a number of the embedding; every other matrix has 8. */
  readonly embeddingBits: number;
  /** What it was measured on, such as `test documents of the run`, and how many they are. */
  readonly what: string;
  readonly documents: number;
  readonly before: Measure;
  readonly after: Measure;
}

/** The matrices of a model in 8 bits, those of the embedding in `embeddingBits`; of an ensemble, those of its members. */
export function quantiseFiles(files: ModelFiles, embeddingBits: number): ModelFiles {
  if (files.members)
    return { ...files, members: files.members.map((one) => quantiseFiles(one, embeddingBits)) };
  const bitsOf = (name: string) => (name.startsWith('embedding.') ? embeddingBits : 8);
  return { ...files, tensors: quantise(files.tensors, bitsOf) };
}

/** Bytes of the weights, as safetensors. */
function weightBytes({ tensors, members }: ModelFiles): number {
  return members ? members.reduce((sum, one) => sum + weightBytes(one), 0) : writeSafetensors(tensors).length;
}

/**
 * Measures a model before and after.
 * @param maxDrop Points of accuracy, in percent, that may be lost.
 * @throws UnsupportedError where more is lost
 */
export async function measureQuantised(
  { before, after, embeddingBits }: { before: ModelFiles; after: ModelFiles; embeddingBits: number },
  documents: HeldOut,
  maxDrop: number,
): Promise<Quantised> {
  const { what } = documents;
  const measured: Quantised = {
    embeddingBits,
    what,
    documents: documents.texts.length,
    before: { bytes: weightBytes(before), accuracy: await accuracyOf(before, documents) },
    after: { bytes: weightBytes(after), accuracy: await accuracyOf(after, documents) },
  };
  const drop = 100 * (measured.before.accuracy - measured.after.accuracy);
  // 0.5 points are not 0.5000000000000004
  if (drop <= maxDrop + 1e-9) return measured;
  const fix = embeddingBits < 8 ? 'Give --embedding-bits 8, or' : 'Export without --int8, or';
  throw new UnsupportedError(
    `[--int8] the accuracy on the ${measured.documents} ${what} must drop by at most ${maxDrop} points, but drops by ${drop.toFixed(2)}, ` +
      `from ${percent(measured.before)} to ${percent(measured.after)}. ${fix} allow more with --max-drop ${Math.ceil(drop * 10) / 10}.`,
  );
}

const percent = ({ accuracy }: Measure) => `${(100 * accuracy).toFixed(2)} %`;

async function accuracyOf(files: ModelFiles, { texts, labels }: HeldOut): Promise<number> {
  const classifier = await openFiles(files);
  try {
    const best = argmaxRows(classifier.predictProba(texts), classifier.labelNames.length);
    return labels.reduce((sum, label, n) => sum + Number(best[n] === label), 0) / Math.max(1, labels.length);
  } finally {
    await classifier.close();
  }
}

/** The classifier of files in memory. */
export function openFiles(files: ModelFiles): Promise<TextClassifier> {
  return createTextClassifier(files, (name) => name);
}
