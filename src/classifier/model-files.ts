/**
 * The files of a model in Hugging Face's layout, in memory: `model.safetensors` (PyTorch's tensor names), `config.json`,
 * `tokenizer.json` and the model card `README.md`.
 */
import { CorruptFileError } from '../core/errors.ts';
import { createSha256 } from '../core/sha256.ts';
import {
  readModelConfig,
  readSafetensors,
  writeModelConfig,
  writeSafetensors,
  type ModelConfig,
  type Tensors,
} from '../models/files/index.ts';

/** What the files of a model hold. */
export interface ModelFiles {
  /** Parameters by PyTorch's names. */
  readonly tensors: Tensors;
  /** Options, sizes and class names. */
  readonly config: ModelConfig;
  /** Text of `tokenizer.json`. */
  readonly tokenizerJson: string;
}

/** The files that a model is read from. */
export const MODEL_FILES = ['config.json', 'tokenizer.json', 'model.safetensors'] as const;

/** A file that a model is read from. */
export type ModelFileName = (typeof MODEL_FILES)[number];

/** The files of a model by name, in the order in which they are written. */
export function writeModelFiles({
  tensors,
  config,
  tokenizerJson,
  card,
}: ModelFiles & { /** Text of `README.md`. */ readonly card: string }): Map<string, Uint8Array<ArrayBuffer>> {
  const utf8 = new TextEncoder();
  // the format says whose tensor names and layout these are; Python's transformers insists on it
  const weights = writeSafetensors(tensors, { format: 'pt' });
  const weightsSha256 = createSha256().update(weights).hex();
  return new Map([
    ['model.safetensors', weights],
    ['config.json', utf8.encode(writeModelConfig({ ...config, weightsSha256 }))],
    ['tokenizer.json', utf8.encode(tokenizerJson)],
    ['README.md', utf8.encode(card)],
  ]);
}

/**
 * Reads the files of a model.
 * @param read Gives the content of a file; called once for each.
 * @param where What to call a file in error messages: its path or address.
 * @throws CorruptFileError where a file is damaged; `tokenizer.json` is checked by its own reader.
 */
export function readModelFiles(
  read: (name: ModelFileName) => Uint8Array<ArrayBuffer>,
  where: (name: ModelFileName) => string,
): ModelFiles {
  const text = (name: ModelFileName) => decode(read(name), where(name));
  const config = readModelConfig(text('config.json'), { file: where('config.json') });
  const tokenizerJson = text('tokenizer.json');
  const file = where('model.safetensors');
  const weights = read('model.safetensors');
  const { tensors } = readSafetensors(weights, { file });
  requireDigest(weights, config, { file, configFile: where('config.json') });
  return { config, tokenizerJson, tensors };
}

/** Refuses weights that are not those of the config: numbers may be changed without any other sign of it. */
function requireDigest(
  weights: Uint8Array,
  { weightsSha256 }: ModelConfig,
  { file, configFile }: { readonly file: string; readonly configFile: string },
): void {
  if (weightsSha256 === undefined || createSha256().update(weights).hex() === weightsSha256) return;
  throw new CorruptFileError(
    file,
    `[${file}] the weights must have the SHA-256 that config.json records, ${weightsSha256.slice(0, 12)}…, but have another: the file was damaged or changed. ` +
      `Fetch or write it again; if you changed the weights on purpose, remove weights_sha256 from ${configFile}.`,
  );
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new CorruptFileError(
      file,
      `[${file}] the file must be UTF-8, but is not. Fetch or write the model again.`,
      { cause },
    );
  }
}
