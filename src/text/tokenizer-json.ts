/**
 * `tokenizer.json` in the layout of Hugging Face `tokenizers`, whose Python package reads it: normaliser,
 * pre-tokenizer, model and truncation. What that layout has no place for (the policy `head+tail`, coverage) stands under
 * `model.unroll`, a key that its reader skips.
 *
 * On reading, patterns of the file are compared, never compiled: a hostile file cannot bring its own expression.
 */
import { ConfigError, CorruptFileError } from '../core/errors.ts';
import { parseJson } from '../core/json.ts';
import type { Truncation } from './encode.ts';
import { type Normalization, normalizations, settlingReplacements } from './normalise.ts';
import { completeTextOptions, type TextOptions } from './options.ts';
import { createPipeline, createTokenizer, type TextPipeline } from './pipeline.ts';
import { tokenizers } from './tokenizers/index.ts';
import { isObject, sameJson } from './tokenizers/json.ts';
import type { JsonObject, SavedTokenizer } from './tokenizers/tokenizer.ts';
import { replaceJson } from './tokenizers/whole-tokens.ts';
import { type Coverage, PAD, UNK, UNK_ID } from './vocabulary.ts';

const FORMAT_VERSION = 1;

/** The text of the `tokenizer.json` from which {@link readTokenizerJson} restores the pipeline to the bit. */
export function writeTokenizerJson({ options, vocabulary, tokenizer }: TextPipeline): string {
  const parts = tokenizer.toJson();
  const normalizers = [...optionNormalizers(options), ...parts.normalizers];
  const head = {
    version: '1.0',
    truncation: truncationJson(options),
    padding: null,
    added_tokens: [],
    normalizer: { type: 'Sequence', normalizers },
    pre_tokenizer: parts.pre_tokenizer,
    post_processor: parts.post_processor ?? null,
    decoder: parts.decoder ?? null,
  };
  const own = { version: FORMAT_VERSION, options, coverage: vocabulary.coverage };
  const model = Object.entries({ ...parts.model, unroll: own }).map(
    ([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  // written line by line: an object would move tokens such as "2004" to the front and lose "__proto__"
  const entries = vocabulary.tokens.map((token, id) => `      ${JSON.stringify(token)}: ${id}`);
  if (!('vocab' in parts.model)) model.push(`    "vocab": {\n${entries.join(',\n')}\n    }`);
  return `${escaped(JSON.stringify(head, null, 2)).slice(0, -2)},\n  "model": {\n${model.join(',\n')}\n  }\n}\n`;
}

/** Differences of other readers of `tokenizer.json` to Unroll, in full sentences. */
export function tokenizerJsonNotices({ truncation, max_length }: TextOptions): readonly string[] {
  if (truncation !== 'head+tail') return [];
  const [head, tail] = [Math.ceil(max_length / 2), Math.floor(max_length / 2)];
  return [
    `tokenizer.json cannot express text.truncation head+tail: other programs get all tokens of a longer text. ` +
      `Keep its first ${head} and its last ${tail} ids.`,
  ];
}

/** Character classes hold characters that no font shows. */
function escaped(json: string): string {
  return json.replace(/[^\n -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

type Fail = (what: string) => never;

/**
 * Restores a pipeline from the text of a `tokenizer.json`. A file that Python's `tokenizers` saved again, and that
 * has lost our own part thereby, is read too, as far as its layout gives the options.
 * @param file name for the messages
 * @throws CorruptFileError where the file is damaged or is no tokenizer of ours
 */
export function readTokenizerJson(text: string, file = 'tokenizer.json'): TextPipeline {
  const fail: Fail = (what) => {
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
  const saved = checkedFile(content, fail);
  const own = ownPart(saved.model.unroll, fail);
  const { tokens } = saved;
  const kept = tokens.length - 2;
  const coverage = own?.coverage ?? { distinct: kept, kept, typeCoverage: 1, tokenCoverage: 1 };
  if (own === undefined) return derivedPipeline({ ...saved, coverage }, fail);
  const { options } = own;
  const truncation = truncationJson(options);
  const agrees = {
    truncation: sameJson(saved.truncation, truncation && cutOf(truncation)),
    // words that are only there because of a pretrained vector do not count
    'model.vocab': Math.min(tokens.length, coverage.kept + 2) <= options.vocabulary_size,
  };
  for (const [part, ok] of Object.entries(agrees)) if (!ok) return fail(disagreement(part));
  return (
    pipelineOf({ ...saved, coverage }, options) ??
    fail(disagreement('normalizer, pre_tokenizer, decoder or model'))
  );
}

function disagreement(part: string): string {
  return `must say the same in ${part} as in model.unroll.options, but they differ.`;
}

/** The required parts of a file, for any tokenizer. */
interface CheckedFile extends Omit<SavedTokenizer, 'coverage'> {
  readonly truncation: Cut | null;
}

interface Cut {
  readonly direction: string;
  readonly max_length: number;
}

function cutOf({ direction, max_length }: Cut): Cut {
  return { direction, max_length };
}

function checkedFile(content: unknown, fail: Fail): CheckedFile {
  const must = (part: string, what: string): never =>
    fail(`must be a tokenizer written by Unroll, but ${part} must be ${what}.`);
  const object = (value: unknown, part: string) => (isObject(value) ? value : must(part, 'an object'));
  const orNull = (value: unknown, part: string) =>
    value === null || value === undefined ? null : object(value, part);
  const file = object(content, 'the file');
  if (file.version !== '1.0') return must('version', '"1.0"');
  const truncation = orNull(file.truncation, 'truncation');
  const { direction, max_length: length } = truncation ?? { direction: 'Left', max_length: 1 };
  if (direction !== 'Left' && direction !== 'Right') return must('truncation.direction', '"Left" or "Right"');
  if (!isCount(length, 1, 1_000_000)) return must('truncation.max_length', 'a number from 1 to 1,000,000');
  const steps = orNull(file.normalizer, 'normalizer');
  const normalizers = steps?.normalizers ?? [];
  if (steps !== null && steps.type !== 'Sequence') return must('normalizer.type', '"Sequence"');
  if (!Array.isArray(normalizers) || !normalizers.every(isObject))
    return must('normalizer.normalizers', 'a list of objects');
  const model = object(file.model, 'model');
  return {
    truncation: truncation && { direction, max_length: length },
    normalizers,
    pre_tokenizer: orNull(file.pre_tokenizer, 'pre_tokenizer'),
    post_processor: orNull(file.post_processor, 'post_processor'),
    decoder: orNull(file.decoder, 'decoder'),
    model,
    tokens: tokensById(model.vocab, fail),
  };
}

function isCount(value: unknown, min: number, max = Number.MAX_SAFE_INTEGER): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

/** Tokens by id, from a map of tokens to ids or a list of [token, score]; every id of 0 … n-1 must be there once. */
function tokensById(vocab: unknown, fail: Fail): string[] {
  const list = Array.isArray(vocab)
    ? vocab.map((entry: unknown, id) => [Array.isArray(entry) ? String(entry[0]) : '', id] as const)
    : Object.entries(isObject(vocab) ? vocab : fail('must have model.vocab, with the ids of its tokens.'));
  const tokens: (string | undefined)[] = Array.from({ length: list.length });
  for (const [token, id] of list) {
    const shown = JSON.stringify(token.slice(0, 40));
    if (!isCount(id, 0, list.length - 1)) {
      return fail(
        `must number its ${list.length} tokens from 0 to ${list.length - 1}, but ${shown} has ${JSON.stringify(id)}.`,
      );
    }
    if (tokens[id] !== undefined)
      return fail(`must give each token an id of its own, but ${shown} has ${id} like another.`);
    tokens[id] = token;
  }
  if (tokens[0] !== PAD || tokens[UNK_ID] !== UNK)
    return fail(`must have ${PAD} as token 0 and ${UNK} as token 1.`);
  return tokens as string[];
}

/** Our own part; undefined if the file lacks it. */
function ownPart(
  own: unknown,
  fail: Fail,
): { readonly options: TextOptions; readonly coverage: Coverage } | undefined {
  if (own === undefined) return undefined;
  if (!isObject(own) || own.version !== FORMAT_VERSION)
    return fail(`must be a tokenizer written by Unroll, but model.unroll.version must be ${FORMAT_VERSION}.`);
  const { distinct, kept, typeCoverage, tokenCoverage } = isObject(own.coverage) ? own.coverage : {};
  const isProportion = (value: unknown): value is number =>
    typeof value === 'number' && value >= 0 && value <= 1;
  if (
    !isCount(distinct, 0) ||
    !isCount(kept, 0) ||
    !isProportion(typeCoverage) ||
    !isProportion(tokenCoverage)
  )
    return fail(
      'must be a tokenizer written by Unroll, but model.unroll.coverage must hold its four numbers.',
    );
  const coverage = { distinct, kept, typeCoverage, tokenCoverage };
  try {
    if (!isObject(own.options)) return fail('must have the options of the text in model.unroll.options.');
    return { options: completeTextOptions(own.options), coverage };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return fail(`must have options that Unroll knows in model.unroll, but ${error.message}`);
  }
}

/** The pipeline of a file with these options; undefined if the file does not match them. */
function pipelineOf(saved: SavedTokenizer, options: TextOptions): TextPipeline | undefined {
  for (const steps of [optionNormalizers(options), formNormalizers(options)]) {
    if (!sameJson(saved.normalizers.slice(0, steps.length), steps)) continue;
    const rest = { ...saved, normalizers: saved.normalizers.slice(steps.length) };
    const tokenizer = createTokenizer(options).fromJson(rest);
    if (tokenizer !== undefined) return createPipeline(tokenizer, options);
  }
  return undefined;
}

/** The pipeline by the options with which we would have written the file. */
function derivedPipeline(saved: SavedTokenizer & CheckedFile, fail: Fail): TextPipeline {
  const { truncation: cut, tokens } = saved;
  if (cut === null) return fail('must have truncation, or the key model.unroll, but has neither.');
  for (const tokenizer of tokenizers.names) {
    for (const normalization of normalizations) {
      for (const lowercase of [true, false]) {
        const pipeline = pipelineOf(
          saved,
          completeTextOptions({
            tokenizer,
            normalization,
            lowercase,
            vocabulary_size: Math.max(3, tokens.length),
            max_length: cut.max_length,
            truncation: cut.direction === 'Left' ? 'tail' : 'head',
          }),
        );
        if (pipeline !== undefined) return pipeline;
      }
    }
  }
  return fail('must hold the normalizer, pre_tokenizer and model of a known tokenizer.');
}

/** The steps that the options ask for. */
function optionNormalizers(options: TextOptions): JsonObject[] {
  return [...settlingReplacements(options.normalization).map(replaceJson), ...formNormalizers(options)];
}

/** Those of files that Unroll wrote before it made them independent of the Unicode version. */
function formNormalizers({
  normalization,
  lowercase,
}: {
  normalization: Normalization;
  lowercase: boolean;
}): JsonObject[] {
  return [
    ...(normalization === 'none' ? [] : [{ type: normalization }]),
    ...(lowercase ? [{ type: 'Lowercase' }] : []),
  ];
}

/** null for `head+tail`, which the layout cannot say: its readers then see the whole text. */
function truncationJson({ truncation, max_length }: TextOptions) {
  const directions: Record<Truncation, 'Left' | 'Right' | undefined> = {
    head: 'Right',
    tail: 'Left',
    'head+tail': undefined,
  };
  const direction = directions[truncation];
  return direction === undefined ? null : { direction, max_length, strategy: 'LongestFirst', stride: 0 };
}
