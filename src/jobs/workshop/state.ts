/** `workshop.json`: the settings of a workshop and its finished stages, so that it can be resumed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { configSchema } from '../../config/schema.ts';
import { ConfigError } from '../../core/errors.ts';
import { makeOwnFolder, readJson, type RunLock, writeJson } from '../../run/index.ts';
import { keptData } from '../../run/description.ts';
import { networks } from './settings.ts';

const FORMAT = { format: 'unroll.workshop', version: 1 } as const;

/** The stages in their order. */
export const stageNames = ['audit', 'scratch', 'rnn', 'bilstm', 'figures', 'comparison', 'report'] as const;
/** A stage's name. */
export type StageName = (typeof stageNames)[number];

/** The files in the folder of a workshop. `--force` removes these and nothing else. */
export const workshopEntries = {
  state: 'workshop.json',
  audit: 'audit.txt',
  auditJson: 'audit.json',
  scratch: networks.scratch.folder,
  rnn: networks.rnn.folder,
  bilstm: networks.bilstm.folder,
  search: 'search',
  figures: 'figures',
  comparison: 'comparison.txt',
  comparisonJson: 'comparison.json',
  report: 'report',
} as const;

const done = z.object({
  /** UTC, ISO 8601. */
  finished: z.iso.datetime(),
  /** Working time, over all resumptions of the process that finished it. */
  seconds: z.number(),
  /** The result, as a phrase. */
  result: z.string(),
});

/** A configuration with ranges; checked when it is resolved. */
const searched = z.looseObject({ tune: z.looseObject({ trials: z.int().min(1) }) }).nullable();

const schema = z.object({
  format: z.literal(FORMAT.format),
  version: z.literal(FORMAT.version),
  /** Arguments as the user typed them, without the program. */
  command: z.array(z.string()),
  data: keptData,
  settings: z.object({
    quick: z.boolean(),
    configs: z.object({ scratch: configSchema, rnn: configSchema, bilstm: configSchema }),
    searches: z
      .object({ rnn: searched, bilstm: searched })
      // absent in workshops of older versions, which could not search
      .default({ rnn: null, bilstm: null }),
    scratch: z.object({
      clip: z.number(),
      ask: z.enum(['last', 'every']),
      task: z.string(),
      task_epochs: z.int().min(1),
    }),
  }),
  stages: z.partialRecord(z.enum(stageNames), done),
});

/** The content of `workshop.json`. */
export type WorkshopState = Omit<z.output<typeof schema>, 'format' | 'version'>;

/** Paths of the files of a workshop. */
export function workshopPaths(folder: string): Readonly<Record<keyof typeof workshopEntries, string>> {
  return Object.fromEntries(
    Object.entries(workshopEntries).map(([key, entry]) => [key, join(folder, entry)]),
  ) as Record<keyof typeof workshopEntries, string>;
}

/** Writes the state atomically. */
export function writeState(folder: string, state: WorkshopState): void {
  writeJson(workshopPaths(folder).state, { ...FORMAT, ...state });
}

/** Reads the state of a workshop to resume. @throws ConfigError where there is none; errors as `readJson` */
export function readState(folder: string): WorkshopState {
  const path = workshopPaths(folder).state;
  if (!existsSync(path)) {
    throw new ConfigError(
      `[--resume] there must be a workshop to resume, but ${folder} ${existsSync(folder) ? `holds no ${workshopEntries.state}` : 'does not exist'}. Name its folder with -o, or start without --resume.`,
      { key: 'resume' },
    );
  }
  const { format: _format, version: _version, ...state } = readJson(path, schema, FORMAT);
  return state;
}

/** Makes the folder of a new workshop, for this process alone until the lock is released. Errors as `makeOwnFolder`. */
export function makeWorkshopFolder(folder: string, { force }: { readonly force: boolean }): RunLock {
  return makeOwnFolder(folder, { what: 'workshop', entries: workshopEntries, force });
}
