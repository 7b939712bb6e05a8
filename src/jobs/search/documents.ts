/** The documents that the workers of a search train and score trials on. The test part is left out. */
import type { Config } from '../../config/schema.ts';
import type { SearchConfig } from '../../config/search.ts';
import { ConfigError } from '../../core/errors.ts';
import type { Dataset } from '../../data/dataset.ts';
import { createFolds } from '../../data/folds.ts';
import type { Splits } from '../../data/splits.ts';
import { networkOptionsOf } from '../../models/family.ts';
import { packPart } from '../../tune/training/documents.ts';
import type { Job } from '../context.ts';
import { encodeFold } from '../../classifier/parts.ts';
import type { SharedDocuments } from './protocol.ts';

interface Rows {
  readonly train: Int32Array<ArrayBuffer>;
  readonly val: Int32Array<ArrayBuffer>;
}

/** Prepares documents for workers: encoded, or as texts if trials differ in how they read them. */
export function shareDocuments(
  dataset: Dataset,
  splits: Splits,
  { tune, space, example }: SearchConfig,
  { emit }: Pick<Job, 'emit'>,
): SharedDocuments {
  const folds =
    tune.folds === null ? [validationFold(splits)] : scoringFolds(dataset, splits, tune.folds, example);
  const judged = folds.reduce((sum, { val }) => sum + val.length, 0);
  emit({
    type: 'search-documents',
    data: dataset.name,
    documents: dataset.texts.length,
    classes: dataset.labelNames.length,
    folds: tune.folds,
    judged,
    test: splits.test.length,
  });
  // n-grams, word vectors and more texts do not fit what is sent to the workers as ids
  const { ngram_buckets = 0, vectors = null } = networkOptionsOf(example.model) ?? {};
  const reads = space.params.some(({ name }) => /^text\.|^model\.(ngram_buckets|vectors)/.test(name));
  if (ngram_buckets > 0 || vectors !== null || example.train.warm_up_texts !== null || reads) {
    return { kind: 'texts', texts: dataset.texts, labels: dataset.labels, targets: dataset.targets, folds };
  }
  return {
    kind: 'encoded',
    folds: folds.map((rows) => {
      const { train, val, vocabularySize } = encodeFold(dataset, rows, example);
      return { train: packPart(train), val: packPart(val), vocabularySize };
    }),
  };
}

function validationFold({ train, val }: Splits): Rows {
  if (val.length > 0) return { train, val };
  throw new ConfigError(
    '[data.fractions] must leave documents to score trials on, but the validation part is empty. Give it a proportion above 0, or use --folds 5.',
    { key: 'data.fractions' },
  );
}

/** Folds over the documents outside the test part, as indices into the data set. */
function scoringFolds(dataset: Dataset, splits: Splits, folds: number, { data, train }: Config): Rows[] {
  const rest = Int32Array.from([...splits.train, ...splits.val]).sort();
  const own: Dataset = {
    ...dataset,
    texts: Array.from(rest, (i) => dataset.texts[i]),
    labels: rest.map((i) => dataset.labels[i]),
    rowIds: rest.map((i) => dataset.rowIds[i]),
  };
  return createFolds(own, {
    folds,
    seed: data.seed ?? train.seed,
    allowLeakage: data.allow_leakage,
    nearDuplicates: data.near_duplicates,
  }).map((fold) => ({
    train: Int32Array.from([...fold.train, ...fold.val]).sort().map((i) => rest[i]), // prettier-ignore
    val: fold.test.map((i) => rest[i]),
  }));
}
