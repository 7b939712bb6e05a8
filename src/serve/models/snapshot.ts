/** A consistent snapshot of a model's files, even if a training replaces them meanwhile. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelFileName } from '../../classifier/model-files.ts';
import type { ModelSnapshot } from '../scoring/messages.ts';

/** Files that a model is read from. */
const MODEL_FILE = /^(?:member-\d+\.)?(?:config\.json|tokenizer\.json|features\.json|model\.safetensors)$/;

/**
 * A fingerprint of a model folder: sizes, times and inode numbers of its files.
 * @returns undefined where there is no model at the moment
 */
export async function signatureOf(folder: string): Promise<string | undefined> {
  try {
    const names = (await readdir(folder)).filter((name) => MODEL_FILE.test(name)).sort();
    if (!names.includes('config.json')) return undefined;
    const facts = names.map(async (name) => {
      const { size, mtimeMs, ino } = await stat(join(folder, name));
      return `${name} ${size} ${mtimeMs} ${ino}`;
    });
    return (await Promise.all(facts)).join('\n');
  } catch {
    return undefined; // it is being replaced
  }
}

/**
 * Reads the files of a model.
 * @param path What the user calls the model.
 * @returns undefined where they changed while they were read
 */
export async function takeSnapshot(
  path: string,
  folder: string,
): Promise<{ readonly snapshot: ModelSnapshot; readonly signature: string } | undefined> {
  const signature = await signatureOf(folder);
  if (signature === undefined) return undefined;
  const files = new Map<ModelFileName, Uint8Array<ArrayBuffer>>();
  try {
    for (const line of signature.split('\n')) {
      const name = line.slice(0, line.indexOf(' ')) as ModelFileName;
      files.set(name, new Uint8Array(await readFile(join(folder, name))));
    }
  } catch {
    return undefined;
  }
  return (await signatureOf(folder)) === signature
    ? { snapshot: { path, folder, files }, signature }
    : undefined;
}
