/** Labelled documents of a job, split and encoded. */
import { prepareParts, type Prepared } from '../classifier/parts.ts';
import { unusedTexts } from '../classifier/warm-up.ts';
import type { Config } from '../config/schema.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Splits } from '../data/splits.ts';
import { networkOptionsOf } from '../models/family.ts';
import type { GivenVectors } from '../vectors/place.ts';
import { type Job, pause, stoppable } from './context.ts';
import { learningMethods, vectorsFor, warmUpTexts } from '../vectors/for-texts.ts';
import { correctLabelled, readLabelled, splitLabelled } from './read-data.ts';
import { threadCount } from './sessions.ts';

/** What a job needs to prepare documents. */
type PreparingJob = Pick<Job, 'emit' | 'notice' | 'cacheDir' | 'stop'>;

const STOPPED =
  '[train] stopped on request while word vectors were learned; no training had begun. Give the same command again.';

/** Reads, splits and encodes documents. */
export async function prepare(source: string, config: Config, job: Job): Promise<Prepared> {
  job.emit({ type: 'working', on: 'reading' });
  return prepareDataset(await readLabelled(source, config, job), config, job);
}

/** Splits and encodes documents. */
export async function prepareDataset(dataset: Dataset, config: Config, job: PreparingJob): Promise<Prepared> {
  job.emit({ type: 'working', on: 'splitting' });
  const splits = await splitLabelled(dataset, config, job);
  return prepareSplit(await correctLabelled(dataset, splits, config, job), splits, config, job);
}

/** Encodes documents that are already split. @throws InterruptedError with `stopped` if the job must stop */
export async function prepareSplit(
  dataset: Dataset,
  splits: Splits,
  config: Config,
  job: PreparingJob,
  stopped = STOPPED,
): Promise<Prepared> {
  const { emit, notice } = job;
  emit({ type: 'working', on: 'encoding' });
  const texts = Array.from(splits.train, (i) => dataset.texts[i]);
  const vectors = await wordVectors(texts, config, job, stopped);
  const others = await warmUpTexts(config.train, { notice });
  const prepared = prepareParts(dataset, splits, config, emit, vectors, others);
  const unused = unusedTexts(config, prepared.others);
  if (unused !== undefined) notice(unused);
  return prepared;
}

/** The vectors that the settings name. @throws InterruptedError with `stopped` if the job must stop while they are learned */
function wordVectors(
  texts: readonly string[],
  config: Config,
  job: PreparingJob,
  stopped: string,
): Promise<GivenVectors | undefined> {
  const read = () =>
    vectorsFor(texts, config, {
      ...{ notice: job.notice, cacheDir: job.cacheDir, threads: threadCount(config.train.threads) },
      progress(done) {
        job.emit({ type: 'fitting', what: 'vectors', done });
        return pause(job, stopped);
      },
    });
  const source = networkOptionsOf(config.model)?.vectors;
  // reading a file does not pause: there, Ctrl-C ends the process, and nothing is lost
  return learningMethods.some((name) => name === source) ? stoppable(job, 'fit', read) : read();
}
