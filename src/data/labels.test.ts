import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { anyString } from '../../test/support/strings.ts';
import { DataError } from '../core/errors.ts';
import { alignLabels, createDataset } from './dataset.ts';
import { createLabelReader, looksMissing, matchLabels, questionLabels } from './labels.ts';

const read = (...raw: (string | undefined)[]) => {
  const reader = createLabelReader();
  return { labels: raw.map((label) => reader.read(label)), notices: reader.notices() };
};
const dataset = (...labels: string[]) =>
  createDataset(labels.map((label, row) => ({ text: `text ${row}`, label, row })));

suite('what a label is cleaned of', () => {
  test('a list of one is that one, an empty list is no label, of several the first counts', () => {
    const { labels, notices } = read(
      '["x"]',
      "['x']",
      '[]',
      '["a", "b"]',
      "['it\\'s', \"b\"]",
      '[1]',
      '["",null]',
      '[a] b',
    );
    assert.deepEqual(labels, ['x', 'x', '', 'a', "it's", '1', '', '[a] b']);
    assert.deepEqual(notices, [
      '2 rows with more than one label: the first one is used',
      '2 rows with an empty list of labels: treated as unlabelled',
    ]);
  });

  test('invisible characters, Unicode forms, the prefix of fastText', () => {
    const { labels, notices } = read(
      '\ufeffx',
      'x\u200b',
      'cafe\u0301',
      'caf\u00e9',
      ' x\u00a0',
      '__label__x',
      '\u{1f468}\u200d\u{1f469}',
    );
    assert.deepEqual(labels, ['x', 'x', 'caf\u00e9', 'caf\u00e9', 'x', 'x', '\u{1f468}\u200d\u{1f469}']);
    assert.equal(notices.length, 3);
  });

  test('cleaning twice changes nothing more, and plain labels stay as they are', () => {
    fc.assert(
      fc.property(anyString(), (raw) => {
        const [once] = read(raw).labels;
        // a list within a list is a label of its own
        fc.pre(!once.startsWith('[') && !once.startsWith('__label__'));
        assert.deepEqual(read(once).labels, [once]);
      }),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9 ._/-]*[a-zA-Z0-9]$/), (label) => {
        assert.deepEqual(read(label), { labels: [label], notices: [] });
        assert.deepEqual(read(JSON.stringify([label])).labels, [label]);
        assert.deepEqual(read(`['${label}']`).labels, [label]);
      }),
    );
  });
});

suite('classes that are one, or none', () => {
  test('1 and 1.0 are one class where both are there; versions are not', () => {
    const { labelNames, labels, notices } = dataset('0.0', '1.0', '0', '1', '1');
    assert.deepEqual(labelNames, ['0', '1']);
    assert.deepEqual([...labels], [0, 1, 0, 1, 1]);
    assert.deepEqual(notices, ['labels of equal value read as one class: 0.0 as 0, 1.0 as 1']);
    assert.deepEqual(dataset('0.0', '1.0').labelNames, ['0.0', '1.0']);
    const versions = dataset('1.1', '1.10');
    assert.deepEqual(versions.labelNames, ['1.1', '1.10']);
    assert.match(versions.notices[0], /"1\.1", "1\.10" differ only in spelling/);
  });

  test('punctuation at the end, case, width and joiners are pointed out', () => {
    for (const [a, b] of [
      ['neg', 'neg,'],
      ['Spam', 'spam'],
      ['a b', 'ab'],
      ['\uff21', 'A'],
      ['x\u200dy', 'xy'],
    ]) {
      assert.match(questionLabels([a, b], [1, 1])[0], /differ only in spelling/, `${a} ${b}`);
    }
    assert.deepEqual(questionLabels(['!', '?!', 'a', 'b'], [1, 1, 1, 1]), []);
  });

  test('words for missing values are reported, as labels and as texts', () => {
    for (const word of ['nan', 'NaN', 'None', 'NULL', 'null', 'N/A', '<NA>', '#N/A', '?'])
      assert.ok(looksMissing(word), word);
    for (const word of ['no', 'nano', 'nonexistent', 'na']) assert.ok(!looksMissing(word), word);
    const { notices } = dataset('a', 'nan', 'a', 'b');
    assert.match(notices[0], /class "nan" \(1 document\) looks like a missing value/);
    const texts = createDataset(['NULL', 'word', 'NULL'].map((text, row) => ({ text, label: 'a', row })));
    assert.match(texts.notices[0], /2 texts \("NULL"\) look like missing values/);
  });
});

suite('labels of new data and the classes of a model', () => {
  test('numbers of equal value and Unicode forms match; the rest does not', () => {
    assert.deepEqual(matchLabels(['0', '1', '2'], ['1.0', '0.0']), [1, 0, -1]);
    assert.deepEqual(matchLabels(['cafe\u0301', 'Spam'], ['caf\u00e9', 'spam']), [0, -1]);
    assert.deepEqual(matchLabels(['1.0'], ['1', '1.00']), [-1]); // two would do
    assert.deepEqual(matchLabels(['1.00'], ['1', '1.00']), [1]);
  });

  test('what was matched is reported; documents of unseen classes are left out on request', () => {
    const aligned = alignLabels(dataset('1', '0', '1'), ['0.0', '1.0']);
    assert.deepEqual([...aligned.labels], [1, 0, 1]);
    assert.deepEqual(aligned.notices, ['labels matched with those of the model: "0" as "0.0", "1" as "1.0"']);
    const some = dataset('a', 'new', 'b', 'a');
    assert.throws(() => alignLabels(some, ['a', 'b']), DataError);
    const kept = alignLabels(some, ['b', 'a'], { unseen: 'leave-out' });
    assert.deepEqual([...kept.labels], [1, 0, 1]);
    assert.deepEqual([...kept.rowIds], [0, 2, 3]);
    assert.deepEqual(kept.notices, ['1 document of classes that the model does not know left out: "new"']);
    assert.throws(() => alignLabels(dataset('new'), ['a'], { unseen: 'leave-out' }), /must be among those/);
  });

  test('every set of distinct classes matches itself', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 })), (names) => {
        assert.deepEqual(matchLabels(names, names), [...names.keys()]);
      }),
    );
  });
});
