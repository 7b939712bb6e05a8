/** Python's `tokenizers` gives the ids that we give, with the `tokenizer.json` that we write. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { normalizations } from '../../src/text/normalise.ts';
import { buildPipeline, type TextPipeline } from '../../src/text/pipeline.ts';
import { readTokenizerJson, writeTokenizerJson } from '../../src/text/tokenizer-json.ts';
import { tokenizers } from '../../src/text/tokenizers/index.ts';
import { randomTexts } from '../golden/tokenizers/texts.ts';
import { python } from '../support/python.ts';

interface Answer {
  readonly version: string;
  readonly ids: Readonly<Record<string, readonly (readonly number[])[]>>;
}

/** Fails with the first texts on which the ids differ. */
function assertSameIds(
  pipeline: TextPipeline,
  texts: readonly string[],
  ids: readonly (readonly number[])[],
): void {
  const differing = texts.flatMap((text, i) => {
    const ours = [...pipeline.encode(text).ids];
    const theirs = ids[i].length === 0 ? [1] : ids[i]; // a text without a token is one <UNK> here, nothing there
    return JSON.stringify(ours) === JSON.stringify(theirs)
      ? []
      : [{ text: JSON.stringify(text), ours, theirs }];
  });
  assert.deepEqual(differing.slice(0, 3), [], `${differing.length} of ${texts.length} texts differ`);
}

test('our ids are those that tokenizers gave for 400 random texts', () => {
  const golden = JSON.parse(
    readFileSync(new URL('../golden/tokenizers/tokenizers.json', import.meta.url), 'utf8'),
  ) as Answer & { readonly files: Record<string, string>; readonly texts: readonly string[] };
  for (const [name, file] of Object.entries(golden.files)) {
    const pipeline = readTokenizerJson(file);
    assert.equal(
      writeTokenizerJson(pipeline),
      file,
      'made by today’s files: run test/golden/tokenizers/make.ts',
    );
    assertSameIds(pipeline, golden.texts, golden.ids[name]);
    const known = golden.ids[name].flat().filter((id) => id !== 1).length;
    assert.ok(known > 250, `${known} tokens are known`);
  }
});

const { skip, run } = python('tokenizers');

suite('the package tokenizers gives the same ids', { skip }, () => {
  const compare = (texts: readonly string[], pipelines: Readonly<Record<string, TextPipeline>>) => {
    const files = Object.entries(pipelines).map(([name, pipeline]) => [name, writeTokenizerJson(pipeline)]);
    const { ids } = run('test/golden/tokenizers/encode.py', {
      tokenizers: Object.fromEntries(files) as Record<string, string>,
      texts,
    }) as Answer;
    for (const [name, pipeline] of Object.entries(pipelines)) assertSameIds(pipeline, texts, ids[name]);
  };

  for (const tokenizer of tokenizers.names) {
    test(`${tokenizer}: on 20,000 random texts`, () => {
      const texts = randomTexts(20_000, 3);
      compare(texts, {
        whole: buildPipeline(texts.slice(5000), { tokenizer, max_length: 1000, vocabulary_size: 30_000 }),
      });
    });

    test(`${tokenizer}: on every character`, () => {
      // all of the planes that have characters, and a few of the others
      const characters = Array.from({ length: 0x110000 }, (_, code) => code).filter(
        (code) => (code < 0xd800 || code > 0xdfff) && (code < 0x34000 || code % 256 < 2),
      );
      // a letter, a mark and a digit on either side show what is joined and what is reordered
      const texts = Array.from({ length: Math.ceil(characters.length / 64) }, (_, i) =>
        characters
          .slice(64 * i, 64 * (i + 1))
          .map((code) => `a\u0301${String.fromCodePoint(code)}\u0334b1`)
          .join(' '),
      );
      compare(texts, {
        whole: buildPipeline(texts, { tokenizer, max_length: 1000, vocabulary_size: 2_000_000 }),
      });
    });

    test(`${tokenizer}: with other options`, () => {
      const texts = randomTexts(1000, 4);
      const pipelines: Record<string, TextPipeline> = {};
      for (const normalization of normalizations) {
        for (const lowercase of [true, false]) {
          for (const truncation of ['head', 'tail'] as const) {
            const options = { tokenizer, normalization, lowercase, truncation, max_length: 5 };
            pipelines[Object.values(options).join(' ')] = buildPipeline(texts, options);
          }
        }
      }
      compare(texts, pipelines);
    });
  }
});
