/** The keys of a config file, for help texts, suggestions and overrides. */
import { keysNamed as namedIn } from '../settings/guess.ts';
import { keysOf, type SettingsKey } from '../settings/keys.ts';
import { searchSchema } from './schema.ts';

export { branches } from '../settings/keys.ts';

/** One key of the configuration. */
export type ConfigKey = SettingsKey;

/** What is known of the keys of a config file. */
export const fileKeys = keysOf(searchSchema);

/** The names of the sections, in order. */
export const sectionNames = fileKeys.sections;

/** Every key of every section, in order. */
export const configKeys = fileKeys.list;

/** The schemas that a value at `path` may follow; empty where there is no such key. */
export const { schemasAt } = fileKeys;

/** As `keysNamed` of settings, for the keys of a config file. */
export function keysNamed(name: string, section?: string): readonly string[] {
  return namedIn(fileKeys, name, section);
}
