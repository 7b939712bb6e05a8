/** Labelled documents of a job, split and encoded. */
import { prepareParts, type Prepared, type PreparedTexts, splitTexts } from '../classifier/parts.ts';
import type { Config } from '../config/schema.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Job } from './context.ts';
import { vectorsFor } from '../vectors/for-texts.ts';
import { readLabelled, splitLabelled } from './read-data.ts';

/** Reads, splits and encodes documents. */
export async function prepare(source: string, config: Config, job: Job): Promise<Prepared> {
  job.emit({ type: 'working', on: 'reading' });
  return prepareDataset(await readLabelled(source, config, job), config, job);
}

/** Splits and encodes documents that are read already. */
export async function prepareDataset(
  dataset: Dataset,
  config: Config,
  { emit, notice, cacheDir }: Pick<Job, 'emit' | 'notice' | 'cacheDir'>,
): Promise<Prepared> {
  emit({ type: 'working', on: 'splitting' });
  const splits = await splitLabelled(dataset, config, { notice });
  emit({ type: 'working', on: 'encoding' });
  const vectors = await vectorsFor(
    Array.from(splits.train, (i) => dataset.texts[i]),
    config,
    { notice, cacheDir },
  );
  return prepareParts(dataset, splits, config.text, emit, vectors);
}

/** Splits documents for a model that reads texts itself. */
export async function prepareTexts(
  dataset: Dataset,
  config: Config,
  { emit, notice }: Pick<Job, 'emit' | 'notice'>,
): Promise<PreparedTexts> {
  return splitTexts(dataset, await splitLabelled(dataset, config, { notice }), emit);
}
