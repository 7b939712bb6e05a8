import * as z from 'zod';
import { ConfigError } from '../core/errors.ts';
import type { Truncation } from './encode.ts';
import { encodeTokens, truncations } from './encode.ts';
import { normalise, normalizations } from './normalise.ts';
import { tokenizers } from './tokenizers/index.ts';
import type { Vocabulary } from './vocabulary.ts';
import { buildVocabulary, UNK_ID } from './vocabulary.ts';

/** The `text` section of a config: how a text becomes a sequence of numbers. */
export const textOptions = z.strictObject({
  tokenizer: z
    .enum(tokenizers.names as [string, ...string[]])
    .default('word')
    .describe(
      `how a text is cut into tokens: ${tokenizers.members.map((m) => `${m.type} (${m.summary})`).join('; ')}`,
    ),
  normalization: z
    .enum(normalizations)
    .default('NFKC')
    .describe('Unicode normalisation form of the text, or none'),
  lowercase: z.boolean().default(true).describe('turn the text into lower case'),
  vocabulary_size: z
    .int()
    .min(3)
    .max(10_000_000)
    .default(20_000)
    .describe('most tokens that the model knows, the most frequent ones; <PAD> and <UNK> count'),
  min_count: z
    .int()
    .min(1)
    .default(1)
    .describe('tokens seen fewer times in the training texts are not learned'),
  max_length: z.int().min(1).max(1_000_000).default(256).describe('tokens of a text that the model reads'),
  truncation: z.enum(truncations).default('head').describe('which part of a longer text is kept'),
});

/** Complete text options. */
export type TextOptions = z.output<typeof textOptions>;

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
  /** Tokens and their ids. */
  readonly vocabulary: Vocabulary;
  /** The `text` section that it was made with. */
  readonly options: TextOptions;
}

/** Texts as the model reads them, with what was lost on the way. */
export interface EncodedTexts {
  /** One sequence of ids per text, in the order of the texts. */
  readonly sequences: readonly Int32Array<ArrayBuffer>[];
  /** Tokens per text before it was cut. */
  readonly tokenCounts: Int32Array<ArrayBuffer>;
  /** What was cut off, and what the vocabulary does not know. */
  readonly loss: EncodingLoss;
}

/** What cutting and the vocabulary took from a set of texts; shares in [0, 1], 0 where there is no text. */
export interface EncodingLoss {
  /** Share of texts longer than `max_length`. */
  readonly documentsCut: number;
  /** Share of all tokens that were cut off. */
  readonly tokensCut: number;
  /** Share of the tokens read that the vocabulary does not hold. */
  readonly tokensUnknown: number;
}

/** Completes text options. @throws ConfigError naming the key at fault. */
export function completeTextOptions(options: z.input<typeof textOptions> = {}): TextOptions {
  const parsed = textOptions.safeParse(options);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const key = ['text', ...issue.path].join('.');
  throw new ConfigError(`[${key}] ${issue.message}.`, { key });
}

/** Makes the function that cuts texts into tokens by the given options. */
export function createTokenize(options: Pick<TextOptions, 'tokenizer' | 'normalization' | 'lowercase'>) {
  const tokenizer = tokenizers.create({ type: options.tokenizer });
  return (text: string): string[] => tokenizer.tokenize(normalise(text, options));
}

/** Makes a pipeline from a vocabulary, for example that of a saved model. */
export function createPipeline(vocabulary: Vocabulary, options: TextOptions): TextPipeline {
  const tokenize = createTokenize(options);
  const truncation: Truncation = options.truncation;
  return {
    tokenize,
    encode(text) {
      const tokens = tokenize(text);
      return {
        ids: encodeTokens(tokens, vocabulary, options.max_length, truncation),
        tokenCount: tokens.length,
      };
    },
    vocabulary,
    options,
  };
}

/**
 * Learns a pipeline from the training texts: its vocabulary holds their most frequent tokens.
 * @throws ConfigError for options that cannot be used, DataError where no text holds a token.
 */
export function buildPipeline(
  texts: Iterable<string>,
  options: z.input<typeof textOptions> = {},
): TextPipeline {
  const complete = completeTextOptions(options);
  const tokenize = createTokenize(complete);
  const documents = (function* () {
    for (const text of texts) yield tokenize(text);
  })();
  const vocabulary = buildVocabulary(documents, {
    size: complete.vocabulary_size,
    minCount: complete.min_count,
  });
  return createPipeline(vocabulary, complete);
}

/** Encodes many texts and says what share of them was cut or unknown. */
export function encodeTexts(pipeline: TextPipeline, texts: readonly string[]): EncodedTexts {
  const sequences: Int32Array<ArrayBuffer>[] = [];
  const tokenCounts = new Int32Array(texts.length);
  let documentsCut = 0;
  let tokens = 0;
  let read = 0;
  let unknown = 0;
  for (const [i, text] of texts.entries()) {
    const { ids, tokenCount } = pipeline.encode(text);
    sequences.push(ids);
    tokenCounts[i] = tokenCount;
    if (tokenCount === 0) continue;
    tokens += tokenCount;
    read += ids.length;
    if (tokenCount > ids.length) documentsCut++;
    for (const id of ids) if (id === UNK_ID) unknown++;
  }
  const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
  return {
    sequences,
    tokenCounts,
    loss: {
      documentsCut: share(documentsCut, texts.length),
      tokensCut: share(tokens - read, tokens),
      tokensUnknown: share(unknown, read),
    },
  };
}
