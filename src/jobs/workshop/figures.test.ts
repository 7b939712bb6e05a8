/** The figures of the workshop. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cases } from '../../../test/figures/cases.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { openFonts } from '../../figures/node.ts';
import { writeWorkshopFigures } from './figures.ts';

test('characters that no font has are named with the figures that have them, once', async () => {
  const { evaluation } = cases['long-labels'];
  assert.ok(evaluation);
  const notices: string[] = [];
  const sources = { rnn: { evaluation }, bilstm: {} };
  const figures = await writeWorkshopFigures(sources, {
    folder: temporaryFolder(),
    fonts: await openFonts({ folders: [] }),
    onNotice: (sentence) => notices.push(sentence),
  });
  assert.deepEqual(
    figures.map(({ number }) => number),
    [3, 4],
  );
  assert.equal(notices.length, 1);
  assert.match(
    notices[0],
    /^found no font with 体 育 .*: boxes stand for them in .*figure-3-rnn-training, figure-4-rnn-per-class-accuracy; .*--font/,
  );
});
