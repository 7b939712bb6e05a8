/** Labelled documents for a job: read and split by the `data` section of its configuration. */
import { basename, resolve } from 'node:path';
import type { Config } from '../config/schema.ts';
import { applyCorrections, readCorrections } from '../data/corrections.ts';
import { classCounts, count, type Dataset } from '../data/dataset.ts';
import { readDataset, readSplitIds } from '../data/read.ts';
import type { ReadAs } from '../data/read-as.ts';
import { splitDataset, type Splits } from '../data/splits.ts';
import { networkOptionsOf } from '../models/family.ts';
import { vectorNames } from '../vectors/for-texts.ts';
import { STDIN } from '../run/resume-command.ts';
import type { Job } from './context.ts';

/**
 * Reads labelled documents, and reports what was detected and left out. Errors as `readDataset`.
 * @param like How the training data of a model was read: the default of what the configuration leaves out.
 */
export async function readLabelled(
  source: string,
  config: Pick<Config, 'data'>,
  job: Pick<Job, 'stdin' | 'cacheDir' | 'notice'>,
  like: ReadAs | null = null,
): Promise<Dataset> {
  const notice = once(job.notice);
  const dataset = await readDataset(source, {
    ...config.data,
    like,
    cacheDir: job.cacheDir,
    onNotice: notice,
    ...(source === STDIN && { stdin: job.stdin() }),
  });
  for (const sentence of dataset.notices) notice(sentence);
  return dataset;
}

/** Splits documents; the seed is `data.seed`, or `train.seed` where that is null. */
export async function splitLabelled(
  dataset: Dataset,
  config: Pick<Config, 'data' | 'train'>,
  { notice }: Pick<Job, 'notice'>,
): Promise<Splits> {
  const { split_ids: file, seed, ...options } = config.data;
  const ids = file === null ? {} : { ids: await readSplitIds(file) };
  const splits = splitDataset(dataset, { ...options, seed: seed ?? config.train.seed, ...ids });
  for (const sentence of splits.notices) notice(sentence);
  return splits;
}

/**
 * The documents with the corrections of `data.corrections`, which are reported; without any, unchanged. Errors as
 * `applyCorrections`.
 */
export async function correctLabelled(
  dataset: Dataset,
  splits: Splits,
  { data: { corrections: file } }: Pick<Config, 'data'>,
  { notice }: Pick<Job, 'notice'>,
): Promise<Dataset> {
  if (file === null) return dataset;
  const corrected = applyCorrections(dataset, splits, await readCorrections(file), basename(file));
  const { changed, left } = corrected;
  const before = classCounts(dataset);
  const after = classCounts(corrected.dataset);
  const counts = dataset.labelNames.flatMap((name, c) => before[c] === after[c] ? [] : [`${name} ${before[c]} before, ${after[c]} after`]); // prettier-ignore
  notice(
    `${count(changed.train + changed.val, 'label')} corrected (training ${changed.train}, validation ${changed.val})${counts.length > 0 ? `: ${counts.join('; ')}` : ''}`,
  );
  if (left.length > 0) {
    const rows = left.slice(0, 10).map(({ row }) => row);
    notice(
      `${count(left.length, 'correction')} not applied, since ${left.length === 1 ? 'its document is' : 'their documents are'} in the test part (rows ${rows.join(', ')}${left.length > 10 ? ', ...' : ''}): correct them in the data itself if you agree`,
    );
  }
  return corrected.dataset;
}

/** The configuration with absolute paths, so that it is valid in any folder. */
export function withAbsolutePaths(config: Config): Config {
  const { label_map, split_ids, val, test, corrections } = config.data;
  const absolute = (file: string | null) => (file === null ? null : resolve(file));
  return {
    ...config,
    ...absoluteVectors(config),
    data: {
      ...config.data,
      label_map: typeof label_map === 'string' ? resolve(label_map) : label_map,
      split_ids: absolute(split_ids),
      val: absolute(val),
      test: absolute(test),
      corrections: absolute(corrections),
    },
    train: { ...config.train, warm_up_texts: absolute(config.train.warm_up_texts) },
  };
}

/** The `model` section with the absolute path of its vectors, where they are a file. */
function absoluteVectors({ model }: Config): Pick<Config, 'model'> {
  const { vectors = null, vectors_texts: texts = null } = networkOptionsOf(model) ?? {};
  const own = {
    ...(vectors !== null && !vectorNames.includes(vectors) && { vectors: resolve(vectors) }),
    ...(texts !== null && { vectors_texts: resolve(texts) }),
  };
  return { model: { ...model, ...own } };
}

/** Reports each notice once: a data set repeats those from reading it. */
function once(notice: (sentence: string) => void): (sentence: string) => void {
  const said = new Set<string>();
  return (sentence) => {
    if (said.has(sentence)) return;
    said.add(sentence);
    notice(sentence);
  };
}
