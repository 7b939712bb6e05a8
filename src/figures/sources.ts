/**
 * What figures are drawn from: the parts of a run, as plain values (`read-run.ts` reads them from a run folder), a study,
 * several models compared, or the folds of a cross-validation.
 */
import type { PretrainedRows } from '../nn/layers/embedding.ts';
import type { TypeAndOptions } from '../core/family.ts';
import type { Audit } from '../data/audit.ts';
import type { Evaluation } from '../evaluate/evaluation.ts';
import type {
  ClassWords,
  Deletion,
  ExplainedToken,
  Explanation,
  GradientThroughTime,
  UnitOverText,
} from '../explain/index.ts';
import type { ModelOptions } from '../models/options.ts';
import type { EpochEvent } from '../train/events.ts';
import type { TrainOptions } from '../train/options.ts';
import type { StudyView } from '../tune/study/view.ts';

/** An epoch as `metrics.jsonl` holds it: numbers that were not finite are null. */
export type EpochRecord = {
  readonly [Key in keyof Omit<EpochEvent, 'type'>]: EpochEvent[Key] extends number
    ? number | null
    : EpochEvent[Key];
} & { readonly epoch: number };

/** How training ended, or that it has not. */
export type Ending = 'all-epochs' | 'early-stopping' | 'interrupted' | 'failed' | 'running';

/** The history of a training. */
export interface History {
  /** In order; empty before the first has ended. */
  readonly epochs: readonly EpochRecord[];
  /** Whether and how training ended. */
  readonly ending: Ending;
  /** Patience of early stopping, in epochs; null without early stopping. */
  readonly patience: number | null;
  /** The monitored metric. */
  readonly monitor: TrainOptions['monitor'];
  /** Type of the learning-rate schedule. */
  readonly schedule: string;
  /** Documents of the validation part, where known: they give the accuracy its uncertainty. */
  readonly val_documents: number | null;
}

/** The facts of a data set that figures show; an audit has them all. */
export interface DataFacts extends Pick<
  Audit,
  'name' | 'documents' | 'classes' | 'lengths' | 'vocabularies' | 'truncation'
> {
  /** `text.vocabulary_size` of the run, to be marked. */
  readonly vocabulary_size?: number;
}

/** A classifier by its options: all that a flowchart needs. */
export interface ModelFacts {
  /** Options of the network. */
  readonly model: ModelOptions;
  /** V, with padding and unknown. */
  readonly vocabulary_size: number;
  /** Rows of the embedding with pretrained vectors. */
  readonly pretrained?: PretrainedRows;
  /** C. */
  readonly classes: number;
  /** Most tokens of a document. */
  readonly max_length: number;
  /** The loss that it was trained with, whose probabilities it gives. Default cross-entropy. */
  readonly loss?: TypeAndOptions;
}

/** A classifier and how it is trained. */
export interface TrainingFacts extends ModelFacts {
  /** Options of the training. */
  readonly train: TrainOptions;
}

/** Results of the network from scratch: a toy task, and gradients through time (`scratch.json`). */
export interface ScratchFacts {
  /** The toy task and how it was learned. */
  readonly task: {
    readonly task: string;
    readonly summary: string;
    /** Mean squared error; epoch 0 stands before the first step. */
    readonly curve: readonly { readonly epoch: number; readonly loss: number | null }[];
    /** Sequences not used in training; null where there is no target. */
    readonly predictions: readonly {
      readonly target: readonly (number | null)[];
      readonly output: readonly (number | null)[];
    }[];
  };
  /** Norms of the gradient back through time. */
  readonly gradient_flow: {
    readonly curves: readonly {
      readonly network: string;
      readonly summary: string;
      /** T. */
      readonly length: number;
      /** [T] ‖∂L/∂h_t‖ / ‖∂L/∂h_T‖. */
      readonly norms: readonly (number | null)[];
    }[];
  };
}

/** A study: what it searches for, and its trials so far. */
export interface StudyFacts extends StudyView {
  /** Names of the objectives. Default `value`, or `objective 1` and so on. */
  readonly metric_names?: readonly string[];
  /** The parameters that are drawn, in this order; the map has the first two. Default all, the map the two that matter most. */
  readonly params?: readonly string[];
  /** What trials report as intermediate values, where that is not the objective. Default the objective itself. */
  readonly reports?: {
    readonly name: string;
    /** Whether pruners were given its negative: a loss, in a study that maximises a score. */
    readonly negated: boolean;
  };
}

/** A model of a comparison, measured on the metric that all of them share. */
export interface ComparedModel {
  /** What the row is called: a run, or a setting over its seeds. */
  readonly name: string;
  /** The metric; null where it was not measured. */
  readonly value: number | null;
  /** Ends of its interval; null where there is none. */
  readonly low: number | null;
  /** The upper end. */
  readonly high: number | null;
  /** Heading of the group of rows, such as the setting or the data set. */
  readonly group?: string;
  /** A baseline, such as the majority class: drawn as a line across all rows. */
  readonly baseline?: boolean;
}

/** Several models on one metric. */
export interface ComparisonFacts {
  /** What was measured. */
  readonly metric: {
    /** As written within a sentence: `macro F1`. */
    readonly title: string;
    /** Which of two values is the better one. */
    readonly better: 'higher' | 'lower';
    /** The values that it may take; one in [0, 1] is shown in percent. */
    readonly range: readonly [low: number, high: number];
  };
  /** On what: `222 test documents`. */
  readonly measured_on?: string;
  /** What the intervals are: `95 % intervals`, `mean ± sd of 3 seeds`. Default `95 % intervals`. */
  readonly intervals?: string;
  /** In the order in which they are drawn. */
  readonly rows: readonly ComparedModel[];
  /** Validation losses of each setting, those of its runs by epoch; the best setting first. */
  readonly curves?: readonly {
    readonly name: string;
    readonly runs: readonly (readonly (number | null)[])[];
  }[];
}

/** A configuration of a cross-validation on one metric. */
export interface FoldsOfConfiguration {
  /** What the row is called. */
  readonly name: string;
  /** The metric on each fold, those of the first repetition first. */
  readonly folds: readonly (number | null)[];
  /** Their mean. */
  readonly mean: number | null;
  /** Ends of its interval; null where there is none. */
  readonly low: number | null;
  /** The upper end. */
  readonly high: number | null;
}

/** A cross-validation on one metric. */
export interface FoldFacts {
  /** What was measured. */
  readonly metric: ComparisonFacts['metric'];
  /** What was tested: `5 folds, 3 times, of 400 documents`. */
  readonly measured_on: string;
  /** What the intervals are. Default `95 % intervals`. */
  readonly intervals?: string;
  /** In the order in which they are drawn. */
  readonly configurations: readonly FoldsOfConfiguration[];
}

/** The n-grams that most support each class, of a linear model. */
export interface NgramFacts {
  /** The model that they are of: `the model`, `the linear baseline`. */
  readonly of: string;
  /** Of each class, the largest weight first. */
  readonly classes: readonly {
    readonly label: string;
    readonly features: readonly {
      /** Words joined by a blank; characters with a blank where the word begins or ends. */
      readonly feature: string;
      /** Above 0. */
      readonly weight: number;
    }[];
  }[];
}

/** A test document and the attention weights of its tokens. */
export interface AttendedDocument {
  /** Its class. */
  readonly label: string;
  /** The class that the model gives it. */
  readonly predicted: string;
  /** The tokens that the model reads. */
  readonly tokens: readonly string[];
  /** [heads][T] weights of the tokens; those of a head sum to 1. */
  readonly heads: readonly (readonly number[])[];
}

/** A text with the weights of its tokens for a class. */
export interface ExplainedDocument {
  /** Its class in the data, if known. */
  readonly actual?: string;
  /** The class that the model gives it. */
  readonly predicted: string;
  /** The class that is explained, and its probability. */
  readonly label: string;
  readonly probability: number;
  /** The tokens that the model reads, in the order of the text. */
  readonly tokens: readonly Pick<ExplainedToken, 'text' | 'weight'>[];
}

/** Texts that were explained in one way. */
export interface ExplainedFacts {
  /** What the weights are. */
  readonly method: Explanation['method'];
  readonly documents: readonly ExplainedDocument[];
}

/** The words that most support each class, over many texts. */
export interface ClassWordFacts {
  /** What the weights are. */
  readonly method: Explanation['method'];
  /** Texts that were explained, each for the class that the model gives it. */
  readonly documents: number;
  readonly classes: readonly ClassWords[];
}

/** The probability of the predicted class without tokens, the mean over texts. */
export interface DeletionFacts extends Deletion {
  readonly documents: number;
}

/** The sources by name: what a figure's `needs` may say. */
export interface FigureSources {
  /** The epochs of a training. */
  readonly history: History;
  /** What was measured on the test documents. */
  readonly evaluation: Evaluation;
  /** Facts of the data set. */
  readonly audit: DataFacts;
  /** The network. */
  readonly model: ModelFacts;
  /** The network and how it is trained. */
  readonly training: TrainingFacts;
  /** Results of the network from scratch. */
  readonly scratch: ScratchFacts;
  /** The strongest n-grams. */
  readonly ngrams: NgramFacts;
  /** Attention weights of a few test documents. */
  readonly attention: readonly AttendedDocument[];
  /** The trials of a search. */
  readonly study: StudyFacts;
  /** Several models on one metric. */
  readonly comparison: ComparisonFacts;
  /** A cross-validation. */
  readonly folds: FoldFacts;
  /** Texts with the weights of their tokens. */
  readonly explained: ExplainedFacts;
  /** The words that most support each class. */
  readonly class_words: ClassWordFacts;
  /** The probability without the most attributed tokens. */
  readonly deletion: DeletionFacts;
  /** A unit of a recurrent layer over a text. */
  readonly gates: UnitOverText;
  /** The gradient through time of a trained network. */
  readonly through_time: GradientThroughTime;
}

/** What figures can be drawn of. */
export type Subject = 'run' | 'study' | 'comparison' | 'cross-validation' | 'explanation';

const EXPLANATIONS: readonly (keyof FigureSources)[] = [
  'explained',
  'class_words',
  'deletion',
  'gates',
  'through_time',
];

/** The subject that a source belongs to. */
export function subjectOf(needs: keyof FigureSources): Subject {
  if (needs === 'folds') return 'cross-validation';
  if (EXPLANATIONS.includes(needs)) return 'explanation';
  return needs === 'study' || needs === 'comparison' ? needs : 'run';
}

/**
 * The sources of a run, a study, a comparison, a cross-validation or an explanation; those that it lacks are left
 * out.
 */
export type Sources = Partial<FigureSources>;
