/**
 * `config.json` of a model folder: what a program needs to rebuild the classifier, in addition to weights and
 * tokenizer. `id2label`, `label2id`, `vocab_size` and `pad_token_id` are named as in Hugging Face's configs.
 */
import type { TypeAndOptions } from '../../core/family.ts';
import { CorruptFileError, invariant, UnsupportedError } from '../../core/errors.ts';
import { parseJson } from '../../core/json.ts';
import {
  anything,
  integer,
  list,
  map,
  number,
  object,
  optional,
  text as textOption,
} from '../../core/options.ts';
import { problemAt, readOption } from '../../core/read-options.ts';
import type { TypicalDocuments } from '../../evaluate/typical.ts';
import type { PretrainedRows } from '../../nn/layers/embedding.ts';
import type { ReadAs } from '../../data/read-as.ts';
import { readAsOption } from '../../data/read-as-option.ts';

/** The format's name, as it stands in the file. */
export const MODEL_FORMAT = 'unroll.model';
/** The format's version; a reader refuses later ones. */
export const MODEL_FORMAT_VERSION = 1;

/** What `config.json` says. */
export interface ModelConfig {
  /** `[C]` class names by id; all different. */
  readonly labelNames: readonly string[];
  /** Rows of the embedding, `<PAD>` and `<UNK>` included. */
  readonly vocabularySize: number;
  /** Options of the classifier, as resolved for the run; its own schema checks them. */
  readonly model: Readonly<Record<string, unknown>>;
  /** Options of the text pipeline, likewise. */
  readonly text: Readonly<Record<string, unknown>>;
  /**
   * How the training data was read, so that new files are read in the same way; undefined if it did not come from a
   * file.
   */
  readonly readAs?: ReadAs | undefined;
  /**
   * `[C]` training documents of each class; a text without a known token gets these proportions. Older models lack
   * it.
   */
  readonly classCounts?: readonly number[] | undefined;
  /** The loss that it was trained with, which maps outputs to probabilities. Default cross-entropy: softmax. */
  readonly loss?: TypeAndOptions;
  /**
   * For an ensemble: the weights of its members' probabilities, which sum to 1. Its files are those of the members;
   * the other fields here are those of the first.
   */
  readonly ensemble?: { readonly weights: readonly number[] } | undefined;
  /** SHA-256 of `model.safetensors`, as hexadecimal digits. Older models lack it. */
  readonly weightsSha256?: string | undefined;
  /** SHA-256 of `features.json`, likewise; undefined for a model without that file. */
  readonly featuresSha256?: string | undefined;
  /** What the logits are divided by before the softmax, so that probabilities are calibrated. Default 1. */
  readonly temperature?: number | undefined;
  /**
   * `[C]` decision thresholds: each probability is divided by its threshold before the largest is taken; left out if
   * none were chosen.
   */
  readonly thresholds?: readonly number[] | undefined;
  /** Statistics of its validation documents, to detect texts unlike them. Models without a validation part lack it. */
  readonly typical?: TypicalDocuments | undefined;
  /** The rows of the embedding with pretrained vectors, and what these are. */
  readonly vectors?: (PretrainedRows & { readonly name: string; readonly sha256: string }) | undefined;
  /** Version of Unroll that wrote the file. */
  readonly unrollVersion: string;
}

/** The fields that are read; `format` was read before. */
const fields = object(
  {
    version: integer({ min: MODEL_FORMAT_VERSION, max: MODEL_FORMAT_VERSION }),
    unroll_version: textOption(),
    id2label: map(textOption()),
    label2id: anything(), // derived: checked against id2label by hand
    vocab_size: integer({ min: 1 }),
    model: map(anything()),
    text: map(anything()),
    class_counts: optional(list(number({ min: 0 }))),
    read_as: optional(readAsOption),
    vectors: optional(
      object(
        { name: textOption(), sha256: textOption(), from: integer({ min: 2 }), fixed: integer({ min: 0 }) },
        { unknown: 'drop' },
      ),
    ),
    loss: optional(object({ type: textOption() }, { unknown: 'keep' })), // older models use the softmax
    ensemble: optional(object({ weights: list(number({ min: 0 })) }, { unknown: 'drop' })),
    weights_sha256: optional(textOption()),
    features_sha256: optional(textOption()),
    temperature: optional(number({ above: 0 })), // older models are not calibrated
    thresholds: optional(list(number({ above: 0 }))),
    typical: optional(
      object(
        {
          documents: integer({ min: 1 }),
          confidence: list(number({ min: 0, max: 1 })),
          known_tokens: list(number({ min: 0, max: 1 })),
        },
        { unknown: 'drop' },
      ),
    ),
  },
  { unknown: 'drop' },
);

/** The text of `config.json`; the same config gives the same text. */
export function writeModelConfig({
  labelNames,
  vocabularySize,
  model,
  text,
  readAs,
  classCounts,
  loss,
  ensemble,
  weightsSha256,
  featuresSha256,
  temperature,
  thresholds,
  typical,
  vectors,
  unrollVersion,
}: ModelConfig): string {
  invariant(
    labelNames.length > 0 && new Set(labelNames).size === labelNames.length,
    'class names must differ',
  );
  const config = {
    format: MODEL_FORMAT,
    version: MODEL_FORMAT_VERSION,
    unroll_version: unrollVersion,
    architectures: ['UnrollForSequenceClassification'],
    model_type: 'unroll',
    problem_type: 'single_label_classification',
    id2label: Object.fromEntries(labelNames.map((label, id) => [id, label])),
    label2id: Object.fromEntries(labelNames.map((label, id) => [label, id])),
    vocab_size: vocabularySize,
    pad_token_id: 0,
    unk_token_id: 1,
    model,
    text,
    ...(classCounts && { class_counts: classCounts }),
    ...(readAs && { read_as: readAs }),
    ...(loss && { loss }),
    ...(ensemble && { ensemble }),
    ...(weightsSha256 !== undefined && { weights_sha256: weightsSha256 }),
    ...(featuresSha256 !== undefined && { features_sha256: featuresSha256 }),
    ...(temperature !== undefined && { temperature }),
    ...(thresholds && { thresholds }),
    ...(typical && {
      typical: {
        documents: typical.documents,
        confidence: typical.confidence,
        known_tokens: typical.known,
      },
    }),
    ...(vectors && { vectors }),
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/**
 * Reads `config.json`. Unknown fields are ignored.
 * @param file What to call the file in error messages.
 * @throws CorruptFileError where the text is not a model's config or contradicts itself.
 * @throws UnsupportedError for a format version of the future.
 */
export function readModelConfig(text: string, { file = 'config.json' }: { file?: string } = {}): ModelConfig {
  const fail = (problem: string, cause?: unknown): never => {
    throw new CorruptFileError(file, `[${file}] ${problem}`, { cause });
  };
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (cause) {
    fail(
      `the file must be JSON, but cannot be parsed: ${(cause as Error).message}. Fetch or write the model again.`,
      cause,
    );
  }
  const { format, version, model_type: kind } = (json ?? {}) as Record<string, unknown>;
  if (format !== MODEL_FORMAT) {
    const made = typeof kind === 'string' ? ` (model_type ${JSON.stringify(kind.slice(0, 40))})` : '';
    fail(
      `format must be "${MODEL_FORMAT}", but this config is of another kind${made}. Give a folder that Unroll wrote.`,
    );
  }
  if (typeof version === 'number' && version > MODEL_FORMAT_VERSION) {
    throw new UnsupportedError(
      `[${file}] the format's version must be at most ${MODEL_FORMAT_VERSION}, but got ${version}. The model was written by a later Unroll: update it.`,
    );
  }
  const { value, problem } = readOption(fields, json);
  if (problem) return fail(`${problemAt(problem)} The file was changed or damaged: fetch or write it again.`);
  const { id2label, label2id, vocab_size, model, text: textOptions, unroll_version } = value;
  const { loss, ensemble, vectors, temperature, read_as: readAs, class_counts: classCounts } = value;
  const { weights_sha256: weightsSha256, features_sha256: featuresSha256, typical, thresholds } = value;
  const labelNames = Array.from({ length: Object.keys(id2label).length }, (_, id) => id2label[id]);
  const missing = labelNames.findIndex((label) => label === undefined);
  if (missing >= 0 || labelNames.length === 0) {
    fail(
      `id2label must name every id from 0 on, but has none for ${Math.max(missing, 0)}. Restore the file.`,
    );
  }
  const ids = new Map(Object.entries(label2id ?? {}));
  const wrong = labelNames.find((label, id) => ids.get(label) !== id);
  if (wrong !== undefined || ids.size !== labelNames.length) {
    fail(
      `label2id must be the reverse of id2label, but is not${wrong === undefined ? '' : ` for ${JSON.stringify(wrong.slice(0, 80))}`}. Restore the file, or change a label's name in both.`,
    );
  }
  if (classCounts && classCounts.length !== labelNames.length)
    fail(
      `class_counts must have a number for each of the ${labelNames.length} classes, but has ${classCounts.length}. Restore the file.`,
    );
  if (vectors && vectors.from + vectors.fixed > vocab_size) {
    fail(
      `vectors.from and vectors.fixed must be at most vocab_size ${vocab_size} together, but are ${vectors.from} and ${vectors.fixed}. Restore the file.`,
    );
  }
  const total = ensemble?.weights.reduce((sum, weight) => sum + weight, 0) ?? 1;
  if (!(Math.abs(total - 1) < 1e-6))
    fail(`ensemble.weights must add up to 1, but come to ${total}. Restore the file.`);
  if (thresholds && thresholds.length !== labelNames.length)
    fail(
      `thresholds must be ${labelNames.length}, one for each class, but are ${thresholds.length}. Restore the file.`,
    );
  return {
    labelNames,
    vocabularySize: vocab_size,
    model,
    text: textOptions,
    ...(readAs && { readAs }),
    ...(classCounts && { classCounts }),
    ...(loss && { loss }),
    ...(ensemble && { ensemble }),
    ...(weightsSha256 !== undefined && { weightsSha256 }),
    ...(featuresSha256 !== undefined && { featuresSha256 }),
    ...(temperature !== undefined && { temperature }),
    ...(thresholds && { thresholds }),
    ...(typical && {
      typical: {
        documents: typical.documents,
        confidence: typical.confidence,
        known: typical.known_tokens,
      },
    }),
    ...(vectors && { vectors }),
    unrollVersion: unroll_version,
  };
}
