/** The configuration: its sections, each key with its range and default. Snake case, as in the files. */
import * as z from 'zod';
import { dataOptions } from '../data/options.ts';
import { sections } from '../settings/sections.ts';
import { tuneOptions } from '../tune/options.ts';

/** Schema of a configuration; every section and key may be left out. */
export const configSchema = z.strictObject({
  data: dataOptions.prefault({}).describe('how the labelled texts are read and split'),
  ...sections,
});

/** Schema of a file: a configuration, and how to search where some of its values are ranges. */
export const searchSchema = configSchema.extend({
  tune: tuneOptions.prefault({}).describe('the search; only tune uses it'),
});

/** A configuration as written in a file: anything may be left out. */
export type ConfigInput = z.input<typeof searchSchema>;
/** A resolved configuration: every key has its value. */
export type Config = z.output<typeof configSchema>;

/** Types a configuration in `unroll.config.ts`; returns it unchanged. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}
