import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Where downloads and parsed data sets are kept: `$XDG_CACHE_HOME/unroll`, else `~/.cache/unroll`. */
export function userCacheDir(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const base = env.XDG_CACHE_HOME;
  return join(base !== undefined && base !== '' ? base : join(homedir(), '.cache'), 'unroll');
}

/** A cached file's bytes; undefined if it cannot be read. */
export async function readCached(file: string): Promise<Buffer<ArrayBuffer> | undefined> {
  try {
    return await readFile(file);
  } catch {
    return undefined; // whatever the reason, the caller can recreate it
  }
}

/** Caches bytes atomically. Returns false if the folder cannot be written. */
export async function writeCached(file: string, content: Uint8Array | string): Promise<boolean> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(temporary, content);
    await rename(temporary, file);
    return true;
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
    return false;
  }
}
