/** A trained classifier that takes texts. */
import { ConfigError, CorruptFileError, ShapeError, UnsupportedError } from '../core/errors.ts';
import { type OptionProblem, problemAt, readOption } from '../core/read-options.ts';
import { maxOf } from '../core/lists.ts';
import { chooseEngine, type EngineChoice, type EngineRequest } from '../engine/index.ts';
import { type StartWorker, threadsMissing } from '../engine/workers.ts';
import { argmaxRows } from '../evaluate/confusion.ts';
import { type Calibrated, calibrateRows } from '../evaluate/thresholds.ts';
import { noneOfThese, type TypicalDocuments } from '../evaluate/typical.ts';
import { closedError, requireTexts, told } from '../models/arguments.ts';
import { networkOptionsOf, openModel, restoreFitted } from '../models/family.ts';
import type { TextScores as RawScores } from '../models/model.ts';
import { modelOptions, type ModelOptions } from '../models/options.ts';
import { predictSequences } from '../models/predict.ts';
import type { ReadAs } from '../data/read-as.ts';
import { textOptions } from '../text/options.ts';
import { withNgrams } from '../text/ngram-pipeline.ts';
import { readTokenizerJson } from '../text/tokenizer-json.ts';
import { clock } from './clock.ts';
import { floatTensors } from './float-tensors.ts';
import type { Inside, Insides } from './inside.ts';
import { memberFile, type ModelFileName, type ModelFiles } from './model-files.ts';
import { type TokenWeights, tokenWeights } from './token-weights.ts';
import { answerUnknown, frequenciesOf, knownTokens } from './unknown-texts.ts';

/** The most probable class of a text. */
export interface ClassScore {
  /** Name of the class. */
  readonly label: string;
  /** Its probability, in (0, 1]. */
  readonly score: number;
}

/** Probabilities of texts, and how much of each text the model knows. */
export interface TextScores extends RawScores {
  /** `[N × C]` the probabilities before temperature scaling. */
  readonly unscaled: Float64Array;
  /**
   * `[N]` how unlike the validation documents each text is, in [0, 1], by its highest probability and its proportion
   * of known tokens: a text like them gets 0.95 or more with a chance of at most 5 %. Undefined for models without a
   * validation part.
   */
  readonly noneOfThese: Float64Array | undefined;
}

/** A trained classifier of texts. */
export interface TextClassifier {
  /** Names of the C classes, in the order of the probabilities. */
  readonly labelNames: readonly string[];
  /** The most probable class of each text, in their order. */
  predict(texts: readonly string[]): ClassScore[];
  /** `[N × C]` probabilities, row-major, in the order of the texts; each row sums to 1. */
  predictProba(texts: readonly string[]): Float64Array;
  /** The probabilities, with how much the model knows of each text. */
  score(texts: readonly string[]): TextScores;
  /**
   * Attention weights of each text, in order.
   * @throws UnsupportedError for a model without attention pooling
   */
  attention(texts: readonly string[]): TokenWeights[];
  /** What the logits are divided by, so that probabilities are calibrated; 1 where nothing was scaled. */
  readonly temperature: number;
  /** `[C]` what the probability of each class is divided by, and the row then by its sum; undefined where nothing was chosen. */
  readonly thresholds?: readonly number[] | undefined;
  /** How the training data was read; undefined where it did not come from a file, or an earlier version wrote the model. */
  readonly readAs: ReadAs | undefined;
  /** Its internals, for code such as `explain`. Only valid until the classifier is closed. */
  inside(): Insides;
  /** Threads that predict: fewer than were asked for in a page that is not cross-origin isolated. */
  readonly threads: number;
  /** Ends its threads and frees its memory; it cannot predict afterwards. */
  close(): Promise<void>;
}

/** Most tokens of a batch, so that memory does not grow with the longest texts. */
const BATCH_TOKENS = 16_384;

/** How a classifier predicts. */
export interface ClassifierOptions {
  /** Clock in milliseconds, by which the engine is chosen. Default `performance.now`. */
  readonly now?: () => number;
  /** An engine or a build to use in place of the fastest, such as `reference` or `wasm narrow`. */
  readonly engine?: EngineRequest | undefined;
  /** Threads that predict, from 1. Default 1. More do not change a bit of what is predicted; a page needs `worker` for them. */
  readonly threads?: number;
  /** In a page: starts a worker whose script imports `unrolled/worker`. */
  readonly worker?: StartWorker | undefined;
  /** Most texts of a batch, from 1. Default 64. */
  readonly batchSize?: number;
}

/**
 * The classifier that the files of a model make up. Close it when it is no longer needed.
 * @param where What to call a file in error messages: its path or address.
 * @param choice The engine, where it is chosen already.
 * @throws CorruptFileError where a file is damaged, or the files do not fit together
 * @throws ConfigError for options out of range
 */
export async function createTextClassifier(
  files: ModelFiles,
  where: (name: ModelFileName) => string,
  options: ClassifierOptions = {},
  choice?: EngineChoice,
): Promise<TextClassifier> {
  const { labelNames, classCounts, readAs, temperature = 1, thresholds, typical } = files.config;
  const scorer = await openFiles(files, where, options, choice);
  const classes = labelNames.length;
  const frequencies = frequenciesOf(classCounts);
  let closed = false;
  const score = (name: string, texts: readonly string[]): TextScores => {
    if (closed) throw closedError(name);
    requireTexts(name, texts);
    const { probabilities: unscaled, tokens, known } = scorer.score(texts);
    const probabilities = calibrateRows(unscaled, classes, { temperature, thresholds });
    for (const rows of [probabilities, unscaled]) answerUnknown(rows, known, frequencies);
    const noneOf = (docs: TypicalDocuments) =>
      Float64Array.from(argmaxRows(probabilities, classes), (best, n) =>
        noneOfThese(docs, probabilities[n * classes + best], known[n] / Math.max(1, tokens[n])),
      );
    return { probabilities, unscaled, tokens, known, noneOfThese: typical && noneOf(typical) };
  };
  return {
    labelNames,
    readAs,
    temperature,
    threads: scorer.threads,
    thresholds,
    score: (texts) => score('score', texts),
    predictProba: (texts) => score('predictProba', texts).probabilities,
    predict(texts) {
      const { probabilities } = score('predict', texts);
      return Array.from(argmaxRows(probabilities, classes), (best, n) => ({
        label: labelNames[best],
        score: probabilities[n * classes + best],
      }));
    },
    attention(texts) {
      if (closed) throw closedError('attention');
      requireTexts('attention', texts);
      const weights = scorer.attention?.(texts);
      if (weights) return weights;
      throw new UnsupportedError(
        '[attention] the model must have the pooling attention, but has not. Train one with --model.pooling attention, or attention+max.',
      );
    },
    inside() {
      if (closed) throw closedError('inside');
      return { model: scorer.inside, frequencies };
    },
    async close() {
      if (closed) return;
      closed = true;
      await scorer.close();
    },
  };
}

/** A running model. */
interface Scorer {
  readonly threads: number;
  score(texts: readonly string[]): RawScores;
  attention?(texts: readonly string[]): TokenWeights[] | undefined;
  readonly inside: Inside;
  close(): Promise<void>;
}

/** The model of the files. Parameters as of {@link createTextClassifier}. */
async function openFiles(
  files: ModelFiles,
  where: (name: ModelFileName) => string,
  options: ClassifierOptions,
  choice: EngineChoice | undefined,
): Promise<Scorer> {
  const { threads = 1, batchSize = 64 } = options;
  for (const [name, value] of Object.entries({ threads, batchSize })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new ConfigError(`[load] ${name} must be a whole number from 1, but got ${told(value)}.`);
  }
  if (files.members) return openEnsemble(files, files.members, where, options, choice);
  const model = readOption(modelOptions, files.config.model, ['model']);
  if (model.problem) throw badOption(where('config.json'), model.problem);
  return files.tokenizerJson === undefined
    ? openFitted(model.value, files, where)
    : openSession(model.value, files.tokenizerJson, files, where, options, choice);
}

/** Several models, whose probabilities are averaged. */
async function openEnsemble(
  { config }: ModelFiles,
  members: readonly ModelFiles[],
  where: (name: ModelFileName) => string,
  options: ClassifierOptions,
  choice: EngineChoice | undefined,
): Promise<Scorer> {
  const weights = config.ensemble?.weights ?? [];
  const engine = choice ?? chooseEngine(options.now ?? clock, options.engine);
  const scorers: Scorer[] = [];
  const close = async () => {
    await Promise.all(scorers.map((scorer) => scorer.close()));
  };
  try {
    for (const [m, files] of members.entries())
      scorers.push(await openFiles(files, (name) => where(memberFile(m, name)), options, engine));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    threads: maxOf(scorers, (scorer) => scorer.threads),
    close,
    inside: {
      kind: 'ensemble',
      members: scorers.map(({ inside: model }, m) => ({
        weight: weights[m],
        calibrated: calibrationOf(members[m].config),
        model,
      })),
    },
    score(texts) {
      const classes = config.labelNames.length;
      const scored = scorers.map((scorer, m) => {
        const one = scorer.score(texts);
        const calibrated = calibrationOf(members[m].config);
        return { ...one, probabilities: calibrateRows(one.probabilities, classes, calibrated) };
      });
      const probabilities = new Float64Array(texts.length * classes);
      for (const [m, one] of scored.entries())
        for (let i = 0; i < probabilities.length; i++) probabilities[i] += weights[m] * one.probabilities[i];
      // the ensemble knows a text if one of its members does
      const most = (of: 'tokens' | 'known') =>
        Int32Array.from(texts, (_, n) => maxOf(scored, (one) => one[of][n]));
      return { probabilities, tokens: most('tokens'), known: most('known') };
    },
  };
}

function calibrationOf({ temperature = 1, thresholds }: ModelFiles['config']): Calibrated {
  return { temperature, thresholds };
}

/** A model that reads texts itself. */
function openFitted(
  model: ModelOptions,
  { config, features, tensors }: ModelFiles,
  where: (name: ModelFileName) => string,
): Scorer {
  const text = readOption(textOptions, config.text, ['text']);
  if (text.problem) throw badOption(where('config.json'), text.problem);
  const saved = {
    tensors: floatTensors(tensors, where('model.safetensors')),
    state: features,
    text: text.value,
  };
  const fitted = shaped(where('features.json'), () => restoreFitted(model, saved));
  const classes = config.labelNames.length;
  if (!fitted) throw damaged(where('config.json'), `model.type is ${model.type}, which has a tokenizer.json`);
  if (fitted.classes !== classes)
    throw damaged(where('features.json'), `it has ${fitted.classes} classes and config.json says ${classes}`);
  return {
    threads: 1,
    score: (texts) => fitted.score(texts),
    inside: { kind: 'fitted', fitted, text: text.value },
    close: () => Promise.resolve(),
  };
}

/** A model that reads token ids. */
async function openSession(
  model: ModelOptions,
  tokenizerJson: string,
  { config, tensors }: ModelFiles,
  where: (name: ModelFileName) => string,
  { now = clock, engine, threads = 1, batchSize = 64, worker }: ClassifierOptions,
  choice: EngineChoice | undefined,
): Promise<Scorer> {
  const words = readTokenizerJson(tokenizerJson, where('tokenizer.json'));
  const buckets = networkOptionsOf(model)?.ngram_buckets ?? 0;
  if (buckets > 0 && !words.tokenizer.withVocabulary)
    throw damaged(where('config.json'), 'model.ngram_buckets needs a tokenizer of whole words');
  const pipeline = withNgrams(words, buckets);
  if (pipeline.vocabulary.size !== config.vocabularySize) {
    const sizes = `${pipeline.vocabulary.size} entries and config.json says ${config.vocabularySize}`;
    throw damaged(where('tokenizer.json'), `its vocabulary has ${sizes}`);
  }
  const { max_length: steps } = pipeline.options;
  const tokens = Math.max(steps, Math.min(BATCH_TOKENS, batchSize * steps));
  const chosen = choice ?? chooseEngine(now, engine);
  const session = await openModel(model, {
    engine: chosen,
    threads: threadsMissing() === undefined ? threads : 1,
    worker,
    capacity: { rows: batchSize, tokens, steps },
    vocabularySize: config.vocabularySize,
    classes: config.labelNames.length,
    ...(config.loss && { loss: config.loss }),
    ...(config.vectors && { pretrained: config.vectors }),
  });
  try {
    const own = floatTensors(tensors, where('model.safetensors'));
    shaped(where('model.safetensors'), () => {
      session.load(own);
    });
  } catch (error) {
    await session.close();
    throw error;
  }
  return {
    threads: session.threads,
    score(texts) {
      const encoded = texts.map((text) => pipeline.encode(text));
      const ids = encoded.map((one) => one.ids);
      return {
        probabilities: predictSequences(session, ids),
        tokens: Int32Array.from(encoded, ({ ids, tokenCount }) => Math.min(ids.length, tokenCount)),
        known: knownTokens(ids, buckets),
      };
    },
    attention: (texts) => tokenWeights(session, pipeline, texts),
    inside: { kind: 'session', session, model, pipeline, engine: chosen, pretrained: config.vectors },
    close: () => session.close(),
  };
}

/** Files that do not fit together count as damaged. */
function shaped<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw damaged(file, error.message, error);
  }
}

function badOption(file: string, problem: OptionProblem): CorruptFileError {
  const fix = 'The file was changed or damaged: fetch or write it again.';
  return new CorruptFileError(file, `[${file}] ${problemAt(problem)} ${fix}`);
}

function damaged(file: string, problem: string, cause?: unknown): CorruptFileError {
  // the problem may be another error's message, with a place and a full stop of its own
  const told = problem.replace(/^\[[^\]]*\] /, '').replace(/\.$/, '');
  return new CorruptFileError(
    file,
    `[${file}] the files of a model must fit together, but ${told}. Copy the whole folder again.`,
    { cause },
  );
}
