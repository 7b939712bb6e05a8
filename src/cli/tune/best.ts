/** The model of a search: the best trial trained again. Same settings and seed give the same bits, on any number of threads. */
import { existsSync, readdirSync } from 'node:fs';
import { ConfigError, InterruptedError } from '../../core/errors.ts';
import type { FrozenTrial } from '../../tune/index.ts';
import type { Say } from '../load-data.ts';
import { type Outcome, trainAndSave, type TrainJob } from '../train/train-and-save.ts';
import { notesOf } from './notes.ts';

/** Refuses a folder that is in use before a search of hours, not after it. @throws ConfigError */
export function requireFree(output: string): void {
  if (!existsSync(output) || readdirSync(output).length === 0) return;
  throw new ConfigError(
    `[-o] the run folder must be new or empty, but ${output} is in use. Give another folder, or --force to replace the run in it.`,
    { key: 'output' },
  );
}

/** Trains the best trial into its run folder. @throws InterruptedError after Ctrl-C, which says how to go on */
export async function trainBest(job: TrainJob): Promise<Outcome> {
  try {
    return await trainAndSave(job);
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    // the run is one of unroll train: the search is over
    throw new InterruptedError(error.message.replace('unroll tune ', 'unroll train '), { cause: error });
  }
}

/** Says where the model is not that of its trial: another machine, or another version, computed it. */
export function sayDifference(best: FrozenTrial, { summary }: Outcome, say: Say): void {
  const { val } = summary as { readonly val?: { readonly accuracy: number; readonly loss: number } | null };
  const notes = notesOf(best);
  // over folds a trial has several models, and none of them is this one
  if (!val || notes.epochs?.length !== 1 || notes.log_loss === val.loss) return;
  say(
    `the model is not the one of trial ${best.number}: its log loss is ${val.loss}, that of the trial ${notes.log_loss}. ` +
      'Was the trial run on another machine, or by another version?',
  );
}
