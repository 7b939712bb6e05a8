/** The audit job: what a data set is like, before anything is trained on it. */
import { resolveConfig } from '../config/index.ts';
import type { Config } from '../config/schema.ts';
import { type Audit, auditDataset } from '../data/audit.ts';
import type { Dataset } from '../data/dataset.ts';
import { chooseFromData } from '../settings/from-data.ts';
import { beginJob, type JobContext } from './context.ts';
import { readLabelled } from './read-data.ts';
import { configLayers, type Settings } from './train/start.ts';

/** What to audit. Of the settings, the sections `data` and `text` matter. */
export interface AuditRequest extends Settings {
  /** DATA: a file, a folder, `-` for standard input, or a known data set. */
  readonly source: string;
}

/** Audits a data set: classes, lengths, vocabulary, duplicates, leakage, odd rows. @throws DataError, ConfigError */
export async function audit(request: AuditRequest, context: JobContext = {}): Promise<Audit> {
  const layers = await configLayers(request);
  const config = resolveConfig(...layers);
  const job = beginJob(context);
  job.emit({ type: 'working', on: 'reading' });
  const dataset = await readLabelled(request.source, config, job);
  job.emit({ type: 'working', on: 'measuring' });
  // what a training would read: keys that are not set follow from the data there too
  const { texts, labelNames } = dataset;
  const choices = chooseFromData({ texts, classes: labelNames.length }, config, layers);
  return auditWith(dataset, choices ? resolveConfig(choices.layer, ...layers) : config);
}

/** The audit of documents by the configuration that they are trained with. */
export function auditWith(dataset: Dataset, { data, text }: Pick<Config, 'data' | 'text'>): Audit {
  return auditDataset(dataset, {
    text,
    nearDuplicates: data.near_duplicates,
    trainFraction: data.fractions[0],
  });
}
