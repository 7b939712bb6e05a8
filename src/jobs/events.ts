/**
 * What happens during a job, as typed events: the events of training (`src/train/events.ts`), and those of the work
 * around it. They carry data; the listener (a command line, a web page) words them. Jobs write only files.
 */
import type {
  ChosenEvent,
  DoubtEvent,
  FittingEvent,
  NoticeEvent,
  PreparedEvent,
  RefitBeginsEvent,
} from '../classifier/events.ts';
import type { Abstention, SetMethod } from '../evaluate/index.ts';
import type { ModelOptions } from '../models/options.ts';
import type { BaselineResults, ChoiceRecord } from '../run/index.ts';
import type { StopReason as TrainingEnd, TrainEvent } from '../train/events.ts';
import type { CvEvent } from './cv/events.ts';
import type { SearchEvent } from './search/events.ts';
import type { WorkshopEvent } from './workshop/events.ts';

export type {
  ChosenEvent,
  DoubtEvent,
  FittingEvent,
  NoticeEvent,
  PreparedEvent,
  RefitBeginsEvent,
} from '../classifier/events.ts';

/** What can be stopped, with its state saved. */
export type Stoppable = 'training' | 'fit' | 'warm-up' | 'search' | 'cross-validation' | 'workshop';

/**
 * From now on the job can be stopped with its state saved; null: no longer. At other times, nothing is lost by ending
 * the process.
 */
export interface StoppableEvent {
  readonly type: 'stoppable';
  /** What can be stopped; null for nothing. */
  readonly what: Stoppable | null;
}

/** Work without further events that may take a while: reading documents, finding copies, building a vocabulary, … */
export interface WorkingEvent {
  readonly type: 'working';
  /** What is about to be done. */
  readonly on: 'reading' | 'splitting' | 'encoding' | 'measuring' | 'drawing';
}

/** A run is about to train: its folder and network exist. */
export interface RunBeginsEvent {
  readonly type: 'run-begins';
  /** The run folder. */
  readonly run: string;
  /** Whether the network is the one from plain arrays. */
  readonly fromScratch: boolean;
  /** Options of the model. */
  readonly model: ModelOptions;
  /** Weights of the network. */
  readonly parameters: number;
  /** Which engine computes, such as `wasm wide`. */
  readonly kernel: string;
  /** Threads in use. */
  readonly threads: number;
  /** Epochs without improvement before training stops; null where it does not stop early. */
  readonly patience: number | null;
}

/** A run is about to fit a model to all documents at once: its folder exists. */
export interface FitBeginsEvent {
  readonly type: 'fit-begins';
  /** The run folder. */
  readonly run: string;
  /** Options of the model. */
  readonly model: ModelOptions;
}

/** A model was fitted to all documents at once. */
export interface FittedEvent {
  readonly type: 'fitted';
  /** Weights of the model. */
  readonly parameters: number;
  /** Wall time of the fit. */
  readonly seconds: number;
  /** What was decided during the fit, a sentence each. */
  readonly decisions: readonly string[];
}

/** A network was measured against the linear classifier, fitted to the same documents. */
export interface BaselineEvent {
  readonly type: 'baseline';
  /** Both, and whether they differ. */
  readonly results: BaselineResults;
}

/** A run was resumed from its checkpoint. */
export interface ResumedEvent {
  readonly type: 'resumed';
  /** The epoch in which it continues, from 1; null if no checkpoint had been saved and it starts from the beginning. */
  readonly epoch: number | null;
}

/** The training of one of several seeds begins. */
export interface SeedBeginsEvent {
  readonly type: 'seed-begins';
  /** The seed. */
  readonly seed: number;
  /** Which of them, from 1. */
  readonly number: number;
  /** How many there are. */
  readonly seeds: number;
}

/** The network is trained. */
export interface TrainedEvent {
  readonly type: 'trained';
  /** Why it ended. */
  readonly reason: TrainingEnd;
  /** Epochs that were run. */
  readonly epochs: number;
  /** The epoch whose weights are kept, from 1. */
  readonly bestEpoch: number;
  /** Wall time of the training, over all resumptions. */
  readonly seconds: number;
  /** The metric that early stopping monitors. */
  readonly monitor: string;
  /** Patience of early stopping; null: none. */
  readonly patience: number | null;
}

/** The validation documents have chosen between the network, the linear model and their average. */
export interface ChoiceEvent {
  readonly type: 'choice';
  /** What was chosen, and the numbers behind it. */
  readonly choice: ChoiceRecord;
}

/** The run was already finished: its results are read, and nothing is trained. */
export interface FinishedBeforeEvent {
  readonly type: 'finished-before';
  /** The run folder. */
  readonly run: string;
}

/** Figures were drawn. */
export interface FiguresEvent {
  readonly type: 'figures';
  /** The figures. */
  readonly figures: number;
  /** The folder. */
  readonly folder: string;
}

/** The run is complete but for its figures. */
export interface FiguresMissingEvent {
  readonly type: 'figures-missing';
  /** The run folder. */
  readonly run: string;
  /** The error, a sentence; null where they were not drawn for another reason. */
  readonly why: string | null;
}

/** A file was written. */
export interface WrittenEvent {
  readonly type: 'written';
  /** Path of the file. */
  readonly file: string;
}

/** Documents are about to be measured. */
export interface MeasuringEvent {
  readonly type: 'measuring';
  /** Number of documents. */
  readonly documents: number;
  /** Where the documents come from. */
  readonly source: string;
  /** Whether these are the run's own test documents, found in the given data. */
  readonly ownTest: boolean;
}

/** Why the data of a run cannot be used. */
export type DataMissing = 'stdin' | 'gone' | 'changed' | 'unreadable';

/** Some of the documents to measure may be those that the model was trained on. */
export interface SeenEvent {
  readonly type: 'seen';
  /** Documents that the run was trained or validated on; null where that is not known. */
  readonly seen: number | null;
  /** Number of documents. */
  readonly documents: number;
  /** Why it is not known. */
  readonly missing: DataMissing | null;
}

/** The data of a run cannot be read: something is left out. */
export interface DataMissingEvent {
  readonly type: 'data-missing';
  /** The run folder. */
  readonly run: string;
  /** Where the data was. */
  readonly source: string;
  /** Why it cannot be read. */
  readonly missing: DataMissing;
  /** The error, a sentence, where it could not be read. */
  readonly why: string | null;
  /** What is left out. */
  readonly without: 'audit' | 'figures' | 'neighbours';
}

/** Some texts hold no token that the model knows: they get the class frequencies of the training data. */
export interface UnknownTextsEvent {
  readonly type: 'unknown-texts';
  /** Texts without a known token. */
  readonly unknown: number;
  /** All texts that were predicted. */
  readonly texts: number;
}

/** A threshold was chosen: only texts above it get a label, so that labels have the requested precision. */
export interface PrecisionPromisedEvent extends Abstention {
  readonly type: 'precision-promised';
}

/** Prediction sets were calibrated. */
export interface SetsCalibratedEvent {
  readonly type: 'sets-calibrated';
  /** Proportion of texts whose set holds the true class. */
  readonly coverage: number;
  /** How the sets are chosen. */
  readonly method: SetMethod;
  /** Validation documents that they were calibrated on. */
  readonly documents: number;
  /** Mean number of classes in their sets. */
  readonly meanSize: number;
}

/** Some texts got no label: the probability was below the threshold. */
export interface AbstainedEvent {
  readonly type: 'abstained';
  /** Texts without a label. */
  readonly abstained: number;
  /** All texts that were predicted. */
  readonly texts: number;
}

/** An epoch of the toy task of `scratch`. */
export interface WarmUpEvent {
  readonly type: 'warm-up';
  /** Name of the task. */
  readonly task: string;
  /** From 1. */
  readonly epoch: number;
  /** Number of epochs. */
  readonly epochs: number;
  /** Mean squared error on held-out sequences. */
  readonly loss: number;
}

/** Any event of a job. */
export type JobEvent =
  | TrainEvent
  | NoticeEvent
  | StoppableEvent
  | WorkingEvent
  | PreparedEvent
  | ChosenEvent
  | RunBeginsEvent
  | FitBeginsEvent
  | FittingEvent
  | FittedEvent
  | RefitBeginsEvent
  | BaselineEvent
  | ChoiceEvent
  | ResumedEvent
  | SeedBeginsEvent
  | TrainedEvent
  | FinishedBeforeEvent
  | FiguresEvent
  | FiguresMissingEvent
  | WrittenEvent
  | MeasuringEvent
  | SeenEvent
  | DataMissingEvent
  | UnknownTextsEvent
  | PrecisionPromisedEvent
  | SetsCalibratedEvent
  | AbstainedEvent
  | DoubtEvent
  | WarmUpEvent
  | SearchEvent
  | CvEvent
  | WorkshopEvent;

/** Called with each event. A job does not wait for it; an error that it throws ends the job. */
export type JobListener = (event: JobEvent) => void;
