/** At which reports of a trial a pruner decides. */
import { integer } from '../../core/options.ts';
import { type FrozenTrial, lastStep } from '../trial/frozen-trial.ts';

/** Options of pruners that decide every so many steps. */
export const intervalOptions = {
  n_warmup_steps: integer({ min: 0, default: 0, doc: 'steps (not reports) before which nothing is pruned' }),
  interval_steps: integer({ min: 1, default: 1, doc: 'steps between two checks, counted from the end of the warm-up; a check at a step without a report waits for the next one' }), // prettier-ignore
};

/**
 * The step of the last report, if it is the first one in its interval from n_warmup_steps + k · interval_steps on.
 * Else null: also during the warm-up, and before the first report.
 */
export function stepToJudge(
  trial: FrozenTrial,
  {
    n_warmup_steps: warmup,
    interval_steps: interval,
  }: { readonly n_warmup_steps: number; readonly interval_steps: number },
): number | null {
  const step = lastStep(trial);
  if (step === null || step < warmup) return null;
  const begin = warmup + Math.floor((step - warmup) / interval) * interval;
  for (const other of trial.intermediateValues.keys()) {
    if (other !== step && other >= begin) return null;
  }
  return step;
}
