/** The model of a search: the best trial trained again. Same settings and seed give the same bits, on any number of threads. */
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { ConfigError } from '../../core/errors.ts';
import { keptRun, SEARCH_ATTRIBUTES, weightsDigest } from '../../report/study-facts.ts';
import { makeFolder, type RunFolder, withFileErrors } from '../../run/index.ts';
import type { FrozenTrial, Study } from '../../tune/index.ts';
import type { Job } from '../context.ts';
import type { Outcome } from '../train/run.ts';
import { countEnded } from './counts.ts';
import { notesOf } from './notes.ts';
import { chooseTrial } from './results.ts';

/** Refuses a folder that is in use, before the search rather than after hours of it. @throws ConfigError */
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

/**
 * Makes the folder for the model (or of numbered runs) before the search, so that an error comes early. @throws
 * FileError
 */
export function requireWritable(folder: string): void {
  makeFolder(folder, 'make the run folder');
  withFileErrors(folder, 'write into the run folder', () => accessSync(folder, constants.W_OK));
}

/** Warns if the model differs from that of its trial, which another machine or version computed. */
export function tellDifference(best: FrozenTrial, { summary }: Outcome, { emit }: Pick<Job, 'emit'>): void {
  const { val } = summary;
  const notes = notesOf(best);
  // with folds, a trial has several models, none of which is this one
  if (!val || notes.epochs?.length !== 1) return;
  const loss = val.loss_before_scaling ?? val.loss; // a trial does not scale its probabilities
  if (loss === notes.log_loss) return;
  emit({ type: 'model-differs', trial: best.number, loss, trialLoss: notes.log_loss });
}

/** Where another command has put the model of this trial: each search of a shared study ends with its own model. */
export async function modelBefore(study: Study, best: FrozenTrial): Promise<string | null> {
  const before = keptRun.safeParse((await study.userAttrs())[SEARCH_ATTRIBUTES.run]);
  return before.success && before.data.trial === best.number ? before.data.path : null;
}

/** The run of a finished search, in this folder and with the weights of its best trial; undefined where there is work left. */
export async function finishedRun(study: Study, trials: number): Promise<string | undefined> {
  if (countEnded(await study.trials()) < trials) return undefined;
  const kept = keptRun.safeParse((await study.userAttrs())[SEARCH_ATTRIBUTES.run]);
  const best = chooseTrial(await study.view());
  if (!kept.success || kept.data.trial !== best?.number) return undefined;
  const { path, weights } = kept.data;
  return weights !== undefined && weightsDigest(path) === weights ? path : undefined;
}

/** Records in the study where the model of its best trial is, for its report. */
export async function keepRun(study: Study, { path }: RunFolder, best: FrozenTrial): Promise<void> {
  const weights = weightsDigest(path);
  await study.setUserAttr(SEARCH_ATTRIBUTES.run, {
    path,
    trial: best.number,
    ...(weights !== undefined && { weights }),
  });
}
