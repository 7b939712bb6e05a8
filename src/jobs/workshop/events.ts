/** What happens during a workshop. */

/** A stage of a workshop. */
export interface StagePlan {
  /** Its name. */
  readonly title: string;
  /** Estimated seconds on two cores; once a stage is measured, only the ratios between stages matter. */
  readonly estimate: number;
  /** Proportion of it that is a search before the training, in [0, 1). */
  readonly searched: number;
}

/** The stages are known. */
export interface StagesEvent {
  readonly type: 'stages';
  /** The stages in order. */
  readonly stages: readonly StagePlan[];
}

/** A stage begins. */
export interface StageBeganEvent {
  readonly type: 'stage-began';
  /** From 0. */
  readonly stage: number;
}

/** A stage was done before. */
export interface StageSkippedEvent {
  readonly type: 'stage-skipped';
  /** The stage. */
  readonly stage: number;
  /** The result, as a phrase. */
  readonly result: string;
}

/** A stage is done. */
export interface StageEndedEvent {
  readonly type: 'stage-ended';
  /** The stage. */
  readonly stage: number;
  /** The result, as a phrase. */
  readonly result: string;
  /** Wall time. */
  readonly seconds: number;
}

/** The documents are those of the workshop's own file. */
export interface OwnDataEvent {
  readonly type: 'own-data';
}

/** The labels of the workshop's own file are numbers: they get the workshop's names. */
export interface OwnLabelsEvent {
  readonly type: 'own-labels';
  /** The class names. */
  readonly names: Readonly<Record<string, string>>;
}

/** An error ended the workshop; the stages before it are kept. */
export interface StagesKeptEvent {
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
