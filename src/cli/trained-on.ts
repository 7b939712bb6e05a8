/** Which documents a run's model has seen: figures on those say little about new ones. */
import type { Config } from '../config/schema.ts';
import { UnrollError } from '../core/errors.ts';
import { count, type Dataset, groupDigits } from '../data/dataset.ts';
import { readDescription, readSplits, type RunFolder } from '../run/index.ts';
import type { Io } from './io.ts';
import { loadDataset, type Say } from './load-data.ts';
import { findSource } from './source.ts';

/** Says how many of `documents` the run was trained or validated on, found by their text in the data of the run. */
export async function warnOfTrainedOn(
  documents: Pick<Dataset, 'texts'>,
  { run, config, io, say }: { run: RunFolder; config: Config; io: Io; say: Say },
): Promise<void> {
  const { data } = readDescription(run.paths.description);
  let own: Dataset;
  try {
    own = await loadDataset(findSource(data, ''), config, io, () => undefined);
  } catch (error) {
    if (!(error instanceof UnrollError)) throw error;
    say('whether the model was trained on some of these documents is not known: the data of the run is gone');
    return;
  }
  if (own.hash !== data.hash) {
    say(
      'whether the model was trained on some of these documents is not known: the data of the run has changed',
    );
    return;
  }
  const { train, val } = readSplits(run.paths.splits);
  const seenRows = new Set([...train, ...val]);
  const seenTexts = new Set(
    own.texts.filter((_, i) => seenRows.has(own.rowIds[i])).map((text) => text.trim()),
  );
  const seen = documents.texts.filter((text) => seenTexts.has(text.trim())).length;
  if (seen === 0) return;
  say(
    `warning: ${groupDigits(seen)} of ${count(documents.texts.length, 'document')} ${seen === 1 ? 'is one' : 'are among those'} that the model was ` +
      'trained or validated on: the figures are too good for new documents',
  );
}
