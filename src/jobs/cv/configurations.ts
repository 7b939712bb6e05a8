/** The configurations of a cross-validation: named, complete, and able to run on the same folds. */
import { basename, extname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { changedKeys } from '../../config/diff.ts';
import type { ConfigLayer, Override } from '../../config/index.ts';
import { resolveConfig } from '../../config/resolve.ts';
import type { Dataset } from '../../data/dataset.ts';
import { chooseFromData } from '../../settings/from-data.ts';
import { plainLayer } from '../../settings/layer.ts';
import type { Config, ConfigInput } from '../../config/schema.ts';
import { ConfigError } from '../../core/errors.ts';
import { type VectorsAtHand, vectorsAtHand } from '../../vectors/at-hand.ts';
import type { Job } from '../context.ts';
import { withAbsolutePaths } from '../read-data.ts';
import { requireCpu } from '../../train/options.ts';
import { modelName } from '../train/save.ts';
import { configLayers } from '../train/start.ts';

/** A configuration to cross-validate. */
export interface Configuration {
  /** Unique. */
  readonly name: string;
  readonly config: Config;
  /** The layers that it was resolved from. */
  readonly layers: readonly ConfigLayer[];
}

/** Files or presets by their names, or objects of sections. */
export type GivenConfigs = readonly (string | ConfigInput)[];

/** Most configurations in one cross-validation. */
const MOST = 20;

/** The given configurations; by default the default one, named after its model. @throws ConfigError */
export async function resolveConfigurations(
  given: GivenConfigs,
  overrides: readonly Override[],
): Promise<readonly Configuration[]> {
  if (given.length > MOST) {
    throw new ConfigError(
      `[-c] there may be ${MOST} configurations at most, but got ${given.length}. Compare them in several cross-validations.`,
    );
  }
  const names = namesOf(given);
  const all = given.length === 0 ? [undefined] : given;
  const configurations: Configuration[] = [];
  for (const [i, given] of all.entries()) {
    const layers = await configLayers({ config: given, overrides });
    const config = withAbsolutePaths(resolveConfig(...layers));
    requireCpu(config.train);
    configurations.push({ name: names.at(i) ?? modelName(config.model), config, layers });
  }
  requireFoldable(configurations);
  requireDifferent(configurations);
  return configurations;
}

/**
 * The configurations with the settings that follow from the data, as in a training: from the number of documents that
 * each fold trains on, the lengths of all documents, and the classes.
 */
export async function followData(
  configurations: readonly Configuration[],
  { texts, labelNames }: Dataset,
  folds: number,
  job: Pick<Job, 'cacheDir' | 'notice'>,
): Promise<readonly Configuration[]> {
  const documents = Math.max(1, Math.round((texts.length * (folds - 1)) / folds));
  const learned = { texts, documents, classes: labelNames.length };
  const followed: Configuration[] = [];
  for (const { name, config, layers } of configurations) {
    const completed = (vectors?: VectorsAtHand) => {
      const choices = chooseFromData({ ...learned, vectors }, config, layers, { auto: true });
      const all = choices ? [choices.layer, ...layers] : layers;
      return { name, config: choices ? withAbsolutePaths(resolveConfig(...all)) : config, layers: all };
    };
    const plain = completed();
    // as in a training, a network that may be chosen has the vectors that are at hand
    const vectors = plain.config.train.auto ? await vectorsAtHand(texts, plain.config.text, job) : undefined;
    followed.push(vectors ? completed(vectors) : plain);
  }
  return followed;
}

/** A preset's name, a file's without its extension; numbered where several have the same name. */
function namesOf(given: GivenConfigs): readonly string[] {
  const plain = given.map((config, i) =>
    typeof config === 'string' ? basename(config, extname(config)) : `configuration ${i + 1}`,
  );
  const taken = new Set<string>();
  return plain.map((name) => {
    let own = name;
    for (let n = 2; taken.has(own); n++) own = `${name} ${n}`;
    taken.add(own);
    return own;
  });
}

/** Keys of the `data` section that do not say which documents there are. */
const SPLIT_KEYS = new Set(['split', 'fractions', 'seed', 'allow_leakage', 'near_duplicates']);

const OWN_PARTS = 'A cross-validation tests every document once, in folds that it draws. Leave it out, or use unroll train.'; // prettier-ignore

/** Keys of the `data` section that a cross-validation cannot use: why, and what to do instead. */
export const notForFolds = {
  ...{ val: OWN_PARTS, test: OWN_PARTS, split_ids: OWN_PARTS },
  corrections:
    'A cross-validation judges every document by its label in the data, and corrections never change a label that is judged. ' +
    'Use unroll train DATA --corrections FILE, which keeps the labels of test documents, or correct the labels in the data itself.',
} as const;

/** Refuses configurations with their own validation or test files, or that read the data differently. */
function requireFoldable(configurations: readonly Configuration[]): void {
  const [first] = configurations;
  for (const { name, config } of configurations) {
    for (const key of Object.keys(notForFolds) as (keyof typeof notForFolds)[]) {
      if (config.data[key] === null) continue;
      throw new ConfigError(
        `[data.${key}] must be null for a cross-validation, but is ${JSON.stringify(config.data[key])} in ${name}. ${notForFolds[key]}`,
        { key: `data.${key}` },
      );
    }
    const keys = Object.keys(config.data) as (keyof Config['data'])[];
    const other = keys.find(
      (key) => !SPLIT_KEYS.has(key) && !isDeepStrictEqual(config.data[key], first.config.data[key]),
    );
    if (other === undefined) continue;
    throw new ConfigError(
      `[data.${other}] must be the same in all configurations, so that they have the same documents, but differs between ${first.name} and ${name}. Set it alike, or compare them in two cross-validations.`,
      { key: `data.${other}` },
    );
  }
}

/** Keys that may change when a cross-validation is resumed: no probability depends on them, as it trains on the CPU. */
const FREE = new Set(['train.threads', 'train.checkpoint_seconds', 'train.gpu_weights']);

function isFree(key: string): boolean {
  return FREE.has(key) || key.startsWith('evaluate.');
}

/** Whether two configurations differ at most in what the GPU alone reads. */
function comeToTheSame(a: Config, b: Config): boolean {
  return changedKeys(a, b).every((key) => key === 'train.gpu_weights');
}

function requireDifferent(configurations: readonly Configuration[]): void {
  for (const [i, { name, config }] of configurations.entries()) {
    const same = configurations.slice(0, i).find((other) => comeToTheSame(other.config, config));
    if (!same) continue;
    throw new ConfigError(
      `[-c] configurations must differ, but ${same.name} and ${name} come to the same. Leave one out.`,
    );
  }
}

/**
 * The configurations of a cross-validation to resume: those that it began with, also where the settings that follow from
 * the data are others by now. What was asked for must agree with them.
 * @throws ConfigError that names the keys
 */
export function continueWith(
  before: readonly Pick<Configuration, 'name' | 'config'>[],
  given: readonly Configuration[],
  folder: string,
): readonly Configuration[] {
  const refuse = (what: string, key = 'config') =>
    new ConfigError(
      `[--resume] the configurations must be those of ${folder}, but ${what}. Restore that, or start another cross-validation without --resume.`,
      { key },
    );
  if (before.length !== given.length)
    throw refuse(
      `it has ${before.length} (${before.map(({ name }) => name).join(', ')}), not ${given.length}`,
    );
  return given.map(({ name, config: asked, layers: own }, i) => {
    const { name: called, config: saved } = before[i];
    if (name !== called) throw refuse(`${name} was called ${called}`);
    const layers = [plainLayer(saved, folder), ...own];
    const same = modelName(saved.model) === modelName(asked.model);
    const config = same ? withAbsolutePaths(resolveConfig(...layers)) : asked;
    const changed = same ? changedKeys(saved, config).filter((key) => !isFree(key)) : ['model.type'];
    if (changed.length > 0)
      throw refuse(
        `${changed.join(', ')} of ${name} ${changed.length === 1 ? 'is' : 'are'} different`,
        changed[0],
      );
    return { name, config, layers };
  });
}
