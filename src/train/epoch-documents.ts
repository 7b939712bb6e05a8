/** The data of an epoch: truncated and augmented documents, in batches. */
import { createRng } from '../core/rng.ts';
import { createBatches } from '../data/batches.ts';
import { softRows } from '../data/soft-labels.ts';
import type { Truncation } from '../text/encode.ts';
import { cutIds } from '../text/ngrams.ts';
import { createAugmentation, nearestWords, type RowVectors } from './augmentation/index.ts';
import type { TrainOptions } from './options.ts';
import { epochDocuments, sampleEpoch } from './sampling.ts';

/** Encoded documents with their classes. */
export interface TrainingPart {
  /** Token ids of each document, one at least. */
  readonly sequences: readonly Int32Array[];
  /** [N] class ids in [0, C). */
  readonly labels: Int32Array;
  /** [N × C] soft labels, which are learned in place of the classes. */
  readonly targets?: Float64Array | undefined;
}

/** The source of the data of epochs. */
export interface EpochSource {
  /** All documents that may be read. */
  readonly train: TrainingPart;
  /** Its seed names all random choices here. */
  readonly options: Pick<TrainOptions, 'augmentation' | 'batch_size' | 'bucket' | 'sampling' | 'seed'>;
  /** How texts were cut: phases that read less cut them further in the same way. Default: they keep the beginning. */
  readonly reading?: { readonly truncation: Truncation } | undefined;
  /** Their rows know the neighbours of words. */
  readonly pretrained?: { readonly rows?: RowVectors } | undefined;
}

/** A batch of an epoch. */
export interface EpochBatch extends TrainingPart {
  /** [B] which training documents they are. */
  readonly rows: Int32Array;
}

/** The documents of epochs. */
export interface EpochDocuments {
  /** The same in each epoch. */
  readonly batchesPerEpoch: number;
  /**
   * The batches of an epoch, each with its longest documents first.
   * @param epoch From 0
   * @param maxLength Token ids that are read of each document. Default: all.
   */
  batches(epoch: number, maxLength?: number): readonly EpochBatch[];
}

/** Prepares the documents of epochs; the same seed and epoch give the same batches. */
export function createEpochDocuments({ train, options, reading, pretrained }: EpochSource): EpochDocuments {
  const rows = pretrained?.rows;
  const augment = createAugmentation(options.augmentation, { neighbours: rows && nearestWords(rows) });
  const readAll = { maxLength: undefined, sequences: train.sequences };
  let last: { readonly maxLength: number | undefined; readonly sequences: readonly Int32Array[] } = readAll;
  const read = (maxLength: number | undefined) => {
    if (maxLength !== last.maxLength) {
      const truncation = reading?.truncation ?? 'head';
      last =
        maxLength === undefined
          ? readAll
          : { maxLength, sequences: train.sequences.map((ids) => cutIds(ids, maxLength, truncation)) };
    }
    return last.sequences;
  };
  return {
    batchesPerEpoch: Math.ceil(epochDocuments(train.labels, options.sampling) / options.batch_size),
    batches(epoch, maxLength) {
      const seed = createRng(options.seed);
      const all = read(maxLength);
      const picked = sampleEpoch(train.labels, options.sampling, seed.fork('sampling', epoch));
      // a document that is read twice becomes two versions
      const sequences = Array.from(
        picked,
        (i, r) => augment?.(all[i], seed.fork('augmentation', epoch, r)) ?? all[i],
      );
      const batches = createBatches(sequences, {
        batchSize: options.batch_size,
        rng: seed.fork('shuffle', epoch),
        bucket: options.bucket,
      });
      const classes = (train.targets?.length ?? 0) / train.labels.length;
      return batches.map((batch) => {
        const rows = batch.map((n) => picked[n]);
        return {
          sequences: Array.from(batch, (n) => sequences[n]),
          labels: rows.map((i) => train.labels[i]),
          targets: softRows(train.targets, rows, classes),
          rows,
        };
      });
    },
  };
}
