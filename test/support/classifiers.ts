/** Classifiers of texts in memory, with parameters drawn at random: for what does not depend on training. */
import { createTextClassifier, type ModelFiles, type TextClassifier } from '../../src/classifier/index.ts';
import type { TypeAndOptions } from '../../src/core/family.ts';
import { chooseEngine, type EngineRequest } from '../../src/engine/index.ts';
import { asRecurrent, modelOf, openModel, savedOptions } from '../../src/models/family.ts';
import { completeModelOptions, createSession } from '../../src/models/index.ts';
import { buildPipeline, completeTextOptions, writeTokenizerJson } from '../../src/text/index.ts';
import { withNgrams } from '../../src/text/ngram-pipeline.ts';
import { tinyRows } from './tiny.ts';

export const tinyTexts = tinyRows(60);
const labelNames = ['sport', 'money', 'music'];

/** What {@link networkFiles} can be told. */
export interface NetworkOptions {
  readonly model?: Readonly<Record<string, unknown>>;
  readonly text?: Readonly<Record<string, unknown>>;
  readonly temperature?: number;
  readonly thresholds?: readonly number[];
  readonly loss?: TypeAndOptions;
  readonly seed?: number;
}

/** The files of a network that was not trained. */
export async function networkFiles({
  model: given = {},
  text = {},
  temperature = 1,
  thresholds,
  loss,
  seed = 1,
}: NetworkOptions = {}): Promise<ModelFiles> {
  const model = completeModelOptions({ type: 'bilstm', embedding_dim: 6, hidden_size: 5, ...given });
  const options = completeTextOptions({ min_count: 1, ...text });
  const network = asRecurrent(model);
  if (!network) throw new Error('a network is wanted');
  const pipeline = withNgrams(buildPipeline(tinyTexts.map((row) => row.text), options), network.ngram_buckets); // prettier-ignore
  const session = await createSession({
    shape: { model: network, vocabularySize: pipeline.vocabulary.size, classes: labelNames.length },
    capacity: { rows: 1, tokens: 1, steps: 1 },
    engine: chooseEngine(() => performance.now(), 'reference float64'),
  });
  session.initialise(seed);
  const tensors = session.tensors();
  await session.close();
  return {
    tensors,
    tokenizerJson: writeTokenizerJson(pipeline),
    config: {
      ...{ labelNames, vocabularySize: pipeline.vocabulary.size, model, text: options, temperature },
      ...{ classCounts: [30, 20, 10], unrollVersion: '0.0.0' },
      ...(loss && { loss }),
      ...(thresholds && { thresholds }),
    },
  };
}

/** The files of a linear classifier or of the majority, fitted to the tiny texts. */
export async function fittedFiles(
  given: Readonly<Record<string, unknown>> & { readonly type: string },
): Promise<ModelFiles> {
  const model = completeModelOptions(given);
  const text = completeTextOptions({ min_count: 1 });
  const definition = modelOf(model);
  if (definition.learns !== 'at once') throw new Error('a model that is fitted at once is wanted');
  const documents = {
    texts: tinyTexts.map((row) => row.text),
    labels: Int32Array.from(tinyTexts, (row) => labelNames.indexOf(row.label)),
    classes: labelNames.length,
  };
  const fitted = await definition.fit(model, documents, { text, seed: 1 });
  return {
    tensors: fitted.tensors(),
    features: fitted.state(),
    config: { labelNames, vocabularySize: fitted.features, model, text, classCounts: [30, 20, 10], unrollVersion: '0.0.0' }, // prettier-ignore
  };
}

/** The files of a small model of any type: fitted, or with parameters drawn at random. */
export async function untrainedFiles(type: string): Promise<ModelFiles> {
  const { options, learns } = modelOf({ type });
  const small = Object.entries({ embedding_dim: 6, hidden_size: 5, C: 1 }).filter(
    ([name]) => name in options,
  );
  const given = { type, ...Object.fromEntries(small) };
  if (learns === 'at once') return fittedFiles(given);
  const model = completeModelOptions(given);
  const text = completeTextOptions({ min_count: 1 });
  const pipeline = buildPipeline(
    tinyTexts.map((row) => row.text),
    text,
  );
  const vocabularySize = pipeline.vocabulary.size;
  const session = await openModel(model, {
    ...{ vocabularySize, classes: labelNames.length, capacity: { rows: 1, tokens: 1, steps: 1 } },
    engine: chooseEngine(() => performance.now(), 'reference float64'),
  });
  session.initialise(1);
  const tensors = session.tensors();
  await session.close();
  return {
    tensors,
    tokenizerJson: writeTokenizerJson(pipeline),
    config: {
      ...{ labelNames, vocabularySize, model: savedOptions(model), text, temperature: 1 },
      ...{ classCounts: [30, 20, 10], unrollVersion: '0.0.0' },
    },
  };
}

/** The files of an ensemble of others. */
export function ensembleFiles(
  members: readonly ModelFiles[],
  weights: readonly number[],
  temperature = 1,
): ModelFiles {
  const { config } = members[0];
  return { tensors: {}, members, config: { ...config, temperature, ensemble: { weights } } };
}

/** The classifier of files. */
export function classifierOf(
  files: ModelFiles,
  engine: EngineRequest = 'reference float64',
): Promise<TextClassifier> {
  return createTextClassifier(files, (name) => name, { engine });
}
