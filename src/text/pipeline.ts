import { pickOptions } from '../core/family.ts';
import { truncateIds } from './encode.ts';
import { fitTokenizer } from './learn/index.ts';
import { normalise } from './normalise.ts';
import { completeTextOptions, type TextOptions, type TextOptionsInput } from './options.ts';
import { tokenizers } from './tokenizers/index.ts';
import type { FittedTokenizer, Tokenizer } from './tokenizers/tokenizer.ts';
import { UNK, UNK_ID, type Vocabulary } from './vocabulary.ts';

export type { TextOptions };

/** A text as the model reads it. */
export interface EncodedText {
  /** Token ids, 1 to `max_length` of them. */
  readonly ids: Int32Array<ArrayBuffer>;
  /** Tokens that the text has, before it was cut; 0 for a text without any. */
  readonly tokenCount: number;
}

/** Turns texts into token ids, the same way in training and in use. */
export interface TextPipeline {
  /** The ids of a text; a text with no token becomes one `<UNK>`. */
  encode(text: string): EncodedText;
  /** The tokens of a text: normalised, not cut. */
  tokenize(text: string): string[];
  /** The fitted tokenizer. */
  readonly tokenizer: FittedTokenizer;
  /** The tokens by id, and how much of the training texts they cover. */
  readonly vocabulary: Vocabulary;
  /** The `text` section that it was made with. */
  readonly options: TextOptions;
}

/** Encoded texts, with statistics on what was lost. */
export interface EncodedTexts {
  /** One sequence of ids per text, in the order of the texts. */
  readonly sequences: readonly Int32Array<ArrayBuffer>[];
  /** Tokens per text before it was cut. */
  readonly tokenCounts: Int32Array<ArrayBuffer>;
  /** Proportions of truncated and unknown tokens. */
  readonly loss: EncodingLoss;
}

/** What truncation and the vocabulary removed from a set of texts; proportions in [0, 1], 0 where there is no text. */
export interface EncodingLoss {
  /** Proportion of texts longer than `max_length`. */
  readonly documentsCut: number;
  /** Proportion of all tokens that were cut off. */
  readonly tokensCut: number;
  /** Proportion of the tokens read that the vocabulary does not hold. */
  readonly tokensUnknown: number;
}

/** The tokenizer that the options name, not fitted. */
export function createTokenizer(options: TextOptions): Tokenizer {
  const own = pickOptions(tokenizers, options.tokenizer, options, { section: 'text', key: 'tokenizer' });
  return tokenizers.create({ type: options.tokenizer, ...own });
}

/**
 * The function that cuts texts into tokens by the given options, for counting. A tokenizer whose tokens depend on what
 * it has learned learns from `texts` first, and `size` is then what it has learned; otherwise `size` is null.
 */
export function createTokenize(
  options: TextOptions,
  texts: readonly string[],
): { readonly tokenize: (text: string) => string[]; readonly size: number | null } {
  const tokenizer = createTokenizer(options);
  if (tokenizer.split !== undefined)
    return { tokenize: (text) => tokenizer.split?.(normalise(text, options)) ?? [], size: null };
  const { tokenize, vocabulary } = buildPipeline(texts, options);
  return { tokenize, size: vocabulary.size };
}

/** Makes a pipeline from a fitted tokenizer, for example that of a saved model. */
export function createPipeline(tokenizer: FittedTokenizer, options: TextOptions): TextPipeline {
  return {
    tokenizer,
    tokenize: (text) => tokenizer.tokenize(normalise(text, options)),
    encode(text) {
      const ids = tokenizer.encode(normalise(text, options));
      return { ids: truncateIds(ids, options.max_length, options.truncation), tokenCount: ids.length };
    },
    vocabulary: tokenizer.vocabulary,
    options,
  };
}

/**
 * Learns a pipeline from the training texts: its vocabulary holds their most frequent tokens.
 * @throws ConfigError for options that cannot be used, DataError where no text holds a token.
 */
export function buildPipeline(texts: Iterable<string>, options: TextOptionsInput = {}): TextPipeline {
  const complete = completeTextOptions(options);
  const normalised = (function* () {
    for (const text of texts) yield normalise(text, complete);
  })();
  const size = { size: complete.vocabulary_size, minCount: complete.min_count };
  const fitted = fitTokenizer(complete.tokenizer, createTokenizer(complete), normalised, size);
  return createPipeline(fitted, complete);
}

/** The tokens of a text that the model reads, one for each of its ids; `<UNK>` for a text without any. */
export function tokensRead({ tokenize, options }: TextPipeline, text: string): string[] {
  const tokens = tokenize(text);
  if (tokens.length === 0) return [UNK];
  const places = tokens.map((_, t) => t);
  return Array.from(truncateIds(places, options.max_length, options.truncation), (t) => tokens[t]);
}

/** Texts from which on their ids share buffers: a buffer of its own takes hundreds of bytes beside its few ids. */
const MANY_TEXTS = 20_000;
/** Ids in a shared buffer. */
const BLOCK = 1 << 16;

/** Copies ids into shared buffers. n-grams stand behind ids at the start of a buffer: these keep theirs, and no others start there. */
function sharing(): (ids: Int32Array<ArrayBuffer>) => Int32Array<ArrayBuffer> {
  let block = new Int32Array(BLOCK);
  let used = 1;
  return (ids) => {
    if (ids.byteLength < ids.buffer.byteLength) return ids;
    if (used + ids.length > block.length)
      [block, used] = [new Int32Array(Math.max(BLOCK, 1 + ids.length)), 1];
    const shared = block.subarray(used, (used += ids.length));
    shared.set(ids);
    return shared;
  };
}

/** Encodes many texts and measures what proportion of them was cut or is unknown. */
export function encodeTexts(pipeline: TextPipeline, texts: readonly string[]): EncodedTexts {
  const sequences: Int32Array<ArrayBuffer>[] = [];
  const kept = texts.length > MANY_TEXTS ? sharing() : (ids: Int32Array<ArrayBuffer>) => ids;
  const tokenCounts = new Int32Array(texts.length);
  let documentsCut = 0;
  let tokens = 0;
  let read = 0;
  let unknown = 0;
  for (const [i, text] of texts.entries()) {
    const { ids, tokenCount } = pipeline.encode(text);
    sequences.push(kept(ids));
    tokenCounts[i] = tokenCount;
    if (tokenCount === 0) continue;
    tokens += tokenCount;
    read += ids.length;
    if (tokenCount > ids.length) documentsCut++;
    for (const id of ids) if (id === UNK_ID) unknown++;
  }
  const proportion = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
  return {
    sequences,
    tokenCounts,
    loss: {
      documentsCut: proportion(documentsCut, texts.length),
      tokensCut: proportion(tokens - read, tokens),
      tokensUnknown: proportion(unknown, read),
    },
  };
}
