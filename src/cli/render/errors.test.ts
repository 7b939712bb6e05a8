/** The table of `unroll errors`, and the line below it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DoubtfulDocument, FoundErrors } from '../../jobs/errors/errors.ts';
import { errorsHtml } from '../../report/errors-html.ts';
import { renderErrors } from './errors.ts';

const document = (row: number, wrong: boolean): DoubtfulDocument => ({
  ...{ row, wrong, actual: 'ham', predicted: wrong ? 'spam' : 'ham' },
  ...{ score: 0.8, actualScore: wrong ? 0.2 : 0.8, text: `text ${row}`, nearest: null },
});

/** The lines below the table. */
function below(found: readonly DoubtfulDocument[], top: number, file?: string): readonly string[] {
  const wrong = found.filter((one) => one.wrong).length;
  const errors: FoundErrors = {
    ...{ model: 'runs/a', source: 'a.csv', documents: 9, wrong, pairs: [] },
    ...{ filter: { actual: null, predicted: null }, found },
  };
  const bold = (text: string) => text;
  const shown = renderErrors(errors, top, { columns: 80, colors: { bold } } as Parameters<typeof renderErrors>[2], file); // prettier-ignore
  const [, , ...rest] = shown.split('\n\n');
  assert.ok(shown.endsWith('\n') && !shown.endsWith('\n\n'));
  return rest.map((line) => line.trimEnd());
}

test('the star is explained where a document has one, and only there', () => {
  assert.deepEqual(below([document(1, true), document(2, false)], 20), ['* misclassified']);
  assert.deepEqual(below([document(1, false), document(2, false)], 20), []);
});

test('a filter is said, also where nothing passes it', () => {
  const errors = { model: 'runs/a', source: 'a.csv', documents: 9, wrong: 1, pairs: [], found: [] };
  const shown = (actual: string | null, predicted: string | null) =>
    renderErrors({ ...errors, filter: { actual, predicted } }, 5, { columns: 200, colors: { bold: String } } as unknown as Parameters<typeof renderErrors>[2]); // prettier-ignore
  assert.doesNotMatch(shown(null, null), /Only/);
  assert.match(
    shown('ham', 'spam'),
    /Only documents of ham predicted as spam are listed: there are none\.\n$/,
  );
  assert.match(shown(null, 'spam'), /Only documents predicted as spam are listed/);
  const page = errorsHtml({
    ...errors,
    filter: { actual: 'ham', predicted: null },
    found: [document(1, true)],
  });
  assert.match(page, /Only documents of ham are listed\./);
});

test('documents that are not shown are counted, with or without a star', () => {
  const more = '1 more with --top 2 or -o errors.html';
  assert.deepEqual(below([document(1, true), document(2, false)], 1), [`* misclassified; ${more}`]);
  assert.deepEqual(below([document(1, false), document(2, false)], 1), [more]);
  assert.deepEqual(below([document(1, false), document(2, false)], 1, 'x.csv'), [
    '1 more with --top 2 or in x.csv',
  ]);
});
