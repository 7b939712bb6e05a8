/** Which keys two configurations set differently. */
import { isDeepStrictEqual } from 'node:util';
import type { Config } from './schema.ts';

/** Dotted paths of the keys (`train.lr`) whose values differ, in the order of the schema. */
export function changedKeys(before: Config, after: Config): readonly string[] {
  const sections = Object.keys(after) as (keyof Config)[];
  return sections.flatMap((section) => {
    const [a, b]: Record<string, unknown>[] = [before[section], after[section]];
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].filter((key) => !isDeepStrictEqual(a[key], b[key])).map((key) => `${section}.${key}`);
  });
}
