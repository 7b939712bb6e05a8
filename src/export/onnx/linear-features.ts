/** The n-grams of a text as the graph of a linear model takes them: numbers of features, and how often each occurs. */
import type { ModelFiles } from '../../classifier/model-files.ts';
import { maxOf } from '../../core/lists.ts';
import { floatTensors } from '../../classifier/float-tensors.ts';
import { HashTable } from '../../models/linear/hash-table.ts';
import type { LinearState } from '../../models/linear/linear-classifier.ts';
import { hashNgram, NgramReader, type TokenizedText } from '../../models/linear/ngrams.ts';
import type { LinearModelOptions } from '../../models/linear/options.ts';
import { textReader } from '../../models/linear/read-text.ts';
import { restoreState } from '../../models/linear/saved.ts';
import { completeTextOptions } from '../../text/options.ts';
import { optionsOf } from '../refuse.ts';
import type { Value } from './values.ts';

/** The features of a text, ascending, and their counts. */
export interface FeatureCounts {
  readonly features: readonly number[];
  readonly counts: readonly number[];
}

/** A linear model, opened to be written as a graph. */
export interface OpenedFeatures {
  readonly state: LinearState;
  /** Normalises and cuts a text. */
  readonly read: (text: string) => TokenizedText;
  /** Counts the features of a text. */
  readonly reader: (text: TokenizedText) => FeatureCounts;
}

/** Opens a linear model. */
export function openFeatures(files: ModelFiles): OpenedFeatures {
  const { state } = restoreState(floatTensors(files.tensors, 'model.safetensors'), files.features);
  const { max_tokens } = optionsOf(files) as LinearModelOptions;
  const text = completeTextOptions(files.config.text);
  const { options, features } = state.tfidf;
  const table = new HashTable(features.length);
  for (const { kind, text: ngram } of features) table.add(...hashNgram(kind, ngram));
  const ngrams = new NgramReader(options);
  return {
    state,
    read: textReader(text, max_tokens),
    reader(document) {
      ngrams.read(document);
      const found = new Map<number, number>();
      for (let at = 0; at < ngrams.size; at++) {
        const feature = table.get(ngrams.high[at], ngrams.low[at]);
        if (feature >= 0) found.set(feature, (found.get(feature) ?? 0) + 1);
      }
      const sorted = [...found].sort(([a], [b]) => a - b);
      return { features: sorted.map(([feature]) => feature), counts: sorted.map(([, count]) => count) };
    },
  };
}

/** Documents as inputs of the graph: [B × K], padded with feature 0 and count 0. */
export function featureInput(documents: readonly FeatureCounts[]): Readonly<Record<string, Value>> {
  const K = Math.max(
    1,
    maxOf(documents, ({ features }) => features.length),
  );
  const features = new Float64Array(documents.length * K);
  const counts = new Float32Array(documents.length * K);
  for (const [n, document] of documents.entries()) {
    features.set(document.features, n * K);
    counts.set(document.counts, n * K);
  }
  const dims = [documents.length, K];
  return { features: { dims, data: features }, counts: { dims, data: counts } };
}
