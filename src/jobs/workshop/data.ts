/** The documents of a workshop, and whether they are those of the workshop's own file. */
import { type Override, overrideLayer } from '../../config/overrides.ts';
import { bilstmWorkshop } from '../../config/presets/bilstm-workshop.ts';
import { plainLayer, resolveConfig } from '../../config/resolve.ts';
import type { Config, ConfigInput } from '../../config/schema.ts';
import { ConfigError } from '../../core/errors.ts';
import { classCounts, type Dataset } from '../../data/dataset.ts';
import { hasWorkshopNumbers, isWorkshopData, workshopLabels } from '../../report/workshop-reported.ts';
import { STDIN } from '../../run/index.ts';
import type { Job } from '../context.ts';
import { readLabelled, withAbsolutePaths } from '../read-data.ts';

/** What a workshop is about. */
export interface WorkshopData {
  readonly dataset: Dataset;
  /** It is the workshop's file. */
  readonly own: boolean;
}

/** The same with the `data` section that it implies, below the settings of the command line. */
export interface NewWorkshopData extends WorkshopData {
  readonly data: NonNullable<ConfigInput['data']>;
}

/**
 * Reads the documents of a new workshop. The workshop's own file is split as the workshop did, so that the metrics can be
 * compared with its own; of any other data, copies are kept on one side of the split.
 * @throws ConfigError for standard input, DataError where the data cannot be used
 */
export async function loadNewData(
  source: string,
  overrides: readonly Override[],
  job: Job,
): Promise<NewWorkshopData> {
  if (source === STDIN) {
    throw new ConfigError(
      '[workshop] DATA must be a file, a folder or a known data set, since it is read again to resume and to report, but got -. Save it to a file first.',
    );
  }
  const given = overrides.filter(({ key }) => key.startsWith('data.'));
  const read = (data: ConfigInput['data']) => readLabelled(source, configOf(data, given), job);
  const dataset = await read({});
  if (!isWorkshopData(classCounts(dataset))) return { dataset, own: false, data: {} };
  job.emit({ type: 'own-data' });
  const split = bilstmWorkshop.config.data ?? {};
  const mapped = given.some(({ key }) => key.startsWith('data.label'));
  if (mapped || !hasWorkshopNumbers(dataset.labelNames, classCounts(dataset)))
    return { dataset, own: true, data: split };
  job.emit({ type: 'own-labels', names: workshopLabels });
  const data = { ...split, label_map: { ...workshopLabels } };
  return { dataset: await read(data), own: true, data };
}

/** Reads the documents of a workshop that is resumed. */
export async function loadSavedData(source: string, config: Config, job: Job): Promise<WorkshopData> {
  const dataset = await readLabelled(source, config, job);
  return { dataset, own: isWorkshopData(classCounts(dataset)) };
}

function configOf(data: ConfigInput['data'], overrides: readonly Override[]): Config {
  return withAbsolutePaths(resolveConfig(plainLayer({ data }, 'the workshop'), overrideLayer(overrides)));
}
