/**
 * The files of a model in Hugging Face's layout, in memory: `model.safetensors` (PyTorch's tensor names), `config.json`,
 * `tokenizer.json` or, of a model that reads texts itself, `features.json`, and the model card `README.md`.
 */
import { CorruptFileError, invariant, UnsupportedError } from '../core/errors.ts';
import { parseJson } from '../core/json.ts';
import { createSha256 } from '../core/sha256.ts';
import { models } from '../models/family.ts';
import { readModelConfig, writeModelConfig, type ModelConfig } from '../models/files/model-config.ts';
import { readSafetensors, writeSafetensors, type Tensors } from '../models/files/safetensors.ts';

/** The content of the files of a model. */
export interface ModelFiles {
  /** Parameters by PyTorch's names. */
  readonly tensors: Tensors;
  /** Options, sizes and class names. */
  readonly config: ModelConfig;
  /** Text of `tokenizer.json`; undefined for a model that reads texts itself. */
  readonly tokenizerJson?: string | undefined;
  /** What a model that reads texts itself has in `features.json`; undefined for any other. */
  readonly features?: unknown;
  /** The models of an ensemble, which has none of the above; undefined for any other. */
  readonly members?: readonly ModelFiles[] | undefined;
}

type OwnFileName = 'config.json' | 'tokenizer.json' | 'features.json' | 'model.safetensors';

/** A file that a model is read from; those of an ensemble's members begin with `member-1.` and so on. */
export type ModelFileName = OwnFileName | `member-${number}.${OwnFileName}`;

/** The files that every model has which reads token ids. */
export const MODEL_FILES: readonly OwnFileName[] = ['config.json', 'tokenizer.json', 'model.safetensors'];
/** The files that every model has which reads texts itself. */
export const FITTED_FILES: readonly OwnFileName[] = ['config.json', 'features.json', 'model.safetensors'];

/** The format of `features.json`, as it stands in the file. */
const FEATURES_FORMAT = 'unroll.features';
const FEATURES_VERSION = 1;

/** A file of a member of an ensemble, counted from 0. */
export function memberFile(member: number, name: ModelFileName): ModelFileName {
  return `member-${member + 1}.${name as OwnFileName}`;
}

/** The files that the model of a config is read from; of an ensemble, the configs of its members, which have more. */
export function modelFileNames({
  model,
  ensemble,
}: Pick<ModelConfig, 'model' | 'ensemble'>): readonly ModelFileName[] {
  if (ensemble) return ['config.json', ...ensemble.weights.map((_, m) => memberFile(m, 'config.json'))];
  // an unknown type is refused later, by the schema of the options
  const found = models.find(({ types }) => types.includes(String(model['type'])));
  return found?.learns === 'at once' ? FITTED_FILES : MODEL_FILES;
}

/** The files of a model by name, in the order in which they are written. */
export function writeModelFiles({
  tensors,
  config,
  tokenizerJson,
  features,
  card,
}: ModelFiles & { /** Text of `README.md`. */ readonly card: string }): Map<string, Uint8Array<ArrayBuffer>> {
  const utf8 = new TextEncoder();
  // the format says whose tensor names and layout these are; Python's transformers insists on it
  const weights = writeSafetensors(tensors, { format: 'pt' });
  const featuresJson =
    features === undefined
      ? undefined
      : utf8.encode(
          `${JSON.stringify({ format: FEATURES_FORMAT, version: FEATURES_VERSION, state: features })}\n`,
        );
  const digests = {
    weightsSha256: sha256Of(weights),
    featuresSha256: featuresJson && sha256Of(featuresJson),
  };
  return new Map([
    ['model.safetensors', weights],
    ['config.json', utf8.encode(writeModelConfig({ ...config, ...digests }))],
    ...(tokenizerJson === undefined ? [] : [['tokenizer.json', utf8.encode(tokenizerJson)] as const]),
    ...(featuresJson ? [['features.json', featuresJson] as const] : []),
    ['README.md', utf8.encode(card)],
  ]);
}

/**
 * The files of an ensemble: those of its members, and a config that says what each counts.
 * @param members The files of each by name, as `writeModelFiles` gives them, and its config.
 * @param own What was learned about all of them together.
 */
export function writeEnsembleFiles(
  members: readonly { readonly files: ReadonlyMap<string, Uint8Array>; readonly config: ModelConfig }[],
  weights: readonly number[],
  card: string,
  own: Pick<ModelConfig, 'temperature' | 'typical'> = {},
): Map<string, Uint8Array> {
  const utf8 = new TextEncoder();
  // facts about a single model stay with that model
  const { labelNames, vocabularySize, model, text, readAs, classCounts, loss, unrollVersion } =
    members[0].config;
  const shared = { labelNames, vocabularySize, model, text, readAs, classCounts, unrollVersion };
  const files = members.flatMap(({ files, config }, m) =>
    modelFileNames(config).map((name): [string, Uint8Array] => {
      const content = files.get(name);
      invariant(content !== undefined, `member ${m + 1} has its ${name}`);
      return [memberFile(m, name), content];
    }),
  );
  return new Map<string, Uint8Array>([
    ...files,
    [
      'config.json',
      utf8.encode(writeModelConfig({ ...shared, ...own, ...(loss && { loss }), ensemble: { weights } })),
    ],
    ['README.md', utf8.encode(card)],
  ]);
}

/**
 * Reads the files of a model.
 * @param read Gives the content of a file; called once for each, for the config of an ensemble's member twice.
 * @param where What to call a file in error messages: its path or address.
 * @throws CorruptFileError where a file is damaged; `tokenizer.json` is checked by its own reader.
 */
export function readModelFiles(
  read: (name: ModelFileName) => Uint8Array<ArrayBuffer>,
  where: (name: ModelFileName) => string,
): ModelFiles {
  const text = (name: ModelFileName) => decode(read(name), where(name));
  const config = readModelConfig(text('config.json'), { file: where('config.json') });
  if (config.ensemble) {
    const members = config.ensemble.weights.map((_, m) =>
      readMember(m, config, {
        read: (name) => read(memberFile(m, name)),
        where: (name) => where(memberFile(m, name)),
      }),
    );
    return { config, tensors: {}, members };
  }
  const names = modelFileNames(config);
  const configFile = where('config.json');
  const featuresOf = (file: string) => {
    const content = read('features.json');
    const features = readFeatures(decode(content, file), file);
    requireDigest(content, config.featuresSha256, { file, configFile, ...FEATURES });
    return { features };
  };
  const own = {
    ...(names.includes('tokenizer.json') && { tokenizerJson: text('tokenizer.json') }),
    ...(names.includes('features.json') && featuresOf(where('features.json'))),
  };
  const file = where('model.safetensors');
  const weights = read('model.safetensors');
  const { tensors } = readSafetensors(weights, { file });
  requireDigest(weights, config.weightsSha256, { file, configFile, ...WEIGHTS });
  return { config, ...own, tensors };
}

/** What a file with a checksum is called, and the key of its checksum in `config.json`. */
const WEIGHTS = { what: 'weights', key: 'weights_sha256' } as const;
const FEATURES = { what: 'features', key: 'features_sha256' } as const;

/** A member, which must know the classes of its ensemble and not be one itself. */
function readMember(
  member: number,
  { labelNames }: ModelConfig,
  {
    read,
    where,
  }: { readonly read: Parameters<typeof readModelFiles>[0]; readonly where: (name: ModelFileName) => string },
): ModelFiles {
  const file = where('config.json');
  const fail = (problem: string) =>
    new CorruptFileError(
      file,
      `[${file}] member ${member + 1} of an ensemble must ${problem}. Fetch or write the model again.`,
    );
  const own = readModelConfig(decode(read('config.json'), file), { file });
  if (own.ensemble) throw fail('be a model of its own, but is an ensemble');
  if (own.labelNames.join('\0') !== labelNames.join('\0'))
    throw fail('have the classes of the ensemble, but has others');
  return readModelFiles(read, where);
}

/** Refuses a file that is not the one of the config: changed numbers would otherwise go unnoticed. */
function requireDigest(
  content: Uint8Array,
  digest: string | undefined,
  {
    file,
    configFile,
    what,
    key,
  }: { readonly file: string; readonly configFile: string; readonly what: string; readonly key: string },
): void {
  if (digest === undefined || sha256Of(content) === digest) return;
  throw new CorruptFileError(
    file,
    `[${file}] the ${what} must have the SHA-256 that config.json records, ${digest.slice(0, 12)}…, but have another: the file was damaged or changed. ` +
      `Fetch or write it again; if you changed the ${what} on purpose, remove ${key} from ${configFile}.`,
  );
}

function sha256Of(content: Uint8Array): string {
  return createSha256().update(content).hex();
}

function readFeatures(text: string, file: string): unknown {
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (cause) {
    const why = (cause as Error).message;
    throw new CorruptFileError(file, `[${file}] the file must be JSON, but cannot be parsed: ${why}. Fetch or write the model again.`, { cause }); // prettier-ignore
  }
  const { format, version, state } = (json ?? {}) as Record<string, unknown>;
  if (format !== FEATURES_FORMAT) {
    throw new CorruptFileError(
      file,
      `[${file}] format must be "${FEATURES_FORMAT}", but is not. Give a folder that Unroll wrote.`,
    );
  }
  if (version !== FEATURES_VERSION) {
    throw new UnsupportedError(
      `[${file}] the format's version must be ${FEATURES_VERSION}, but is not. The model was written by a later Unroll: update it.`,
    );
  }
  return state;
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
