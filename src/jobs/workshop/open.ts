/** A workshop that runs: what every stage needs to know. */
import type { Prepared } from '../../classifier/parts.ts';
import type { Audit } from '../../data/audit.ts';
import type { Dataset } from '../../data/dataset.ts';
import { auditWith } from '../audit.ts';
import type { Job } from '../context.ts';
import { prepareDataset } from '../parts.ts';
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
  /** Split and encoded documents, the same for all networks; made when first asked for. */
  prepared(): Promise<Prepared>;
  /** Made when first asked for. */
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
