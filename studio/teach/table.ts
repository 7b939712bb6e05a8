/** A pasted or opened table, read as the command line reads a file: delimiter, header and columns are detected. */
import { csv, tsv } from '../../src/data/readers/csv.ts';
import type { ReaderInput } from '../../src/data/readers/reader.ts';
import type { ReadAs } from '../../src/data/read-as.ts';
import { DataError } from '../../src/core/errors.ts';

/** Most characters that a page takes: beyond, the command line is the better place. */
const MOST = 20_000_000;
/** What a reader looks at to detect how the table is written. */
const HEAD = 65_536;

/** Labelled texts of a table. */
export interface Table {
  readonly name: string;
  readonly texts: readonly string[];
  readonly labels: readonly string[];
  /** Documents of each class, the largest first. */
  readonly classes: readonly (readonly [label: string, count: number])[];
  readonly columns: readonly string[];
  readonly textColumn: string;
  readonly labelColumn: string;
  readonly notices: readonly string[];
}

/** Columns that the user names; left out where they are to be detected. */
export interface Columns {
  readonly text?: string | undefined;
  readonly label?: string | undefined;
}

/**
 * Reads a table.
 * @throws DataError with what to change
 */
export async function readTable(name: string, content: string, columns: Columns = {}): Promise<Table> {
  if (content.length > MOST) {
    throw new DataError(
      `[${name}] a table for this page must have at most ${MOST / 1e6} million characters, but has ${(content.length / 1e6).toFixed(1)}. Train it with the command line: unroll train.`,
    );
  }
  const bytes = new TextEncoder().encode(content);
  const notices: string[] = [];
  let found: Partial<ReadAs> = {};
  const input: ReaderInput = {
    ...{ name, path: undefined, head: content.slice(0, HEAD), again: true, like: undefined },
    ...{ header: 'auto', labelled: true, keep: [] },
    textColumns: columns.text === undefined ? undefined : [columns.text],
    labelColumn: columns.label,
    // labels of a page are names: no column holds probabilities
    soft: () => undefined,
    async *bytes() {
      yield bytes;
    },
    kept: () => undefined,
    notice: (sentence) => notices.push(sentence),
    found: (details) => {
      found = { ...found, ...details };
    },
  };
  const texts: string[] = [];
  const labels: string[] = [];
  for await (const { text, label = '' } of (tsv.create({}).sniff(input.head) ? tsv : csv)
    .create({})
    .read(input)) {
    if (text.trim() === '' || label.trim() === '') continue;
    texts.push(text);
    labels.push(label);
  }
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return {
    ...{ name, texts, labels, notices },
    classes: [...counts].sort(([, a], [, b]) => b - a),
    columns: found.columns ?? [],
    textColumn: found.text?.[0]?.name ?? '',
    labelColumn: found.label?.name ?? '',
  };
}
