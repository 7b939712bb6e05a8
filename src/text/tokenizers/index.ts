import { family } from '../../core/family.ts';
import { bpe } from './bpe.ts';
import type { Tokenizer } from './tokenizer.ts';
import { unigram } from './unigram.ts';
import { whitespace } from './whitespace.ts';
import { word } from './word.ts';

/** The tokenizers, by the name in `text.tokenizer`. */
export const tokenizers = family<[], Tokenizer>()('tokenizer', [word, whitespace, bpe, unigram]);
