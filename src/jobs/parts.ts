/** Labelled documents of a job, split and encoded. */
import { prepareParts, type Prepared } from '../classifier/parts.ts';
import { unusedTexts } from '../classifier/warm-up.ts';
import type { Config } from '../config/schema.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Splits } from '../data/splits.ts';
import type { Job } from './context.ts';
import { vectorsFor, warmUpTexts } from '../vectors/for-texts.ts';
import { correctLabelled, readLabelled, splitLabelled } from './read-data.ts';
import { threadCount } from './sessions.ts';

/** Reads, splits and encodes documents. */
export async function prepare(source: string, config: Config, job: Job): Promise<Prepared> {
  job.emit({ type: 'working', on: 'reading' });
  return prepareDataset(await readLabelled(source, config, job), config, job);
}

/** Splits and encodes documents. */
export async function prepareDataset(
  dataset: Dataset,
  config: Config,
  job: Pick<Job, 'emit' | 'notice' | 'cacheDir'>,
): Promise<Prepared> {
  job.emit({ type: 'working', on: 'splitting' });
  const splits = await splitLabelled(dataset, config, job);
  return prepareSplit(await correctLabelled(dataset, splits, config, job), splits, config, job);
}

/** Encodes documents that are already split. */
export async function prepareSplit(
  dataset: Dataset,
  splits: Splits,
  config: Config,
  { emit, notice, cacheDir }: Pick<Job, 'emit' | 'notice' | 'cacheDir'>,
): Promise<Prepared> {
  emit({ type: 'working', on: 'encoding' });
  const vectors = await vectorsFor(
    Array.from(splits.train, (i) => dataset.texts[i]),
    config,
    {
      ...{ notice, cacheDir, threads: threadCount(config.train.threads) },
      progress: (done) => {
        emit({ type: 'fitting', what: 'vectors', done });
      },
    },
  );
  const others = await warmUpTexts(config.train, { notice });
  const prepared = prepareParts(dataset, splits, config, emit, vectors, others);
  const unused = unusedTexts(config, prepared.others);
  if (unused !== undefined) notice(unused);
  return prepared;
}
