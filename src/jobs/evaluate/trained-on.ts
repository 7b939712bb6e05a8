/** Warns about documents that the model was trained on: metrics on those say little about new ones. */
import { existsSync } from 'node:fs';
import { resolveConfig } from '../../config/index.ts';
import type { Dataset } from '../../data/dataset.ts';
import { readDescription } from '../../run/description.ts';
import { readRunConfig } from '../../run/run-config.ts';
import type { RunFolder } from '../../run/run-folder.ts';
import { readSplits } from '../../run/splits-file.ts';
import type { Job } from '../context.ts';
import { readRunData } from '../run-data.ts';

/** Tells how many of the documents the run was trained or validated on, found by their text in the data of the run. */
export async function tellTrainedOn(
  { texts }: Pick<Dataset, 'texts'>,
  { paths }: RunFolder,
  job: Job,
): Promise<void> {
  const documents = texts.length;
  // read as the run read it, whatever is set for the new documents
  const config = resolveConfig(...(existsSync(paths.config) ? [readRunConfig(paths.config)] : []));
  const { dataset: own, missing } = await readRunData(readDescription(paths.description), config, job);
  if (!own) {
    job.emit({ type: 'seen', seen: null, documents, missing });
    return;
  }
  const { train, val } = readSplits(paths.splits);
  const seenRows = new Set([...train, ...val]);
  const seenTexts = new Set(
    own.texts.filter((_, i) => seenRows.has(own.rowIds[i])).map((text) => text.trim()),
  );
  const seen = texts.filter((text) => seenTexts.has(text.trim())).length;
  if (seen > 0) job.emit({ type: 'seen', seen, documents, missing: null });
}
