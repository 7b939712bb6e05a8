/**
 * The interface of a classifier that learns in steps, for training, evaluation and saving; `session.ts` implements
 * it.
 */
import type { TypeAndOptions } from '../core/family.ts';
import type { Capacity } from '../nn/batch.ts';

/** A tensor in PyTorch's layout. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
  /** Its values are exact in half precision, so files may store it so. */
  readonly dtype?: 'F16';
}

/** How a group of parameters is updated in a step. */
export interface GroupStep {
  /** Factor on the learning rate; 0: it is frozen, without gradient, decay and change of its optimiser state. */
  readonly rate: number;
  /** Its updates so far, without the steps in which it was frozen. */
  readonly updates: number;
}

/** The state of an optimiser step. */
export interface TrainingStep {
  /** Updates so far. */
  readonly step: number;
  /** Learning rate. */
  readonly lr: number;
  /** Factor on the learning rate of pretrained vectors; 0: they are frozen, without gradient and decay. Default 1. */
  readonly pretrainedRate?: number;
  /** Weight of the new parameters in their average, in [0, 1]; 0: the average stays. Default 0. */
  readonly averageRate?: number;
  /** Of each of `groups`. Default: all at rate 1, updated in every step so far. */
  readonly groups?: readonly GroupStep[];
  /** Updates of the pretrained vectors so far. Default `step`. */
  readonly pretrainedUpdates?: number;
  /** `[B × C]` soft labels of the batch, in place of its classes, for a plan with `softLabels`. */
  readonly targets?: Float64Array | undefined;
  /** The loss of this step: 0 that of the plan, n the n-th of its `phaseLosses`. Default 0. */
  readonly loss?: number;
}

/** Vectors for the pretrained rows of an embedding. */
export interface PretrainedVectors {
  /** [rows × D], in the order of the rows. */
  readonly vectors: Float32Array;
  /** Standard deviation of the rows that are drawn. */
  readonly spread: number;
}

/** How a classifier learns. */
export interface TrainingSpec {
  /** A member of the family of losses with its options. */
  readonly loss: TypeAndOptions;
  /** Losses of phases before the last. Default none. */
  readonly phaseLosses?: readonly TypeAndOptions[];
  /** [C] weights of the classes in the loss. */
  readonly classWeights?: readonly number[];
  /** [C] proportions of the classes in the training documents, for a loss that adjusts by them. */
  readonly classPriors?: readonly number[];
  /** A member of the family of optimisers with its options. */
  readonly optimizer: TypeAndOptions;
  /** Largest norm of the gradient of all parameters; null = no clipping. */
  readonly clipNorm: number | null;
  /** Seed of dropout. */
  readonly seed: number;
  /** Length of the adversarial perturbation, as a proportion of that of a document's vectors. Default 0: none. */
  readonly adversarial?: number;
  /** α of the Beta distribution by which pooled vectors are mixed, in [0, 1]. Default 0: they are not. */
  readonly mixup?: number;
  /** Weight of the divergence between two passes with other dropout masks. Default 0: one pass. */
  readonly rDrop?: number;
  /** Whether the GPU reads recurrent weights that it keeps in no registers in half precision. Default no. */
  readonly halfWeights?: boolean;
  /** Whether steps are given soft labels. Default no. */
  readonly softLabels?: boolean;
  /** Whether an average of the parameters is kept beside them. Default no. */
  readonly average?: boolean;
}

/** Result of one batch. */
export interface BatchResult {
  /** Mean loss of the batch; NaN for a prediction. */
  loss: number;
  /** Its weight among batches: Σ loss·weight / Σ weight is the loss over all. */
  weight: number;
  /** Euclidean norm of the gradient before clipping; NaN if not computed. */
  gradientNorm: number;
  /** Correctly classified documents in this pass; left out if `probabilities` is available. */
  readonly correct?: number;
}

/** A value, or a promise of it. */
export type Awaitable<T> = T | Promise<T>;

/** A classifier that learns in steps. Calls after `close` throw. */
export interface TrainableClassifier {
  /** The capacity that it was made for. */
  readonly plan: {
    /** C, number of classes. */
    readonly shape: { readonly classes: number; readonly loss?: TypeAndOptions };
    /** The largest batch. */
    readonly capacity: Capacity;
    /** How it learns; left out where it only predicts. */
    readonly training?: TrainingSpec;
  };
  /** Name of the engine, for people. */
  readonly kernel: string;
  /** As `Engine.fused`; left out where no engine is used. */
  readonly fused?: boolean;
  /** Threads at work, from 1. */
  readonly threads: number;
  /** How many parameters it trains. */
  readonly parameters: { readonly count: number };
  /** Names of the parameter groups with separate learning rates, lowest first; left out if there are none. */
  readonly groups?: readonly string[];
  /** Draws the initial parameters; pretrained vectors fill the rows planned for them. */
  initialise(seed: number, pretrained?: PretrainedVectors): void;
  /**
   * One optimiser update on a batch (sequences in order of decreasing length). A loss that is not finite changes
   * nothing.
   */
  step(sequences: readonly Int32Array[], labels: ArrayLike<number>, at: TrainingStep): Readonly<BatchResult>;
  /** Loss of a batch without dropout, by loss number `loss`, as in a step; the outputs are kept for `probabilities`. */
  evaluate(sequences: readonly Int32Array[], labels: ArrayLike<number>, loss?: number): Readonly<BatchResult>;
  /** Probabilities of the classes, [B × C] row-major, without dropout. */
  predict(sequences: readonly Int32Array[]): Float64Array;
  /** The probabilities of the last batch. */
  probabilities(): Float64Array;
  /**
   * Attention weights of each document of the last batch: `[heads × T]` row-major, in the order of the batch;
   * undefined without attention pooling. Left out if the model never has it.
   */
  attention?(): readonly Float64Array[] | undefined;
  /** Copies of all parameters, by PyTorch's names. */
  tensors(): Record<string, Tensor>;
  /** Sets all parameters. @throws ShapeError for a missing, unknown or misshapen tensor. */
  load(tensors: Readonly<Record<string, Tensor>>): void;
  /** The optimiser's state arrays, in an internal layout. */
  optimizerState(): Record<string, Float32Array | Float64Array>;
  /** Sets the state arrays. @throws ShapeError where one is missing or has another length. */
  loadOptimizerState(state: Readonly<Record<string, ArrayLike<number>>>): void;
  /** Exchanges the parameters and their average; left out if the model never has one. */
  exchangeAverage?(): void;
  /** Ends its threads and frees its memory. */
  close(): Promise<void>;
}

/**
 * A classifier whose results may come later, as from a GPU. Every {@link TrainableClassifier} is one; calls take
 * effect in order, even before the results of earlier ones arrive.
 */
export interface LearningClassifier extends Pick<
  TrainableClassifier,
  | 'plan'
  | 'kernel'
  | 'fused'
  | 'threads'
  | 'parameters'
  | 'groups'
  | 'initialise'
  | 'load'
  | 'loadOptimizerState'
  | 'close'
> {
  /** Steps that it may be given before the result of the first is awaited. Default 0. */
  readonly ahead?: number;
  step(...args: Parameters<TrainableClassifier['step']>): Awaitable<Readonly<BatchResult>>;
  evaluate(...args: Parameters<TrainableClassifier['evaluate']>): Awaitable<Readonly<BatchResult>>;
  predict(sequences: readonly Int32Array[]): Awaitable<Float64Array>;
  /** The probabilities of the last evaluated or predicted batch. */
  probabilities(): Float64Array;
  tensors(): Awaitable<Record<string, Tensor>>;
  optimizerState(): Awaitable<Record<string, Float32Array | Float64Array>>;
  exchangeAverage?(): Awaitable<void>;
}

/** The loss that maps a classifier's outputs to probabilities. */
export function lossOf({ shape, training }: TrainableClassifier['plan']): TypeAndOptions {
  return training?.loss ?? shape.loss ?? { type: 'cross_entropy' };
}

/** The losses of a classifier by their numbers: its own, then those of its phases. */
export function lossesOf(plan: TrainableClassifier['plan']): readonly TypeAndOptions[] {
  return [lossOf(plan), ...(plan.training?.phaseLosses ?? [])];
}
