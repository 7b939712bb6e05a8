import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { DataError } from '../../core/errors.ts';
import { member } from '../../core/family.ts';
import type { Row } from '../dataset.ts';
import { groupDigits } from '../dataset.ts';
import { decodeText } from '../readers/folder.ts';
import { readCached, writeCached } from './cache.ts';
import type { KnownContext, KnownRows } from './known.ts';

/** An archive with one folder per class, and its checksums. */
export interface Archive {
  readonly url: string;
  /** SHA-256 of the archive, hexadecimal. */
  readonly sha256: string;
  /** Documents per class folder. */
  readonly counts: Readonly<Record<string, number>>;
}

/**
 * The archive that the authors publish. They give no checksum; this one is from a public script that pins the
 * same address. The counts are those of the paper, and are checked as well.
 */
const ARCHIVE: Archive = {
  url: 'http://mlg.ucd.ie/files/datasets/bbc-fulltext.zip',
  sha256: 'a351031a62325b3d7ff13146eeb035c22feca8290913b5183d1ff3be35109495',
  counts: { business: 510, entertainment: 386, politics: 417, sport: 511, tech: 401 },
};

const LARGEST_ARCHIVE = 50e6; // bytes; the real one has 2.9 million
const LARGEST_DOCUMENT = 5e6; // bytes, unpacked
const TIMEOUT = 60_000; // ms

const ADVICE =
  'Or fetch the archive yourself (http://mlg.ucd.ie/datasets/bbc.html, raw text files), unpack it, and give the path of its folder in place of the name bbc-news.';

/** BBC News 2004-2005, five topics (Greene and Cunningham, ICML 2006). */
export const bbcNews = member({
  type: 'bbc-news',
  summary: '2,225 news articles of the BBC in five topics, downloaded from their authors; for research',
  options: {},
  create: (_options, context: KnownContext) => loadArchive(ARCHIVE, context),
});

/** Loads the archive from the cache or its address. @throws DataError where it cannot be had or is another one */
export async function loadArchive(archive: Archive, context: KnownContext): Promise<KnownRows> {
  const file = join(context.cacheDir, `bbc-news-${archive.sha256.slice(0, 16)}.zip`);
  const cached = await readCached(file);
  if (cached !== undefined && sha256(cached) === archive.sha256) return unpack(cached, archive);
  context.notice(`downloading ${archive.url}; the articles belong to the BBC and are for research`);
  const bytes = await download(archive.url, context.fetch);
  const sum = sha256(bytes);
  if (sum !== archive.sha256) {
    throw new DataError(
      `[bbc-news] the archive at ${archive.url} must have the SHA-256 ${archive.sha256}, but has ${sum}: it was changed or ` +
        `damaged on the way. Try again later. ${ADVICE}`,
    );
  }
  const rows = unpack(bytes, archive);
  if (!(await writeCached(file, bytes))) {
    context.notice(
      `the folder ${context.cacheDir} cannot be written: the archive will be downloaded each time`,
    );
  }
  return rows;
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function download(url: string, fetch: KnownContext['fetch']): Promise<Uint8Array<ArrayBuffer>> {
  const fail = (what: string, cause?: unknown) =>
    new DataError(`[bbc-news] the archive must be downloaded from ${url} once, but ${what}. ${ADVICE}`, {
      cause,
    });
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT) });
  } catch (cause) {
    throw fail(`the server cannot be reached (${reason(cause)})`, cause);
  }
  if (!response.ok) {
    await response.body?.cancel();
    throw fail(`the server answers ${response.status} ${response.statusText}`.trimEnd());
  }
  try {
    const pieces: Uint8Array[] = [];
    let size = 0;
    for await (const piece of response.body ?? []) {
      size += piece.length;
      if (size > LARGEST_ARCHIVE) throw new Error(`more than ${LARGEST_ARCHIVE / 1e6} MB came`);
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  } catch (cause) {
    throw fail(`the download was interrupted (${reason(cause)})`, cause);
  }
}

function reason(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
}

function unpack(bytes: Uint8Array, archive: Archive): KnownRows {
  const classOf = (path: string) => /^[^/]+\/([^/]+)\/[^/]+\.txt$/.exec(path)?.[1] ?? '';
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, {
      filter: ({ name, originalSize }) =>
        Object.hasOwn(archive.counts, classOf(name)) && originalSize <= LARGEST_DOCUMENT,
    });
  } catch (cause) {
    throw new DataError(
      `[bbc-news] the archive must be a zip file, but cannot be unpacked: ${reason(cause)}. ${ADVICE}`,
      { cause },
    );
  }
  const paths = Object.keys(files).sort();
  const rows = paths.map((path, row): Row => ({
    text: decodeText(files[path]).text,
    label: classOf(path),
    row,
  }));
  for (const [label, expected] of Object.entries(archive.counts)) {
    const got = rows.filter((row) => row.label === label).length;
    if (got !== expected) {
      throw new DataError(
        `[bbc-news] the archive must hold ${groupDigits(expected)} documents of ${label}, but has ${groupDigits(got)}. ${ADVICE}`,
      );
    }
  }
  return { rows, source: archive.url };
}
