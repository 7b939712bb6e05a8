/**
 * Shared code of subword tokenizers, which cut the words of `word` into learned parts. `▁` before each word marks
 * where it begins, as in SentencePiece; a part never crosses the end of a word.
 */
import type { Vocabulary } from '../vocabulary.ts';
import { sameJson } from './json.ts';
import type { FittedTokenizer, JsonObject, SavedTokenizer, TokenizerJson } from './tokenizer.ts';
import { replaceJson } from './whole-tokens.ts';
import { wordRule } from './word.ts';

/** Stands before each word; in no word itself. */
export const BOUNDARY = '▁';

/** A word, cut. */
export interface WordParts {
  /** Ids of the parts; a run of unknown characters is one `<UNK>`. */
  readonly ids: readonly number[];
  /** Where each part ends, in UTF-16 code units from the start of the word. */
  readonly ends: readonly number[];
}

/** The words of a normalised text, each with its {@link BOUNDARY}. */
export function boundedWords(text: string): string[] {
  return wordRule.split(text).map((word) => BOUNDARY + word);
}

/** Size of the cache of words with their parts: most words of a text were seen before. */
const KEPT = 50_000;
const LONGEST_KEPT = 50;

/** A tokenizer that looks up the parts of each word. */
export function subwordTokenizer(
  vocabulary: Vocabulary,
  model: JsonObject,
  cut: (word: string) => WordParts,
): FittedTokenizer {
  const kept = new Map<string, WordParts>();
  const parts = (word: string): WordParts => {
    const known = kept.get(word);
    if (known) return known;
    const found = cut(word);
    if (word.length > LONGEST_KEPT) return found;
    if (kept.size >= KEPT) kept.clear();
    kept.set(word, found);
    return found;
  };
  return {
    vocabulary,
    encode(text) {
      const ids: number[] = [];
      for (const word of boundedWords(text)) for (const id of parts(word).ids) ids.push(id);
      return ids;
    },
    tokenize: (text) =>
      boundedWords(text).flatMap((word) => {
        const { ends } = parts(word);
        return ends.map((end, n) => word.slice(n === 0 ? 0 : ends[n - 1], end));
      }),
    toJson: () => subwordJson(model),
  };
}

const METASPACE = { type: 'Metaspace', replacement: BOUNDARY, prepend_scheme: 'always', split: false };

function subwordJson(model: JsonObject): TokenizerJson {
  const words = { type: 'Split', pattern: { Regex: wordRule.pattern }, behavior: 'Removed', invert: true };
  return {
    normalizers: (wordRule.replacements ?? []).map(replaceJson),
    pre_tokenizer: { type: 'Sequence', pretokenizers: [words, METASPACE] },
    decoder: METASPACE,
    model,
  };
}

/** Whether a file is one that {@link subwordTokenizer} wrote, with this in its model. */
export function isSubwordJson(saved: SavedTokenizer, model: JsonObject): boolean {
  const ours = subwordJson(model);
  return (
    sameJson(ours.normalizers, saved.normalizers) &&
    sameJson(ours.pre_tokenizer, saved.pre_tokenizer) &&
    sameJson(ours.decoder, saved.decoder) &&
    Object.entries(model).every(([key, value]) => sameJson(value, saved.model[key]))
  );
}
