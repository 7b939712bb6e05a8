/** The definition of a metric: how well documents were classified, and its properties for tables and options. */
import type { ClassCounts } from './class-counts.ts';

/** A document with the probabilities that it was given. */
export interface ScoredDocument {
  /** `[N × C]` of all documents, row-major; each row a distribution over the classes. */
  readonly probabilities: Float32Array | Float64Array;
  /** Where this document's row begins. */
  readonly row: number;
  /** C. */
  readonly classes: number;
  /** Its true class, in [0, C). */
  readonly label: number;
}

interface Described<Type extends string> {
  /** Its key in `test.json`, and its name wherever it may be chosen. */
  readonly type: Type;
  /** Its name in tables and sentences: `macro F1`. */
  readonly title: string;
  /** The title in full, where it is short for something. */
  readonly inFull?: string;
  /** One sentence for the docs. */
  readonly summary: string;
  /** Which of two values is the better one. */
  readonly better: 'higher' | 'lower';
  /** The values that it may take. */
  readonly range: readonly [low: number, high: number];
  /**
   * Where it is reported. `headline`: wherever there is room for a few numbers, such as after each epoch or in a
   * comparison of runs. `table`: where a model is described in full; it may also be watched in training and searched
   * for, as headlines may. `detail`: only in `test.json`.
   */
  readonly rank: 'headline' | 'table' | 'detail';
  /** Its name on Hugging Face's hub. Default: its type. */
  readonly hub?: { readonly type: string; readonly args?: Readonly<Record<string, string>> };
}

/** A metric that follows from which labels were predicted. */
export interface LabelMetric<Type extends string = string> extends Described<Type> {
  /** Which kind it is. */
  readonly needs: 'labels';
  /** Whether it is a proportion of the documents: then resamples that are all alike give way to Wilson's interval. Default false. */
  readonly proportion?: boolean;
  /** Its value for some documents, one at least. */
  compute(counts: ClassCounts): number;
}

/** A metric that is a mean over documents of a score of their probabilities. */
export interface ProbabilityMetric<Type extends string = string> extends Described<Type> {
  /** Which kind it is. */
  readonly needs: 'probabilities';
  /** What a document adds to the mean. */
  score(document: ScoredDocument): number;
}

/** Documents with their predictions. */
export interface PredictedDocuments {
  /** `[N]` true class ids. */
  readonly labels: Int32Array;
  /** `[N]` predicted class ids. */
  readonly predicted: Int32Array;
  /** `[N × C]` row-major; each row a distribution over the classes. */
  readonly probabilities: Float32Array | Float64Array;
  /** C. */
  readonly classes: number;
}

/** A metric that looks at all documents and their probabilities together. */
export interface SampleMetric<Type extends string = string> extends Described<Type> {
  /** Which kind it is. */
  readonly needs: 'sample';
  /**
   * Whether it is a distance that noise pushes up, and resampling further up: its interval then takes that noise off again
   * (`distanceInterval`).
   */
  readonly biasedUp?: boolean;
  /** A function that measures some of the documents, given by their indices, with repetitions. */
  measure(all: PredictedDocuments): (documents: Int32Array) => number;
}

/** A member of the family. */
export type Metric<Type extends string = string> =
  LabelMetric<Type> | ProbabilityMetric<Type> | SampleMetric<Type>;

/** Declares a metric that follows from the labels; the identity function, for the type inference. */
export function labelMetric<const Type extends string>(
  definition: Omit<LabelMetric<Type>, 'needs'>,
): LabelMetric<Type> {
  return { needs: 'labels', ...definition };
}

/** Declares a metric that is a mean over documents; the identity function, for the type inference. */
export function probabilityMetric<const Type extends string>(
  definition: Omit<ProbabilityMetric<Type>, 'needs'>,
): ProbabilityMetric<Type> {
  return { needs: 'probabilities', ...definition };
}

/** Declares a metric of all documents together; the identity function, for the type inference. */
export function sampleMetric<const Type extends string>(
  definition: Omit<SampleMetric<Type>, 'needs'>,
): SampleMetric<Type> {
  return { needs: 'sample', ...definition };
}
