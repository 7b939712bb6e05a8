/** Runs grouped by setting: those whose configurations differ in nothing but the seed. */
import type { Config } from '../config/schema.ts';
import { labelText } from '../figures/chart/text.ts';
import { fittedAtOnce } from '../models/family.ts';
import { isUnusedAtOnce } from '../settings/shared-keys.ts';
import { ensembleSize, type RunFacts } from './run-facts.ts';

/** Runs of one setting. */
export interface Setting {
  /** Unlike that of any other setting of the comparison; a single run's own name. */
  readonly name: string;
  /** One, or several of different seeds, in the order in which they were given. */
  readonly runs: readonly RunFacts[];
}

/** Keys that change the random numbers or the speed, not what is trained. */
const NOT_SETTINGS = ['train.seed', 'data.seed', 'train.threads'];

/**
 * Groups runs by setting, in the order of their first run. Runs of the same seed are the same training or another split
 * of names, and are kept apart.
 */
export function settingsOf(facts: readonly RunFacts[]): Setting[] {
  const groups: { readonly key: string | undefined; readonly runs: RunFacts[] }[] = [];
  for (const one of facts) {
    const key = keyOf(one);
    const same = groups.find(
      (group) => key !== undefined && group.key === key && !group.runs.some((run) => sameSeeds(run, one)),
    );
    if (same) same.runs.push(one);
    else groups.push({ key, runs: [one] });
  }
  // just two runs: they are compared as they are, whatever their seeds
  if (facts.length === 2 && groups.length === 1) return facts.map((one) => ({ name: one.name, runs: [one] }));
  return named(groups.map(({ runs }) => runs));
}

function keyOf(facts: RunFacts): string | undefined {
  const { config, description } = facts;
  if (!config) return undefined;
  const values = [...valuesOf(facts, config)].filter(([key]) => !NOT_SETTINGS.includes(key));
  return JSON.stringify([values, description?.data.hash ?? null]);
}

function sameSeeds({ config: a }: RunFacts, { config: b }: RunFacts): boolean {
  return a?.train.seed === b?.train.seed && a?.data.seed === b?.data.seed;
}

/** What identifies the setting of a run: keys that have an effect. An ensemble of seeds differs from a run of the same configuration. */
function valuesOf(facts: RunFacts, config: Config): Map<string, string> {
  const members = ensembleSize(facts);
  const values = flatten(config).set('ensemble', members === null ? 'none' : `of ${members} seeds`);
  if (fittedAtOnce(config.model)) for (const key of values.keys()) if (isUnusedAtOnce(key)) values.delete(key); // prettier-ignore
  return values;
}

/** Each key with its value as text: `model.hidden_size` and `32`. */
export function flatten(config: Config): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (path: string, value: unknown): void => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [key, inner] of Object.entries(value)) visit(path === '' ? key : `${path}.${key}`, inner);
    } else found.set(path, valueText(value));
  };
  visit('', config);
  return found;
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueText).join(', ');
  if (value === null) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Settings by key: the value of each, `–` where it has no effect or the configuration is not known. */
export interface Difference {
  /** Such as `model.hidden_size`. */
  readonly key: string;
  /** One for each setting. */
  readonly values: readonly string[];
}

/** The keys in which settings differ. */
export function differencesOf(settings: readonly Setting[]): Difference[] {
  const configs = settings.map(({ runs: [facts] }) => facts.config && valuesOf(facts, facts.config));
  const keys = [...new Set(configs.flatMap((config) => [...(config?.keys() ?? [])]))];
  return keys
    .filter((key) => !NOT_SETTINGS.includes(key))
    .map((key) => ({ key, values: configs.map((config) => config?.get(key) ?? '–') }))
    .filter(({ values }) => new Set(values).size > 1);
}

/** Names of the settings: what the names of their runs have in common, or else the values that differ. */
function named(groups: readonly RunFacts[][]): Setting[] {
  const plain = groups.map((runs) => ({ name: '', runs }));
  const differences = differencesOf(plain).slice(0, 3);
  const taken = new Set<string>();
  return groups.map((runs, i) => {
    const common = groupName(runs);
    const others = groups.filter((_, k) => k !== i).map(groupName);
    const values = differences.map(({ key, values: of }) => `${key.split('.').at(-1) ?? key} ${of[i]}`);
    const candidates = [
      ...(common !== '' && !others.includes(common) ? [common] : []),
      ...(values.length > 0 ? [values.join(', ')] : []),
      runs.length === 1 ? runs[0].name : `${runs[0].name} and ${runs.length - 1} more`,
    ];
    const name = candidates.find((candidate) => !taken.has(candidate)) ?? `setting ${i + 1}`;
    taken.add(name);
    return { name: labelText(name), runs };
  });
}

/** What the names of the runs have in common; marks an ensemble of seeds as one. */
function groupName(runs: readonly RunFacts[]): string {
  const common = commonName(runs.map(({ name }) => name));
  const members = ensembleSize(runs[0]);
  return members === null || common === '' ? common : `${common} (ensemble of ${members})`;
}

/** `lstm` of `lstm-seed-0` and `lstm-seed-1`; the name itself of one. */
function commonName(names: readonly string[]): string {
  if (names.length === 1) return names[0];
  let length = 0;
  while (length < names[0].length && names.every((name) => name[length] === names[0][length])) length++;
  return names[0]
    .slice(0, length)
    .replace(/[\s\-_./]+\d*$/, '')
    .replace(/(?:^|[\s\-_./])(?:seed|s|run)$/i, '')
    .replace(/[\s\-_./]+$/, '');
}
