import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDataset } from '../../data/dataset.ts';
import { resolveConfig } from '../../config/resolve.ts';
import { plainLayer } from '../../settings/layer.ts';
import { labelsHash, requireSameCorrections } from './start.ts';

test('a resumed run needs the corrections that it began with', () => {
  const dataset = createDataset(['a', 'b', 'a'].map((label, row) => ({ text: `text ${row}`, label, row })));
  const corrected = { ...dataset, labels: Int32Array.of(0, 0, 0) };
  const { data } = resolveConfig(plainLayer({ data: { corrections: 'fixes.csv' } }, 'a test'));
  const begun = {
    data: { name: 'd', source: 'd.csv', hash: dataset.hash, documents: 3, corrected: labelsHash(corrected) },
  };
  requireSameCorrections(corrected, { data }, begun);
  assert.throws(
    () => requireSameCorrections(dataset, { data }, begun),
    /\[--resume\] the corrections must be those that the run began with, but fixes\.csv was edited since\. Restore the file/,
  );
  // a run without corrections, or of an earlier version
  const { corrected: _left, ...older } = begun.data;
  requireSameCorrections(dataset, { data }, { data: older });
});
