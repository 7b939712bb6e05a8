/**
 * The content of a checkpoint: everything that the next step depends on. Random decisions are named by seed, epoch
 * and step (`core/rng.ts`), so there is no generator to save; training goes on with the same bits.
 */
import * as z from 'zod';
import { ConfigError, CorruptFileError, ShapeError } from '../core/errors.ts';
import { headlineMetrics } from '../evaluate/metrics/index.ts';
import type { LearningClassifier, Tensor } from '../models/trainable.ts';
import { MARGINS } from './margins.ts';

/** Tensors and plain JSON, as a store saves them. */
export interface TrainingCheckpoint {
  /** Parameters, best parameters and optimiser state by name. */
  readonly tensors: Record<string, Tensor>;
  /** Position, random streams, schedule and early stopping: plain JSON. */
  readonly state: TrainingState;
}

/** Saves and loads checkpoints; `src/run` has one on files. */
export interface TrainingCheckpointStore {
  /** When it returns, the checkpoint is safe. */
  save(name: string, checkpoint: TrainingCheckpoint): void;
  /** The checkpoint of that name; undefined where there is none. */
  load(
    name: string,
  ): { readonly tensors: Readonly<Record<string, Tensor>>; readonly state: unknown } | undefined;
}

const count = z.int().min(0);
const headlines = Object.fromEntries(headlineMetrics.map(({ type }) => [type, z.number()])) as {
  readonly accuracy: z.ZodNumber;
  readonly macro_f1: z.ZodNumber;
};

const stateSchema = z.object({
  /** Next epoch to work on, from 0, and the next batch in it. */
  epoch: count,
  batch: count,
  /** Optimiser steps done. */
  step: count,
  /** Sums over this epoch's batches so far. */
  loss_sum: z.number(),
  weight_sum: z.number(),
  correct: count,
  seen: count,
  /** Learning rate of the last step. */
  lr: z.number(),
  /** How often the schedule lowered it. */
  lr_reductions: count.default(0),
  /** Seconds spent in steps, and in all. */
  step_seconds: z.number().min(0),
  seconds: z.number().min(0),
  schedule: z.record(z.string(), z.number().nullable()),
  early_stopping: z.object({ best: z.number().nullable(), bestEpoch: count, waited: count }),
  /** The best epoch's metrics on the validation part. */
  best: z.object({ loss: z.number(), ...headlines }).nullable(),
  /** Documents and batches an epoch: a checkpoint of other data or another batch size is refused. */
  documents: count,
  batches: count,
});

/** The plain part of a checkpoint. */
export type TrainingState = z.infer<typeof stateSchema>;

/** The state before the first step. */
export function firstState(
  training: Pick<TrainingState, 'lr' | 'documents' | 'batches' | 'early_stopping'>,
): TrainingState {
  const position = { epoch: 0, batch: 0, step: 0, lr_reductions: 0 };
  const sums = { loss_sum: 0, weight_sum: 0, correct: 0, seen: 0, step_seconds: 0, seconds: 0 };
  return { ...position, ...sums, schedule: {}, best: null, ...training };
}

const BEST = 'best.';

/** Collects the tensors of a checkpoint: parameters, optimiser state, best parameters. */
export async function checkpointTensors(
  session: LearningClassifier,
  best: Readonly<Record<string, Tensor>> | undefined,
): Promise<Record<string, Tensor>> {
  const tensors = await session.tensors();
  for (const [name, data] of Object.entries(await session.optimizerState()))
    tensors[name] = { shape: [data.length], data };
  for (const [name, tensor] of Object.entries(best ?? {})) tensors[`${BEST}${name}`] = tensor;
  return tensors;
}

/**
 * Puts a checkpoint back into a session; returns its state and the best parameters.
 * @throws CorruptFileError where it is of another network, or not of as many documents and batches as the training
 */
export function restoreCheckpoint(
  session: LearningClassifier,
  { tensors, state }: { readonly tensors: Readonly<Record<string, Tensor>>; readonly state: unknown },
  { documents, batches }: Pick<TrainingState, 'documents' | 'batches'>,
): { state: TrainingState; best: Record<string, Tensor> | undefined } {
  const parsed = stateSchema.safeParse(state);
  if (!parsed.success) {
    throw new ConfigError(
      '[checkpoint] the saved state must be one of this version, but is not. Start again without --resume.',
    );
  }
  const parts: Record<'parameters' | 'optimizer' | 'best', Record<string, Tensor>> = {
    parameters: {},
    optimizer: {},
    best: {},
  };
  for (const [name, tensor] of Object.entries(tensors)) {
    if (name.startsWith(MARGINS)) continue;
    if (name.startsWith(BEST)) parts.best[name.slice(BEST.length)] = tensor;
    else parts[name.startsWith('optimizer.') ? 'optimizer' : 'parameters'][name] = tensor;
  }
  try {
    session.load(parts.parameters);
    session.loadOptimizerState(
      Object.fromEntries(Object.entries(parts.optimizer).map(([name, { data }]) => [name, data])),
    );
  } catch (cause) {
    if (!(cause instanceof ShapeError)) throw cause;
    throw new CorruptFileError(
      'checkpoint',
      `[checkpoint] the tensors must fit the configuration of the run, but do not: ${cause.message} Restore the configuration from a copy, or train again.`,
      { cause },
    );
  }
  if (parsed.data.documents !== documents || parsed.data.batches !== batches) {
    throw new CorruptFileError(
      'checkpoint',
      `[checkpoint] must be of ${documents} documents in ${batches} batches, but is of ${parsed.data.documents} in ${parsed.data.batches}: ` +
        'the configuration or the data of the run was changed. Restore them from a copy, or train again.',
    );
  }
  return { state: parsed.data, best: Object.keys(parts.best).length > 0 ? parts.best : undefined };
}
