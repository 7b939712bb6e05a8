/**
 * The house: which folders `src/` has, in the order in which data passes through them, and what each may use.
 * The import check, the linter and the tests all read this one list.
 */
import { fileURLToPath } from 'node:url';

/** Absolute path of the repository, with a slash at its end. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** A folder of `src/`. */
export interface Room {
  /** Folder name below `src/`. */
  readonly name: string;
  /**
   * Where its code runs. `browser`: unchanged in a browser, so no `node:` import, no `process`, no `Buffer`.
   * `node`: in Node alone.
   */
  readonly runs: 'browser' | 'node';
  /** Subfolders and files (below the room) that run in Node alone although the room runs in a browser. */
  readonly nodeOnly?: readonly string[];
  /** What it is for, in a few words. */
  readonly holds: string;
}

/** The rooms in data-flow order: a room imports from itself and from rooms above it, never from one below. */
export const ROOMS: readonly Room[] = [
  { name: 'core', runs: 'browser', holds: 'random streams, errors, bit-stable mathematics, families' },
  { name: 'text', runs: 'browser', holds: 'normalise, tokenize, vocabulary, encode' },
  {
    name: 'data',
    runs: 'browser',
    nodeOnly: ['readers', 'known', 'corrections.ts', 'read.ts', 'options.ts', 'node.ts'],
    holds: 'readers, data set, audit, splits, batches',
  },
  {
    name: 'engine',
    runs: 'browser',
    holds:
      'the kernel contract, the engines (plain loops, WebAssembly, native), the choice among them, the GPU',
  },
  { name: 'evaluate', runs: 'browser', holds: 'metrics, confusion matrix, intervals' },
  { name: 'nn', runs: 'browser', holds: 'layers, poolings, losses, optimisers, schedules, averages' },
  {
    name: 'scratch',
    runs: 'browser',
    holds: 'a recurrent network from plain arrays, without the engine, meant to be read',
  },
  {
    name: 'models',
    runs: 'browser',
    nodeOnly: ['recurrent/session-worker.ts'],
    holds: 'the models, sessions on threads, model files',
  },
  {
    name: 'vectors',
    runs: 'browser',
    nodeOnly: ['formats', 'named', 'read.ts', 'for-texts.ts', 'at-hand.ts', 'learn/skipgram-worker.ts'],
    holds: 'word vectors: read from files, learned from texts, placed in a vocabulary',
  },
  { name: 'train', runs: 'browser', holds: 'step, loop, events, early stopping, checkpoints' },
  {
    name: 'tune',
    runs: 'browser',
    nodeOnly: ['storage/sql', 'storage/journal', 'storage/open.ts', 'node.ts'],
    holds: 'studies: distributions, trials, samplers, pruners, storages, importance',
  },
  {
    name: 'settings',
    runs: 'browser',
    holds: 'the sections of a configuration: their schema, defaults and error messages',
  },
  {
    name: 'classifier',
    runs: 'browser',
    holds: 'from texts and labels, or the files of a model, to a classifier of texts, in memory',
  },
  {
    name: 'explain',
    runs: 'browser',
    holds: 'how much each token of a text supports a class, by a trained classifier',
  },
  {
    name: 'export',
    runs: 'browser',
    holds: 'a trained model as files for other programs: one file per target',
  },
  { name: 'config', runs: 'node', holds: 'the config file, presets, overrides, JSON Schema' },
  { name: 'run', runs: 'node', holds: 'the run folder: one training run from data to files' },
  {
    name: 'figures',
    runs: 'browser',
    nodeOnly: ['fonts', 'node.ts', 'pdf.ts', 'png.ts', 'read-run.ts', 'render.ts'],
    holds: 'one file per figure: data from a run, drawing as SVG, table, caption',
  },
  { name: 'report', runs: 'node', holds: 'runs compared, and written up as HTML, Markdown, LaTeX' },
  {
    name: 'jobs',
    runs: 'node',
    holds:
      'what a person asks for, from data to files, without a terminal: train, cross-validate, evaluate, predict, search, workshop',
  },
  { name: 'serve', runs: 'node', holds: 'prediction over HTTP, and the pieces of a local web server' },
  {
    name: 'studio',
    runs: 'node',
    holds: 'a local web application for the runs, studies and data of a folder',
  },
  { name: 'cli', runs: 'node', holds: 'one file per command: parsing, progress and wording' },
];

/** Files directly in `src/` that run in a browser too. */
export const BROWSER_FILES: readonly string[] = ['src/browser.ts', 'src/worker.ts', 'src/gpu.ts'];

/** npm packages that run in a browser too; the others belong to the Node-only parts. */
export const BROWSER_PACKAGES: readonly string[] = ['d3-scale', 'd3-shape', 'yaml', 'zod'];

/** A file longer than this many lines is looked at in review: does it hold one concept? */
export const LONG_FILE = 400;
