/** The table of `unroll errors`, and the line below it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DoubtfulDocument, FoundErrors } from '../../jobs/errors/errors.ts';
import { renderErrors } from './errors.ts';

const document = (row: number, wrong: boolean): DoubtfulDocument => ({
  ...{ row, wrong, actual: 'ham', predicted: wrong ? 'spam' : 'ham' },
  ...{ score: 0.8, actualScore: wrong ? 0.2 : 0.8, text: `text ${row}`, nearest: null },
});

/** The lines below the table. */
function below(found: readonly DoubtfulDocument[], top: number): readonly string[] {
  const wrong = found.filter((one) => one.wrong).length;
  const errors: FoundErrors = {
    ...{ model: 'runs/a', source: 'a.csv', documents: 9, wrong, pairs: [] },
    ...{ filter: { actual: null, predicted: null }, found },
  };
  const bold = (text: string) => text;
  const shown = renderErrors(errors, top, { columns: 80, colors: { bold } } as Parameters<typeof renderErrors>[2]); // prettier-ignore
  const [, , ...rest] = shown.split('\n\n');
  assert.ok(shown.endsWith('\n') && !shown.endsWith('\n\n'));
  return rest.map((line) => line.trimEnd());
}

test('the star is explained where a document has one, and only there', () => {
  assert.deepEqual(below([document(1, true), document(2, false)], 20), ['* misclassified']);
  assert.deepEqual(below([document(1, false), document(2, false)], 20), []);
});

test('documents that are not shown are counted, with or without a star', () => {
  const more = '1 more with --top 2 or -o errors.html';
  assert.deepEqual(below([document(1, true), document(2, false)], 1), [`* misclassified; ${more}`]);
  assert.deepEqual(below([document(1, false), document(2, false)], 1), [more]);
});
