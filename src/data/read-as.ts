/** A column that was read. */
export interface ReadColumn {
  /** Column name or key; in a table without a header its number from 1. */
  readonly name: string;
  /** 0-based position in a table; null if columns only have names, as keys of JSON. */
  readonly position: number | null;
}

/**
 * How a data set was read: the format and the columns, whether given or detected. Plain JSON, to be kept with a model:
 * given as `like` to `readDataset` and `streamRows`, it has a new file read in the same way. `parseReadAs` checks it.
 */
export interface ReadAs {
  /** Name of the reader, such as `csv`. */
  readonly format: string;
  /** Encoding of the bytes, such as `utf-8` or `windows-1252`. */
  readonly encoding: string;
  /** Of a table: one character; null for other formats. */
  readonly delimiter: string | null;
  /** Of a table: how quotes are written inside a quoted field; `none`: quotes are part of the text. */
  readonly quoting: 'double' | 'backslash' | 'none' | null;
  /** Of a table: whether its first record names the columns. */
  readonly header: boolean | null;
  /** All columns of a table in order, or all keys, the first 1,000; empty where the format has none. */
  readonly columns: readonly string[];
  /** The columns of the text; several are joined with a blank line. Empty where the format has no columns. */
  readonly text: readonly ReadColumn[];
  /** The column of the label; null where there is none. */
  readonly label: ReadColumn | null;
}

/** A short sentence for reports and notices: `CSV, delimiter ",", header, text column v2, label column v1`. */
export function describeReadAs(readAs: ReadAs): string {
  const { format, encoding, delimiter, quoting, header, text, label } = readAs;
  const isTable = delimiter !== null;
  const noun = isTable ? 'column' : 'key';
  const parts = [FORMAT_NAMES[format] ?? format];
  if (encoding !== 'utf-8') parts.push(`encoding ${encoding}`);
  if (delimiter !== null) parts.push(`delimiter ${delimiterName(delimiter)}`);
  if (quoting === 'none') parts.push('quotes as part of the text');
  if (quoting === 'backslash') parts.push('quotes escaped by a backslash');
  if (header !== null) parts.push(header ? 'header' : 'no header (columns are called 1, 2, ...)');
  if (text.length > 0) {
    parts.push(
      `text ${noun}${text.length > 1 ? 's' : ''} ${text.map(({ name }) => shown(name)).join(' and ')}`,
    );
  }
  if (label !== null) parts.push(`label ${noun} ${shown(label.name)}`);
  return parts.join(', ');
}

const FORMAT_NAMES: Readonly<Record<string, string>> = {
  csv: 'CSV',
  tsv: 'TSV',
  jsonl: 'JSON',
  fasttext: 'fastText lines',
  'label-first': 'label at the start of each line',
  folder: 'folder of classes',
  lines: 'one text per line',
};

/** What a delimiter is called in messages. */
export function delimiterName(delimiter: string): string {
  return delimiter === '\t' ? 'tab' : `"${delimiter}"`;
}

/** A name from a file, as it can be shown on a terminal: control and invisible characters are spelled out, long names cut. */
export function shown(name: string): string {
  const short = name.length > 60 ? `${name.slice(0, 57).toWellFormed()}...` : name;
  if (short === '') return '""';
  return short.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
  });
}
