/**
 * Text: normalise, tokenize, count a vocabulary, encode to token ids. Runs in a browser.
 * @module
 */
export { encodeTokens, type Truncation, truncations } from './encode.ts';
export { type Normalization, normalizations, normalise, type NormaliseOptions } from './normalise.ts';
export {
  buildPipeline,
  completeTextOptions,
  createPipeline,
  createTokenize,
  type EncodedText,
  type EncodedTexts,
  encodeTexts,
  type EncodingLoss,
  textOptions,
  type TextOptions,
  type TextPipeline,
} from './pipeline.ts';
export { readTokenizerJson, writeTokenizerJson } from './tokenizer-json.ts';
export { tokenizers } from './tokenizers/index.ts';
export type { Tokenizer } from './tokenizers/tokenizer.ts';
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
