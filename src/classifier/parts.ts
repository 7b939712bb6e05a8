/** The parts of a data set, prepared for a classifier: encoded by the vocabulary of the training part. */
import type { Dataset } from '../data/dataset.ts';
import { softRows } from '../data/soft-labels.ts';
import type { Splits } from '../data/splits.ts';
import { withNgrams } from '../text/ngram-pipeline.ts';
import { buildPipeline, encodeTexts, type EncodedTexts, type TextPipeline } from '../text/pipeline.ts';
import type { TrainingPart } from '../train/epoch-documents.ts';
import { networkOptionsOf } from '../models/family.ts';
import type { Settings } from '../settings/sections.ts';
import { type GivenVectors, type PlacedVectors, placeVectors } from '../vectors/place.ts';
import type { PreparedEvent, VectorCoverage } from './events.ts';

/** The documents of a part. */
export interface TextPart {
  /** The texts as in the data. */
  readonly texts: readonly string[];
  /** Class ids. */
  readonly labels: Int32Array<ArrayBuffer>;
  /** [n × C] soft labels, where the data has such. */
  readonly targets?: Float64Array | undefined;
  /** 0-based record numbers in the source. */
  readonly rowIds: Int32Array<ArrayBuffer>;
}

/** The documents of a part, ready for a classifier that reads token ids. */
export interface Part extends TextPart {
  /** Token ids of each document, none padded. */
  readonly sequences: readonly Int32Array<ArrayBuffer>[];
  /** What truncation and the vocabulary lose of them, where they were encoded together. */
  readonly loss?: EncodedTexts['loss'];
}

/** Everything needed to train a model that reads texts itself. */
export interface PreparedTexts {
  readonly dataset: Dataset;
  readonly splits: Splits;
  readonly train: TextPart;
  readonly val: TextPart;
  readonly test: TextPart;
  /** Pretrained vectors in the vocabulary; left out without them. */
  readonly vectors?: PlacedVectors;
}

/** Everything needed to train a model that reads token ids. */
export interface Prepared extends PreparedTexts {
  readonly pipeline: TextPipeline;
  /** Texts for a warm-up alone, whose words the vocabulary knows too. */
  readonly others: readonly Int32Array[];
  readonly train: Part;
  readonly val: Part;
  readonly test: Part;
}

/** What says how texts become sequences. */
export type ReadingSettings = Pick<Settings, 'text' | 'model'>;

/**
 * Learns the vocabulary from the training part and encodes all parts; what came of it is told.
 * @param others Texts for a warm-up, from which it is learned too. Default none.
 */
export function prepareParts(
  dataset: Dataset,
  splits: Splits,
  settings: ReadingSettings,
  emit: (event: PreparedEvent) => void,
  given?: GivenVectors,
  others: readonly string[] = [],
): Prepared {
  const { text } = settings;
  const { pipeline, vectors } = fitPipeline([...textsOf(dataset, splits.train), ...others], settings, given);
  const train = encodePart(dataset, splits.train, pipeline);
  const val = encodePart(dataset, splits.val, pipeline);
  const test = encodePart(dataset, splits.test, pipeline);
  const { size, coverage } = pipeline.vocabulary;
  const cut = {
    maxLength: text.max_length,
    documents: train.loss.documentsCut,
    tokens: train.loss.tokensCut,
  };
  const prepared = {
    ...{ dataset, splits, pipeline, train, val, test },
    ...(vectors && { vectors }),
    others: encodeTexts(pipeline, others).sequences,
  };
  const told = vectors && { vectors: coverageOf(vectors, train) };
  emit(preparedEvent(prepared, { vocabulary: { size, ...coverage }, cut, ...told }));
  return prepared;
}

/** What the vectors cover of the training part. */
function coverageOf({ name, total, others, pretrained }: PlacedVectors, { sequences }: Part): VectorCoverage {
  let tokens = 0;
  let having = 0;
  for (const ids of sequences) {
    tokens += ids.length;
    for (const id of ids) if (id >= pretrained.from) having++;
  }
  return { name, total, others, tokenCoverage: tokens === 0 ? 0 : having / tokens };
}

/** The parts for a model that reads texts itself. */
export function splitTexts(
  dataset: Dataset,
  splits: Splits,
  emit: (event: PreparedEvent) => void,
): PreparedTexts {
  const [train, val, test] = [splits.train, splits.val, splits.test].map((rows) => textPart(dataset, rows));
  const prepared = { dataset, splits, train, val, test };
  emit(preparedEvent(prepared, null));
  return prepared;
}

function preparedEvent(
  { dataset, train, val, test }: PreparedTexts,
  reading: PreparedEvent['reading'],
): PreparedEvent {
  return {
    type: 'prepared',
    data: dataset.name,
    documents: dataset.texts.length,
    classes: dataset.labelNames.length,
    parts: { train: train.labels.length, val: val.labels.length, test: test.labels.length },
    reading,
  };
}

/** The documents of a fold, each part encoded; the vocabulary is learned from the training part alone. */
export interface EncodedFold {
  readonly train: TrainingPart;
  readonly val: TrainingPart;
  /** Empty where the fold has no test part. */
  readonly test: TrainingPart;
  readonly vocabularySize: number;
  /** Pretrained vectors in the vocabulary; left out without them. */
  readonly vectors?: PlacedVectors;
  /** Texts for a warm-up alone. */
  readonly others: readonly Int32Array[];
}

/** The documents, by index, that a trial of a search or a fold of a cross-validation is trained and scored on. */
export function encodeFold(
  documents: {
    readonly texts: readonly string[];
    readonly labels: Int32Array;
    readonly targets?: Float64Array | undefined;
  },
  rows: { readonly train: Int32Array; readonly val: Int32Array; readonly test?: Int32Array },
  settings: ReadingSettings,
  given?: GivenVectors,
  others: readonly string[] = [],
): EncodedFold {
  const texts = [...textsOf(documents, rows.train), ...others];
  const { pipeline, vectors } = fitPipeline(texts, settings, given);
  const part = (indices: Int32Array): TrainingPart => ({
    sequences: encodeTexts(pipeline, textsOf(documents, indices)).sequences,
    labels: Int32Array.from(indices, (i) => documents.labels[i]),
    ...targetsOf(documents, indices),
  });
  return {
    train: part(rows.train),
    others: encodeTexts(pipeline, others).sequences,
    val: part(rows.val),
    test: part(rows.test ?? new Int32Array()),
    vocabularySize: pipeline.vocabulary.size,
    ...(vectors && { vectors }),
  };
}

/** The pipeline that training texts give, with the words that have a pretrained vector. */
function fitPipeline(
  texts: readonly string[],
  { text, model }: ReadingSettings,
  given: GivenVectors | undefined,
): { readonly pipeline: TextPipeline; readonly vectors?: PlacedVectors } {
  const buckets = networkOptionsOf(model)?.ngram_buckets ?? 0;
  const pipeline = buildPipeline(texts, text);
  if (!given) return { pipeline: withNgrams(pipeline, buckets) };
  const { placed, pipeline: withWords } = placeVectors(pipeline, given);
  return { pipeline: withNgrams(withWords, buckets), vectors: placed };
}

function encodePart(
  dataset: Dataset,
  indices: Int32Array<ArrayBuffer>,
  pipeline: TextPipeline,
): Required<Pick<Part, 'loss'>> & Part {
  const part = textPart(dataset, indices);
  const { sequences, loss } = encodeTexts(pipeline, part.texts);
  return { ...part, sequences, loss };
}

function textPart(dataset: Dataset, indices: Int32Array<ArrayBuffer>): TextPart {
  return {
    texts: textsOf(dataset, indices),
    labels: indices.map((i) => dataset.labels[i]),
    ...targetsOf(dataset, indices),
    rowIds: indices.map((i) => dataset.rowIds[i]),
  };
}

/** Soft labels of some documents. */
function targetsOf(
  { labels, targets }: { readonly labels: Int32Array; readonly targets?: Float64Array | undefined },
  indices: Int32Array,
): { readonly targets?: Float64Array } {
  const own = targets && softRows(targets, indices, targets.length / labels.length);
  return own ? { targets: own } : {};
}

/** The texts that the settings follow from, where nobody sets them. */
export function trainingTexts(
  dataset: Dataset,
  { train }: Pick<Splits, 'train'>,
): { readonly texts: readonly string[]; readonly classes: number } {
  return { texts: textsOf(dataset, train), classes: dataset.labelNames.length };
}

function textsOf({ texts }: { readonly texts: readonly string[] }, indices: Int32Array): string[] {
  return Array.from(indices, (i) => texts[i]);
}
