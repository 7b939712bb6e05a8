/** Windows of documents that are longer than the model reads. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRng } from '../../core/rng.ts';
import { completeTextOptions } from '../../text/options.ts';
import { fittedAtOnce } from '../family.ts';
import { completeModelOptions } from '../options.ts';
import { intoWindows } from './windows.ts';

test('windows follow one another, have what their document has, and only the first is judged', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.stringMatching(/^[a-z]{1,3}$/), { maxLength: 20 }), {
        minLength: 1,
        maxLength: 8,
      }),
      fc.integer({ min: 1, max: 7 }),
      (documents, size) => {
        const texts = documents.map((tokens) => ({ text: tokens.join(' '), tokens }));
        const labels = Int32Array.from(documents, (_, d) => d % 2);
        const targets = Float64Array.from(documents.flatMap((_, d) => [d / 10, 1 - d / 10]));
        const groups = Int32Array.from(documents, (_, d) => 100 + d);
        const cut = intoWindows({ texts, labels, targets, classes: 2 }, groups, size);
        let at = 0;
        for (const [d, tokens] of documents.entries()) {
          const windows = Math.max(1, Math.floor(tokens.length / size));
          const own = cut.texts.slice(at, at + windows);
          const kept = tokens.length < size ? tokens : tokens.slice(0, windows * size);
          assert.deepEqual(own.flatMap((window) => window.tokens), kept); // prettier-ignore
          for (const [k, window] of own.entries()) {
            assert.ok(window.tokens.length <= size);
            assert.equal(window.text, window.tokens.join(' '));
            assert.equal(cut.labels[at + k], d % 2);
            assert.equal(cut.targets?.[2 * (at + k)], d / 10);
            assert.equal(cut.groups?.[at + k], 100 + d);
            assert.equal(cut.judged?.[at + k], k === 0 ? 1 : 0);
          }
          at += windows;
        }
        assert.equal(cut.texts.length, at);
      },
    ),
  );
});

test('many documents have few windows, and very many only the first', () => {
  const of = (documents: number) => {
    const tokens = Array.from({ length: 9 }, (_, i) => `w${i}`);
    const texts = new Array<{ text: string; tokens: string[] }>(documents).fill({
      text: tokens.join(' '),
      tokens,
    });
    const labels = new Int32Array(documents);
    return intoWindows({ texts, labels, classes: 2 }, labels, 2).texts.length;
  };
  assert.equal(of(10), 40);
  assert.equal(of(20_000), 40_000);
  assert.equal(of(60_000), 60_000);
});

test('words beyond max_tokens are learned from, unless only the first window is', async () => {
  const rng = createRng(1);
  const told = [
    ['red', 'green', 'blue'],
    ['one', 'two', 'three'],
  ];
  const labels = Int32Array.from({ length: 40 }, (_, i) => i % 2);
  // nothing in the first two words, everything in the next two
  const texts = Array.from(labels, (label) => `about this ${rng.shuffle(told[label]).slice(0, 2).join(' ')}`);
  const accuracyOf = async (windows: 'all' | 'first') => {
    const model = completeModelOptions({ type: 'linear', max_tokens: 2, windows });
    const fitted = await fittedAtOnce(model)?.fit(
      model,
      { texts, labels, classes: 2 },
      { text: completeTextOptions({}), seed: 0 },
    );
    const asked = ['red green', 'one two', 'blue', 'three', 'green then blue', 'two then three'];
    const { probabilities, known } = fitted?.score(asked) ?? { probabilities: [], known: [] };
    const judged = Number(/([\d.]+) % accuracy/.exec(fitted?.decisions[0] ?? '')?.[1]);
    return {
      judged,
      right: asked.filter((_, n) => probabilities[2 * n + 1] > 0.5 === (n % 2 === 1)).length,
      known,
    };
  };
  const [all, first] = [await accuracyOf('all'), await accuracyOf('first')];
  assert.equal(all.right, 6);
  // what it reads of a new document has none of these words: nearly a guess
  assert.ok(all.judged <= 60, String(all.judged));
  assert.deepEqual([...first.known], [0, 0, 0, 0, 0, 0]);
});
