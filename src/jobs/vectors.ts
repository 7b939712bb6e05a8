/** The vectors job: word vectors learned from the training part of labelled documents, from a file of texts, or both. */
import { type Config, resolveConfig } from '../config/index.ts';
import { ConfigError } from '../core/errors.ts';
import { groupDigits } from '../core/words.ts';
import { streamRows } from '../data/read.ts';
import { writeFileAtomic } from '../run/atomic.ts';
import { makeFolder } from '../run/index.ts';
import { learnFrom, type LearningMethod } from '../vectors/for-texts.ts';
import { writeVec } from '../vectors/read.ts';
import { dirname } from 'node:path';
import { beginJob, type Job, type JobContext, pause, stoppable } from './context.ts';
import { readLabelled, splitLabelled } from './read-data.ts';
import { threadCount } from './sessions.ts';
import { configLayers, type Settings } from './train/start.ts';

/** Where to learn vectors from. Of the settings, the sections `data`, `text` and `train.seed` matter. */
export interface VectorsRequest extends Settings {
  /** DATA: a file, a folder, `-` for standard input, or a known data set. Its training part is read. Default: none. */
  readonly source?: string | undefined;
  /** Unlabelled texts, all of which are read (too). */
  readonly also?: string | undefined;
  /** The file to write, such as `own.vec`. */
  readonly output: string;
  /** Numbers in a vector. Default 128. */
  readonly dim?: number | undefined;
  /** Default `learn`: co-occurrence. */
  readonly method?: LearningMethod | undefined;
  /** Passes over the texts of skip-gram. Default: by their number. */
  readonly epochs?: number | undefined;
}

/** What was written. */
export interface LearnedFile {
  /** Path of the file. */
  readonly file: string;
  /** Words that have a vector. */
  readonly words: number;
  /** Numbers in a vector. */
  readonly dim: number;
  /** Documents that were read. */
  readonly documents: number;
}

/**
 * Learns vectors and writes them as text, as word2vec and fastText do. Validation and test documents are not read: the split
 * is that of a training with the same settings.
 * @throws DataError for data that cannot be used, ConfigError for settings that cannot, InterruptedError after `stop`
 */
export async function learnWordVectors(
  { source, also, output, dim, method = 'learn', epochs, ...settings }: VectorsRequest,
  context: JobContext = {},
): Promise<LearnedFile> {
  if (/\.gz$/i.test(output))
    throw new ConfigError(
      `[-o] vectors are written unpacked, but got ${output}. Name a file such as own.vec.`,
    );
  if (source === undefined && also === undefined)
    throw new ConfigError(
      '[DATA] there must be labelled documents, or texts without labels (--also FILE), but neither is named.',
    );
  if (epochs !== undefined && method !== 'skipgram')
    throw new ConfigError(
      `[--epochs] must be left out unless the method is skipgram, but got ${epochs}. Co-occurrence is counted once.`,
    );
  const job = beginJob(context);
  const config = resolveConfig(...(await configLayers(settings)));
  const texts = source === undefined ? [] : await trainingTexts(source, config, job);
  if (also !== undefined) {
    const { encoding, format, text_col } = config.data;
    const rows = streamRows(also, { encoding, format, text_col, onNotice: job.notice });
    for await (const { text } of rows) texts.push(text);
  }
  const started = job.now();
  const learning = {
    notice: job.notice,
    threads: threadCount(config.train.threads),
    progress(done: number) {
      job.emit({ type: 'fitting', what: 'vectors', done });
      return pause(job, '[vectors] stopped on request; nothing was written. Give the same command again.');
    },
  };
  const vectors = await stoppable(job, 'fit', () =>
    learnFrom(texts, config.text, learning, { method, also, dim, epochs }),
  );
  makeFolder(dirname(output), 'make the folder of the vectors');
  writeFileAtomic(output, writeVec(vectors));
  job.notice(
    `${groupDigits(vectors.words.length)} vectors of ${vectors.dim} numbers from ${groupDigits(texts.length)} documents, learned in ${((job.now() - started) / 1000).toFixed(1)} s`,
  );
  job.emit({ type: 'written', file: output });
  return { file: output, words: vectors.words.length, dim: vectors.dim, documents: texts.length };
}

/** Validation and test documents are left out. */
async function trainingTexts(source: string, config: Config, job: Job): Promise<string[]> {
  const dataset = await readLabelled(source, config, job);
  const { train } = await splitLabelled(dataset, config, job);
  return Array.from(train, (i) => dataset.texts[i]);
}
