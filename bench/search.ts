/** What the trainings of a whole search take, beside PyTorch: step times of its networks, times the steps that it did. */
import type { Bench, BenchCase } from './bench.ts';
import { againstPyTorch, type CaseOf } from './support/against-pytorch.ts';
import type { StepSpec } from './support/protocol.ts';
import { round } from './support/statistics.ts';
import {
  keptStudy,
  readStudyFile,
  readTrials,
  recordStudy,
  type RecordedStudy,
  type RecordedTrial,
  writeStudyFile,
} from './support/study.ts';

/** Documents that a trial of the workshop's search learns from: four fifths of 2,225. */
const DOCUMENTS = 1780;
/** Nearly every article has more tokens than the preset keeps. */
const TOKENS = 50;
/** On the embedding, between layers, before the linear layer; a rate costs as much as any other. */
const DROPOUT = 0.35;
const WEIGHT_DECAY = 1e-4;
const SMOOTHING = 0.13;

/** Trials whose networks and batches have the same sizes: their steps cost the same. */
export interface Shape {
  readonly name: string;
  readonly spec: StepSpec;
  readonly trials: number;
  readonly epochs: number;
  readonly steps: number;
}

/** A parameter of a trial. @throws Error where it has none of that kind: its study is of another search */
function param<T extends 'number' | 'string' | 'boolean'>(
  { number, params }: RecordedTrial,
  name: string,
  kind: T,
): { number: number; string: string; boolean: boolean }[T] {
  const value = params[name];
  if (typeof value !== kind) {
    throw new Error(
      `[bench] the study must be one of unroll tune -c bilstm-workshop, whose trials have a ${kind} as ${name}, ` +
        `but trial ${number} has ${JSON.stringify(value)}.`,
    );
  }
  return value as { number: number; string: string; boolean: boolean }[T];
}

function shapeOf(trial: RecordedTrial): Shape {
  const batch = param(trial, 'train.batch_size', 'number');
  const input = param(trial, 'model.embedding_dim', 'number');
  const hidden = param(trial, 'model.hidden_size', 'number');
  const layers = param(trial, 'model.num_layers', 'number');
  const bidirectional = param(trial, 'model.bidirectional', 'boolean');
  const pooling = param(trial, 'model.pooling', 'string');
  const directions = bidirectional ? 'both directions' : 'forward only';
  return {
    name: `batch ${batch}, ${input}/${hidden}, ${layers} ${layers === 1 ? 'layer' : 'layers'}, ${directions}, ${pooling}`,
    spec: {
      kind: 'step',
      input,
      hidden,
      layers,
      bidirectional,
      lengths: new Array<number>(batch).fill(TOKENS),
      vocabulary: 5000,
      pooling: pooling.split('+'),
      classes: 5,
      dropout: DROPOUT,
      embeddingDropout: DROPOUT,
      weightDecay: WEIGHT_DECAY,
      smoothing: SMOOTHING,
      batches: 8,
    },
    trials: 1,
    epochs: trial.epochs,
    steps: trial.epochs * Math.ceil(DOCUMENTS / batch),
  };
}

/** The shapes of trials, those with the most steps first. */
export function shapesOf(trials: readonly RecordedTrial[]): Shape[] {
  const shapes = new Map<string, Shape>();
  for (const trial of trials) {
    const one = shapeOf(trial);
    const sum = shapes.get(one.name) ?? { ...one, trials: 0, epochs: 0, steps: 0 };
    shapes.set(one.name, {
      ...sum,
      trials: sum.trials + one.trials,
      epochs: sum.epochs + one.epochs,
      steps: sum.steps + one.steps,
    });
  }
  return [...shapes.values()].sort((a, b) => b.steps - a.steps);
}

const minutes = (ms: number) => `${(ms / 60_000).toFixed(1)} min`;

/** The case of the whole search: the steps of each shape times what one takes, divided among the workers. */
export function sumCase(study: RecordedStudy, cases: readonly BenchCase[]): BenchCase {
  const sum = (of: (one: BenchCase) => number) => cases.reduce((total, one) => total + of(one), 0);
  const { workers, trials, seconds, command_seconds: whole } = study;
  const ours = sum(({ ours_ms: ms, steps }) => (ms ?? NaN) * (steps ?? NaN));
  const theirs = sum(({ peer_ms: ms, steps }) => (ms ?? NaN) * (steps ?? NaN));
  const [{ peer }] = cases;
  const measured = peer !== null && !Number.isNaN(theirs);
  const recorded =
    `the search itself took ${minutes(seconds * 1000)} from its first trial to the end of its last` +
    (whole === undefined ? '' : `, ${minutes(whole * 1000)} with training the best one again`);
  return {
    case: `all ${trials.length} trials, ${workers} ${workers === 1 ? 'worker' : 'workers'}`,
    threads: 1,
    ours_ms: round(ours / workers),
    peer: measured ? `${peer.split(', ')[0]}, the fastest way of each` : null,
    peer_ms: measured ? round(theirs / workers) : null,
    ratio: measured ? round(ours / theirs) : null,
    trials: trials.length,
    epochs: sum(({ epochs }) => epochs ?? NaN),
    steps: sum(({ steps }) => steps ?? NaN),
    note:
      `training takes ${minutes(ours / workers)} here${measured ? ` and ${minutes(theirs / workers)} in PyTorch` : ''}, ` +
      `estimated as steps times ms, divided by ${workers}; ${recorded}`,
  };
}

/** Time of the trainings of a workshop search beside PyTorch. */
export const search: Bench = {
  name: 'search',
  claim: "The trainings of the workshop's search take less time than the same trainings in PyTorch.",
  method:
    'An estimate for a search that was run: `unroll tune` with the preset `bilstm-workshop`, seed 0, 40 trials and 2 workers. ' +
    'Its trials, with the epochs that each ran until it was done, stopped early or pruned, are kept in `bench/studies`. ' +
    'For each size of network and batch among them a whole training step is measured on one thread: embedding of 5,000 words, LSTM, pooling, ' +
    'linear layer, dropout, cross-entropy with label smoothing and Adam with weight decay, on sequences of 50 tokens, as nearly all articles have ' +
    '(names: batch, embedding/hidden). ' +
    'The last line adds up ms times steps (epochs times the batches of 1,780 documents) and divides by the number of workers, as if each had a core of its own. ' +
    'Left out on both sides: validation, reading and batching documents, choosing parameters, keeping trials. ' +
    '`--study URL#NAME` takes another study of that preset, such as `sqlite:///runs/studies.db#bbc-news-1`; with `--write` it is kept for the next time.',
  async run(options) {
    const { study: address, keep, rounds } = options;
    const study = address ? recordStudy(await readTrials(address)) : readStudyFile(keptStudy);
    const shapes = new Map(shapesOf(study.trials).map((shape) => [shape.name, shape]));
    const works = [...shapes.values()].map(({ name, spec }): CaseOf => ({ case: name, spec }));
    const cases = await againstPyTorch(
      works,
      // a trial has one thread
      { ...options, threads: [1] },
      {
        rounds: rounds ?? 5,
        // many sizes, and ways that are slow at one are slow at all: one round shows it
        tryOut: { rounds: 1, factor: 1.5 },
        finish(measured) {
          const { trials, epochs, steps } = shapes.get(measured.case)!;
          return { ...measured, trials, epochs, steps };
        },
      },
    );
    if (cases.length === shapes.size) cases.push(sumCase(study, cases));
    if (address && keep) writeStudyFile(keptStudy, study);
    return cases;
  },
};
