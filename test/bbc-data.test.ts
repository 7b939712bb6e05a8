/** The workshop's numbers, on the workshop's file. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { renderAudit } from '../src/report/text/audit.ts';
import { auditDataset } from '../src/data/audit.ts';
import { classCounts } from '../src/data/dataset.ts';
import { findDuplicates } from '../src/data/duplicates.ts';
import { readDataset } from '../src/data/read.ts';
import { splitDataset } from '../src/data/splits.ts';
import { buildPipeline } from '../src/text/pipeline.ts';
import { bbcFile, bbcLabels, skipWithoutBbc } from './support/bbc.ts';

suite("the workshop's data", { skip: skipWithoutBbc }, async () => {
  const dataset = skipWithoutBbc === false ? await readDataset(bbcFile, { label_map: bbcLabels }) : undefined;
  assert.ok(dataset !== undefined || skipWithoutBbc !== false);
  if (dataset === undefined) return;

  test('2,225 documents in five classes', () => {
    assert.equal(dataset.texts.length, 2225);
    assert.deepEqual(dataset.labelNames, ['Politics', 'Sport', 'Technology', 'Entertainment', 'Business']);
    assert.deepEqual(classCounts(dataset), [417, 511, 401, 386, 510]);
  });

  test('60,229 distinct tokens; 5,000 entries cover 8.30 % of them and 83.0 % of the text', () => {
    const pipeline = buildPipeline(dataset.texts, {
      tokenizer: 'whitespace',
      normalization: 'none',
      vocabulary_size: 5000,
      max_length: 50,
    });
    const { distinct, kept, typeCoverage, tokenCoverage } = pipeline.vocabulary.coverage;
    assert.deepEqual({ distinct, kept }, { distinct: 60229, kept: 4998 });
    assert.equal((100 * typeCoverage).toFixed(2), '8.30');
    assert.equal((100 * tokenCoverage).toFixed(1), '83.0');
  });

  test('98 exact, 103 normalised and 154 near copies', () => {
    const { exact, normalised, near } = findDuplicates(dataset.texts);
    assert.deepEqual({ exact, normalised, near }, { exact: 98, normalised: 103, near: 154 });
  });

  test('1,780, 222 and 223 documents, whichever way they are split', () => {
    const duplicates = findDuplicates(dataset.texts);
    for (const split of ['stratified', 'random'] as const) {
      for (const allow_leakage of [false, true]) {
        for (let seed = 0; seed < 5; seed++) {
          const {
            train,
            val,
            test: tested,
            duplicates: counts,
          } = splitDataset(dataset, { split, allow_leakage, seed, duplicates });
          assert.deepEqual([train.length, val.length, tested.length], [1780, 222, 223]);
          assert.equal(counts.leakedTest > 0, allow_leakage);
        }
      }
    }
  });

  test('the audit says all of it', () => {
    const text = renderAudit(auditDataset(dataset));
    for (const part of [
      '2,225 documents, 5 classes',
      'Politics       417',
      'Sport          511',
      'Technology     401',
      'Entertainment  386',
      'Business       510',
      'whitespace: 60,229 distinct tokens',
      '83.0 %',
      '98 exact copies, 103 without case and punctuation',
    ]) {
      assert.ok(text.includes(part), `${part} is missing from\n${text}`);
    }
  });
});
