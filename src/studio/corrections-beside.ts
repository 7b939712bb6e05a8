/** Corrections of labels, in a file beside the data; the data itself is never changed. */
import { readFileSync, rmSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { type Correction, correctionLines, parseCorrections } from '../data/corrections.ts';
import { writeFileAtomic } from '../run/index.ts';
import { isThere } from './own-file.ts';

/** The file of corrections that belongs to data: `tickets.corrections.csv` to `tickets.csv`. */
export function correctionsFile(data: string): string {
  return join(dirname(data), `${basename(data, extname(data))}.corrections.csv`);
}

/** The corrections of data; none where there is no file. @throws DataError where the file is damaged or a link */
export function correctionsOf(data: string): readonly Correction[] {
  const file = correctionsFile(data);
  return isThere(file) ? parseCorrections(readFileSync(file, 'utf8'), basename(file)) : [];
}

/**
 * Corrects a label, or takes the correction back where `next` is the label that the data has.
 * @returns All corrections then.
 */
export function correct(data: string, correction: Correction): readonly Correction[] {
  const others = correctionsOf(data).filter(({ row }) => row !== correction.row);
  const all = correction.new === correction.old ? others : [...others, correction];
  const sorted = [...all].sort((a, b) => a.row - b.row);
  if (sorted.length > 0) writeFileAtomic(correctionsFile(data), correctionLines(sorted));
  else rmSync(correctionsFile(data), { force: true });
  return sorted;
}
