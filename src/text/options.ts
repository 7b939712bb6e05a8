import * as z from 'zod';
import { ConfigError } from '../core/errors.ts';
import { flatOptions } from '../core/family.ts';
import { truncations } from './encode.ts';
import { normalizations } from './normalise.ts';
import { tokenizers } from './tokenizers/index.ts';

/** The `text` section of a config: how a text becomes a sequence of numbers. Options of tokenizers stand beside the others. */
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
    .describe('tokens that the training texts hold fewer times are not learned'),
  max_length: z.int().min(1).max(1_000_000).default(256).describe('tokens of a text that the model reads'),
  truncation: z.enum(truncations).default('head').describe('which part of a longer text is kept'),
  ...(flatOptions(tokenizers) as Record<never, z.ZodType>),
});

/** Complete text options. */
export type TextOptions = z.output<typeof textOptions>;

/** Completes text options. @throws ConfigError naming the key at fault. */
export function completeTextOptions(options: z.input<typeof textOptions> = {}): TextOptions {
  const parsed = textOptions.safeParse(options);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const key = ['text', ...issue.path].join('.');
  throw new ConfigError(`[${key}] ${issue.message}.`, { key });
}
