import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blankTrial } from '../../tune/trial/frozen-trial.ts';
import { chooseTrial, type Found } from '../../jobs/search/results.ts';
import { renderStudy } from './study.ts';

/** A study whose trials have these values; null where the database has lost them. */
function studyOf(values: readonly (number | null)[]): Found['view'] {
  const trials = values.map((value, number) => ({
    ...blankTrial(number, number),
    state: 'COMPLETE' as const,
    values: value === null ? null : [value],
  }));
  return { name: 'news', directions: ['maximize'], trials };
}

test('the best trials come first; complete ones without a value, of a damaged study, are left out', () => {
  const view = studyOf([0.5, null, 0.75, 0.25]);
  const best = chooseTrial(view);
  assert.equal(best?.number, 2);
  const search = { tune: { objective: 'accuracy', second_objective: null } };
  const found = { view, best, search, outcome: {} } as unknown as Found;
  const rows = renderStudy(found, { width: 80 } as never).split('\n');
  assert.deepEqual(
    rows.slice(1, rows.indexOf('')).map((row) => row.split('  ', 2)),
    [
      ['2', '0.7500'],
      ['0', '0.5000'],
      ['3', '0.2500'],
    ],
  );
});
