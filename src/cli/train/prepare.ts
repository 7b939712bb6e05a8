/** What a training run starts from: documents, split, vocabulary, token ids. */
import type { Config } from '../../config/schema.ts';
import { type Dataset, groupDigits } from '../../data/dataset.ts';
import type { Splits } from '../../data/splits.ts';
import { buildPipeline, encodeTexts, type EncodedTexts, type TextPipeline } from '../../text/pipeline.ts';
import type { Io } from '../io.ts';
import { loadDataset, loadSplits, type Say } from '../load-data.ts';

/** The documents of a part, ready for the classifier. */
export interface Part {
  readonly sequences: readonly Int32Array<ArrayBuffer>[];
  readonly labels: Int32Array<ArrayBuffer>;
  readonly rowIds: Int32Array<ArrayBuffer>;
}

/** All that training needs of the data. */
export interface Prepared {
  readonly dataset: Dataset;
  readonly splits: Splits;
  readonly pipeline: TextPipeline;
  readonly train: Part;
  readonly val: Part;
  readonly test: Part;
}

/** Reads, splits and encodes; says what the user should know of each. */
export async function prepare(source: string, config: Config, io: Io, say: Say): Promise<Prepared> {
  return prepareDataset(await loadDataset(source, config, io, say), config, say);
}

/** Splits and encodes documents that are read already. */
export async function prepareDataset(dataset: Dataset, config: Config, say: Say): Promise<Prepared> {
  const splits = await loadSplits(dataset, config, say);
  const pipeline = buildPipeline(pick(dataset.texts, splits.train), config.text);
  const part = (indices: Int32Array<ArrayBuffer>) => {
    const encoded = encodeTexts(pipeline, pick(dataset.texts, indices));
    return {
      encoded,
      sequences: encoded.sequences,
      labels: indices.map((i) => dataset.labels[i]),
      rowIds: indices.map((i) => dataset.rowIds[i]),
    };
  };
  const [train, val, test] = [part(splits.train), part(splits.val), part(splits.test)];
  for (const sentence of summary(dataset, [train, val, test], pipeline)) say(sentence);
  sayLoss(train.encoded, config, say);
  return { dataset, splits, pipeline, train, val, test };
}

function pick<T>(items: readonly T[], indices: Int32Array): T[] {
  return Array.from(indices, (i) => items[i]);
}

function summary(dataset: Dataset, parts: readonly Part[], { vocabulary }: TextPipeline): string[] {
  const sizes = parts.map((part) => groupDigits(part.labels.length)).join(' / ');
  const { coverage } = vocabulary;
  return [
    `${dataset.name}: ${groupDigits(dataset.texts.length)} documents, ${dataset.labelNames.length} classes; train / val / test ${sizes}`,
    `vocabulary of ${groupDigits(vocabulary.size)} from ${groupDigits(coverage.distinct)} distinct tokens: type coverage ` +
      `${percent(coverage.typeCoverage)}, token coverage ${percent(coverage.tokenCoverage)}`,
  ];
}

function sayLoss({ loss }: EncodedTexts, config: Config, say: Say): void {
  if (loss.documentsCut === 0) return;
  say(
    `text.max_length ${config.text.max_length} cuts ${percent(loss.documentsCut)} of the training documents and ` +
      `${percent(loss.tokensCut)} of their tokens`,
  );
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
