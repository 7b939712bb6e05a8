/** Events between texts and a trained classifier, in addition to those of training. */
import type { ChosenSetting } from '../settings/from-data.ts';
import type { RecipeFacts } from '../settings/recipe.ts';
import type { TrainEvent } from '../train/events.ts';

/** A sentence from the layers below, such as what a reader detected in a file. */
export interface NoticeEvent {
  readonly type: 'notice';
  /** A sentence without a capital letter at its beginning or a full stop at its end. */
  readonly text: string;
  /** `warning`: the results may mislead unless something is done about it. Default `info`. */
  readonly level?: 'info' | 'warning';
  /** Whether repetitions are shown, such as for waiting for a database. Default false. */
  readonly repeat?: boolean;
}

/** The documents are read, split and encoded. */
export interface PreparedEvent {
  readonly type: 'prepared';
  /** Name of the data set. */
  readonly data: string;
  /** Number of documents. */
  readonly documents: number;
  /** Number of classes. */
  readonly classes: number;
  /** Documents of each part. */
  readonly parts: { readonly train: number; readonly val: number; readonly test: number };
  /** How the documents become token ids; null for a model that reads texts itself. */
  readonly reading: {
    /** The vocabulary of the training part. */
    readonly vocabulary: {
      /** Entries, with the special ones. */
      readonly size: number;
      /** Distinct tokens of the training part. */
      readonly distinct: number;
      /** Proportion of the distinct tokens that it holds, in [0, 1]. */
      readonly typeCoverage: number;
      /** Proportion of all tokens that it holds, in [0, 1]. */
      readonly tokenCoverage: number;
    };
    /** What `text.max_length` cuts off the training documents. */
    readonly cut: {
      readonly maxLength: number;
      /** Proportions in [0, 1]. */
      readonly documents: number;
      readonly tokens: number;
    };
    /** Left out without pretrained vectors. */
    readonly vectors?: VectorCoverage;
  } | null;
}

/** Pretrained vectors, and how many of the training tokens have one. */
export interface VectorCoverage {
  /** A name such as `glove-100d`, or that of the file. */
  readonly name: string;
  /** Words that have one. */
  readonly total: number;
  /** Words outside the vocabulary of the training part that keep theirs. */
  readonly others: number;
  /** Proportion of the training tokens that have one, in [0, 1]. */
  readonly tokenCoverage: number;
}

/** How far work is: the fitting of a model, the learning of word vectors, or the warm-up of a network. */
export interface FittingEvent {
  readonly type: 'fitting';
  /** Proportion done, in [0, 1]. */
  readonly done: number;
  /** Default the model. */
  readonly what?: 'model' | 'vectors' | 'refit' | 'warm-up';
}

/** A network is about to learn again, from the training and the validation documents together. */
export interface RefitBeginsEvent {
  readonly type: 'refit-begins';
  /** Documents of both parts. */
  readonly documents: number;
  /** Epochs. */
  readonly epochs: number;
}

/** A measured model that is not useful. */
export interface DoubtEvent {
  readonly type: 'doubt';
  /**
   * `majority`: no more documents are classified correctly than by always answering the most frequent class;
   * `uninformative`: its probabilities are worse (log loss) than the class frequencies.
   */
  readonly why: 'majority' | 'uninformative';
  /** Name of the model, where several are measured. */
  readonly model?: string;
  /** The most frequent class of the training part. */
  readonly label: string;
  /** The accuracy, or log loss, of the model. */
  readonly value: number;
  /** That of the class frequencies of the training part. */
  readonly baseline: number;
  /** Documents measured. */
  readonly documents: number;
}

/** Settings that were not set follow from the data. */
export interface ChosenEvent {
  readonly type: 'chosen';
  /** What they follow from. */
  readonly facts: RecipeFacts;
  /** Every key that may follow from the data; for those that were set, where. */
  readonly settings: readonly ChosenSetting[];
}

/** The events for a listener of `train`. */
export type ClassifierEvent =
  NoticeEvent | PreparedEvent | ChosenEvent | FittingEvent | RefitBeginsEvent | DoubtEvent | TrainEvent;
