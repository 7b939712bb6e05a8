/** The tables of a comparison: results of settings and runs, what differs, the tests. */
import { headlineMetrics, type Interval } from '../evaluate/index.ts';
import { capital, formatCount, formatNumber, plural } from '../figures/chart/format.ts';
import { BASELINE_NAME } from './baseline.ts';
import type { ComparedRun, ComparedSetting, Comparison, Spread } from './compare-types.ts';
import { formatSpread } from './compare-sentences.ts';
import type { Block, Table } from './content.ts';
import { formatDuration, formatP, metricWithInterval, points, shareWithInterval } from './describe.ts';

const EMPTY = '–';

/** Most runs that get a column each; more runs get a row each. */
export const SIDE_BY_SIDE = 3;

/** Whether some setting was trained with several seeds. */
export function isSeeded({ settings }: Pick<Comparison, 'settings'>): boolean {
  return settings.some(({ runs }) => runs.length > 1);
}

/** The tables of the runs and their results: a column per run if they are few, else a row. */
export function comparisonTables(comparison: Comparison): Table[] {
  if (comparison.runs.length <= SIDE_BY_SIDE && !isSeeded(comparison)) return [comparisonTable(comparison)];
  const differing = differencesTable(comparison);
  const shared = sharedTable(comparison);
  return [
    ...(isSeeded(comparison) ? [settingsTable(comparison)] : []),
    runsTable(comparison),
    ...(differing ? [differing] : []),
    ...(shared ? [shared] : []),
  ];
}

/** `93.2 ± 1.1 %` over seeds; for one run its value with the interval. */
function spreadText(
  { type, range }: (typeof headlineMetrics)[number],
  { metrics }: Pick<ComparedSetting, 'metrics'>,
  interval: Interval | null | undefined,
): string {
  const spread = metrics[type];
  if (!spread) return EMPTY;
  if (spread.sd === null) {
    return metricWithInterval({ range }, spread.mean, interval ?? undefined);
  }
  if (range[0] === 0 && range[1] === 1) return formatSpread(spread);
  return `${formatNumber(spread.mean)} ± ${formatNumber(spread.sd, 2)}`;
}

/** The headlines of the linear baseline: its value with the interval, or the spread over several. */
function baselineMetrics(baseline: NonNullable<Comparison['baseline']>): string[] {
  const { test_accuracy_interval: accuracy, test_macro_f1_interval: macro_f1 } = baseline;
  const intervals: Partial<Record<string, Interval | null>> = { accuracy, macro_f1 };
  return headlineMetrics.map((metric) => spreadText(metric, baseline, intervals[metric.type]));
}

/** A row for each setting: its results over the seeds; then one for the linear baseline. */
export function settingsTable({ settings, runs, best, baseline }: Comparison): Table {
  const counted = (value: number | null) => (value === null ? EMPTY : formatCount(value));
  const lasted = (seconds: number | null) => (seconds === null ? EMPTY : formatDuration(seconds));
  const shares = (spread: Spread | null) => (spread === null ? EMPTY : formatSpread(spread));
  const seeded = settings.some(({ runs: names }) => names.length > 1);
  return {
    kind: 'table',
    caption: `${seeded ? `Results of the settings: mean ± standard deviation over the seeds${settings.some(({ runs: names }) => names.length === 1) ? `, ${intervalText(runs)} for one run` : ''}` : `Results, ${intervalText(runs)}`}${bestText(best, settings)}.`,
    head: [
      'Setting',
      'Seeds',
      ...headlineMetrics.map(({ title }) => `Test ${title}`),
      'Validation accuracy',
      'Parameters',
      'Time',
    ],
    rows: [
      ...settings.map((setting) => {
        const first = runs.find(({ name }) => name === setting.runs[0]);
        return [
          setting.name,
          formatCount(setting.runs.length),
          ...headlineMetrics.map((metric) =>
            spreadText(metric, setting, first?.[`test_${metric.type}_interval`]),
          ),
          shares(setting.val_accuracy),
          counted(setting.parameters),
          lasted(setting.seconds),
        ];
      }),
      ...(baseline
        ? [
            [
              BASELINE_NAME,
              formatCount(baseline.fits),
              ...baselineMetrics(baseline),
              EMPTY,
              counted(baseline.parameters),
              lasted(baseline.seconds),
            ],
          ]
        : []),
    ],
  };
}

function bestText(best: string | null, of: readonly unknown[]): string {
  return best === null || of.length < 2 ? '' : `; ${best} has the highest test accuracy`;
}

/** `95 % intervals in brackets`. */
function intervalText(runs: readonly ComparedRun[]): string {
  const levels = new Set(runs.map(({ confidence }) => confidence));
  const [level] = levels;
  return `${levels.size === 1 && level != null ? `${formatNumber(100 * level)} % ` : ''}intervals in brackets`;
}

/** A row for each run, those of a setting together; then one for the linear baseline, unless the settings' table has it. */
export function runsTable(comparison: Comparison): Table {
  const { runs, settings, best, baseline } = comparison;
  const seeded = isSeeded(comparison);
  const ordered = settings.flatMap(({ runs: names }) => runs.filter(({ name }) => names.includes(name)));
  return {
    kind: 'table',
    caption: `The runs, ${intervalText(runs)}${seeded ? '' : bestText(best, runs)}.`,
    head: [
      'Run',
      ...(seeded ? ['Setting', 'Seed'] : []),
      'Validation accuracy',
      ...headlineMetrics.map(({ title }) => `Test ${title}`),
      'Epochs (best)',
    ],
    ...(seeded ? { wordColumns: [1] } : {}),
    rows: [
      ...ordered.map((run) => [
        run.name,
        ...(seeded ? [run.setting, run.seed === null ? EMPTY : String(run.seed)] : []),
        run.val_accuracy === null
          ? EMPTY
          : shareWithInterval(run.val_accuracy, run.val_accuracy_interval ?? undefined),
        ...headlineMetrics.map((metric) => testText(metric, run)),
        epochsText(run),
      ]),
      ...(baseline && !seeded ? [[BASELINE_NAME, EMPTY, ...baselineMetrics(baseline), EMPTY]] : []),
    ],
  };
}

function testText(metric: (typeof headlineMetrics)[number], run: ComparedRun): string {
  const value = run[`test_${metric.type}`] ?? null;
  if (value === null) return EMPTY;
  return metricWithInterval(metric, value, run[`test_${metric.type}_interval`] ?? undefined);
}

function epochsText({ epochs, best_epoch }: ComparedRun): string {
  if (epochs === null) return EMPTY;
  return `${epochs}${best_epoch === null ? '' : ` (${best_epoch})`}`;
}

/** Rows of the table of differences; a model of another kind differs in all of its settings. */
const MOST_DIFFERENCES = 25;

/** What differs between settings; undefined where nothing does, or it is not known. */
function differencesTable({ settings, differences }: Comparison): Table | undefined {
  if (differences.length === 0 || settings.length < 2) return undefined;
  const shown = differences.slice(0, MOST_DIFFERENCES);
  const left = differences.length - shown.length;
  const caption = `The settings that differ${left === 0 ? '' : `; ${plural(left, 'more key')} in the configurations`}.`;
  if (settings.length > shown.length) {
    return {
      kind: 'table',
      caption,
      head: ['Setting', ...shown.map(({ key }) => key)],
      words: true,
      rows: settings.map(({ name }, i) => [name, ...shown.map(({ values }) => values[i])]),
    };
  }
  return {
    kind: 'table',
    caption,
    head: ['Key', ...settings.map(({ name }) => name)],
    words: true,
    rows: shown.map(({ key, values }) => [key, ...values]),
  };
}

/** What all settings have in common. */
function sharedTable({ runs }: Comparison): Table | undefined {
  const traits = TRAITS.flatMap(([name, of]) => {
    const [value, ...others] = [...new Set(runs.map(of))];
    return value === null || others.length > 0 ? [] : [[name, value]];
  });
  if (traits.length === 0) return undefined;
  return {
    kind: 'table',
    caption: 'What all runs have in common.',
    head: ['Setting', 'Value'],
    words: true,
    rows: traits,
  };
}

const TRAITS: readonly (readonly [name: string, of: (run: ComparedRun) => string | null])[] = [
  ['Sequence modelling', (run) => run.sequence_modelling],
  ['Direction', (run) => run.direction],
  ['Pooling', (run) => run.pooling],
  ['Regularisation', (run) => run.regularisation],
  ['Optimisation', (run) => run.optimisation],
  ['Schedule', (run) => run.schedule],
];

/** Side by side: a row for each trait and result, a column for each run. */
export function comparisonTable({ runs, best }: Pick<Comparison, 'runs' | 'best'>): Table {
  const row = (name: string, cell: (run: ComparedRun) => string | null) => [
    name,
    ...runs.map((run) => cell(run) ?? EMPTY),
  ];
  const counted = (value: number | null) => (value === null ? null : formatCount(value));
  return {
    kind: 'table',
    caption: `${runs.length === 1 ? 'Settings and results of the run' : 'The runs side by side'}, ${intervalText(runs)}${bestText(best, runs)}.`,
    head: ['', ...runs.map(({ name }) => name)],
    words: true,
    rows: [
      ...TRAITS.map(([name, of]) => row(name, of)),
      row('Validation accuracy', ({ val_accuracy: value, val_accuracy_interval: interval }) =>
        value === null ? null : shareWithInterval(value, interval ?? undefined),
      ),
      ...headlineMetrics.map((metric) => row(`Test ${metric.title}`, (run) => testText(metric, run))),
      row('Test documents', (run) => counted(run.test_documents)),
      ...(runs.some(({ baseline }) => baseline !== null)
        ? [row(capital(BASELINE_NAME), besideBaselineText)]
        : []),
      row('Most frequent errors', (run) => run.error_patterns),
      row('Parameters', (run) => counted(run.parameters)),
      row('Training time', (run) => (run.seconds === null ? null : formatDuration(run.seconds))),
      row('Epochs (best)', epochsText),
      row('Steps', (run) => counted(run.steps)),
      row('Seed', (run) => (run.seed === null ? null : String(run.seed))),
    ],
  };
}

/** The test accuracy of the linear baseline, and the difference of the run to it. */
function besideBaselineText({ baseline }: ComparedRun): string | null {
  if (!baseline) return null;
  const { accuracy, accuracy_interval: interval, verdict } = baseline;
  const is = verdict === 'not distinguishable' ? verdict : `the network is ${verdict}`;
  return `accuracy ${shareWithInterval(accuracy, interval ?? undefined)}; ${is}`;
}

/** The pairs as a table. */
export function pairsTable({ pairs }: Pick<Comparison, 'pairs'>): Table | undefined {
  if (pairs.length === 0) return undefined;
  const level = formatNumber(100 * pairs[0].comparison.confidence);
  const range = (interval: Interval | undefined) =>
    interval ? ` (${points(interval[0])} to ${points(interval[1])})` : '';
  const byRun = pairs.some(({ test }) => test === 'runs');
  const bySeeds = pairs.some(({ test }) => test === 'seeds');
  const kind =
    byRun && bySeeds
      ? "McNemar's test and the paired bootstrap where both have one run, t-tests of the means where one has several seeds"
      : byRun
        ? "McNemar's test, intervals of the paired bootstrap"
        : 't-tests of the means over the seeds';
  return {
    kind: 'table',
    caption: `Paired tests: differences of accuracy in percentage points with ${level} % intervals. ${kind}${pairs.length > 1 ? `; p after Holm's correction for ${formatCount(pairs.length)} tests` : ''}.`,
    head: ['Pair', 'Documents', 'Accuracy', ...(byRun ? ['Right alone'] : []), 'p', 'First is'],
    wordColumns: [byRun ? 5 : 4],
    rows: pairs.map((pair) => [
      `${pair.a} against ${pair.b}`,
      formatCount(pair.shared_documents),
      pair.test === 'runs'
        ? points(pair.comparison.accuracy.difference) + range(pair.comparison.accuracy.interval)
        : points(pair.comparison.difference) + range(pair.comparison.interval),
      ...(byRun ? [pair.test === 'runs' ? aloneText(pair.comparison.mcnemar) : EMPTY] : []),
      formatP(pair.p_corrected).replace('p = ', '').replace('p ', ''),
      pair.verdict,
    ]),
  };
}

function aloneText({ only_a, only_b }: { readonly only_a: number; readonly only_b: number }): string {
  return `${formatCount(only_a)} against ${formatCount(only_b)}`;
}

/** A comparison as blocks of a report: verdict, tables, tests, warnings. */
export function comparisonBlocks(comparison: Comparison): Block[] {
  const pairs = pairsTable(comparison);
  const tables = comparisonTables(comparison);
  return [
    ...tables.slice(0, 1),
    ...comparison.verdict.map((text): Block => ({ kind: 'paragraph', text })),
    ...(pairs ? [pairs] : []),
    ...tables.slice(1),
    ...warningBlocks(comparison),
  ];
}

/** The caveats of a comparison, as notes. */
export function warningBlocks({ warnings }: Pick<Comparison, 'warnings'>): Block[] {
  return warnings.map((text): Block => ({ kind: 'note', text }));
}
