/** The sentence on a network beside its linear baseline. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BaselineResults } from '../run/index.ts';
import { baselineSentence } from './baseline.ts';

const results = (network: number, baseline: number) =>
  ({
    baseline: { accuracy: baseline, seconds: 1, parameters: 10 },
    network: { accuracy: network, seconds: 2, parameters: 20 },
    ...{ documents: 24, part: 'test', verdict: 'not distinguishable' },
    mcnemar: { method: 'exact', p: 1 },
  }) as unknown as BaselineResults;

test('where both are equally accurate, nothing is put down to chance', () => {
  const same = baselineSentence(results(0.75, 0.75));
  assert.match(
    same,
    /accuracy 75\.0 % against 75\.0 % on 24 test documents, no difference \(exact McNemar test/,
  );
  assert.match(
    baselineSentence(results(0.75, 0.5)),
    /a difference of 25\.0 points that may be chance \(exact/,
  );
});

test('a network that reads less of the documents than the baseline says how much', () => {
  const whole = results(0.75, 0.9);
  assert.doesNotMatch(baselineSentence(whole), /reads/);
  const cut = { ...whole, network_reads: { max_length: 60, share: 0.145 } };
  assert.match(
    baselineSentence(cut),
    /; the network reads at most 60 tokens of a document \(14\.5 % of all\), the baseline all of them$/,
  );
});
