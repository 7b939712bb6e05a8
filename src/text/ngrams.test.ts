import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConfigError } from '../core/errors.ts';
import { withNgrams } from './ngram-pipeline.ts';
import { fnv1a, idsWithNgrams, MOST_NGRAMS, ngramsBehind, ngramsOfWord } from './ngrams.ts';
import { buildPipeline } from './pipeline.ts';

const hash = (text: string) => fnv1a(new TextEncoder().encode(text));

test('FNV-1a gives the values that its authors publish', () => {
  assert.equal(hash(''), 0x811c9dc5);
  assert.equal(hash('a'), 0xe40c292c);
  assert.equal(hash('foobar'), 0xbf9cf968);
});

test('the n-grams of a word are its runs of 3 to 5 characters, with < and > around it', () => {
  const buckets = 1_000_003;
  assert.deepEqual(
    ngramsOfWord('éc𝒜', buckets),
    ['<éc', '<éc𝒜', '<éc𝒜>', 'éc𝒜', 'éc𝒜>', 'c𝒜>'].map((gram) => hash(gram) % buckets),
  );
  assert.deepEqual(ngramsOfWord('', buckets), []);
  assert.deepEqual(ngramsOfWord('a', buckets), [hash('<a>') % buckets]);
  assert.equal(ngramsOfWord('x'.repeat(17), buckets).length, MOST_NGRAMS);
  assert.equal(ngramsOfWord('x'.repeat(5000), buckets).length, MOST_NGRAMS);
});

test('ids with n-grams behind them read as ids, and give the n-grams back, also as a copy for another thread', () => {
  const lists = fc.array(fc.array(fc.nat(1000), { maxLength: 5 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(lists, (ngrams) => {
      const ids = Int32Array.from(ngrams, (_, t) => t + 2);
      for (const sequence of [idsWithNgrams(ids, ngrams), structuredClone(idsWithNgrams(ids, ngrams))]) {
        assert.deepEqual([...sequence], [...ids]);
        assert.equal(sequence.length, ids.length);
        const behind = ngramsBehind(sequence) ?? assert.fail('nothing is behind the ids');
        assert.deepEqual(
          ngrams.map((_, t) => [...behind(t)]),
          ngrams,
        );
      }
      assert.equal(ngramsBehind(ids), undefined);
    }),
  );
});

test('a pipeline with n-grams gives the same ids, and the n-grams of the tokens that are read', () => {
  const words = buildPipeline(['the cat sat on the mat'], { max_length: 3, truncation: 'head+tail' });
  const pipeline = withNgrams(words, 100);
  const { ids, tokenCount } = pipeline.encode('The dogs sat there, and a cat');
  assert.deepEqual({ ids: [...ids], tokenCount }, { ids: [2, 1, 3], tokenCount: 7 });
  const behind = ngramsBehind(ids) ?? assert.fail('nothing is behind the ids');
  assert.deepEqual(
    [0, 1, 2].map((t) => [...behind(t)]),
    ['the', 'dogs', 'cat'].map((word) => ngramsOfWord(word, 100)),
  );
  assert.equal(ngramsBehind(pipeline.encode(' . ').ids), undefined);
  assert.equal(withNgrams(words, 0), words);
});

test('n-grams of parts of words are refused', () => {
  const parts = buildPipeline(['the cat sat'], { tokenizer: 'bpe' });
  assert.throws(
    () => withNgrams(parts, 100),
    (error) => error instanceof ConfigError && /whole words where model\.ngram_buckets is set, but is bpe/.test(error.message), // prettier-ignore
  );
});
