/**
 * Unroll in one import: from a labelled file, or from texts and labels, to a trained and measured classifier; from a saved
 * one to predictions. A browser gets the same names but for those of files. Each area has an entry point of its own
 * (`unrolled/text`, `unrolled/train`, ...).
 * @module
 */
export * from './browser.ts';
export { type Config, type ConfigInput, defineConfig, resolveConfig } from './config/index.ts';
export { readDataset } from './data/node.ts';
export { load, train, type TrainFileOptions } from './jobs/classify.ts';
export { openRunFolder, type RunFolder } from './run/index.ts';
export { exportJournal, importJournal, openStorage } from './tune/node.ts';
