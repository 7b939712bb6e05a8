/** A file that predictions are streamed to: gzip if its name ends in .gz, and put in place only when complete. */
import { createWriteStream, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { fileError } from '../../run/file-errors.ts';

/** An open result file. */
export interface ResultFile {
  /** Resolves when more can be written. @throws FileError where writing fails */
  write(text: string): Promise<void>;
  /** Puts the file in its place. @throws FileError */
  keep(): Promise<void>;
  /** Removes the file. */
  discard(): void;
}

/** Opens a temporary file beside `path`, which replaces it in the end. */
export function openResultFile(path: string): ResultFile {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  const file = createWriteStream(temporary);
  const gzip = /\.gz$/i.test(path) ? createGzip() : undefined;
  const top: Writable = gzip ?? file;
  let failure: unknown;
  file.on('error', (error) => {
    failure = error;
    gzip?.destroy(error);
  });
  gzip?.on('error', (error) => {
    failure ??= error;
  });
  gzip?.pipe(file);
  const failed = (cause: unknown): Error => {
    const told = fileError(failure ?? cause, path, 'write the predictions');
    return told instanceof Error ? told : new Error(String(told));
  };
  return {
    write: (text) =>
      new Promise((resolve, reject) => {
        top.write(text, (error) => {
          if (error ?? failure) reject(failed(error));
          else resolve();
        });
      }),
    async keep() {
      try {
        top.end();
        await finished(file);
        renameSync(temporary, path);
      } catch (cause) {
        rmSync(temporary, { force: true });
        throw fileError(failure ?? cause, path, 'write the predictions');
      }
    },
    discard() {
      file.destroy();
      rmSync(temporary, { force: true });
    },
  };
}
