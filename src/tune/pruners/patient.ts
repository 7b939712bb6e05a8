/** Applies another pruner only to trials that have not improved for a while. */
import { type Family, member, memberOf } from '../../core/family.ts';
import { minOf } from '../../core/lists.ts';
import { integer, number } from '../../core/options.ts';
import type { Direction, FrozenTrial } from '../trial/frozen-trial.ts';
import type { Pruner } from './pruner.ts';

/** Whether the best before the last patience + 1 reports beats the best since by more than `minDelta`; NaN never counts. */
function isStuck(direction: Direction, trial: FrozenTrial, patience: number, minDelta: number): boolean {
  const sign = direction === 'minimize' ? 1 : -1;
  const losses = [...trial.intermediateValues].sort(([a], [b]) => a - b).map(([, value]) => sign * value);
  const since = losses.length - patience - 1;
  if (since <= 0) return false;
  const [before, after] = [losses.slice(0, since), losses.slice(since)].map((part) =>
    part.filter((loss) => !Number.isNaN(loss)),
  );
  return before.length > 0 && after.length > 0 && minOf(before) + minDelta < minOf(after);
}

/**
 * A patient pruner around one of `inner`.
 * @param inner The pruners that can be wrapped.
 */
export function patientOver(inner: Family<[], Pruner>) {
  return member({
    type: 'patient',
    summary: 'Asks another pruner once a trial has not improved for more than patience reports.',
    options: {
      wrapped: memberOf(inner, {
        nullable: true,
        default: null,
        doc: 'the pruner to ask, with its options; null: stop the trial at once',
      }),
      patience: integer({ min: 0, doc: 'reports without improvement that are allowed' }),
      min_delta: number({ min: 0, default: 0, doc: 'largest change that does not count as improvement' }),
    },
    create(o): Pruner {
      const wrapped = o.wrapped === null ? undefined : inner.create(o.wrapped);
      return {
        type: 'patient',
        decide(study, trial) {
          if (!isStuck(study.directions[0], trial, o.patience, o.min_delta)) return { prune: false };
          return wrapped?.decide(study, trial) ?? { prune: true };
        },
        ...(wrapped?.narrow ? { narrow: wrapped.narrow } : {}),
      };
    },
  });
}
