/** Messages between the server and its threads; plain data. */
import type { ModelFileName } from '../../classifier/model-files.ts';
import { type ErrorKind, UnrollError } from '../../core/errors.ts';
import type { EngineChoice } from '../../engine/index.ts';
import type { ExplainOptions, Explanation } from '../../explain/index.ts';
import type { ConfidenceRequest, JobEvent } from '../../jobs/index.ts';

/** The files of a model, read at one moment. */
export interface ModelSnapshot {
  /** The run folder or model folder, as the user gave it. */
  readonly path: string;
  /** The model folder. */
  readonly folder: string;
  /** Its files. */
  readonly files: ReadonlyMap<ModelFileName, Uint8Array<ArrayBuffer>>;
}

/** Initial data of a thread. */
export interface ThreadSetup {
  /** Engine and build. */
  readonly engine: EngineChoice;
  /** Options of abstention and prediction sets. */
  readonly confidence: ConfidenceRequest;
  /** Most texts of a batch. */
  readonly maxBatch: number;
}

/** A request to a thread. */
export type Question =
  | { readonly ask: 'load'; readonly model: number; readonly snapshot: ModelSnapshot }
  | { readonly ask: 'score'; readonly model: number; readonly texts: readonly string[] }
  | {
      readonly ask: 'explain';
      readonly model: number;
      readonly text: string;
      readonly options: ExplainOptions;
      /** Time that it may take, in ms: nobody waits for the answer any more then. */
      readonly within: number;
    }
  | { readonly ask: 'unload'; readonly model: number };

/** Facts about a loaded model. */
export interface LoadedModel {
  /** [C] names of the classes. */
  readonly labelNames: readonly string[];
  /** Type of the model, such as `bilstm` or `linear`. */
  readonly type: string;
  /** Thresholds computed from the validation documents when it was loaded. */
  readonly events: readonly JobEvent[];
}

/** Predictions for N texts. */
export interface Scored {
  /** `[N × C]` */
  readonly probabilities: Float64Array;
  /** [N] tokens that the model reads. */
  readonly tokens: Int32Array;
  /** [N] how many of them it knows. */
  readonly known: Int32Array;
  /** [N] how unlike the training data each text is; undefined where the model cannot tell. */
  readonly noneOfThese: Float64Array | undefined;
  /** [N] whether the model abstains; undefined where every text gets a label. */
  readonly abstains: readonly boolean[] | undefined;
  /** [N] prediction sets, as class ids; undefined if not requested. */
  readonly sets: readonly (readonly number[])[] | undefined;
}

/** The answer to each request. */
export interface Answers {
  readonly load: LoadedModel;
  readonly score: Scored;
  readonly explain: Explanation;
  readonly unload: null;
}

/** An error as plain data: structured cloning loses its class. */
export interface ThrownError {
  /** Undefined for a bug. */
  readonly kind: ErrorKind | undefined;
  readonly message: string;
  readonly stack: string | undefined;
}

/** An error as plain data. */
export function toThrown(error: unknown): ThrownError {
  const kind = error instanceof UnrollError ? error.kind : undefined;
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { kind, message, stack };
}

/** The error from its plain data. */
export function fromThrown({ kind, message, stack }: ThrownError): Error {
  const error = kind === undefined ? new Error(message) : new UnrollError(kind, message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
