/**
 * Progress of a training run on standard error: one row per epoch, and on a terminal a bar below the rows that
 * is rewritten while an epoch runs.
 */
import { formatSeconds } from '../../core/words.ts';
import type { FittingEvent, WorkingEvent } from '../../jobs/index.ts';
import type { EpochEvent, StepEvent } from '../../train/events.ts';
import type { Output } from '../io.ts';
import type { Display, Screen } from '../display.ts';

/** Shows progress. */
export interface Progress {
  step(state: StepEvent): void;
  epoch(state: EpochEvent): void;
  /** Removes the bar; call before anything else is written. */
  end(): void;
}

/** Milliseconds between two drawings of the bar. */
const REDRAW_MS = 100;

/** A column of the rows. */
interface Column {
  readonly head: string;
  readonly width: number;
  readonly cell: (state: EpochEvent, seconds: number) => string;
}

/** Short headings for the usual columns. */
const SHORT: Readonly<Record<string, string>> = { val_accuracy: 'val_acc', val_macro_f1: 'val_f1' };

/** The columns, by the validation metrics of an epoch, without the log loss, which only searches use. */
function columnsOf(first: EpochEvent): readonly Column[] {
  const validation = Object.keys(first)
    .filter((key) => key.startsWith('val_') && key !== 'val_log_loss')
    .map((key): Column => {
      const head = SHORT[key] ?? key;
      const digits = key === 'val_loss' ? 4 : 3;
      return {
        head,
        width: head.length + 2,
        cell: (state) => decimals(state[key as 'val_accuracy'], digits),
      };
    });
  return [
    { head: 'epoch', width: 7, cell: ({ epoch }) => String(epoch) },
    { head: 'step', width: 7, cell: ({ step }) => String(step) },
    { head: 'loss', width: 9, cell: ({ train_loss }) => decimals(train_loss, 4) },
    { head: 'acc', width: 7, cell: ({ train_accuracy }) => decimals(train_accuracy, 3) },
    ...validation,
    { head: 'lr', width: 10, cell: ({ lr }) => formatRate(lr) },
    { head: 'time', width: 8, cell: (_, seconds) => formatSeconds(seconds) },
  ];
}

/** How progress is shown. */
export interface ProgressOptions {
  /** Not at all. */
  readonly quiet: boolean;
  /** A clock in milliseconds. */
  readonly now: () => number;
  /** Prefix of the bar if this training is part of something larger, such as `3/7`. */
  readonly label?: string;
  /** Seconds left in total. Default: of this training. */
  readonly left?: () => number;
}

/** Progress on `output`. */
export function createProgress(
  output: Output,
  { quiet, now, label = '', left: leftOfAll }: ProgressOptions,
): Progress {
  if (quiet) return { step() {}, epoch() {}, end() {} };
  const started = now();
  let drawn = -Infinity;
  let bar = '';
  let columns: readonly Column[] | undefined;
  // seconds per batch are measured from the first batch seen here, which for a resumed run is not batch 1
  let first: { readonly time: number; readonly done: number } | undefined;

  const clear = () => {
    if (bar) output.write('\r\u001b[K');
    bar = '';
  };
  const line = (text: string) => {
    clear();
    output.write(`${text}\n`);
  };

  return {
    step(state) {
      if (!output.terminal) return;
      const time = now();
      const done = (state.epoch - 1) * state.batches + state.batch;
      first ??= { time, done };
      if (time - drawn < REDRAW_MS) return;
      drawn = time;
      const rate = done > first.done ? (time - first.time) / (done - first.done) : NaN;
      const left = leftOfAll?.() ?? (rate * (state.epochs * state.batches - done)) / 1000;
      const text = barLine(state, { left, label }, output);
      output.write(`\r${text}\u001b[K`);
      bar = text;
    },
    epoch(state) {
      if (!columns) {
        columns = columnsOf(state);
        line(output.colors.dim(columns.map(({ head, width }) => head.padStart(width)).join('')));
      }
      const seconds = (now() - started) / 1000;
      const row = columns.map(({ width, cell }) => cell(state, seconds).padStart(width)).join('');
      line(state.best ? `${row} ${output.colors.yellow('★')}` : row);
    },
    end() {
      clear();
    },
  };
}

/** A dash for a missing value, such as without a validation part. */
function decimals(value: number, digits: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(digits);
}

function barLine(
  state: StepEvent,
  { left, label: part }: { readonly left: number; readonly label: string },
  { columns: width, colors }: Output,
): string {
  const text =
    ` ${state.batch}/${state.batches}  loss ${state.loss.toFixed(4)}  acc ${state.accuracy.toFixed(3)}` +
    `  lr ${formatRate(state.lr)}${Number.isFinite(left) ? `  ${formatSeconds(left)} left` : ''}`;
  const label = `${part === '' ? '' : `${part} `}epoch ${state.epoch}/${state.epochs} `;
  const room = Math.min(24, width - label.length - text.length - 1);
  // a line wider than the terminal could not be rewritten
  if (room < 4) return (label + text).slice(0, Math.max(0, width - 1));
  const filled = Math.round((room * state.batch) / state.batches);
  return `${label}${colors.green('━'.repeat(filled))}${colors.dim('━'.repeat(room - filled))}${text}`;
}

/** A learning rate with three digits, without an exponent where it stays short. */
export function formatRate(lr: number): string {
  const plain = String(Number(lr.toPrecision(3)));
  return plain.length <= 8 ? plain : lr.toExponential(2);
}

/** A progress bar. */
export function createBar(output: Output, { quiet, now }: ProgressOptions) {
  // as above: what was done when the bar first saw it took no time that the bar knows
  let first: { readonly time: number; readonly done: number } | undefined;
  let drawn = -Infinity;
  let shown = false;
  const clear = () => {
    if (shown) output.write('\r\u001b[K');
    shown = false;
  };
  return {
    clear,
    /** @param done Proportion in [0, 1]. */
    draw(what: string, done: number) {
      if (quiet || !output.terminal) return;
      const time = now();
      if (done === 0) first = undefined;
      first ??= { time, done };
      if (time - drawn < REDRAW_MS && done < 1) return;
      drawn = time;
      const rate = done > first.done ? (time - first.time) / (done - first.done) : NaN;
      const left = (rate * (1 - done)) / 1000;
      const told = ` ${Math.round(100 * done)} %${Number.isFinite(left) ? `  ${formatSeconds(left)} left` : ''}`;
      const room = Math.min(24, output.columns - what.length - told.length - 2);
      const filled = Math.max(0, Math.round(room * done));
      const { green, dim } = output.colors;
      const bar = room < 4 ? '' : `${green('━'.repeat(filled))}${dim('━'.repeat(room - filled))}`;
      output.write(`\r${what} ${bar}${told}\u001b[K`);
      shown = true;
      if (done >= 1) clear();
    },
  };
}

/** The line on a terminal while there is nothing to count. */
const WORKING = {
  reading: 'reading the documents …',
  splitting: 'looking for copies and splitting …',
  encoding: 'building the vocabulary …',
  measuring: 'measuring …',
  drawing: 'drawing the figures …',
} as const satisfies Record<WorkingEvent['on'], string>;

const FITTING = {
  model: 'fitting',
  vectors: 'learning word vectors',
  refit: 'training again',
  'warm-up': 'warming up',
} as const satisfies Record<NonNullable<FittingEvent['what']>, string>;

/** The progress of a job that trains once. */
export function trainingDisplay({ err, now, quiet }: Screen): Display {
  let progress: Progress | undefined;
  const bar = createBar(err, { quiet, now });
  let working = false;
  const clear = () => {
    progress?.end();
    bar.clear();
    if (working) err.write('\r\u001b[K');
    working = false;
  };
  return {
    hear(event) {
      if (working) clear();
      switch (event.type) {
        case 'fitting':
          bar.draw(FITTING[event.what ?? 'model'], event.done);
          break;
        case 'working':
          working = err.terminal && !quiet;
          if (working) err.write(`\r${err.colors.dim(WORKING[event.on])}\u001b[K`);
          break;
        case 'run-begins':
          progress = createProgress(err, { quiet, now });
          break;
        case 'step':
          progress?.step(event);
          break;
        case 'epoch':
          progress?.epoch(event);
          break;
        default:
          break;
      }
    },
    clear,
  };
}
