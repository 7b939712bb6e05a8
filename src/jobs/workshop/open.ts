/** A running workshop: what every stage needs. */
import type { Prepared } from '../../classifier/parts.ts';
import type { Audit } from '../../data/audit.ts';
import type { Dataset } from '../../data/dataset.ts';
import { auditWith } from '../audit.ts';
import type { Job } from '../context.ts';
import { prepareDataset } from '../parts.ts';
import type { WorkshopSettings } from './settings.ts';

/** A running workshop. */
export interface Workshop {
  readonly folder: string;
  /** DATA as typed. */
  readonly source: string;
  readonly dataset: Dataset;
  /** The data is that of the workshop's file. */
  readonly own: boolean;
  readonly settings: WorkshopSettings;
  /** Split and encoded documents, the same for all networks; made on first use. */
  prepared(): Promise<Prepared>;
  /** Made on first use. */
  audit(): Audit;
}

/** A workshop whose stages share what they need of the data. */
export function openWorkshop(given: Omit<Workshop, 'prepared' | 'audit'>, job: Job): Workshop {
  const { dataset, settings } = given;
  const { bilstm } = settings.configs;
  let prepared: Promise<Prepared> | undefined;
  let audit: Audit | undefined;
  return {
    ...given,
    // data, text and seed are the same for all networks
    prepared: () => (prepared ??= prepareDataset(dataset, bilstm, job)),
    audit: () => (audit ??= auditWith(dataset, bilstm)),
  };
}
