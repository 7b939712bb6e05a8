/**
 * What must give the same bits everywhere: from texts made here to trained parameters, predictions and model files.
 * This module runs unchanged in Node, in a page and in a page's worker; the result is plain data to be compared.
 */
import { createRng, type Rng } from '../../src/core/rng.ts';
import { createSha256 } from '../../src/core/sha256.ts';
import { createBatches } from '../../src/data/batches.ts';
import { createDataset, type Dataset } from '../../src/data/dataset.ts';
import { splitDataset, splitIds, type SplitIds } from '../../src/data/splits.ts';
import { chooseEngine, type EngineRequest, type EngineTest, testEngines } from '../../src/engine/index.ts';
import { evaluatePredictions, type Evaluation } from '../../src/evaluate/index.ts';
import {
  capacityFor,
  createSession,
  recurrentOptions,
  predictSequences,
  type Session,
  writeModelConfig,
  writeSafetensors,
} from '../../src/models/index.ts';
import { schedules } from '../../src/nn/schedules/index.ts';
import { buildPipeline, type TextPipeline } from '../../src/text/pipeline.ts';
import { readTokenizerJson, writeTokenizerJson } from '../../src/text/tokenizer-json.ts';
import {
  type TrainEvent,
  type TrainingCheckpoint,
  trainClassifier,
  trainOptions,
  trainingSpec,
} from '../../src/train/index.ts';
import { describeStudies } from './studies.ts';

/** Steps of the step-by-step cases. */
export const STEPS = 20;
const BATCH = 12;

/** The kernels a case runs on; `plain` is without relaxed SIMD, `reference` the loops in float64. */
export type Kernels = 'wide' | 'narrow' | 'plain' | 'reference';

/** A classifier and how it learns. Sizes are no multiples of 16, so that padding is at work. */
interface Recipe {
  readonly model: Parameters<typeof recurrentOptions>[0];
  readonly train: Parameters<typeof trainOptions.parse>[0];
}

/** The cases by name; among them every layer, pooling, loss and optimiser. */
export const RECIPES = {
  'two-layer bilstm': {
    model: {
      type: 'bilstm',
      embedding_dim: 20,
      hidden_size: 23,
      num_layers: 2,
      dropout: 0.3,
      embedding_dropout: 0.1,
      word_dropout: 0.05,
      pooling: 'last+mean+max',
    },
    train: {
      optimizer: 'adam',
      lr: 0.01,
      schedule: 'one_cycle',
      label_smoothing: 0.1,
      class_weights: 'balanced',
      clip_norm: 0.5,
      seed: 7,
    },
  },
  'variational gru': {
    model: {
      type: 'gru',
      embedding_dim: 17,
      hidden_size: 33,
      num_layers: 2,
      dropout: 0.4,
      variational_dropout: true,
      pooling: 'mean',
    },
    train: {
      optimizer: 'adamw',
      lr: 0.005,
      weight_decay: 0.05,
      schedule: { type: 'cosine', warmup_fraction: 0.2 },
      clip_norm: 0.5,
      seed: 8,
    },
  },
  'birnn, tanh, squared error': {
    model: { type: 'birnn', embedding_dim: 16, hidden_size: 19, dropout: 0.2, pooling: 'max+last' },
    train: {
      optimizer: 'sgd',
      lr: 0.03,
      momentum: 0.9,
      nesterov: true,
      loss: 'mse',
      schedule: 'constant',
      seed: 9,
    },
  },
  'rnn, relu': {
    model: {
      type: 'rnn',
      nonlinearity: 'relu',
      embedding_dim: 9,
      hidden_size: 21,
      dropout: 0,
      pooling: 'last',
    },
    train: {
      optimizer: 'adam',
      lr: 0.003,
      weight_decay: 0.01,
      schedule: 'constant',
      clip_norm: 0.5,
      seed: 10,
    },
  },
} as const satisfies Record<string, Recipe>;

/** Name of a case. */
export type RecipeName = keyof typeof RECIPES;

/** What training and use of a model left behind; every number is compared to the last bit. */
export interface Outcome {
  /** Loss of each step. */
  readonly losses: readonly number[];
  /** Norm of the gradient before clipping, of each step; NaN where nothing is clipped. */
  readonly norms: readonly number[];
  /** SHA-256 of each parameter, and of each state of the optimiser. */
  readonly digests: Readonly<Record<string, string>>;
  /** Probabilities of the test texts, row by row. */
  readonly probabilities: readonly number[];
  readonly evaluation: Evaluation;
}

/** The SHA-256 of an array's bytes. */
function digest({ buffer, byteOffset, byteLength }: Float32Array | Float64Array | Int32Array): string {
  return createSha256()
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .hex();
}

const TOPICS = {
  cuisine: ['süppchen', 'bread', "chef's", 'oven', 'naïve', 'ﬁlling', '味噌', '🍜', 'salt', 'crème brûlée'],
  sport: ['goal', 'match', 'half-time', '3.5', 'coach', '⚽', 'İstanbul', "couldn't", 'score', 'ΑΓΏΝΑΣ'],
  weather: ['rain', 'Sturm', '12,5°', 'snow', '🌧️', 'облако', 'อากาศ', 'WIND', 'fog!!', 'sun'],
} as const;
const COMMON = [
  'the',
  'A',
  'of',
  'and',
  'was',
  'very',
  'today',
  'in',
  'we',
  'not',
  'then',
  'two',
  'old',
  '%',
  'for',
];

/** Labelled texts of 1 to 40 words in several scripts; a third of the words tells the topic. */
export function makeDataset(documents = 150): Dataset {
  const rng = createRng(42);
  const pick = <T>(list: readonly T[], from: Rng) => list[from.int(list.length)];
  const labels = Object.keys(TOPICS) as (keyof typeof TOPICS)[];
  const rows = Array.from({ length: documents }, (_, row) => {
    const stream = rng.fork('document', row);
    const label = labels[stream.int(10) < 5 ? 0 : 1 + stream.int(2)]; // unbalanced
    const words = Array.from({ length: 1 + stream.int(40) }, () =>
      stream.int(3) === 0 ? pick(TOPICS[label], stream) : pick(COMMON, stream),
    );
    return { text: words.join(' '), label, row };
  });
  return createDataset(rows, { name: 'topics' });
}

interface Part {
  readonly sequences: readonly Int32Array[];
  readonly labels: Int32Array;
}

interface Prepared {
  readonly dataset: Dataset;
  readonly ids: SplitIds;
  readonly pipeline: TextPipeline;
  readonly parts: { readonly train: Part; readonly val: Part; readonly test: Part };
}

function prepare(): Prepared {
  const dataset = makeDataset();
  const splits = splitDataset(dataset, { fractions: [0.7, 0.15, 0.15], seed: 5 });
  const textsOf = (indices: Int32Array) => Array.from(indices, (n) => dataset.texts[n]);
  const pipeline = buildPipeline(textsOf(splits.train), { vocabulary_size: 45, max_length: 30 });
  const part = (indices: Int32Array): Part => ({
    sequences: textsOf(indices).map((text) => pipeline.encode(text).ids),
    labels: indices.map((n) => dataset.labels[n]),
  });
  return {
    dataset,
    ids: splitIds(dataset, splits),
    pipeline,
    parts: { train: part(splits.train), val: part(splits.val), test: part(splits.test) },
  };
}

/** The data before any training: hashes and lists that depend on Unicode tables, sorting and the random streams. */
export function describeData(): Record<string, unknown> {
  const { dataset, ids, pipeline, parts } = prepare();
  return {
    hash: dataset.hash,
    labels: dataset.labelNames,
    ids,
    vocabulary: pipeline.vocabulary.tokens,
    coverage: pipeline.vocabulary.coverage,
    sequences: Object.values(parts).map(({ sequences }: Part) => sequences.map(digest).join()),
    lengths: parts.train.sequences.map((sequence) => sequence.length),
  };
}

const REQUESTS = {
  wide: 'wasm wide',
  narrow: 'wasm narrow',
  plain: 'wasm plain',
  reference: 'reference float64',
} as const satisfies Record<Kernels, EngineRequest>;

function openSession(
  { pipeline, dataset, parts }: Prepared,
  { model, train }: Recipe,
  kernels: Kernels,
  threads: number,
): Promise<Session> {
  const classes = dataset.labelNames.length;
  const lengths = Object.values(parts).flatMap(({ sequences }: Part) => sequences.map((s) => s.length));
  return createSession({
    shape: { model: recurrentOptions(model), vocabularySize: pipeline.vocabulary.size, classes },
    capacity: capacityFor([{ lengths, batchSize: BATCH }]),
    training: trainingSpec(trainOptions.parse(train), parts.train.labels, classes),
    engine: chooseEngine(() => performance.now(), REQUESTS[kernels]),
    threads,
  });
}

function outcomeOf(
  session: Session,
  { dataset, parts }: Prepared,
  losses: number[],
  norms: number[],
): Outcome {
  const probabilities = predictSequences(session, parts.test.sequences);
  const evaluation = evaluatePredictions(
    { labels: parts.test.labels, probabilities, labelNames: dataset.labelNames },
    { bootstrap_samples: 200 },
  );
  const digests = Object.fromEntries([
    ...Object.entries(session.tensors()).map(([name, { data }]) => [name, digest(data)]),
    ...Object.entries(session.optimizerState()).map(([name, data]) => [name, digest(data)]),
  ]) as Record<string, string>;
  return { losses, norms, digests, probabilities: Array.from(probabilities), evaluation };
}

/** Options of the functions below. */
export interface Place {
  readonly kernels: Kernels;
  /** Default 1. */
  readonly threads?: number;
}

/** Initial parameters, `steps` training steps on shuffled, bucketed batches, then a look at the test texts. */
export async function runSteps(
  name: RecipeName,
  { kernels, threads = 1 }: Place,
  steps: number = STEPS,
): Promise<Outcome> {
  const recipe: Recipe = RECIPES[name];
  const data = prepare();
  const { sequences, labels } = data.parts.train;
  const options = trainOptions.parse(recipe.train);
  const session = await openSession(data, recipe, kernels, threads);
  try {
    session.initialise(options.seed);
    const stepsPerEpoch = Math.ceil(sequences.length / BATCH);
    const schedule = schedules.create(options.schedule, { lr: options.lr, totalSteps: steps, stepsPerEpoch });
    const losses: number[] = [];
    const norms: number[] = [];
    for (let step = 0, epoch = 0; step < steps; epoch++) {
      const rng = createRng(options.seed).fork('shuffle', epoch);
      for (const batch of createBatches(sequences, { batchSize: BATCH, rng, bucket: 4 })) {
        if (step === steps) break;
        const result = session.step(
          Array.from(batch, (n) => sequences[n]),
          batch.map((n) => labels[n]),
          { step, lr: schedule.lr() },
        );
        schedule.afterStep();
        losses.push(result.loss);
        norms.push(result.gradientNorm);
        step++;
      }
    }
    return outcomeOf(session, data, losses, norms);
  } finally {
    await session.close();
  }
}

/** What `runTraining` returns. */
export interface TrainingOutcome extends Outcome {
  /** Steps, epochs and the end; saving and interrupting are left out. */
  readonly events: readonly Record<string, unknown>[];
  /** The model's files: name to content, the tensors in base64. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Two epochs of the library's own loop with validation, and the files of the best model.
 * @param stopAfter Batches after which the run is interrupted, to be resumed by a session of its own.
 */
export async function runTraining(
  { kernels, threads = 1 }: Place,
  { stopAfter }: { stopAfter?: number } = {},
): Promise<TrainingOutcome> {
  const recipe: Recipe = RECIPES['two-layer bilstm'];
  const options = trainOptions.parse({
    ...(recipe.train as object),
    epochs: 2,
    batch_size: BATCH,
    threads,
  });
  const data = prepare();
  const { dataset, parts, pipeline } = data;
  const events: TrainEvent[] = [];
  const saved = new Map<string, TrainingCheckpoint>();
  const store = {
    save: (name: string, checkpoint: TrainingCheckpoint) => void saved.set(name, structuredClone(checkpoint)),
    load: (name: string) => saved.get(name),
  };
  const run = async (session: Session, stop?: number) => {
    let batches = 0;
    return trainClassifier({
      session,
      train: parts.train,
      val: parts.val,
      options,
      store,
      resume: true,
      now: () => 0,
      listener: (event) => void events.push(event),
      interrupted: () => ++batches === stop,
    });
  };
  if (stopAfter !== undefined) {
    const first = await openSession(data, recipe, kernels, threads);
    await run(first, stopAfter);
    await first.close();
  }
  const session = await openSession(data, recipe, kernels, threads);
  try {
    await run(session);
    const losses = events.flatMap((event) => (event.type === 'step' ? [event.loss] : []));
    const tensors = session.tensors() as Record<string, { shape: readonly number[]; data: Float32Array }>;
    const { model } = session.plan.shape;
    const tokenizer = writeTokenizerJson(pipeline);
    return {
      ...outcomeOf(session, data, losses, []),
      events: events
        .filter(
          (event) =>
            !(event.type === 'checkpoint' || (event.type === 'stop' && event.reason === 'interrupted')),
        )
        .map((event) => ({ ...event })),
      files: {
        'model.safetensors': base64(writeSafetensors(tensors, { format: 'pt' })),
        'tokenizer.json': tokenizer,
        'tokenizer.json, read and written again': writeTokenizerJson(readTokenizerJson(tokenizer)),
        'config.json': writeModelConfig({
          labelNames: dataset.labelNames,
          vocabularySize: pipeline.vocabulary.size,
          model,
          text: pipeline.options,
          unrollVersion: '0.0.0',
        }),
      },
    };
  } finally {
    await session.close();
  }
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** The choice of the build of WebAssembly and what was found about both. */
export function describeChoice(): { name: string | undefined; tests: readonly EngineTest[] } {
  const { choice, tests } = testEngines(() => performance.now(), { only: 'wasm' });
  return { name: choice?.name, tests };
}

/** The error of asking for two threads where there is one; undefined when there is none. */
export async function errorOfTwoThreads(): Promise<string | undefined> {
  try {
    const session = await openSession(prepare(), RECIPES['rnn, relu'], 'narrow', 2);
    await session.close();
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/** What the page and its worker are asked to do. */
export type Task =
  | { readonly do: 'data' | 'choice' | 'studies' | 'two threads' }
  | { readonly do: 'steps'; readonly name: RecipeName; readonly kernels: Kernels; readonly steps?: number }
  | { readonly do: 'training'; readonly kernels: Kernels; readonly stopAfter?: number };

/** Does a task. */
export async function perform(task: Task): Promise<unknown> {
  switch (task.do) {
    case 'data':
      return describeData();
    case 'choice':
      return describeChoice();
    case 'studies':
      return describeStudies();
    case 'two threads':
      return errorOfTwoThreads();
    case 'steps':
      return runSteps(task.name, task, task.steps);
    case 'training':
      return runTraining(task, task);
    default:
      throw new Error(`no such task: ${JSON.stringify(task satisfies never)}`);
  }
}
