/** Turns schema errors into messages for people. */
import type * as z from 'zod';
import { didYouMean, nearest } from '../core/nearest.ts';
import { keysNamed, nearestKey } from './guess.ts';
import type { SettingsKeys } from './keys.ts';
import { type PathStep, valueAt } from './layer.ts';

type Issue = z.core.$ZodIssue;

/** A problem with one key. */
export interface ConfigProblem {
  /** Path of the key. */
  readonly path: readonly PathStep[];
  /** `must ..., but got ...` and the fix. */
  readonly text: string;
}

/** The problem of the first issue of a failed parse of `values`. */
export function describeIssue(issue: Issue, values: unknown, keys: SettingsKeys): ConfigProblem {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  if (issue.code === 'unrecognized_keys') return unknownKey(path, issue.keys[0], keys);
  if (issue.code === 'invalid_union' && issue.errors.length > 0)
    return unionProblem(issue, path, values, keys);
  const value = valueAt(values, path);
  const got = `, but got ${show(value)}`;
  const allowed = allowedValues(issue);
  if (allowed) {
    const guess = typeof value === 'string' ? nearest(value, allowed) : undefined;
    return { path, text: `must be ${list(allowed)}${got}.${didYouMean(guess)}` };
  }
  return { path, text: `${requirement(issue)}${got}.` };
}

function unknownKey(path: readonly PathStep[], key: string, keys: SettingsKeys): ConfigProblem {
  const known = path.length === 0 ? keys.sections : keys.knownAt(path);
  const full = [...path, key];
  const kind = path.length === 0 ? 'section' : 'key';
  const elsewhere = keysNamed(keys, key, path.join('.'));
  const near = nearestKey(key, known);
  if (near === key) return { path: full, text: otherType(path, key, keys) };
  const guess = elsewhere.length > 0 ? elsewhere.join(' or ') : near && [...path, near].join('.');
  const fix = guess
    ? `Did you mean ${guess}?`
    : `Known ${kind}s${path.length ? ` of ${path.join('.')}` : ''}: ${known.join(', ')}.`;
  return { path: full, text: `is not a known ${kind}. ${fix}` };
}

/** The problem of a key that only other types of the same option have, such as `warmup_fraction` of a schedule. */
function otherType(path: readonly PathStep[], key: string, keys: SettingsKeys): string {
  const option = path.join('.');
  const having = keys.schemasAt(path).filter(({ properties }) => properties?.[key] !== undefined);
  const types = having.flatMap(({ properties }) => properties?.['type'].const ?? []).map(String);
  return `belongs to ${option}.type ${types.join(' or ')}, which is not set. Set it too, or leave ${key} out.`;
}

/** The problem of the union member that the value was meant to be. */
function unionProblem(
  issue: z.core.$ZodIssueInvalidUnion,
  path: readonly PathStep[],
  values: unknown,
  keys: SettingsKeys,
): ConfigProblem {
  const deeper = issue.errors.find((errors) =>
    errors.some((e) => e.path.length > 0 || e.code === 'unrecognized_keys'),
  );
  const meant =
    deeper ??
    (issue.errors.every((errors) => errors[0].code !== 'invalid_type') ? undefined : rangeProblem(issue));
  if (meant) return describeIssue({ ...meant[0], path: [...path, ...meant[0].path] }, values, keys);
  const parts = issue.errors.map((errors) => requirement(errors[0]).replace(/^must be /, ''));
  return {
    path,
    text: `must be ${[...new Set(parts)].join(', or ')}, but got ${show(valueAt(values, path))}.`,
  };
}

/** The alternative that accepts the type of the value but not its size, if any. */
function rangeProblem(issue: z.core.$ZodIssueInvalidUnion): readonly Issue[] | undefined {
  return issue.errors.find((errors) => errors[0].code === 'too_small' || errors[0].code === 'too_big');
}

function allowedValues(issue: Issue): readonly string[] | undefined {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  if (issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options)) {
    return issue.options.map(String);
  }
  return undefined;
}

function requirement(issue: Issue): string {
  // a custom message of the schema is more specific than the generic one
  if (issue.message.startsWith('must ')) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${typeName(issue.expected)}`;
    case 'invalid_value':
      return `must be ${list(issue.values.map(String))}`;
    case 'too_small':
      return `must ${bound(issue.origin)}${issue.inclusive === false ? 'above' : 'at least'} ${issue.minimum}`;
    case 'too_big':
      return `must ${bound(issue.origin)}${issue.inclusive === false ? 'below' : 'at most'} ${issue.maximum}`;
    default:
      return issue.message;
  }
}

function bound(origin: string): string {
  if (origin === 'array') return 'have a length of ';
  if (origin === 'string') return 'have a number of characters of ';
  return 'be ';
}

function typeName(expected: string): string {
  const names: Record<string, string> = {
    int: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
    string: 'text',
    array: 'a list',
    tuple: 'a list',
    object: 'a mapping of keys to values',
    record: 'a mapping of keys to values',
    null: 'null',
  };
  return names[expected] ?? expected;
}

function list(words: readonly string[]): string {
  return words.length === 1 ? words[0] : `one of ${words.join(', ')}`;
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
