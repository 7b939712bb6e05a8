/**
 * Progress of a search on standard error: two lines for each finished trial, and on a terminal a last line that is
 * rewritten.
 */
import { stripVTControlCharacters } from 'node:util';
import { count, formatSeconds } from '../../core/words.ts';
import { countEnded, countOf } from '../../jobs/search/counts.ts';
import { notesOf } from '../../jobs/search/notes.ts';
import type { EpochEvent } from '../../train/events.ts';
import { type FrozenTrial, trialParams } from '../../tune/index.ts';
import { objectivesOf, type TuneOptions } from '../../tune/options.ts';
import { findBestTrial } from '../../tune/study/best.ts';
import type { JobEvent } from '../../jobs/index.ts';
import type { Output } from '../io.ts';
import type { Display, Screen } from '../display.ts';
import { searchWords } from '../words/search.ts';
import { trainingDisplay } from './training.ts';
import { decimals, paramsText } from '../render/study.ts';

/** Shows a search. */
export interface SearchProgress {
  /** A trial begins; identified by its number. */
  began(trial: number): void;
  epoch(trial: number, fold: number, epoch: EpochEvent): void;
  /** The trial has stopped running. */
  ended(trial: number): void;
  /** A trial is final; `all` are those of the study. */
  finished(trial: FrozenTrial, all: readonly FrozenTrial[]): void;
  /** Removes the last line; call before anything else is written. */
  end(): void;
}

/** How a search is shown. */
export interface SearchProgressOptions {
  readonly quiet: boolean;
  /** A clock in milliseconds. */
  readonly now: () => number;
  readonly tune: TuneOptions;
  /** Trials at the same time. */
  readonly workers: number;
  /** Prefix of the last line if the search is part of something larger, such as `3/7`. */
  readonly label?: string;
  /** Seconds left in total. Default: of this search. */
  readonly left?: () => number;
}

/** Milliseconds between two drawings of the last line. */
const REDRAW_MS = 200;

/** Progress on `output`. */
export function createSearchProgress(
  output: Output,
  { quiet, now, tune, workers, label = '', left: leftOfAll }: SearchProgressOptions,
): SearchProgress {
  if (quiet) return { began() {}, epoch() {}, ended() {}, finished() {}, end() {} };
  const running = new Map<number, string>();
  const directions = objectivesOf(tune).map(({ direction }) => direction);
  const started = now();
  let done = 0;
  let all: readonly FrozenTrial[] = [];
  let best: FrozenTrial | undefined;
  let drawn = -Infinity;
  let shown = false;
  const clear = () => {
    if (shown) output.write('\r\u001b[K');
    shown = false;
  };
  const line = (text: string) => {
    clear();
    output.write(`${text}\n`);
  };
  const draw = () => {
    if (!output.terminal || now() - drawn < REDRAW_MS) return;
    drawn = now();
    const line = statusLine(all, { running, tune, best, left: leftOfAll?.() ?? timeLeft() });
    const text = `${label === '' ? '' : `${label}  `}${line}`.slice(0, output.columns - 1);
    output.write(`\r${output.colors.dim(text)}\u001b[K`);
    shown = true;
  };
  const timeLeft = () => {
    const left = tune.trials - countEnded(all);
    return done < Math.min(2, workers) ? NaN : ((now() - started) / 1000 / done) * left;
  };
  return {
    began(trial) {
      running.set(trial, 'begins');
      draw();
    },
    epoch(trial, fold, { epoch, val_accuracy }) {
      const where = tune.folds === null ? `epoch ${epoch}` : `fold ${fold + 1} epoch ${epoch}`;
      running.set(trial, `${where} acc ${val_accuracy.toFixed(3)}`);
      draw();
    },
    ended(trial) {
      running.delete(trial);
    },
    finished(trial, trials) {
      done++;
      all = trials;
      best = directions.length > 1 ? undefined : findBestTrial({ name: '', directions, trials });
      line(
        trialLine(trial, best, {
          tune,
          output,
          ended: countEnded(trials),
        }),
      );
      draw();
    },
    end: clear,
  };
}

/** A line on the current state of the search. */
function statusLine(
  all: readonly FrozenTrial[],
  {
    running,
    tune,
    best,
    left,
  }: {
    running: ReadonlyMap<number, string>;
    tune: TuneOptions;
    best: FrozenTrial | undefined;
    left: number;
  },
): string {
  const parts = [
    `${countEnded(all)}/${tune.trials} trials`,
    `${countOf('PRUNED', all)} pruned`,
    `${countOf('FAIL', all)} failed`,
  ];
  if (best) parts.push(`best ${decimals(best.values?.[0])}`);
  for (const [trial, where] of running) parts.push(`trial ${trial}: ${where}`);
  if (Number.isFinite(left)) parts.push(`about ${formatSeconds(left)} left`);
  return parts.join('  ');
}

function trialLine(
  trial: FrozenTrial,
  best: FrozenTrial | undefined,
  { tune, output, ended }: { tune: TuneOptions; output: Output; ended: number },
): string {
  const { colors } = output;
  const notes = notesOf(trial);
  const parts = [`${ended}/${tune.trials}`, `trial ${trial.number}`, outcomeText(trial, tune)];
  if (trial.state === 'COMPLETE') {
    // the objectives are already shown
    const objectives = objectivesOf(tune).map(({ name }) => name);
    if (!objectives.includes('log_loss') || notes.loss !== notes.log_loss)
      parts.push(`loss ${decimals(notes.loss)}`);
    if (!objectives.includes('accuracy')) parts.push(`acc ${decimals(notes.accuracy)}`);
  }
  if (trial.state !== 'FAIL') parts.push(stoppedText(trial));
  if (notes.seconds !== undefined) parts.push(formatSeconds(notes.seconds));
  if (best) {
    const own = best.number === trial.number;
    parts.push(
      own ? colors.yellow('★ best so far') : `best ${decimals(best.values?.[0])} (trial ${best.number})`,
    );
  }
  const params = paramsText(trialParams(trial)).split(' ');
  return `${fold(parts, '  ', output)}\n${colors.dim(`    ${fold(params, ' ', output)}`)}`;
}

/** Parts side by side; on a terminal wrapped into lines, all but the first indented by four columns. */
function fold(parts: readonly string[], gap: string, { terminal, columns }: Output): string {
  if (!terminal) return parts.join(gap);
  const room = columns - 5;
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    // colour codes have no width
    const length = stripVTControlCharacters(`${last ?? ''}${gap}${part}`).length;
    if (last !== undefined && length <= room) lines[lines.length - 1] = `${last}${gap}${part}`;
    else lines.push(part);
  }
  return lines.join('\n    ');
}

function outcomeText(trial: FrozenTrial, tune: TuneOptions): string {
  if (trial.state === 'FAIL') {
    const { fail_reason: reason } = trial.systemAttrs;
    return `failed: ${typeof reason === 'string' ? reason : 'no reason recorded'}`;
  }
  if (trial.state === 'PRUNED') return 'pruned';
  return objectivesOf(tune)
    .map(({ name }, i) => `${name} ${decimals(trial.values?.[i])}`)
    .join('  ');
}

/** `epoch 40 of 52, stopped early`, or a list by fold. */
function stoppedText(trial: FrozenTrial): string {
  const {
    epochs = [],
    best_epochs: best = [],
    stopped = [],
    lr_reductions: reductions = [],
  } = notesOf(trial);
  const early = stopped.filter((reason) => reason === 'early-stopping').length;
  if (epochs.length === 0) return 'before its first epoch';
  if (epochs.length > 1) {
    return `${count(epochs.length, 'fold')} of ${epochs.join(', ')} epochs, ${early} stopped early`;
  }
  if (trial.state === 'PRUNED') return `after epoch ${epochs[0]}`;
  const lowered = reductions[0] > 0 ? `, learning rate lowered ${reductions[0]}×` : '';
  return `weights of epoch ${best[0]}, ${early > 0 ? `stopped early after ${epochs[0]}` : `all ${epochs[0]} run`}${lowered}`;
}

/** The progress of a search, and of the training of its best model. */
export function searchDisplay(screen: Screen): Display {
  const { err, now, quiet } = screen;
  const training = trainingDisplay(screen);
  let search: SearchProgress | undefined;
  return {
    hear(event) {
      if (event.type === 'search-begins') {
        search = createSearchProgress(err, { quiet, now, tune: event.tune, workers: event.workers });
      }
      if (search) moveSearch(search, event);
      training.hear(event);
    },
    clear() {
      search?.end();
      training.clear();
    },
    words: searchWords,
  };
}

/** Updates the progress of a search by an event. */
export function moveSearch(progress: SearchProgress, event: JobEvent): void {
  switch (event.type) {
    case 'trial-began':
      progress.began(event.trial);
      break;
    case 'trial-epoch':
      progress.epoch(event.trial, event.fold, event.epoch);
      break;
    case 'trial-ended':
      progress.ended(event.trial);
      break;
    case 'trial-finished':
      progress.finished(event.trial, event.trials);
      break;
    default:
      break;
  }
}
