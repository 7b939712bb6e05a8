/**
 * Reading data in Node: from a file, a folder, standard input, or by the name of a known data set.
 * @module
 */
export { knownDatasets } from './known/index.ts';
export type { KnownContext, KnownRows } from './known/known.ts';
export { dataOptions, type DataOptions } from './options.ts';
export { parseReadAs } from './read-as-option.ts';
export { userCacheDir } from './known/cache.ts';
export { readDataset, type ReadOptions, readSplitIds, streamRows, type StreamOptions } from './read.ts';
export {
  applyCorrections,
  type Corrected,
  type Correction,
  correctionLines,
  parseCorrections,
  readCorrections,
} from './corrections.ts';
export { readers } from './readers/index.ts';
export type { Reader, ReaderInput } from './readers/reader.ts';
