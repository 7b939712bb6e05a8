/** Texts to check an exported model if there are no documents: random words that the model knows. */
import type { ModelFiles } from '../classifier/model-files.ts';
import { createRng } from '../core/rng.ts';
import { readTokenizerJson } from '../text/tokenizer-json.ts';

const TEXTS = 24;
const LONGEST = 60;

/** The same texts for the same model: one unknown, the others of 1 to 60 words. */
export function madeUpTexts(files: ModelFiles): string[] {
  const words = knownWords(files.members?.[0] ?? files);
  const rng = createRng(0).fork('export texts');
  const texts = Array.from({ length: TEXTS }, () =>
    Array.from({ length: 1 + rng.int(LONGEST) }, () => words[rng.int(words.length)]).join(' '),
  );
  return ['\u{10ffff}', ...texts];
}

function knownWords({ tokenizerJson, features }: ModelFiles): readonly string[] {
  if (tokenizerJson !== undefined) return readTokenizerJson(tokenizerJson).vocabulary.tokens.slice(1);
  const { words, characters } = (features ?? {}) as Partial<Record<string, { readonly texts?: string[] }>>;
  const all = [...(words?.texts ?? []), ...(characters?.texts ?? [])];
  return all.length > 0 ? all : ['a'];
}
