/** Requests for tasks of the studio, each with the equivalent command. */
import { ConfigError } from '../core/errors.ts';
import { shellWord } from '../core/shell-word.ts';
import type { Override } from '../config/overrides.ts';
import type { JobEvent } from '../jobs/index.ts';

/** A task. Paths are relative to the folder of the studio, the working directory of its process. */
export type TaskRequest =
  | {
      readonly kind: 'train';
      readonly source: string;
      /** A preset, or the configuration of a run. */
      readonly config?: string | undefined;
      readonly overrides: readonly Override[];
      /** The run folder. Default the first `runs/NAME-N` that is free. */
      readonly output?: string | undefined;
    }
  | {
      readonly kind: 'search';
      readonly source: string;
      readonly config?: string | undefined;
      readonly overrides: readonly Override[];
    }
  | { readonly kind: 'resume'; readonly run: string; readonly scratch: boolean }
  | {
      readonly kind: 'export';
      readonly run: string;
      /** A member of the family in `src/export/targets`. */
      readonly target: string;
      /** Weights in 8 bits, if the target has the choice. */
      readonly int8: boolean;
      /** File or folder, which replaces that of an earlier export. */
      readonly output: string;
    }
  | { readonly kind: 'audit'; readonly source: string; readonly overrides: readonly Override[] }
  | { readonly kind: 'labels'; readonly source: string; readonly overrides: readonly Override[] };

/** Messages from the process of a task. */
export type TaskMessage =
  | { readonly type: 'event'; readonly event: JobEvent }
  | { readonly type: 'done'; readonly result: unknown }
  | {
      readonly type: 'failed';
      readonly message: string;
      /** The setting that caused the error, such as `train.lr`. */
      readonly key?: string | undefined;
      /** Whether it was stopped with its state saved. */
      readonly interrupted: boolean;
    };

/** Messages to the process of a task. */
export type TaskOrder = { readonly type: 'begin'; readonly request: TaskRequest } | { readonly type: 'stop' };

/** The equivalent arguments of `unroll`. */
export function commandOf(request: TaskRequest): readonly string[] {
  switch (request.kind) {
    case 'train':
      return [
        ...['train', request.source],
        ...(request.config === undefined ? [] : ['-c', request.config]),
        ...keys(request.overrides),
        ...(request.output === undefined ? [] : ['-o', request.output]),
      ];
    case 'search':
      return [
        ...['tune', request.source],
        ...(request.config === undefined ? [] : ['-c', request.config]),
        ...keys(request.overrides),
      ];
    case 'resume':
      return [request.scratch ? 'scratch' : 'train', '-o', request.run, '--resume'];
    case 'export':
      return [
        ...['export', request.run, '--to', request.target],
        ...(request.int8 ? ['--int8'] : []),
        ...['-o', request.output, '--force'],
      ];
    case 'audit':
      return ['data', request.source, ...keys(request.overrides)];
    case 'labels':
      return ['labels', request.source, ...keys(request.overrides)];
    default:
      return request satisfies never;
  }
}

function keys(overrides: readonly Override[]): readonly string[] {
  return overrides.flatMap(({ key, text }) => [`--${key}`, text]);
}

/** The command as typed in a shell. */
export function typed(command: readonly string[]): string {
  return ['unroll', ...command].map(shellWord).join(' ');
}

/** Keys whose value names a file. */
const FILE_KEYS = [
  'data.val',
  'data.test',
  'data.split_ids',
  'data.corrections',
  'data.label_map',
  'model.vectors',
  'model.vectors_texts',
];
/** Sections whose keys a page may set. */
const SECTIONS = ['data', 'text', 'model', 'train', 'evaluate', 'tune'];

/**
 * Refuses settings of a page that would reach beyond the folder of the studio.
 * @param check Throws where a path lies outside.
 * @throws ConfigError for a key of no section
 */
export function checkOverrides(overrides: readonly Override[], check: (path: string) => void): void {
  for (const { key, text } of overrides) {
    const path = key.replaceAll('-', '_').split('.');
    if (!SECTIONS.includes(path[0]) || path.length < 2) {
      throw new ConfigError(`[config] a setting must be one of ${SECTIONS.join(', ')}, but got "${key}".`, {
        key,
      });
    }
    if (!FILE_KEYS.includes(path.slice(0, 2).join('.'))) continue;
    const value = text.trim();
    // the name of known vectors is not a path, nor is an inline map of labels
    const noPath =
      path[1] === 'vectors' ? /^[a-z0-9-]+$/.test(value) : path[1] === 'label_map' && value.startsWith('{');
    if (value !== 'null' && !noPath) check(text);
  }
}
