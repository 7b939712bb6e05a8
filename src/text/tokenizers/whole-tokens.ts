import type { Replacement } from '../normalise.ts';
import {
  buildVocabulary,
  createVocabulary,
  UNK,
  type Vocabulary,
  type VocabularyOptions,
} from '../vocabulary.ts';
import { sameJson } from './json.ts';
import type { FittedTokenizer, JsonObject, Tokenizer, TokenizerJson } from './tokenizer.ts';

/** A rule that cuts texts, from which {@link wholeTokens} makes a tokenizer. */
export interface SplitRule {
  /** The tokens of a normalised text in order, in time linear in its length; none is empty. */
  split(text: string): string[];
  /**
   * The same rule as a regular expression whose matches are the tokens, in the syntax that JavaScript (`u` flag) and
   * Oniguruma share: what `tokenizer.json` carries. It is the specification; `split` is its fast form.
   */
  readonly pattern: string;
  /** Replacements made before the pattern applies. */
  readonly replacements?: readonly Replacement[];
  /** Patterns that earlier versions wrote for this rule. */
  readonly earlierPatterns?: readonly string[];
}

/** A tokenizer of this kind, with the rule that it follows. */
export interface WholeTokenizer extends Tokenizer {
  /** How texts are cut. */
  readonly rule: SplitRule;
  fit(texts: Iterable<string>, options: VocabularyOptions): FittedTokenizer;
  split(text: string): string[];
}

/**
 * A tokenizer that cuts texts by a rule and looks the tokens up whole: its vocabulary holds the most frequent ones,
 * all others are `<UNK>`. A `Split` pre-tokenizer and a `WordLevel` model in `tokenizer.json`.
 */
export function wholeTokens(rule: SplitRule): WholeTokenizer {
  const split = (text: string) => rule.split(text);
  return {
    rule,
    split,
    fit(texts, options) {
      const documents = (function* () {
        for (const text of texts) yield split(text);
      })();
      return fitted(rule, buildVocabulary(documents, options));
    },
    fromJson({ tokens, coverage, ...parts }) {
      const written = [rule.pattern, ...(rule.earlierPatterns ?? [])].map((pattern) =>
        wholeJson(rule, pattern),
      );
      const ours = written.some(
        (json) =>
          sameJson(json.normalizers, parts.normalizers) &&
          sameJson(json.pre_tokenizer, parts.pre_tokenizer) &&
          Object.entries(json.model).every(([key, value]) => sameJson(value, parts.model[key])),
      );
      return ours ? fitted(rule, createVocabulary(tokens, coverage)) : undefined;
    },
  };
}

function fitted(rule: SplitRule, vocabulary: Vocabulary): FittedTokenizer {
  const tokenize = (text: string) => rule.split(text);
  return {
    vocabulary,
    tokenize,
    encode: (text) => tokenize(text).map((token) => vocabulary.id(token)),
    toJson: () => wholeJson(rule, rule.pattern),
    withVocabulary: (other) => fitted(rule, other),
  };
}

function wholeJson(rule: SplitRule, pattern: string): TokenizerJson {
  return {
    normalizers: (rule.replacements ?? []).map(replaceJson),
    pre_tokenizer: { type: 'Split', pattern: { Regex: pattern }, behavior: 'Removed', invert: true },
    model: { type: 'WordLevel', unk_token: UNK },
  };
}

/** A replacement as a step of `tokenizer.json`. */
export function replaceJson({ from, to }: Replacement): JsonObject {
  const pattern = 'text' in from ? { String: from.text } : { Regex: from.pattern };
  return { type: 'Replace', pattern, content: to };
}
