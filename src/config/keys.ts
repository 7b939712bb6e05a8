/** The keys of a config file, for help texts, suggestions and overrides. */
import { keysNamed as namedIn } from '../settings/guess.ts';
import { keysOf, type SettingsKey } from '../settings/keys.ts';
import { searchSchema } from './schema.ts';

export { branches } from '../settings/keys.ts';

/** One key of the configuration. */
export type ConfigKey = SettingsKey;

/** The keys of a config file, and how to look them up. */
export const fileKeys = keysOf(searchSchema);

/** The names of the sections, in order. */
export const sectionNames = fileKeys.sections;

/** Every key of every section, in order. */
export const configKeys = fileKeys.list;

/** The possible schemas of the value at `path`; empty if there is no such key. */
export const { schemasAt } = fileKeys;

/** As `keysNamed` of settings, for the keys of a config file. */
export function keysNamed(name: string, section?: string): readonly string[] {
  return namedIn(fileKeys, name, section);
}
