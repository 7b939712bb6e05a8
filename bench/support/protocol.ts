/**
 * What the benchmark says to a contestant and what it hears: one JSON object a line on standard input and output.
 * Contestants are processes of their own, started once, so that rounds are truly interleaved and no runtime disturbs
 * another. `bench/ours/main.ts` is ours, `bench/peers/` holds the others.
 */

/** Forward and backward of a recurrent stack from a given gradient of its output. */
export interface LstmSpec {
  readonly kind: 'lstm';
  readonly input: number;
  readonly hidden: number;
  readonly layers: number;
  readonly bidirectional: boolean;
  /** Tokens of each sequence, falling. */
  readonly lengths: readonly number[];
}

/** A whole training step: embedding, stack, poolings, linear, loss, Adam. */
export interface StepSpec extends Omit<LstmSpec, 'kind'> {
  readonly kind: 'step';
  readonly vocabulary: number;
  readonly pooling: readonly string[];
  readonly classes: number;
  /** Between layers and before the linear layer. */
  readonly dropout: number;
  /** On the token vectors; default 0. */
  readonly embeddingDropout?: number;
  /** Adam's L2 penalty; default 0. */
  readonly weightDecay?: number;
  readonly smoothing: number;
  /** Different batches of the same lengths that take turns. */
  readonly batches: number;
}

/** Probabilities of many documents, or of one at a time. */
export interface PredictSpec extends Omit<LstmSpec, 'kind'> {
  readonly kind: 'predict';
  readonly vocabulary: number;
  readonly pooling: readonly string[];
  readonly classes: number;
  /** Documents a batch; 1 = one at a time, in no order. */
  readonly batchSize: number;
}

/** A matrix product: `nn` C = A[M×K]·B[K×N], `tn` C = A[K×M]ᵀ·B[K×N]. */
export interface GemmSpec {
  readonly kind: 'gemm';
  readonly op: 'nn' | 'tn';
  readonly M: number;
  readonly K: number;
  readonly N: number;
}

/** Multiply-adds on registers alone: what one core can do at most. */
export interface PeakSpec {
  readonly kind: 'peak';
}

/** A study of `trials` trials of six floats with TPE, the sum of whose squares costs next to nothing. */
export interface SearchSpec {
  readonly kind: 'search';
  readonly trials: number;
  /** Where studies live; a step makes a new study there. */
  readonly storage: 'memory' | 'sqlite';
}

/** The linear classifier on the documents of a file: fitted with C = 1, fitted with C chosen, or asked about short documents. */
export interface LinearSpec {
  readonly kind: 'linear';
  /** Path of the file. */
  readonly data: string;
  readonly work: 'fit' | 'choose' | 'predict';
}

/** Work that a contestant can be asked for. */
export type Spec = LstmSpec | StepSpec | PredictSpec | GemmSpec | PeakSpec | SearchSpec | LinearSpec;

/** An array in a data file. */
export interface DataTensor {
  readonly name: string;
  readonly dtype: 'float32' | 'int32';
  readonly shape: readonly number[];
  /** In bytes. */
  readonly offset: number;
}

/** Weights and inputs that both sides start from. */
export interface DataFile {
  readonly path: string;
  readonly tensors: readonly DataTensor[];
}

/** What can be said. */
export type Request =
  | { readonly do: 'hello' }
  /** Sets the work up, with the weights of a file where there is one, checks and warms up. */
  | { readonly do: 'prepare'; readonly spec: Spec; readonly data?: DataFile }
  /** One untimed step, then `steps` timed ones. */
  | { readonly do: 'run'; readonly variant: string; readonly steps: number }
  | { readonly do: 'release' };

/** Figures that must agree between two contestants, such as losses of the first steps; empty where they cannot. */
export type Check = readonly number[];

/** What is heard, by request. */
export interface Replies {
  readonly hello: { readonly name: string };
  readonly prepare: {
    /** Ways to do the work, each with its check. */
    readonly variants: Readonly<Record<string, Check>>;
    /** Weights and inputs for the other side. */
    readonly data?: DataFile;
    /** Arithmetic of matrix products in a step. */
    readonly flop?: number;
  };
  /** Milliseconds a step. */
  readonly run: { readonly ms: number };
  readonly release: Readonly<Record<string, never>>;
}
