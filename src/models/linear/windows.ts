/** Windows of training documents that are longer than the model reads: more texts of the length that it is asked about. */
import { softRows } from '../../data/soft-labels.ts';
import type { LinearDocuments } from './fit.ts';
import type { TokenizedText } from './ngrams.ts';

/** Most windows of all documents; of each document so many, but at least one. */
const WINDOWS = 50_000;

/** How many windows are learned from of each of N documents at most. */
export const windowsOfEach = (documents: number) => Math.max(1, Math.floor(WINDOWS / documents));

/**
 * Cuts documents into windows of `size` words, one after the other; a shorter rest is left out. Those of a document stay on
 * one side of a split, and only the first is judged: it is what the model reads of a new document.
 */
export function intoWindows(documents: LinearDocuments, groups: Int32Array, size: number): LinearDocuments {
  const most = windowsOfEach(documents.texts.length);
  const windows = documents.texts.map((text) => windowsOf(text, size, most));
  const rows = Int32Array.from(windows.flatMap((own, d) => own.map(() => d)));
  const { labels, targets, classes } = documents;
  return {
    ...documents,
    texts: windows.flat(),
    labels: rows.map((d) => labels[d]),
    targets: softRows(targets, rows, classes),
    groups: rows.map((d) => groups[d]),
    judged: Uint8Array.from(rows, (d, i) => Number(d !== rows[i - 1])),
  };
}

function windowsOf(text: TokenizedText, size: number, most: number): readonly TokenizedText[] {
  const { tokens } = text; // of many texts made anew each time
  if (tokens.length <= size) return [text];
  return Array.from({ length: Math.min(most, Math.floor(tokens.length / size)) }, (_, k) => {
    const window = tokens.slice(k * size, (k + 1) * size);
    return { text: window.join(' '), tokens: window };
  });
}
