/** Texts to predict, read one by one from a file or standard input: memory does not grow with the input. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { TextDecoder } from 'node:util';
import { parse as parseCsv } from 'csv-parse';
import { DataError } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';

/** The ways in which texts may stand in a file. */
export const inputFormats = ['lines', 'csv', 'tsv', 'jsonl'] as const;
/** One of them. */
export type InputFormat = (typeof inputFormats)[number];

/** Most characters of one table row. */
const MAX_RECORD = 64 * 1024 * 1024;

/** A text to predict, with the other fields of its record. */
export interface InputRecord {
  readonly text: string;
  /** The record as it stood in the input, the text included, by column name. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Options of `readRecords`. */
export interface ReadOptions {
  /** Left out, the file's ending decides: .csv, .tsv, .jsonl, .ndjson; lines otherwise. */
  readonly format?: InputFormat | undefined;
  /** Column or key of the text; left out, one called `text` in any case, or the only one. */
  readonly textCol?: string | undefined;
  /** Standard input, read where the name is `-`. */
  readonly stdin: AsyncIterable<Uint8Array | string>;
}

/** The records of a file, or of standard input for `-`. Throws DataError with the line of what cannot be read. */
export function readRecords(
  name: string,
  { format, textCol, stdin }: ReadOptions,
): AsyncGenerator<InputRecord> {
  if (name !== '-' && !(existsSync(name) && statSync(name).isFile())) {
    throw new DataError(
      `[predict] --input must be a file or - for standard input, but there is no file ${name}.`,
    );
  }
  const source = name === '-' ? stdin : createReadStream(name);
  const title = name === '-' ? 'standard input' : name;
  const chunks = decode(source, title);
  switch (format ?? guessFormat(name)) {
    case 'csv':
      return readTable(chunks, ',', title, textCol);
    case 'tsv':
      return readTable(chunks, '\t', title, textCol);
    case 'jsonl':
      return readJsonLines(chunks, title, textCol);
    case 'lines':
      return readLines(chunks);
  }
}

function guessFormat(name: string): InputFormat {
  const extension = extname(name).toLowerCase().slice(1);
  if (extension === 'ndjson') return 'jsonl';
  return inputFormats.find((format) => format === extension) ?? 'lines';
}

/** Bytes to text; a byte order mark is dropped, bytes that are not UTF-8 are refused. */
async function* decode(source: AsyncIterable<Uint8Array | string>, name: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  try {
    for await (const chunk of source) {
      const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
      yield text;
      for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) line++;
    }
    yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new DataError(
      `[predict] ${name} must be UTF-8 text, but has other bytes at or after line ${line}. Save it as UTF-8.`,
      {
        cause: error,
        line,
      },
    );
  }
}

/** The lines of a text that comes in chunks, without their ends; an empty last line is none. */
async function* splitLines(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let parts: string[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
      parts.push(chunk.slice(start, end));
      yield withoutReturn(parts.join(''));
      parts = [];
      start = end + 1;
    }
    if (start < chunk.length) parts.push(chunk.slice(start));
  }
  if (parts.length > 0) yield withoutReturn(parts.join(''));
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

async function* readLines(chunks: AsyncIterable<string>): AsyncGenerator<InputRecord> {
  for await (const text of splitLines(chunks)) yield { text, fields: { text } };
}

async function* readJsonLines(
  chunks: AsyncIterable<string>,
  name: string,
  textCol: string | undefined,
): AsyncGenerator<InputRecord> {
  let line = 0;
  let column: string | undefined;
  for await (const json of splitLines(chunks)) {
    line++;
    if (json.trim() === '') continue;
    const fields = parseObject(json, name, line);
    column ??= textColumn(Object.keys(fields), textCol, name);
    const text = fields[column];
    if (typeof text !== 'string') {
      const got = JSON.stringify(text) ?? 'nothing';
      throw new DataError(
        `[predict] ${name} line ${line}: "${column}" must be a text, but got ${got.slice(0, 60)}.`,
        { line },
      );
    }
    yield { text, fields };
  }
}

function parseObject(json: string, name: string, line: number): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new DataError(
      `[predict] ${name} line ${line} must be a JSON object, but got ${json.slice(0, 60)}.`,
      { cause: error, line },
    );
  }
  if (typeof value === 'string') return { text: value };
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new DataError(`[predict] ${name} line ${line} must be a JSON object, but got ${json.slice(0, 60)}.`, {
    line,
  });
}

async function* readTable(
  chunks: AsyncIterable<string>,
  delimiter: string,
  name: string,
  textCol: string | undefined,
): AsyncGenerator<InputRecord> {
  // a quote that is never closed would otherwise take the rest of the file for one field
  const parser = parseCsv({ delimiter, bom: true, skip_empty_lines: true, max_record_size: MAX_RECORD });
  const feeding = feed(chunks, parser);
  let header: readonly string[] | undefined;
  let column = '';
  try {
    for await (const row of parser as AsyncIterable<string[]>) {
      if (!header) {
        header = row;
        column = textColumn(header, textCol, name);
        continue;
      }
      const names = header;
      const fields = Object.fromEntries(row.map((value, i) => [names[i] ?? `column ${i + 1}`, value]));
      yield { text: fields[column] ?? '', fields };
    }
    await feeding;
  } catch (error) {
    throw tableError(error, name);
  } finally {
    parser.destroy();
  }
  if (!header)
    throw new DataError(
      `[predict] ${name} must have a header line with the names of its columns, but is empty.`,
    );
}

/** Hands chunks to the parser as fast as it takes them; a failure of the source becomes the parser's. */
async function feed(chunks: AsyncIterable<string>, parser: ReturnType<typeof parseCsv>): Promise<void> {
  try {
    for await (const chunk of chunks) {
      if (parser.destroyed) return;
      if (!parser.write(chunk)) {
        await new Promise<void>((resolve) => {
          parser.once('drain', resolve).once('close', resolve);
        });
      }
    }
    parser.end();
  } catch (error) {
    parser.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

function tableError(error: unknown, name: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || !String(error.code).startsWith('CSV_')) return error;
  const line = 'lines' in error && typeof error.lines === 'number' ? error.lines : undefined;
  return new DataError(
    `[predict] ${name} must be a table with quotes and columns in order, but: ${error.message}.`,
    {
      cause: error,
      ...(line === undefined ? {} : { line }),
    },
  );
}

function textColumn(columns: readonly string[], wanted: string | undefined, name: string): string {
  const found =
    wanted === undefined
      ? (columns.find((c) => c.trim().toLowerCase() === 'text') ??
        (columns.length === 1 ? columns[0] : undefined))
      : columns.find((c) => c === wanted);
  if (found !== undefined) return found;
  if (wanted === undefined) {
    throw new DataError(
      `[predict] ${name} must have a column "text", but has ${columns.join(', ')}. Name it with --text-col.`,
    );
  }
  const guess = nearest(wanted, columns);
  throw new DataError(
    `[predict] ${name} must have the column "${wanted}", but has ${columns.join(', ')}.${guess ? ` Did you mean "${guess}"?` : ''}`,
  );
}
