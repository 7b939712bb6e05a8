/** Reads the golden values in this folder. Numbers come from other programs (see each folder's README). */
import { readFileSync } from 'node:fs';

/** An array as it stands in a golden file: little-endian, row-major, base64. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'float64' | 'int32';
  readonly data: string;
}

/** Values of a stored array. float32 comes as float64 too: what float32 holds, float64 holds exactly. */
export function values({ shape, dtype, data }: StoredTensor): Float64Array {
  const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const size = shape.reduce((product, n) => product * n, 1);
  switch (dtype) {
    case 'float32':
      return Float64Array.from({ length: size }, (_, j) => view.getFloat32(4 * j, true));
    case 'float64':
      return Float64Array.from({ length: size }, (_, j) => view.getFloat64(8 * j, true));
    case 'int32':
      return Float64Array.from({ length: size }, (_, j) => view.getInt32(4 * j, true));
    default:
      return dtype satisfies never;
  }
}

/** Stored arrays by name. */
export type StoredTensors = Readonly<Record<string, StoredTensor>>;

/** `torch/losses.json` and `torch/imbalance.json`. */
export interface LossFixtures {
  readonly cases: readonly {
    readonly loss: 'cross_entropy' | 'mse' | 'focal';
    readonly options: Readonly<Record<string, number>>;
    readonly weights: readonly number[] | null;
    /** [C] of logit adjustment. */
    readonly priors?: readonly number[];
    /** [B × C] */
    readonly logits: StoredTensor;
    /** [B] */
    readonly labels: StoredTensor;
    /** [B × C] */
    readonly probabilities: StoredTensor;
    readonly float64: { readonly loss: number; readonly gradient: StoredTensor };
    readonly float32: { readonly loss: number; readonly gradient: StoredTensor };
  }[];
}

/** Where an optimiser went: parameters after each step, state after the last. */
export interface OptimizerPath {
  /** [steps × words] */
  readonly path: StoredTensor;
  readonly state: StoredTensors;
  /** Gradient norm at each step, where gradients are clipped. */
  readonly norms: readonly number[];
}

/** `torch/optim.json`. */
export interface OptimizerFixtures {
  readonly cases: readonly {
    readonly optimizer: 'sgd' | 'adam' | 'adamw';
    readonly options: Readonly<Record<string, unknown>>;
    readonly max_norm: number | null;
    /** Learning rate of each step. */
    readonly lrs: readonly number[];
    /** [words] */
    readonly start: StoredTensor;
    /** [steps × words] */
    readonly gradients: StoredTensor;
    readonly float64: OptimizerPath;
    readonly float32: OptimizerPath;
  }[];
}

/** `torch/averages.json`. */
export interface AverageFixtures {
  readonly cases: readonly {
    readonly average: 'ema' | 'swa';
    readonly decay: number | null;
    /** First step that counts, from 0. */
    readonly first: number;
    readonly steps: number;
    /** [steps × words] weights after each step. */
    readonly path: StoredTensor;
    /** [steps - first × words] their average. */
    readonly averages: StoredTensor;
  }[];
}

/** `torch/schedules.json`. */
export interface ScheduleFixtures {
  readonly cases: readonly {
    readonly schedule: 'plateau' | 'cosine' | 'one_cycle';
    readonly options: Readonly<Record<string, unknown>>;
    readonly lr: number;
    readonly steps: number;
    /** Learning rate of each step. */
    readonly lrs: readonly number[];
    readonly mode?: 'min' | 'max';
    /** What the metric was after each epoch of one step; null = NaN. */
    readonly metrics?: readonly (number | null)[];
  }[];
  readonly clip: readonly {
    readonly max_norm: number;
    readonly norm: number;
    readonly gradients: StoredTensor;
    readonly clipped: StoredTensor;
  }[];
}

/** One recurrent stack. Token arrays are packed: the tokens of one step side by side, [tokens × columns]. */
export interface LayerFixture {
  readonly type: 'rnn' | 'lstm' | 'gru';
  readonly nonlinearity: 'tanh' | 'relu' | null;
  readonly num_layers: number;
  readonly bidirectional: boolean;
  readonly input: number;
  readonly hidden: number;
  readonly parameters: StoredTensors;
  readonly runs: readonly {
    readonly lengths: readonly number[];
    readonly x: StoredTensor;
    readonly dout: StoredTensor;
    readonly out: StoredTensor;
    readonly dx: StoredTensor;
    readonly gradients: StoredTensors;
  }[];
}

/** `torch/layers.json`. */
export interface LayerFixtures {
  readonly cases: readonly LayerFixture[];
  readonly embedding: {
    readonly lengths: readonly number[];
    readonly ids: StoredTensor;
    readonly table: StoredTensor;
    readonly dout: StoredTensor;
    readonly out: StoredTensor;
    readonly gradient: StoredTensor;
  };
}

/** `torch/poolings.json`. x is packed [tokens × directions·hidden], y is [B × vectors·directions·hidden]. */
export interface PoolingFixtures {
  readonly cases: readonly {
    readonly pooling: 'last' | 'mean' | 'max' | 'attention' | 'hierarchical';
    readonly options?: Readonly<Record<string, number>>;
    readonly parameters?: StoredTensors;
    readonly gradients?: StoredTensors;
    readonly directions: 1 | 2;
    readonly hidden: number;
    readonly lengths: readonly number[];
    readonly x: StoredTensor;
    readonly y: StoredTensor;
    readonly dy: StoredTensor;
    readonly dx: StoredTensor;
  }[];
}

/** `torch/classifiers.json`. */
export interface ClassifierFixtures {
  readonly vocabulary: number;
  readonly embedding: number;
  readonly hidden: number;
  readonly classes: number;
  readonly pooling: readonly ('last' | 'mean' | 'max')[];
  readonly label_smoothing: number;
  readonly sequences: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly models: readonly {
    readonly type: 'rnn' | 'lstm' | 'gru';
    readonly nonlinearity: 'tanh' | 'relu' | null;
    readonly num_layers: number;
    readonly parameters: StoredTensors;
    /** [B × C] before the first step. */
    readonly logits: StoredTensor;
    /** At the first step. */
    readonly gradients: StoredTensors;
    readonly trainings: readonly {
      readonly optimizer: 'sgd' | 'adam' | 'adamw';
      readonly options: Readonly<Record<string, unknown>>;
      readonly lr: number;
      readonly max_norm: number | null;
      /** Before each of 10 steps, in float64. */
      readonly losses: readonly number[];
      readonly losses_float32: readonly number[];
      readonly norms: readonly number[];
      /** Parameters after the last step. */
      readonly final: StoredTensors;
    }[];
  }[];
}

/** `torch/explanations.json`: integrated gradients. */
export interface ExplanationFixtures {
  readonly vocabulary: number;
  readonly embedding: number;
  readonly hidden: number;
  readonly classes: number;
  readonly pooling: readonly string[];
  readonly models: readonly {
    readonly type: 'rnn' | 'lstm' | 'gru';
    readonly num_layers: number;
    readonly parameters: StoredTensors;
    readonly cases: readonly {
      readonly ids: readonly number[];
      readonly label: number;
      readonly baseline: 'pad' | 'unk';
      /** [T] */
      readonly weights: StoredTensor;
    }[];
  }[];
}

/** `torch/bag.json`: pooled embeddings, trained by Adam. */
export interface BagFixtures {
  readonly vocabulary: number;
  readonly embedding: number;
  readonly classes: number;
  readonly pooling: readonly string[];
  readonly label_smoothing: number;
  readonly lr: number;
  readonly sequences: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly parameters: StoredTensors;
  readonly logits: StoredTensor;
  readonly gradients: StoredTensors;
  /** Before each of 10 steps, in float64. */
  readonly losses: readonly number[];
  /** Parameters after the last step. */
  readonly final: StoredTensors;
}

/** `torch/r-drop.json`. */
export interface RDropFixtures {
  readonly cases: readonly {
    readonly alpha: number;
    readonly label_smoothing: number;
    readonly weights: readonly number[] | null;
    /** [B] */
    readonly labels: readonly number[];
    /** [B × C] outputs of both passes, and their gradients. */
    readonly first: StoredTensor;
    readonly second: StoredTensor;
    readonly loss: number;
    readonly d_first: StoredTensor;
    readonly d_second: StoredTensor;
  }[];
}

interface Files {
  readonly explanations: ExplanationFixtures;
  readonly bag: BagFixtures;
  readonly 'r-drop': RDropFixtures;
  readonly losses: LossFixtures;
  readonly imbalance: LossFixtures;
  readonly optim: OptimizerFixtures;
  readonly schedules: ScheduleFixtures;
  readonly layers: LayerFixtures;
  readonly averages: AverageFixtures;
  readonly poolings: PoolingFixtures;
  readonly classifiers: ClassifierFixtures;
}

/** Reads `torch/NAME.json`. */
export function loadTorch<Name extends keyof Files>(name: Name): Files[Name] {
  const text = readFileSync(new URL(`torch/${name}.json`, import.meta.url), 'utf8');
  return JSON.parse(text) as Files[Name];
}

/** The largest |got - want| as a share of the largest |want|: the distance that the tolerances are stated in. */
export function distance(got: ArrayLike<number>, want: ArrayLike<number>): number {
  if (got.length !== want.length) throw new Error(`${got.length} values, but ${want.length} expected`);
  let worst = 0;
  let max = 0;
  for (let j = 0; j < want.length; j++) {
    const difference = Math.abs(got[j] - want[j]);
    if (!(difference <= worst)) worst = difference; // NaN must not pass
    max = Math.max(max, Math.abs(want[j]));
  }
  return max === 0 ? worst : worst / max;
}
