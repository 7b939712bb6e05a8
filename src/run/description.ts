/** `description.json`: what made a run: command, versions, machine, data, seed, and how it ended. */
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import * as z from 'zod';
import { readJson, writeJson } from './json-file.ts';

const FORMAT = { format: 'unroll.run', version: 1 } as const;

const time = z.iso.datetime();

/** The data of a run, so that it can be found and recognised. */
export const keptData = z.object({
  name: z.string(),
  /** Absolute path, name of a known data set, or `-`; relative to where training started in older runs. */
  source: z.string(),
  /** The path as the user typed it, where that is another. */
  given: z.string().optional(),
  /** SHA-256 of the documents and labels. */
  hash: z.string(),
  documents: z.int().min(0),
  /** SHA-256 of the documents and their corrected labels, where the run has corrections. */
  corrected: z.string().optional(),
});

const schema = z.object({
  format: z.literal(FORMAT.format),
  version: z.literal(FORMAT.version),
  /** Arguments as the user typed them, without the program. */
  command: z.array(z.string()),
  status: z.enum(['running', 'finished', 'interrupted', 'failed']),
  /** Why it failed, where it did. */
  error: z.string().optional(),
  /** UTC, ISO 8601. */
  started: time,
  finished: time.optional(),
  /** Each time the run was resumed, the last whole epoch at that time, and `fused` as below. */
  resumed: z
    .array(z.object({ started: time, epoch: z.int().min(0), fused: z.boolean().optional() }))
    .default([]),
  versions: z.record(z.string(), z.string()),
  machine: z.object({
    platform: z.string(),
    release: z.string(),
    arch: z.string(),
    cpu: z.string(),
    cores: z.int().min(1),
    memory_gib: z.number(),
  }),
  /** The engine that was chosen at start-up, such as `wasm narrow`. */
  kernel: z.string(),
  /** Whether its multiply-add is rounded once: runs that differ in it do not have the same bits. Older runs lack it. */
  fused: z.boolean().optional(),
  threads: z.int().min(1),
  seed: z.int(),
  data: keptData,
  /** Pretrained word vectors. */
  vectors: z
    .object({
      name: z.string(),
      /** Package, absolute path, or what they were learned from. */
      source: z.string(),
      /** SHA-256 of their content. */
      sha256: z.string(),
      dim: z.int().min(1),
      /** Words that have one. */
      total: z.int().min(0),
    })
    .optional(),
});

/** The content of `description.json`. */
export type RunDescription = z.output<typeof schema>;
/** A description before the format's name and version are added. */
export type NewDescription = Omit<z.input<typeof schema>, 'format' | 'version'>;

/** Writes the description; call it again with another `status` as the run goes on. */
export function writeDescription(path: string, description: NewDescription): void {
  writeJson(path, { ...FORMAT, ...description });
}

/** Reads the description. Errors as `readJson`. */
export function readDescription(path: string): RunDescription {
  return readJson(path, schema, FORMAT);
}

/** This machine, as a description tells it; without its name or its user's. */
export function describeMachine(): RunDescription['machine'] {
  return {
    platform: platform(),
    release: release(),
    arch: arch(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory_gib: Number((totalmem() / 2 ** 30).toFixed(1)),
  };
}

/** Versions of the program and of what runs it. */
export function describeVersions(unroll: string): Record<string, string> {
  return { unroll, node: process.versions.node, v8: process.versions.v8 };
}
