/** A workshop that runs: what every stage needs to know. */
import type { Audit } from '../../data/audit.ts';
import type { Dataset } from '../../data/dataset.ts';
import type { Io } from '../io.ts';
import type { Say } from '../load-data.ts';
import type { Prepared } from '../train/prepare.ts';
import type { WorkshopProgress } from './progress.ts';
import type { WorkshopSettings } from './settings.ts';

/** A workshop that runs. */
export interface Workshop {
  readonly folder: string;
  /** DATA as typed. */
  readonly source: string;
  readonly dataset: Dataset;
  /** The data is that of the workshop's file. */
  readonly own: boolean;
  readonly settings: WorkshopSettings;
  readonly argv: readonly string[];
  readonly io: Io;
  /** Says what the user should know of the data. */
  readonly say: Say;
  /** Says details; silent where no one watches. */
  readonly tell: Say;
  readonly progress: WorkshopProgress;
  /** Without progress. */
  readonly quiet: boolean;
  /** Aborted by Ctrl-C. */
  readonly stop: AbortSignal;
  /** Split and encoded documents, the same for all networks; made when first asked for. */
  prepared(): Promise<Prepared>;
  /** Made when first asked for. */
  audit(): Audit;
}
