/** Encoded documents in shared memory: read, split and encoded once, seen by all workers without a copy. */
import type { ModelPlan } from '../../models/model.ts';
import type { TrainingPart } from '../../train/epoch-documents.ts';
import type { TrainingRun } from '../../train/training-run.ts';

/** Documents one after another. */
export interface PackedPart {
  /** Token ids of all documents. */
  readonly ids: Int32Array;
  /** Where each document begins in `ids`, and the end of the last one. */
  readonly offsets: Int32Array;
  /** Class ids. */
  readonly labels: Int32Array;
  /** [N × C] soft labels. */
  readonly targets?: Float64Array | undefined;
}

/** The documents that a trial is trained and scored on. */
export interface TrialFold<Part = TrainingPart> {
  readonly train: Part;
  readonly val: Part;
  /** Size of the vocabulary, which is learned from the fold's own training documents. */
  readonly vocabularySize: number;
  /** Pretrained vectors in the vocabulary, and what training does with them; left out without them. */
  readonly vectors?: {
    readonly placed: ModelPlan['pretrained'];
    readonly training: TrainingRun['pretrained'];
  };
}

function shared(length: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT));
}

/** Copies documents into shared memory. */
export function packPart({ sequences, labels, targets }: TrainingPart): PackedPart {
  const offsets = shared(sequences.length + 1);
  for (const [i, ids] of sequences.entries()) offsets[i + 1] = offsets[i] + ids.length;
  const ids = shared(offsets[sequences.length]);
  for (const [i, sequence] of sequences.entries()) ids.set(sequence, offsets[i]);
  const ownLabels = shared(labels.length);
  ownLabels.set(labels);
  if (!targets) return { ids, offsets, labels: ownLabels };
  const soft = new Float64Array(new SharedArrayBuffer(targets.byteLength));
  soft.set(targets);
  return { ids, offsets, labels: ownLabels, targets: soft };
}

/** Documents for training: views of the shared memory. */
export function unpackPart({ ids, offsets, labels, targets }: PackedPart): TrainingPart {
  const sequences = Array.from(labels, (_, i) => ids.subarray(offsets[i], offsets[i + 1]));
  return { sequences, labels, ...(targets && { targets }) };
}
