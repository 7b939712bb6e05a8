import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveSearch } from '../../config/search.ts';
import { readStudy } from '../../report/index.ts';
import { createStudy } from '../../tune/index.ts';
import { openStorage } from '../../tune/node.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { keepSettings } from './settings.ts';

const folder = temporaryFolder();

test('the report reads how a study is searched; passwords are not kept, later commands change nothing', async () => {
  const url = `sqlite:///${folder}/studies.db`;
  const search = resolveSearch({
    values: {
      train: { lr: { type: 'float', low: 0.001, high: 0.1, log: true }, seed: 5 },
      tune: { sampler: 'random', folds: 3 },
    },
    where: () => 'here',
  });
  const splits = {
    train: Int32Array.of(0, 1, 2),
    val: Int32Array.of(3),
    test: Int32Array.of(4, 5),
  } as unknown as Parameters<typeof keepSettings>[2];
  const storage = await openStorage(url);
  const study = await createStudy({ storage, name: 's', direction: 'maximize' });
  await study.setUserAttr('unroll:search', {
    data: { name: 'news', hash: 'abc', documents: 6 },
    tune: { objective: 'accuracy', folds: 3 },
    config: 'train: {}',
  });
  await keepSettings(study, search, splits, [
    'tune',
    'x.csv',
    '--storage',
    'postgresql://me:secret@db/studies',
  ]);
  await keepSettings(study, search, splits, ['tune', '--resume']);
  await storage.close();
  const { search: read, reports } = await readStudy(url, 's');
  assert.deepEqual(read?.settings.command, ['tune', 'x.csv', '--storage', 'postgresql://me:***@db/studies']);
  assert.deepEqual([read?.settings.seed, read?.settings.judged, read?.folds], [5, 4, 3]);
  assert.deepEqual([read?.settings.sampler?.type, read?.settings.pruner?.type], ['random', 'wilcoxon']);
  assert.deepEqual(reports, { name: 'validation log loss', negated: true });
});
