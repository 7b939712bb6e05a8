/** Studies whose trials are measured again: what each trial was and how long it trained, in a small file. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { maxOf, minOf } from '../../src/core/lists.ts';
import {
  type FrozenTrial,
  lastStep,
  type ParamValue,
  trialParams,
  type TrialState,
} from '../../src/tune/index.ts';
import { openStorage } from '../../src/tune/storage/open.ts';
import { round } from './statistics.ts';

/** One finished trial. */
export interface RecordedTrial {
  readonly number: number;
  readonly state: TrialState;
  readonly params: Readonly<Record<string, ParamValue>>;
  /** Epochs that it ran, over all folds. */
  readonly epochs: number;
  /** From its start to its end. */
  readonly seconds: number;
}

/** A study as a file keeps it. */
export interface RecordedStudy {
  /** Most trials that ran at the same time. */
  readonly workers: number;
  /** From the start of the first trial to the end of the last one. */
  readonly seconds: number;
  /** The whole command, with training the best trial again; taken by hand, absent where nobody did. */
  readonly command_seconds?: number;
  readonly trials: readonly RecordedTrial[];
}

/** A study by its address, as `--study` gives it. */
export interface StudyAddress {
  /** As `--storage` of `unroll tune`. */
  readonly url: string;
  readonly name: string;
}

/** A finished trial of a study, with its times. */
export type TimedTrial = FrozenTrial & { readonly datetimeStart: Date; readonly datetimeComplete: Date };

/** The finished trials of a study, in order. @throws Error where there is no such study, or nothing finished */
export async function readTrials({ url, name }: StudyAddress): Promise<TimedTrial[]> {
  const storage = await openStorage(url, { create: false });
  try {
    const study = await storage.findStudy(name);
    if (!study) {
      const names = (await storage.studies()).map((one) => one.name).join(', ');
      throw new Error(`[bench] the study must be one of ${url}, which holds ${names}, but got "${name}".`);
    }
    const trials = await storage.trials(study.id);
    const timed = trials.filter((trial): trial is TimedTrial =>
      Boolean(trial.datetimeStart && trial.datetimeComplete),
    );
    if (timed.length === 0)
      throw new Error(`[bench] the study ${name} must have finished trials, but has none.`);
    return timed;
  } finally {
    await storage.close();
  }
}

/** Seconds from the start of the first trial to the end of the last one. */
export function spanOf(trials: readonly TimedTrial[]): number {
  const start = minOf(trials, ({ datetimeStart }) => datetimeStart.getTime());
  const end = maxOf(trials, ({ datetimeComplete }) => datetimeComplete.getTime());
  return (end - start) / 1000;
}

/** Most trials that ran at the same time. */
export function workersOf(trials: readonly TimedTrial[]): number {
  return maxOf(
    trials,
    ({ datetimeStart: at }) =>
      trials.filter((other) => other.datetimeStart <= at && at < other.datetimeComplete).length,
  );
}

/** What a file keeps of trials. */
export function recordStudy(trials: readonly TimedTrial[]): RecordedStudy {
  return {
    workers: workersOf(trials),
    seconds: round(spanOf(trials)),
    trials: trials.map((trial) => ({
      number: trial.number,
      state: trial.state,
      params: Object.fromEntries(
        Object.entries(trialParams(trial)).map(([name, value]) => [
          name,
          typeof value === 'number' ? round(value) : value,
        ]),
      ),
      epochs: epochsOf(trial),
      seconds: round(spanOf([trial])),
    })),
  };
}

/** What `unroll tune` notes with a trial, one number a fold; else the epoch of the last report. */
function epochsOf(trial: FrozenTrial): number {
  const { epochs } = trial.userAttrs;
  return Array.isArray(epochs)
    ? (epochs as number[]).reduce((sum, count) => sum + count, 0)
    : (lastStep(trial) ?? 0);
}

/** The study that `bench/search.ts` measures where it is not told another. */
export const keptStudy = fileURLToPath(new URL('../studies/bilstm-workshop.json', import.meta.url));

/** Reads a study from its file. */
export function readStudyFile(path: string): RecordedStudy {
  return JSON.parse(readFileSync(path, 'utf8')) as RecordedStudy;
}

/** Writes a study to a file, a line a trial; one that is there is replaced. */
export function writeStudyFile(path: string, { trials, ...head }: RecordedStudy): void {
  const start = JSON.stringify(head).slice(0, -1);
  const lines = trials.map((trial) => `  ${JSON.stringify(trial)}`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${start},"trials":[\n${lines.join(',\n')}\n]}\n`);
}
