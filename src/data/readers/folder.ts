import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { DataError, invariant } from '../../core/errors.ts';
import { member } from '../../core/family.ts';
import type { Row } from '../dataset.ts';
import { count } from '../dataset.ts';
import type { Reader, ReaderInput } from './reader.ts';

/** A folder with one sub-folder per class, each document a file. */
export const folder = member({
  type: 'folder',
  summary: 'a folder with one sub-folder per class, named after it, and one file per document',
  options: z.object({}),
  create: (): Reader => ({ extensions: [], sniff: () => false, read: readFolder }),
});

async function* readFolder(input: ReaderInput): AsyncGenerator<Row> {
  const { path, name } = input;
  invariant(path !== undefined, 'a folder has a path');
  const entries = await listed(path);
  const classes = entries.filter((entry) => entry.isDirectory());
  refuseOwnFolder(
    entries.map((entry) => entry.name),
    name,
  );
  const loose = entries.length - classes.length;
  let row = 0;
  const foreign: string[] = [];
  for (const { name: label } of classes) {
    for (const file of (await listed(join(path, label))).filter((entry) => entry.isFile())) {
      const bytes = await readFile(join(path, label, file.name));
      const { text, isUtf8 } = decodeText(bytes);
      if (!isUtf8) foreign.push(`${label}/${file.name}`);
      yield { text, label, row: row++ };
    }
  }
  if (row === 0) {
    throw new DataError(
      `[${name}] a folder of documents must have one sub-folder per class with a file per document in it, but ` +
        `${classes.length === 0 ? 'it has no sub-folder' : `none of its ${count(classes.length, 'sub-folder')} holds a file`}.`,
    );
  }
  if (loose > 0) input.notice(`${count(loose, 'file')} beside the class folders left out`);
  if (foreign.length > 0) {
    input.notice(
      `${count(foreign.length, 'file')} not in UTF-8, read as Windows-1252: ${foreign.slice(0, 3).join(', ')}`,
    );
  }
}

/** What a run and a model have in their folder. */
const OWN_FILES: readonly (readonly [file: string, kind: string])[] = [
  ['description.json', 'a run'],
  ['model.safetensors', 'a model'],
];

/** Refuses the folder of a run or a model, which is soon given in the place of texts. */
function refuseOwnFolder(entries: readonly string[], name: string): void {
  const own = OWN_FILES.find(([file]) => entries.includes(file));
  if (!own) return;
  throw new DataError(
    `[${name}] a folder of documents must hold texts, but this is the folder of ${own[1]} (it holds ${own[0]}). Name the data instead.`,
  );
}

/** Visible entries in the order of their code units, the same on every machine. */
async function listed(path: string) {
  const entries = await readdir(path, { withFileTypes: true });
  return entries.filter((e) => !e.name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Text of a single document. Unlike a table, where one wrong byte means that all of it was saved wrongly, a folder has
 * an encoding per file: what is not UTF-8 is read as Windows-1252, which has a character for nearly every byte.
 */
export function decodeText(bytes: Uint8Array): { text: string; isUtf8: boolean } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), isUtf8: true };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), isUtf8: false };
  }
}
