/**
 * A resource that is measured once and then fixed for the whole study. Rungs must not move while trials use them, and
 * pruners are stateless, so the first trial that needs the number stores it as a system attribute, where every worker
 * finds it.
 */
import type { StudyView } from '../study/view.ts';
import { type Attributes, lastStep } from '../trial/frozen-trial.ts';

/** The number, and the attribute to store if this trial is the first that needs it. */
export interface Settled {
  readonly value: number;
  readonly systemAttrs: Attributes;
}

/**
 * The number stored under `key` by a trial (the first one if several have it), else `measure` of the last step of the
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
