/**
 * A resource that is measured once and then holds for the whole study. Rungs must not move while trials stand on them,
 * and pruners have no memory; so the first trial that needs the number keeps it as a system attribute, and every worker
 * finds it there.
 */
import type { StudyView } from '../study/view.ts';
import { type Attributes, lastStep } from '../trial/frozen-trial.ts';

/** The number, and what the trial at hand has to keep if it is the first that needed it. */
export interface Settled {
  readonly value: number;
  readonly systemAttrs: Attributes;
}

/**
 * The number that a trial keeps under `key` (the first one where several do), else `measure` of the last step of the
 * longest COMPLETE trial. Undefined while no COMPLETE trial has reported.
 */
export function settled(
  { trials }: StudyView,
  key: string,
  measure: (longest: number) => number,
): Settled | undefined {
  for (const { systemAttrs } of trials) {
    const value = systemAttrs[key];
    if (typeof value === 'number') return { value, systemAttrs: {} };
  }
  let longest: number | null = null;
  for (const trial of trials) {
    const last = trial.state === 'COMPLETE' ? lastStep(trial) : null;
    if (last !== null) longest = Math.max(longest ?? 0, last);
  }
  if (longest === null) return undefined;
  const value = measure(longest);
  return { value, systemAttrs: { [key]: value } };
}
