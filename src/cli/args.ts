/** Sorts a command line into options, config overrides and positional arguments, over `parseArgs` of Node. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { ConfigKey } from '../config/keys.ts';
import type { Override } from '../config/overrides.ts';
import { ConfigError } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';
import { keysNamed } from '../settings/guess.ts';
import type { Command, Invocation, OptionSpec } from './command.ts';

/** A command line that cannot be parsed; the message points to the help. */
export class UsageError extends ConfigError {}

type Parsed = Omit<Invocation, 'io' | 'argv'>;

interface Found {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
}

/**
 * Parses the arguments after the command's name. A UsageError names an unknown option with the nearest known
 * one, an option without its value, and missing or superfluous arguments.
 * @param keys The config keys that the command takes (`command.sections`).
 */
export function parseCommandLine(
  command: Command,
  args: readonly string[],
  keys: readonly ConfigKey[] = [],
): Parsed {
  const { found, positionals } = tokenize(command, args, keys);
  const values: Record<string, string | boolean | string[] | undefined> = {};
  for (const [name, spec] of Object.entries(command.options)) {
    values[name] = spec.multiple ? [] : spec.value ? undefined : false;
  }
  const overrides: Override[] = [];
  refuseRepeated(command, found);
  for (const { name, rawName, value } of found) {
    const spec = command.options[name] as OptionSpec | undefined;
    if (!spec) {
      const normalized = name.replaceAll('-', '_');
      if (!command.sections.includes(normalized.split('.')[0]) || !name.includes('.'))
        throw unknownOption(command, rawName, keys);
      overrides.push({ key: normalized, text: requireValue(rawName, value), option: rawName });
      continue;
    }
    if (!spec.value && value !== undefined && !spec.config) {
      throw new UsageError(
        `[command line] ${rawName} takes no value, but got "${value}". Leave out what follows the name.`,
      );
    }
    if (spec.config && !spec.multiple)
      overrides.push({ key: spec.config, text: requireValue(rawName, value), option: rawName });
    if (spec.multiple) (values[name] as string[]).push(requireValue(rawName, value));
    else values[name] = spec.value ? requireValue(rawName, value) : true;
  }
  for (const [name, spec] of Object.entries(command.options)) {
    const given = values[name];
    if (!spec.config || !Array.isArray(given) || given.length === 0) continue;
    const text = given.length === 1 ? given[0] : JSON.stringify(given);
    overrides.push({ key: spec.config, text, option: `--${name}` });
  }
  if (!values.help) checkCount(command, positionals);
  return { positionals, values: values as Parsed['values'], overrides };
}

/**
 * Refuses an option with two values, which is ambiguous. For config keys, such as `--train.lr`, the last one counts.
 */
function refuseRepeated({ options }: Command, found: readonly Found[]): void {
  const seen = new Map<string, Found>();
  for (const one of found) {
    const spec = options[one.name] as OptionSpec | undefined;
    if (!spec || spec.multiple || one.value === undefined) continue;
    const before = seen.get(one.name);
    if (before && before.value !== one.value) {
      throw new UsageError(
        `[command line] --${one.name} must be given once, but got "${before.value}" and "${one.value}". Leave one out.`,
      );
    }
    seen.set(one.name, one);
  }
}

/** Runs `parseArgs` with every known name, so that it knows which options take a value. */
function tokenize(
  command: Command,
  args: readonly string[],
  keys: readonly ConfigKey[],
): { found: Found[]; positionals: string[] } {
  const options: NonNullable<ParseArgsConfig['options']> = {};
  const switches = new Set<string>();
  for (const { path, boolean } of keys) {
    for (const name of [path, path.replaceAll('_', '-')]) {
      options[name] = { type: boolean ? 'boolean' : 'string' };
      if (boolean) switches.add(name);
    }
  }
  for (const [name, spec] of Object.entries(command.options)) {
    options[name] = { type: spec.value ? 'string' : 'boolean', ...(spec.short ? { short: spec.short } : {}) };
    if (spec.config && !spec.value) switches.add(name);
  }
  // options inside a key, such as --train.schedule.patience 5, are not in the list above but take a value
  for (const arg of args) {
    const name = /^--([a-z_-]+\.[^=]+)/.exec(arg)?.[1];
    if (name && !(name in options)) options[name] = { type: 'string' };
  }
  const { tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const found: Found[] = [];
  const positionals: string[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    let { value } = token;
    if (token.inlineValue === false && value?.startsWith('--')) throw missingValue(token.rawName, value);
    if (value === undefined && switches.has(token.name)) {
      // a switch alone means true; true or false may follow it
      const next = tokens.at(i + 1);
      const word =
        next?.kind === 'positional' && (next.value === 'true' || next.value === 'false')
          ? next.value
          : undefined;
      if (word) i++;
      value = word ?? 'true';
    }
    found.push({ name: token.name, rawName: token.rawName, value });
  }
  return { found, positionals };
}

function requireValue(rawName: string, value: string | undefined): string {
  if (value === undefined || value === '') throw missingValue(rawName, value === '' ? 'an empty one' : value);
  return value;
}

function missingValue(rawName: string, got: string | undefined): UsageError {
  return new UsageError(
    `[command line] ${rawName} must be followed by a value, but got ${got ?? 'nothing'}.`,
  );
}

function unknownOption(command: Command, rawName: string, keys: readonly ConfigKey[]): UsageError {
  const name = rawName.replace(/^-+/, '');
  const word = name.replaceAll('-', '_');
  const sameLeaf = keysNamed({ list: keys }, word.split('.').at(-1) ?? '');
  const names = Object.keys(command.options);
  const renamed = Object.entries(command.options).find(([, { formerly }]) => formerly === name);
  if (renamed) {
    const [now, { description }] = renamed;
    return new UsageError(
      `[command line] unroll ${command.name} takes --${now} (${description}); ${rawName} is its former name.`,
    );
  }
  const instead = command.lacks?.[word];
  if (instead !== undefined)
    return new UsageError(`[command line] unroll ${command.name} has no option ${rawName}. ${instead}`);
  // a text may begin with a dash
  const text =
    command.positionals.max === Infinity
      ? ` A text that begins with a dash goes after --: unroll ${command.name} ${command.usage.split(' ')[0]} -- "${rawName} ...".`
      : '';
  const guess =
    nearest(word.replaceAll('_', '-'), names) ??
    (sameLeaf.length > 0
      ? sameLeaf.join(' or --')
      : nearest(
          word,
          keys.map(({ path }) => path),
        ));
  return new UsageError(
    `[command line] unroll ${command.name} has no option ${rawName}.${guess ? ` Did you mean --${guess}?` : ''}${text}`,
  );
}

function checkCount(command: Command, positionals: readonly string[]): void {
  const { min, max } = command.positionals;
  const usage = `unroll ${command.name} ${command.usage}`.trim();
  if (positionals.length < min) {
    const got = positionals.length === 0 ? 'none' : positionals.join(' ');
    throw new UsageError(
      `[command line] ${usage} needs ${min === 1 ? 'an argument' : `${min} arguments`}, but got ${got}.`,
    );
  }
  if (positionals.length > max) {
    throw new UsageError(
      `[command line] ${usage} takes no more arguments, but got "${positionals[max]}" too. Quote a text of several words.`,
    );
  }
}

/** An option that is a whole number; its range is checked where it is used. @throws UsageError */
export function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^-?\d{1,9}$/.test(text.trim())) return Number(text);
  throw new UsageError(`[command line] --${name} must be a whole number, but got "${text}".`);
}
