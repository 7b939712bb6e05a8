/** `seeds.json`: the seeds of a training with several, and the results of each. */
import { join } from 'node:path';
import * as z from 'zod';
import { readJson, writeJson } from './json-file.ts';

const FORMAT = { format: 'unroll.seeds', version: 1 } as const;

/** The file that says that a folder is one of several seeds. */
export const SEEDS_FILE = 'seeds.json';

/** How the models are combined: all of them, averaging probabilities, or the one in the middle. */
export const keepings = ['ensemble', 'median'] as const;
/** What is kept of the models. */
export type Keeping = (typeof keepings)[number];

const metricsOf = z.record(z.string(), z.number());
const spread = z.record(z.string(), z.object({ mean: z.number(), sd: z.number() }));

const schema = z.object({
  format: z.literal(FORMAT.format),
  version: z.literal(FORMAT.version),
  status: z.enum(['unfinished', 'finished']),
  keep: z.enum(keepings),
  /** The seeds in their order; the folder of each is `seed-N`. */
  seeds: z.array(z.int()),
  /** Of each seed, in their order; empty until all are trained. */
  runs: z.array(z.object({ seed: z.int(), val: metricsOf.nullable(), test: metricsOf.nullable() })),
  /** Mean and standard deviation (n − 1) over the seeds. */
  val: spread.nullable(),
  test: spread.nullable(),
  /** The seed whose model is kept; null for the ensemble. */
  median: z.int().nullable(),
});

/** The content of `seeds.json`. */
export type SeedsState = Omit<z.output<typeof schema>, 'format' | 'version'>;

/** Writes the state, whole or not at all. */
export function writeSeeds(folder: string, state: SeedsState): void {
  writeJson(join(folder, SEEDS_FILE), { ...FORMAT, ...state });
}

/** Reads `seeds.json`. Errors as `readJson` */
export function readSeeds(folder: string): SeedsState {
  const { format: _format, version: _version, ...state } = readJson(join(folder, SEEDS_FILE), schema, FORMAT);
  return state;
}
