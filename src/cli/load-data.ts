/** Labelled documents for a command: read, reported, split. */
import type { Config } from '../config/schema.ts';
import type { Dataset } from '../data/dataset.ts';
import { userCacheDir } from '../data/known/cache.ts';
import { readDataset, readSplitIds } from '../data/read.ts';
import { splitDataset, type Splits } from '../data/splits.ts';
import type { Io } from './io.ts';

/** Says a sentence to the user, once. */
export type Say = (sentence: string) => void;

/**
 * A {@link Say} that writes to standard error; says nothing when quiet.
 * @param options.again Says a sentence as often as it comes: what happens twice is told twice. Default once.
 */
export function createSay(
  io: Io,
  { quiet, again = false }: { readonly quiet: boolean; readonly again?: boolean },
): Say {
  const said = new Set<string>();
  return (sentence) => {
    if (quiet || (said.has(sentence) && !again)) return;
    said.add(sentence);
    io.err.write(`${io.err.colors.dim('·')} ${sentence}\n`);
  };
}

/** Reads labelled documents with the options of the `data` section, and reports what was detected and left out. */
export async function loadDataset(source: string, config: Config, io: Io, say: Say): Promise<Dataset> {
  const dataset = await readDataset(source, {
    ...config.data,
    stdin: io.in,
    cacheDir: userCacheDir(io.env),
    onNotice: say,
  });
  for (const sentence of dataset.notices) say(sentence);
  return dataset;
}

/** Splits documents by the `data` section; the seed is `data.seed`, or `train.seed` where that is null. */
export async function loadSplits(dataset: Dataset, config: Config, say: Say): Promise<Splits> {
  const { split_ids: file, seed, ...options } = config.data;
  const ids = file === null ? {} : { ids: await readSplitIds(file) };
  const splits = splitDataset(dataset, { ...options, seed: seed ?? config.train.seed, ...ids });
  for (const sentence of splits.notices) say(sentence);
  return splits;
}
