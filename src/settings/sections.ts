/**
 * The settings of a classifier that is trained in memory: the sections of a config file, without the keys for files.
 */
import * as z from 'zod';
import { schemaOf } from '../core/schema.ts';
import { splitOptions } from '../data/split-options.ts';
import { evaluateOptions } from '../evaluate/options.ts';
import { modelOptions } from '../models/options.ts';
import { textOptions } from '../text/options.ts';
import { trainOptions } from '../train/options.ts';

/** The sections that are the same in a config file. Snake case, as there; every section and key may be left out. */
export const sections = {
  text: schemaOf(textOptions).prefault({}).describe('how a text becomes token ids'),
  model: schemaOf(modelOptions).prefault({}).describe('the classifier'),
  train: trainOptions.prefault({}).describe('the training loop'),
  evaluate: evaluateOptions.prefault({}).describe('evaluation'),
};

/** Schema of the settings. */
export const settingsSchema = z.strictObject({
  data: splitOptions.prefault({}).describe('how the labelled texts are split'),
  ...sections,
});

/** Settings as written: anything may be left out. */
export type SettingsInput = z.input<typeof settingsSchema>;
/** Complete settings: every key has its value. */
export type Settings = z.output<typeof settingsSchema>;
