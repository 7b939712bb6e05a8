/** Overrides from the command line: `train.lr` and the text `1e-3` become a typed value at that path. */
import { parse } from 'yaml';
import { ConfigError } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';
import type { JsonSchema } from '../settings/json-schema.ts';
import { branches, configKeys, keysNamed, schemasAt } from './keys.ts';
import { type ConfigLayer, merge } from './layer.ts';

/** One override: a dotted path and the text given for it. */
export interface Override {
  /** Dotted path; `-` counts as `_`, so that `train.batch-size` works. */
  readonly key: string;
  /** The value as typed; read as YAML. */
  readonly text: string;
  /** What the user typed, for messages, where it is not `--` and the path: `--seed`. */
  readonly option?: string;
}

/**
 * A config layer of the overrides, later ones winning. The schema decides how a text is read: `1` is text for
 * `data.text_col` and a number for `train.lr`; `0.8,0.1,0.1` is a list where a list may stand.
 * A ConfigError names an unknown key with the nearest known one.
 */
export function overrideLayer(overrides: readonly Override[]): ConfigLayer {
  const paths = new Map<string, string>();
  let values: unknown = {};
  for (const { path, text, option } of inOrder(overrides)) {
    const schemas = schemasAt(path);
    if (schemas.length === 0 || path.length < 2) throw unknownOverride(option, path);
    paths.set(path.join('.'), option);
    const value = readValue(text, schemas, option);
    values = merge(
      values,
      path.reduceRight<unknown>((inner, step) => ({ [step]: inner }), value),
    );
  }
  return {
    values,
    where: (path) => {
      const dotted = path.join('.');
      const exact = paths.get(dotted);
      if (exact) return exact;
      const around = [...paths].find(([p]) => dotted.startsWith(`${p}.`) || p.startsWith(`${dotted}.`));
      return around ? around[1] : 'command line';
    },
  };
}

/**
 * Sorts a value before its parts, and a type before its options, so that neither undoes the other, whatever came
 * first.
 */
function inOrder(overrides: readonly Override[]) {
  const rank = (path: readonly string[]) => path.length - (path.at(-1) === 'type' ? 0.5 : 0);
  return overrides
    .map(({ key, text, option = `--${key}` }) => ({
      path: key.replaceAll('-', '_').split('.'),
      text,
      option,
    }))
    .sort((a, b) => rank(a.path) - rank(b.path));
}

function unknownOverride(option: string, path: readonly string[]): ConfigError {
  const key = path.join('.');
  const known = configKeys.map((k) => k.path);
  const leaf = path[path.length - 1];
  const elsewhere = keysNamed(leaf, path.slice(0, -1).join('.'));
  const guess = elsewhere.length > 0 ? elsewhere.join(' or --') : nearest(key, known);
  return new ConfigError(
    `[config] ${option} is not a known key.${guess ? ` Did you mean --${guess}?` : ' See unroll train --help for all keys.'}`,
    { key },
  );
}

/** Reads a text as the first kind of value that the schemas allow; as text where none fits, for the schema to refuse. */
function readValue(text: string, schemas: readonly JsonSchema[], option: string): unknown {
  const trimmed = text.trim();
  const types = new Set(schemas.map((s) => s.type));
  const words = new Set(schemas.flatMap((s) => [...(s.enum ?? []), s.const]));
  if (words.has(trimmed)) return trimmed;
  if (types.has('null') && trimmed === 'null') return null;
  if (types.has('boolean') && (trimmed === 'true' || trimmed === 'false')) return trimmed === 'true';
  if ((types.has('number') || types.has('integer')) && trimmed !== '' && !Number.isNaN(Number(trimmed))) {
    return Number(trimmed);
  }
  const flow = trimmed.startsWith('[') ? 'array' : trimmed.startsWith('{') ? 'object' : undefined;
  if (flow && types.has(flow)) return readFlow(trimmed, option);
  const list = schemas.find((s) => s.type === 'array');
  // any text may contain commas: lists of texts are split where the valid texts are known
  const free = types.has('string') && typeof list?.items === 'object' && list.items.type === 'string';
  if (list && !free && (trimmed.includes(',') || !types.has('string'))) {
    const items = typeof list.items === 'object' ? [list.items] : (list.prefixItems ?? []);
    return trimmed.split(',').map((item) => readValue(item, items.flatMap(branches), option));
  }
  return text;
}

function readFlow(text: string, option: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new ConfigError(`[config] ${option} must be a YAML list or mapping, but got ${text}: ${reason}`, {
      cause: error,
    });
  }
}
