/** JSON files with a format's name and version: written atomically, checked when read. */
import { readFileSync } from 'node:fs';
import type * as z from 'zod';
import { CorruptFileError, UnsupportedError } from '../core/errors.ts';
import { parseJson } from '../core/json.ts';
import { writeFileAtomic } from './atomic.ts';
import { withFileErrors } from './file-errors.ts';

/** Writes a value as indented JSON, whole or not at all; arrays of numbers stay on one line. */
export function writeJson(path: string, value: object): void {
  writeFileAtomic(path, `${toJson(value)}\n`);
}

/** Indented JSON; arrays of numbers, such as ids and the rows of a matrix, stay on one line. */
export function toJson(value: unknown, indent = ''): string {
  const inner = `${indent}  `;
  const block = (open: string, lines: string[], close: string) =>
    lines.length === 0
      ? `${open}${close}`
      : `${open}\n${inner}${lines.join(`,\n${inner}`)}\n${indent}${close}`;
  if (Array.isArray(value)) {
    const items = value as unknown[];
    if (items.every((item) => typeof item === 'number'))
      return `[${items.map((n) => JSON.stringify(n)).join(', ')}]`;
    return block(
      '[',
      items.map((item) => toJson(item, inner)),
      ']',
    );
  }
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    return block(
      '{',
      fields.map(([key, field]) => `${JSON.stringify(key)}: ${toJson(field, inner)}`),
      '}',
    );
  }
  return JSON.stringify(value) ?? 'null';
}

/**
 * Reads a file and checks it against its schema, whose `format` and `version` are literals.
 * @throws FileError where it cannot be read.
 * @throws CorruptFileError where it is not what it should be.
 * @throws UnsupportedError for a version of the future.
 */
export function readJson<T extends z.ZodType>(
  path: string,
  schema: T,
  { format, version }: { format: string; version: number },
): z.output<T> {
  const text = withFileErrors(path, 'read the file', () => readFileSync(path, 'utf8'));
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (cause) {
    throw new CorruptFileError(
      path,
      `[${path}] the file must be JSON, but cannot be parsed: ${(cause as Error).message}. Restore it from a copy.`,
      { cause },
    );
  }
  const found = (json ?? {}) as { format?: unknown; version?: unknown };
  if (found.format !== format) {
    throw new CorruptFileError(
      path,
      `[${path}] format must be "${format}", but got ${JSON.stringify(found.format)?.slice(0, 60) ?? 'nothing'}. Give a file that Unroll wrote.`,
    );
  }
  if (typeof found.version === 'number' && found.version > version) {
    throw new UnsupportedError(
      `[${path}] the version of ${format} must be at most ${version}, but got ${found.version}. The file was written by a later Unroll: update it.`,
    );
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const { path: key, message } = parsed.error.issues[0];
    const value = key.reduce<unknown>(
      (within, step) => (within as Record<PropertyKey, unknown> | null)?.[step],
      json,
    );
    const got = JSON.stringify(value)?.slice(0, 60) ?? 'nothing';
    const where = key.length > 0 ? key.map(String).join('.') : 'the file';
    throw new CorruptFileError(
      path,
      `[${path}] ${where} must be as Unroll writes it, but got ${got}: ${message[0].toLowerCase()}${message.slice(1)}. ` +
        'The file was changed: restore it from a copy.',
    );
  }
  return parsed.data;
}
