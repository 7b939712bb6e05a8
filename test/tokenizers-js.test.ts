/**
 * `@huggingface/tokenizers`, the package for browsers, gives the ids that we give, with the `tokenizer.json` that we write.
 * It is not among the development packages: `npm install --no-save @huggingface/tokenizers` before this test.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { normalise } from '../src/text/normalise.ts';
import { buildPipeline } from '../src/text/pipeline.ts';
import { writeTokenizerJson } from '../src/text/tokenizer-json.ts';
import { tokenizers } from '../src/text/tokenizers/index.ts';
import { randomTexts } from './golden/tokenizers/texts.ts';

interface Package {
  readonly Tokenizer: new (
    file: object,
    config: object,
  ) => { encode(text: string): { readonly ids: readonly number[] } };
}

const name: string = '@huggingface/tokenizers'; // the compiler does not look for it
const found = (await import(name).catch(() => undefined)) as Package | undefined;
const skip = found === undefined && `${name} is not installed: npm install --no-save ${name}`;

suite('the npm package of Hugging Face gives the same ids', { skip }, () => {
  for (const tokenizer of tokenizers.names) {
    test(`${tokenizer}: on 5,000 random texts`, () => {
      // it lowers a final capital sigma to ς, as JavaScript does; Python and Unroll always to σ
      const texts = randomTexts(5000, 5).map((text) => text.replaceAll('Σ', 'S'));
      const options = { tokenizer, max_length: 1000, vocabulary_size: 15_000 };
      const pipeline = buildPipeline(texts.slice(2000), options);
      assert.ok(found);
      const theirs = new found.Tokenizer(JSON.parse(writeTokenizerJson(pipeline)) as object, {
        unk_token: '<UNK>',
      });
      const differing = texts
        .map((text) => ({
          text: JSON.stringify(text),
          ours: Array.from(pipeline.tokenizer.encode(normalise(text))),
          theirs: [...theirs.encode(text).ids],
        }))
        .filter(({ ours, theirs: ids }) => JSON.stringify(ours) !== JSON.stringify(ids));
      assert.deepEqual(differing.slice(0, 3), [], `${differing.length} of ${texts.length} texts differ`);
    });
  }
});
