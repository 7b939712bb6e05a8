/**
 * Writes tokenizers.json beside this file: what Python's `tokenizers` makes of random texts with our files.
 *
 *     pip install tokenizers && UNROLL_PYTHON=PYTHON node test/golden/tokenizers/make.ts
 */
import { writeFileSync } from 'node:fs';
import { buildPipeline } from '../../../src/text/pipeline.ts';
import { writeTokenizerJson } from '../../../src/text/tokenizer-json.ts';
import { tokenizers } from '../../../src/text/tokenizers/index.ts';
import { python } from '../../support/python.ts';
import { randomTexts } from './texts.ts';

const texts = randomTexts(400, 1);
const learned = randomTexts(400, 2);
const files = Object.fromEntries(
  tokenizers.names.map((tokenizer) => [
    tokenizer,
    writeTokenizerJson(buildPipeline([...texts.slice(200), ...learned], { tokenizer, max_length: 16 })),
  ]),
);
const answer = python('tokenizers').run('test/golden/tokenizers/encode.py', {
  tokenizers: files,
  texts,
}) as object;
writeFileSync(
  new URL('tokenizers.json', import.meta.url),
  `${JSON.stringify({ ...answer, files, texts })}\n`,
);
