/** The model of a search: the best trial trained again. Same settings and seed give the same bits, on any number of threads. */
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { ConfigError } from '../../core/errors.ts';
import { keptRun, SEARCH_ATTRIBUTES, weightsDigest } from '../../report/study-facts.ts';
import { makeFolder, type RunFolder, withFileErrors } from '../../run/index.ts';
import type { FrozenTrial, Study } from '../../tune/index.ts';
import type { Say } from '../load-data.ts';
import type { Outcome } from '../train/train-and-save.ts';
import { notesOf } from './notes.ts';

/** Refuses a folder that is in use before a search of hours, not after it. @throws ConfigError */
export function requireFree(output: string): void {
  const used = withFileErrors(output, 'make the run folder', () =>
    existsSync(output) ? readdirSync(output).length > 0 : false,
  );
  if (!used) return;
  throw new ConfigError(
    `[-o] the run folder must be new or empty, but ${output} is in use. Give another folder, or --force to replace the run in it.`,
    { key: 'output' },
  );
}

/** Makes the folder for the model, or that of numbered runs, before a search rather than after it. @throws FileError */
export function requireWritable(folder: string): void {
  makeFolder(folder, 'make the run folder');
  withFileErrors(folder, 'write into the run folder', () => accessSync(folder, constants.W_OK));
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

/** What is about to be done with the best trial; on a study that several commands share, each ends with a model of its own. */
export async function announceTraining(study: Study, best: FrozenTrial): Promise<string> {
  const before = keptRun.safeParse((await study.userAttrs())[SEARCH_ATTRIBUTES.run]);
  const here = `trial ${best.number} is trained again, for its model and the test`;
  return before.success && before.data.trial === best.number
    ? `${here}; another command has done so, into ${before.data.path}, and this one should come to the same bits`
    : here;
}

/** Keeps with the study where the model of its best trial is, for its report. */
export async function keepRun(study: Study, { path }: RunFolder, best: FrozenTrial): Promise<void> {
  const weights = weightsDigest(path);
  await study.setUserAttr(SEARCH_ATTRIBUTES.run, {
    path,
    trial: best.number,
    ...(weights !== undefined && { weights }),
  });
}
