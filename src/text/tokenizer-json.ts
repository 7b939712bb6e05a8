/**
 * `tokenizer.json` in the layout of Hugging Face `tokenizers`, whose Python package reads it: normaliser, a `Split`
 * pre-tokenizer, a `WordLevel` model and truncation. What that layout has no place for (the policy `head+tail`,
 * coverage) stands under `model.unroll`, a key that its reader skips.
 *
 * On reading, patterns of the file are compared, never compiled: a hostile file cannot bring its own expression.
 */
import * as z from 'zod';
import { CorruptFileError } from '../core/errors.ts';
import { parseJson } from '../core/json.ts';
import type { Truncation } from './encode.ts';
import type { TextOptions, TextPipeline } from './pipeline.ts';
import { createPipeline, textOptions } from './pipeline.ts';
import { tokenizers } from './tokenizers/index.ts';
import { createVocabulary, PAD, UNK, UNK_ID } from './vocabulary.ts';

const FORMAT_VERSION = 1;

const share = z.number().min(0).max(1);
const count = z.int().min(0);

const ownPart = z.object({
  version: z.literal(FORMAT_VERSION),
  options: textOptions,
  coverage: z.object({ distinct: count, kept: count, typeCoverage: share, tokenCoverage: share }),
});

const simpleNormalizer = z.union([
  z.object({ type: z.enum(['NFKC', 'NFC', 'Lowercase']) }),
  z.object({ type: z.literal('Replace'), pattern: z.object({ String: z.string() }), content: z.string() }),
]);

const fileSchema = z.object({
  version: z.literal('1.0'),
  truncation: z
    .object({ direction: z.enum(['Left', 'Right']), max_length: z.int().min(1).max(1_000_000) })
    .nullable(),
  normalizer: z
    .object({ type: z.literal('Sequence'), normalizers: z.array(simpleNormalizer).max(8) })
    .nullable(),
  pre_tokenizer: z.object({
    type: z.literal('Split'),
    pattern: z.object({ Regex: z.string() }),
    behavior: z.literal('Removed'),
    invert: z.literal(true),
  }),
  model: z.object({
    type: z.literal('WordLevel'),
    unk_token: z.literal(UNK),
    // entries, as the object's own order puts tokens such as "2004" first; checked one by one below
    vocab: z.custom<Record<string, unknown>>(
      (v) => typeof v === 'object' && v !== null && !Array.isArray(v),
      {
        error: 'must map tokens to ids',
      },
    ),
    unroll: ownPart.optional(),
  }),
});

type TokenizerFile = z.output<typeof fileSchema>;

/** The text of the `tokenizer.json` from which {@link readTokenizerJson} restores the pipeline to the bit. */
export function writeTokenizerJson(pipeline: TextPipeline): string {
  const { options, vocabulary } = pipeline;
  const { pattern } = tokenizers.create({ type: options.tokenizer });
  const normalizers = hfNormalizers(options);
  const head = {
    version: '1.0',
    truncation: hfTruncation(options),
    padding: null,
    added_tokens: [],
    normalizer: normalizers.length > 0 ? { type: 'Sequence', normalizers } : null,
    pre_tokenizer: { type: 'Split', pattern: { Regex: pattern }, behavior: 'Removed', invert: true },
    post_processor: null,
    decoder: null,
  };
  const own = { version: FORMAT_VERSION, options, coverage: vocabulary.coverage };
  // written line by line: an object would move tokens such as "2004" to the front and lose "__proto__"
  const entries = vocabulary.tokens.map((token, id) => `      ${JSON.stringify(token)}: ${id}`);
  return [
    JSON.stringify(head, null, 2).slice(0, -2) + ',',
    '  "model": {',
    '    "type": "WordLevel",',
    `    "unk_token": ${JSON.stringify(UNK)},`,
    `    "unroll": ${JSON.stringify(own)},`,
    `    "vocab": {\n${entries.join(',\n')}\n    }`,
    '  }\n}\n',
  ].join('\n');
}

/**
 * Restores a pipeline from the text of a `tokenizer.json`. A file that Python's `tokenizers` saved again, and that
 * has lost our own part thereby, is read too, as far as its layout tells the options.
 * @param file name for the messages
 * @throws CorruptFileError where the file is damaged or is no tokenizer of ours
 */
export function readTokenizerJson(text: string, file = 'tokenizer.json'): TextPipeline {
  const fail = (what: string): never => {
    throw new CorruptFileError(
      file,
      `[${file}] ${what} Take the model folder from where it was trained again.`,
    );
  };
  let content: unknown;
  try {
    content = parseJson(text);
  } catch (cause) {
    return fail(`must be JSON, but cannot be parsed: ${(cause as Error).message}.`);
  }
  const parsed = fileSchema.safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return fail(
      `must be a tokenizer written by Unroll, but ${issue.path.join('.') || 'the file'}: ${issue.message}.`,
    );
  }
  const data = parsed.data;
  const tokens = vocabularyTokens(data.model.vocab, fail);
  const options = data.model.unroll?.options ?? derivedOptions(data, tokens.length, fail);
  checkAgreement(data, options, tokens.length, fail);
  const kept = tokens.length - 2;
  const unknown = { distinct: kept, kept, typeCoverage: 1, tokenCoverage: 1 };
  return createPipeline(createVocabulary(tokens, data.model.unroll?.coverage ?? unknown), options);
}

type Fail = (what: string) => never;

/** Tokens by id; every id of 0 … n-1 must be there once. */
function vocabularyTokens(vocab: Record<string, unknown>, fail: Fail): string[] {
  const entries = Object.entries(vocab);
  const tokens: (string | undefined)[] = Array.from({ length: entries.length });
  for (const [token, id] of entries) {
    const shown = JSON.stringify(token.slice(0, 40));
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id >= entries.length) {
      return fail(
        `must number its ${entries.length} tokens from 0 to ${entries.length - 1}, but ${shown} has ${JSON.stringify(id)}.`,
      );
    }
    const other = tokens[id];
    if (other !== undefined) return fail(`must give each token an id of its own, but ${shown} shares ${id}.`);
    tokens[id] = token;
  }
  if (tokens[0] !== PAD || tokens[UNK_ID] !== UNK)
    return fail(`must have ${PAD} as token 0 and ${UNK} as token 1.`);
  return tokens as string[];
}

/** The Hugging Face part and our own must say the same: one of them was edited otherwise. */
function checkAgreement(data: TokenizerFile, options: TextOptions, size: number, fail: Fail): void {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const { pattern } = tokenizers.create({ type: options.tokenizer });
  const cut = data.truncation && {
    direction: data.truncation.direction,
    max_length: data.truncation.max_length,
  };
  const wanted = hfTruncation(options);
  const agrees = {
    'pre_tokenizer.pattern': data.pre_tokenizer.pattern.Regex === pattern,
    normalizer: same(data.normalizer?.normalizers ?? [], hfNormalizers(options)),
    truncation: same(cut, wanted && { direction: wanted.direction, max_length: wanted.max_length }),
    'model.vocab': size <= options.vocabulary_size,
  };
  for (const [part, ok] of Object.entries(agrees)) {
    if (!ok) fail(`must say the same in ${part} as in model.unroll.options, but they differ.`);
  }
}

/** The options that the Hugging Face part alone tells. */
function derivedOptions(data: TokenizerFile, size: number, fail: Fail): TextOptions {
  const tokenizer = tokenizers.names.find(
    (name) => tokenizers.create({ type: name }).pattern === data.pre_tokenizer.pattern.Regex,
  );
  if (tokenizer === undefined) return fail('must have the pattern of a known tokenizer in pre_tokenizer.');
  if (data.truncation === null)
    return fail('must have truncation, or the key model.unroll, but has neither.');
  const types = data.normalizer?.normalizers.map((n) => n.type) ?? [];
  return textOptions.parse({
    tokenizer,
    normalization: types.includes('NFKC') ? 'NFKC' : types.includes('NFC') ? 'NFC' : 'none',
    lowercase: types.includes('Lowercase'),
    vocabulary_size: Math.max(3, size),
    max_length: data.truncation.max_length,
    truncation: data.truncation.direction === 'Left' ? 'tail' : 'head',
  } satisfies z.input<typeof textOptions>);
}

function hfNormalizers(options: TextOptions): z.output<typeof simpleNormalizer>[] {
  const { replacements } = tokenizers.create({ type: options.tokenizer });
  return [
    ...(options.normalization === 'none' ? [] : [{ type: options.normalization }]),
    ...(options.lowercase ? [{ type: 'Lowercase' as const }] : []),
    ...replacements.map(([from, to]) => ({
      type: 'Replace' as const,
      pattern: { String: from },
      content: to,
    })),
  ];
}

/** null for `head+tail`, which the layout cannot say: its readers then see the whole text. */
function hfTruncation(options: TextOptions) {
  const directions: Record<Truncation, string | undefined> = {
    head: 'Right',
    tail: 'Left',
    'head+tail': undefined,
  };
  const direction = directions[options.truncation];
  return direction === undefined
    ? null
    : { direction, max_length: options.max_length, strategy: 'LongestFirst', stride: 0 };
}
