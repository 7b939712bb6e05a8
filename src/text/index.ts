/**
 * Text: normalise, tokenize, count a vocabulary, encode to token ids. Runs in a browser.
 * @module
 */
export { truncateIds, type Truncation, truncations } from './encode.ts';
export {
  type Normalization,
  normalizations,
  normalise,
  type NormaliseOptions,
  type Replacement,
} from './normalise.ts';
export { completeTextOptions, textOptions, type TextOptions } from './options.ts';
export {
  buildPipeline,
  createPipeline,
  createTokenize,
  createTokenizer,
  type EncodedText,
  type EncodedTexts,
  encodeTexts,
  type EncodingLoss,
  type TextPipeline,
} from './pipeline.ts';
export { withNgrams } from './ngram-pipeline.ts';
export { type PlacedToken, placedTokens, type Span } from './spans.ts';
export { readTokenizerJson, tokenizerJsonNotices, writeTokenizerJson } from './tokenizer-json.ts';
export { tokenizers } from './tokenizers/index.ts';
export type {
  FittedTokenizer,
  JsonObject,
  SavedTokenizer,
  Tokenizer,
  TokenizerJson,
} from './tokenizers/tokenizer.ts';
export { type SplitRule, type WholeTokenizer, wholeTokens } from './tokenizers/whole-tokens.ts';
export {
  buildVocabulary,
  countTokens,
  type Coverage,
  coverageOf,
  createVocabulary,
  PAD,
  PAD_ID,
  type TokenCounts,
  UNK,
  UNK_ID,
  type Vocabulary,
  vocabularyOf,
  type VocabularyOptions,
} from './vocabulary.ts';
