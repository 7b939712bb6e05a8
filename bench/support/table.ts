/** Results as tables: of text for a terminal, of Markdown for the page. */
import { stripVTControlCharacters } from 'node:util';
import { maxOf } from '../../src/core/lists.ts';
import type { Bench, BenchCase, BenchResult } from '../bench.ts';

interface Column {
  readonly title: string;
  readonly text: (one: BenchCase) => string;
}

const number = (value: number | null | undefined, digits = 2): string => {
  if (value === null || value === undefined) return '';
  if (value !== 0 && Math.abs(value) < 0.01) return value.toPrecision(2);
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(Math.abs(value) >= 10 ? 1 : digits);
};
const percent = (part: number | undefined): string =>
  part === undefined ? '' : `${(100 * part).toFixed(0)} %`;
const quartiles = (spread: BenchCase['ours_spread']): string =>
  spread ? `${number(spread.q1, 3)}–${number(spread.q3, 3)}` : '';

const accuracy = (mean: number | undefined, sd?: number): string =>
  mean === undefined ? '' : `${mean.toFixed(3)}${sd === undefined ? '' : ` ± ${sd.toFixed(3)}`}`;

const COLUMNS: readonly Column[] = [
  { title: 'case', text: (one) => one.case },
  { title: 'threads', text: (one) => String(one.threads) },
  { title: 'seeds', text: (one) => (one.folds ? (one.seeds ?? []).join(', ') : '') },
  { title: 'engine', text: (one) => one.engine ?? '' },
  { title: 'ours ms', text: (one) => number(one.ours_ms, 3) },
  { title: 'quartiles', text: (one) => quartiles(one.ours_spread) },
  { title: 'peer ms', text: (one) => number(one.peer_ms, 3) },
  { title: 'quartiles', text: (one) => quartiles(one.peer_spread) },
  { title: 'ratio', text: (one) => number(one.ratio, 3) },
  { title: 'pairwise', text: (one) => number(one.ratio_pairwise, 3) },
  { title: 'bar', text: (one) => number(one.bar) },
  { title: 'ours GFLOP/s', text: (one) => number(one.ours_gflops) },
  { title: 'of peak', text: (one) => percent(one.ours_proportion_of_peak) },
  { title: 'peer GFLOP/s', text: (one) => number(one.peer_gflops) },
  { title: 'of peak', text: (one) => percent(one.peer_proportion_of_peak) },
  { title: 'peak GFLOP/s', text: (one) => number(one.peak_gflops) },
  { title: 'ours docs/s', text: (one) => number(one.ours_per_second) },
  { title: 'peer docs/s', text: (one) => number(one.peer_per_second) },
  {
    title: 'RSS MiB, first → last',
    text: ({ rss_mib: rss }) => (rss ? `${number(rss[0])} → ${number(rss.at(-1))}` : ''),
  },
  { title: 'growth', text: ({ growth }) => (growth === undefined ? '' : `${(100 * growth).toFixed(1)} %`) },
  { title: 'MiB/epoch', text: (one) => number(one.slope_mib_per_epoch, 3) },
  { title: 'trials', text: ({ trials }) => (trials === undefined ? '' : String(trials)) },
  { title: 'epochs', text: ({ epochs }) => (epochs === undefined ? '' : String(epochs)) },
  { title: 'steps', text: (one) => number(one.steps, 0) },
  { title: 'best', text: (one) => (one.best_epoch === undefined ? '' : String(one.best_epoch)) },
  { title: 'val accuracy', text: (one) => accuracy(one.val_accuracy) },
  { title: 'test accuracy', text: (one) => accuracy(one.test_accuracy, one.test_accuracy_sd) },
  {
    title: '95 % interval',
    text: ({ test_accuracy_ci95: ci }) => (ci ? `${accuracy(ci[0])}–${accuracy(ci[1])}` : ''),
  },
  { title: 'macro F1', text: (one) => accuracy(one.test_macro_f1) },
  { title: 'ECE', text: (one) => accuracy(one.ece) },
  { title: 'ECE scaled', text: (one) => accuracy(one.ece_scaled) },
  { title: 'precision', text: (one) => accuracy(one.precision_at_promise) },
  { title: 'labelled', text: (one) => percent(one.coverage_at_promise) },
  { title: 'seconds', text: (one) => number(one.seconds) },
  { title: 'most RSS MiB', text: (one) => number(one.peak_rss_mib, 0) },
  { title: 'trials/hour', text: (one) => number(one.trials_per_hour) },
  { title: 'gain', text: (one) => number(one.gain) },
  { title: 'pairwise', text: (one) => number(one.gain_pairwise) },
  { title: 'peak gain', text: (one) => number(one.peak_gain) },
  { title: 'at least', text: (one) => accuracy(one.least_test_accuracy) || number(one.least_gain) },
  { title: 'peer accuracy', text: (one) => accuracy(one.peer_test_accuracy, one.peer_test_accuracy_sd) },
  { title: 'peer', text: (one) => one.peer ?? '' },
];

/** Titles and cells of the columns that say something. */
function cells(result: BenchResult): { titles: string[]; rows: string[][] } {
  const used = COLUMNS.filter(({ text }) => result.cases.some((one) => text(one) !== ''));
  return {
    titles: used.map(({ title }) => title),
    rows: result.cases.map((one) => used.map(({ text }) => text(one))),
  };
}

/** What stands below a table: rounds, other ways of the peer, notes. */
function remarks({ cases }: BenchResult): string[] {
  const rounds = [...new Set(cases.flatMap((one) => one.rounds ?? []))];
  const ratio = cases.some((one) => one.ratio !== null) ? '; ratio = ours / peer' : '';
  const lines = rounds.length > 0 ? [`Rounds: ${rounds.join(', ')}; medians${ratio}.`] : [];
  for (const one of cases) {
    if (one.peer_variants) {
      const ways = Object.entries(one.peer_variants).map(([way, ms]) => `${way} ${number(ms)} ms`);
      lines.push(`${one.case}, ${one.threads} thread(s), ways of the peer: ${ways.join('; ')}.`);
    }
    if (one.note)
      lines.push(cases.every(({ note }) => note === one.note) ? `${one.note}.` : `${one.case}: ${one.note}.`);
  }
  return [...new Set(lines)];
}

/** A line on where, when and how busy. */
export function machineLine({ machine }: BenchResult): string {
  const { line, instructions } = machine;
  return `${instructions ? `${instructions}; ` : ''}${line}; load ${machine.load}; ${machine.date}`;
}

/** A result for people. */
export function renderResult({ claim }: Pick<Bench, 'claim'>, result: BenchResult): string {
  if (result.skipped !== undefined) return `${result.name}: ${claim}\nskipped: ${result.skipped}\n`;
  const { titles, rows } = cells(result);
  const widths = titles.map((title, c) => maxOf([title, ...rows.map((row) => row[c])], (t) => t.length));
  const line = (row: readonly string[]) =>
    row
      .map((text, c) => (isText(titles[c]) ? text.padEnd(widths[c]) : text.padStart(widths[c])))
      .join('  ')
      .trimEnd();
  const lines = [
    `${result.name}: ${claim}`,
    machineLine(result),
    '',
    line(titles),
    ...rows.map(line),
    '',
    ...remarks(result),
  ];
  return stripVTControlCharacters(`${lines.join('\n')}\n`);
}

/** A result for the page. */
export function renderMarkdown(result: BenchResult): string {
  const { titles, rows } = cells(result);
  const line = (row: readonly string[]) => `| ${row.join(' | ')} |`;
  const ruler = titles.map((title) => (isText(title) ? '---' : '---:'));
  const notes = remarks(result).map((remark) => `- ${remark}`);
  return [
    `Measured on: ${machineLine(result)}.`,
    '',
    ...[titles, ruler, ...rows].map(line),
    '',
    ...(notes.length > MOST_NOTES ? folded(notes) : notes),
  ].join('\n');
}

/** Remarks beyond which they are folded away. */
const MOST_NOTES = 3;

function folded(notes: readonly string[]): string[] {
  return [
    '<details>',
    '<summary>Rounds, and the other ways of the peer</summary>',
    '',
    ...notes,
    '',
    '</details>',
  ];
}

function isText(title: string): boolean {
  return title === 'case' || title === 'engine' || title === 'peer';
}
