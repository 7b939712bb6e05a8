/** What happens during a workshop. */

/** A stage of a workshop. */
export interface StagePlan {
  /** What it is called. */
  readonly title: string;
  /** Seconds that it may take on two cores; only their proportions count once one is measured. */
  readonly estimate: number;
  /** Proportion of it that is a search before the training, in [0, 1). */
  readonly searched: number;
}

/** The stages are known. */
export interface StagesEvent {
  /** Which event this is. */
  readonly type: 'stages';
  /** The stages in order. */
  readonly stages: readonly StagePlan[];
}

/** A stage begins. */
export interface StageBeganEvent {
  /** Which event this is. */
  readonly type: 'stage-began';
  /** From 0. */
  readonly stage: number;
}

/** A stage was done before. */
export interface StageSkippedEvent {
  /** Which event this is. */
  readonly type: 'stage-skipped';
  /** The stage. */
  readonly stage: number;
  /** What came out, a phrase. */
  readonly result: string;
}

/** A stage is done. */
export interface StageEndedEvent {
  /** Which event this is. */
  readonly type: 'stage-ended';
  /** The stage. */
  readonly stage: number;
  /** What came of it, a phrase. */
  readonly result: string;
  /** Wall time. */
  readonly seconds: number;
}

/** The documents are those of the workshop's own file. */
export interface OwnDataEvent {
  /** Which event this is. */
  readonly type: 'own-data';
}

/** The labels of the workshop's own file are numbers: they get the workshop's names. */
export interface OwnLabelsEvent {
  /** Which event this is. */
  readonly type: 'own-labels';
  /** The class names. */
  readonly names: Readonly<Record<string, string>>;
}

/** An error ended the workshop; the stages before it are kept. */
export interface StagesKeptEvent {
  /** Which event this is. */
  readonly type: 'stages-kept';
  /** The command that resumes it. */
  readonly command: string;
}

/** Any event of a workshop. */
export type WorkshopEvent =
  | StagesKeptEvent
  | StagesEvent
  | StageBeganEvent
  | StageSkippedEvent
  | StageEndedEvent
  | OwnDataEvent
  | OwnLabelsEvent;
