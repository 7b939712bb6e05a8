/** The documents of a workshop, and whether they are those of the workshop's own file. */
import { type Override, overrideLayer } from '../../config/overrides.ts';
import { bilstmWorkshop } from '../../config/presets/bilstm-workshop.ts';
import { plainLayer, resolveConfig } from '../../config/resolve.ts';
import type { Config, ConfigInput } from '../../config/schema.ts';
import { UsageError } from '../args.ts';
import { classCounts, type Dataset } from '../../data/dataset.ts';
import { hasWorkshopNumbers, isWorkshopData, workshopLabels } from '../../report/workshop-reported.ts';
import type { Io } from '../io.ts';
import { loadDataset, type Say } from '../load-data.ts';
import { STDIN, withAbsolutePaths } from '../source.ts';

/** What a workshop is about. */
export interface WorkshopData {
  readonly dataset: Dataset;
  /** It is the workshop's file. */
  readonly own: boolean;
}

/** The same with the `data` section that it calls for, below what the command line sets. */
export interface NewWorkshopData extends WorkshopData {
  readonly data: NonNullable<ConfigInput['data']>;
}

/**
 * Reads the documents of a new workshop. The workshop's own file is split as the workshop did, so that the figures can
 * be set beside its own; of any other data, copies are kept on one side of the split.
 * @throws UsageError for standard input, DataError where the data cannot be used
 */
export async function loadNewData(
  source: string,
  overrides: readonly Override[],
  { io, say }: { readonly io: Io; readonly say: Say },
): Promise<NewWorkshopData> {
  if (source === STDIN) {
    throw new UsageError(
      '[command line] DATA of unroll workshop must be a file, a folder or a known data set, for it is read again to go on or to report, but got -. Save it to a file first.',
    );
  }
  const given = overrides.filter(({ key }) => key.startsWith('data.'));
  const read = (data: ConfigInput['data']) => loadDataset(source, configOf(data, given), io, say);
  const dataset = await read({});
  if (!isWorkshopData(classCounts(dataset))) return { dataset, own: false, data: {} };
  say(
    "these are the documents of the workshop's file: split as the workshop did, and its figures stand beside",
  );
  const split = bilstmWorkshop.config.data ?? {};
  const mapped = given.some(({ key }) => key.startsWith('data.label'));
  if (mapped || !hasWorkshopNumbers(dataset.labelNames, classCounts(dataset)))
    return { dataset, own: true, data: split };
  const names = Object.values(workshopLabels).map((name, id) => `${id} ${name}`);
  say(`the labels are called as the workshop calls them: ${names.join(', ')}`);
  const data = { ...split, label_map: { ...workshopLabels } };
  return { dataset: await read(data), own: true, data };
}

/** Reads the documents of a workshop that is taken up again. */
export async function loadSavedData(
  source: string,
  config: Config,
  { io, say }: { readonly io: Io; readonly say: Say },
): Promise<WorkshopData> {
  const dataset = await loadDataset(source, config, io, say);
  return { dataset, own: isWorkshopData(classCounts(dataset)) };
}

function configOf(data: ConfigInput['data'], overrides: readonly Override[]): Config {
  return withAbsolutePaths(resolveConfig(plainLayer({ data }, 'the workshop'), overrideLayer(overrides)));
}
