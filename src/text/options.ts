import { flatOptions } from '../core/family.ts';
import { boolean, choice, type GivenOptions, integer, object, type OptionsOf } from '../core/options.ts';
import { parseOption } from '../core/read-options.ts';
import { truncations } from './encode.ts';
import { normalizations } from './normalise.ts';
import { tokenizers } from './tokenizers/index.ts';

/**
 * The `text` section of a config: how a text becomes a sequence of numbers. Options of tokenizers are flat keys like
 * the others.
 */
export const textOptions = object({
  tokenizer: choice(tokenizers.names, {
    default: 'word',
    doc: `how a text is split into tokens: ${tokenizers.members.map((m) => `${m.type} (${m.summary})`).join('; ')}`,
  }),
  normalization: choice(normalizations, {
    default: 'NFKC',
    doc: 'Unicode normalisation form of the text, or none',
  }),
  lowercase: boolean({ default: true, doc: 'convert the text to lower case' }),
  vocabulary_size: integer({
    min: 3,
    max: 10_000_000,
    default: 20_000,
    doc: 'largest size of the vocabulary, <PAD> and <UNK> included; of whole words, the most frequent are kept',
  }),
  min_count: integer({
    min: 1,
    default: 1,
    doc: 'tokens (where words are cut into parts: characters and pairs) that occur less often in the training texts are left out of the vocabulary',
  }),
  max_length: integer({
    min: 1,
    max: 1_000_000,
    default: 256,
    doc: 'maximum number of tokens that are read of a text',
  }),
  truncation: choice(truncations, { default: 'head', doc: 'which end of a longer text is kept' }),
  ...(flatOptions(tokenizers) as Record<never, never>),
});

/** Complete text options. */
export type TextOptions = OptionsOf<typeof textOptions.of>;
/** Text options as they are given; any may be left out. */
export type TextOptionsInput = GivenOptions<typeof textOptions.of>;

/** Completes text options. @throws ConfigError naming the key at fault. */
export function completeTextOptions(options: TextOptionsInput = {}): TextOptions {
  return parseOption(textOptions, options, 'text');
}
