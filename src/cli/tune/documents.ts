/** The documents of a search, for its workers: what trials learn from and are judged by. The test part stays out. */
import type { Config } from '../../config/schema.ts';
import type { SearchConfig } from '../../config/search.ts';
import { ConfigError } from '../../core/errors.ts';
import { count, type Dataset, groupDigits } from '../../data/dataset.ts';
import { createFolds } from '../../data/folds.ts';
import type { Splits } from '../../data/splits.ts';
import { buildPipeline, encodeTexts } from '../../text/pipeline.ts';
import { packPart } from '../../tune/training/documents.ts';
import type { Say } from '../load-data.ts';
import type { SharedDocuments } from './protocol.ts';

interface Rows {
  readonly train: Int32Array<ArrayBuffer>;
  readonly val: Int32Array<ArrayBuffer>;
}

/** Shares documents with workers: encoded, or as texts where trials differ in how they read them. */
export function shareDocuments(
  dataset: Dataset,
  splits: Splits,
  { tune, space, example }: SearchConfig,
  say: Say,
): SharedDocuments {
  const folds =
    tune.folds === null ? [validationFold(splits)] : scoringFolds(dataset, splits, tune.folds, example);
  const judged = folds.reduce((sum, { val }) => sum + val.length, 0);
  const parts = tune.folds === null ? 'the validation part' : `${tune.folds} folds`;
  say(
    `${dataset.name}: ${groupDigits(dataset.texts.length)} documents, ${count(dataset.labelNames.length, 'class')}; ` +
      `a trial is judged by ${parts}, ${count(judged, 'document')}; ${count(splits.test.length, 'document')} for the test at the end`,
  );
  if (space.params.some(({ name }) => name.startsWith('text.'))) {
    return { kind: 'texts', texts: dataset.texts, labels: dataset.labels, folds };
  }
  return { kind: 'encoded', folds: folds.map((rows) => encodeFold(dataset, rows, example)) };
}

function encodeFold(dataset: Dataset, { train, val }: Rows, { text }: Config) {
  const pick = (rows: Int32Array<ArrayBuffer>) => Array.from(rows, (i) => dataset.texts[i]);
  const pipeline = buildPipeline(pick(train), text);
  const part = (rows: Int32Array<ArrayBuffer>) =>
    packPart({
      sequences: encodeTexts(pipeline, pick(rows)).sequences,
      labels: rows.map((i) => dataset.labels[i]),
    });
  return { train: part(train), val: part(val), vocabularySize: pipeline.vocabulary.size };
}

function validationFold({ train, val }: Splits): Rows {
  if (val.length > 0) return { train, val };
  throw new ConfigError(
    '[data.fractions] must leave documents to judge trials by, but the validation part is empty. Give it a share, or use --folds 5.',
    { key: 'data.fractions' },
  );
}

/** Folds over the documents that are not for the test, as indices into the data set. */
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
