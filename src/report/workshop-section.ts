/** The workshop's own results beside those of runs on its file, and why they differ. */
import { maxOf, minOf } from '../core/lists.ts';
import { wilsonInterval } from '../evaluate/index.ts';
import { accuracy } from '../evaluate/metrics/accuracy.ts';
import { formatCount, formatNumber, formatPercent, listing, plural } from '../figures/chart/format.ts';
import { scheduleMonitor } from '../train/options.ts';
import type { Section, Table, Text } from './content.ts';
import { type ReportData, withoutLeaked, type Unleaked } from './data-sections.ts';
import { bestEpoch, errorPatterns, shareWithInterval, testMetric, validation } from './describe.ts';
import type { RunFacts } from './run-facts.ts';
import { others, reported } from './workshop-reported.ts';
import { type SearchedNetwork, searchSentences, trialsText } from './workshop-search.ts';

/** The runs of a workshop on the workshop's file, and its data. */
export interface WorkshopRuns {
  readonly scratch: RunFacts;
  readonly rnn: RunFacts;
  readonly bilstm: RunFacts;
  readonly data: ReportData;
  /** What was searched; default nothing. */
  readonly studies?: readonly SearchedNetwork[];
}

const EMPTY = '–';

/** The section: a table of both, then the differences. */
export function workshopSection(runs: WorkshopRuns): Section {
  const unleaked = withoutLeaked(runs.bilstm, runs.data);
  return {
    id: 'workshop',
    title: "Compared with the workshop's own results",
    blocks: [
      {
        kind: 'paragraph',
        text: "These are the 2,225 documents of the workshop's file. Its report tuned a plain RNN and a bidirectional LSTM on them; its results are shown next to those of these runs.",
      },
      workshopTable(runs, unleaked),
      { kind: 'paragraph', text: 'Why they differ:' },
      { kind: 'list', items: differences(runs, unleaked).map(withStrongTitle) },
    ],
  };
}

/** A paragraph whose first sentence is its title. */
function withStrongTitle(text: string): Text {
  const end = text.indexOf('. ') + 1;
  return [{ strong: text.slice(0, end) }, text.slice(end)];
}

/** The table of both. */
export function workshopTable(runs: WorkshopRuns, unleaked: Unleaked | undefined): Table {
  const { scratch, rnn, bilstm } = runs;
  const rows: (readonly [name: string, theirs: string, ours: string])[] = [
    ['Documents: training, validation, test', reported.split.map(formatCount).join(' / '), parts(bilstm)],
    [
      'Type coverage of the vocabulary',
      `about ${formatPercent(reported.type_coverage, 2)}`,
      coverage(runs, 'type_coverage'),
    ],
    ['Token coverage of the vocabulary', EMPTY, coverage(runs, 'token_coverage')],
    ['RNN from scratch: validation accuracy', EMPTY, validationShare(scratch)],
    ['RNN: validation accuracy', `about ${validated(reported.val_accuracy.rnn)}`, validationShare(rnn)],
    ['RNN: test accuracy', reported.test_accuracy.rnn, tested(rnn)],
    ['BiLSTM: validation accuracy', validated(reported.val_accuracy.bilstm), validationShare(bilstm)],
    ['BiLSTM: validation loss', formatNumber(reported.val_loss.bilstm, 4), lossOf(bilstm)],
    ['BiLSTM: test accuracy', reported.test_accuracy.bilstm, tested(bilstm)],
    ...(unleaked && unleaked.leaked > 0 && unleaked.documents > 0
      ? [
          [
            'BiLSTM: test accuracy without copies',
            EMPTY,
            shareWithInterval(unleaked.accuracy, unleaked.interval),
          ] as const,
        ]
      : []),
    ['BiLSTM: most frequent errors', reported.confusions, errorsOf(bilstm)],
    ['BiLSTM: stopped', reported.stopped, courseOf(bilstm)],
    [
      'Trials of the search',
      `${reported.trials.rnn} for the RNN, ${reported.trials.bilstm} for the BiLSTM`,
      trialsText(runs.studies ?? []) ?? 'none',
    ],
  ];
  return {
    kind: 'table',
    caption: `The workshop's report beside these runs; in brackets 95 % intervals; those of the report's results are computed here.`,
    head: ['', "The workshop's report", 'Here'],
    words: true,
    rows,
  };
}

/** Why the results differ, a sentence or two each. */
export function differences(runs: WorkshopRuns, unleaked: Unleaked | undefined): string[] {
  const { bilstm } = runs;
  return [
    splitDifference(bilstm),
    leakage(bilstm, unleaked),
    tokens(runs),
    uncertainty(bilstm),
    schedule(bilstm),
    search(runs),
    bar(),
  ].filter((sentence) => sentence !== '');
}

function splitDifference({ config, description }: RunFacts): string {
  const [least, most] = [minOf(others.pytorch), maxOf(others.pytorch)];
  const kind =
    config?.data.split === 'random'
      ? `Both splits are random, but not the same one: the report does not say which documents it tested on, this one follows from the seed ${config.data.seed ?? config.train.seed}.`
      : 'The workshop split at random; this split gives every part the same proportions of the classes.';
  return (
    `The split. ${description ? kind : ''} Splits and seeds alone change the test accuracy by several points: the same network with the same parameters in PyTorch got ` +
    `${formatPercent(least)} to ${formatPercent(most)} over ${others.pytorch.length} seeds.`
  );
}

function leakage({ config }: RunFacts, unleaked: Unleaked | undefined): string {
  const file = 'Copies. 98 documents of the file repeat another one, which the report does not mention';
  if (config?.data.allow_leakage === false) {
    return `${file}: its random split tests on some that it trained on. Here copies were kept in the same part of the split, so these results are of new documents only.`;
  }
  if (!unleaked) return '';
  const clean =
    unleaked.leaked === 0
      ? 'in this split none of the test documents has a copy in the training part.'
      : `in this split ${plural(unleaked.leaked, 'test document')} ${unleaked.leaked === 1 ? 'has' : 'have'} a copy in the training part; on the other ${formatCount(unleaked.documents)} the BiLSTM gets ${shareWithInterval(unleaked.accuracy, unleaked.interval)}.`;
  return `${file}. A random split puts some into two parts: ${clean}`;
}

function tokens({ bilstm, data }: WorkshopRuns): string {
  const { config } = bilstm;
  if (!config) return '';
  const { text } = config;
  const { tokens: lengths } = data.audit.lengths;
  const same =
    text.tokenizer === 'whitespace' && text.max_length === reported.tokens && text.vocabulary_size === 5000;
  const read = same
    ? `Both read the first ${text.max_length} whitespace tokens`
    : `The workshop read the first ${reported.tokens} whitespace tokens with a vocabulary of 5,000; here it is the ${{ head: 'first', tail: 'last' }[text.truncation as string] ?? 'first and last'} ${formatCount(text.max_length)} tokens of the ${text.tokenizer} tokenizer with a vocabulary of ${formatCount(text.vocabulary_size)}`;
  return (
    `Tokens. ${read}; the median document has ${formatCount(lengths.median)}. The coverage that the report gives is of types, ` +
    'the distinct tokens of the whole file; what counts for a document is the coverage of its running tokens, which is far higher.'
  );
}

function uncertainty({ sources }: RunFacts): string {
  const { evaluation } = sources;
  const [, val, test] = reported.split;
  const about = wilsonInterval(Math.round(reported.test_about.bilstm * test), test, 0.95);
  const half = (100 * (about[1] - about[0])) / 2;
  const theirs = `Uncertainty. With ${val} validation and ${test} test documents, a few of them change an accuracy by points: 84.5 % stands for anything from ${formatPercent(about[0])} to ${formatPercent(about[1])}, ±${half.toFixed(0)} points.`;
  const ours =
    evaluation &&
    wilsonInterval(Math.round(evaluation.accuracy * evaluation.documents), evaluation.documents, 0.95);
  if (!ours) return theirs;
  const apart = ours[0] > about[1] || ours[1] < about[0];
  const verdict = apart
    ? `The interval of the BiLSTM here, ${formatPercent(ours[0])} to ${formatPercent(ours[1])}, lies ${ours[0] > about[1] ? 'above' : 'below'} it: the random choice of documents does not explain the difference.`
    : `The interval of the BiLSTM here, ${formatPercent(ours[0])} to ${formatPercent(ours[1])}, overlaps with it: the difference may be chance.`;
  return `${theirs} ${verdict}`;
}

/** How often the learning rate fell before early stopping, by the metrics that schedule and early stopping monitor. */
function schedule({ config, sources }: RunFacts): string {
  const epochs = sources.history?.epochs ?? [];
  const last = epochs.at(-1);
  const waits = config?.train.schedule['patience'];
  if (!config || !last || typeof waits !== 'number') return '';
  const { patience, monitor } = config.train;
  const drops = epochs.filter(({ lr_reduced }) => lr_reduced).map(({ epoch }) => epoch);
  const watched = scheduleMonitor(config.train);
  const shared = watched === monitor;
  const stopping =
    patience === null
      ? 'There is no early stopping here'
      : `Early stopping waits ${plural(patience, 'epoch')} here for a better ${monitor}`;
  const fell =
    drops.length === 0
      ? `the learning rate never fell in ${plural(last.epoch, 'epoch')}`
      : `the learning rate fell ${drops.length === 1 ? `once, after epoch ${drops[0]}` : `${formatCount(drops.length)} times, after the epochs ${listing(drops.map(String))}`}, of ${formatCount(last.epoch)}`;
  const never = shared && patience !== null && patience <= waits;
  const why = never
    ? ' It waits no longer than the schedule, for the same metric, so it ends the training before the rate can fall.'
    : shared
      ? ''
      : ' The two watch different metrics: with one metric and the same patience, training would end before the first drop.';
  return (
    `Schedule. The report has a patience of 10 for both and yet 2 or 3 drops of the learning rate. ${stopping}, the schedule ${plural(waits, 'epoch')} for a better ${watched}: ` +
    `${fell}.${why}`
  );
}

function search({ bilstm: { config }, studies = [] }: WorkshopRuns): string {
  const { rnn, bilstm } = reported.trials;
  const theirs = `Search. The report's validation accuracies are the best of ${rnn} and ${bilstm} trials, selected by it, and so optimistic: its test accuracy is lower.`;
  if (studies.length > 0) return [theirs, ...searchSentences(studies)].join(' ');
  const rate = config ? ` (learning rate ${formatNumber(config.train.lr)} among them)` : '';
  const epochs = config?.train.epochs ?? 60;
  const cut = epochs < 60 ? ` It had at most ${plural(epochs, 'epoch')} here, not 60.` : '';
  return (
    `${theirs} Here nothing was searched: the BiLSTM has the parameters of the report's best trial${rate}, which that search had found; the report gives none for its RNN, ` +
    `so the RNN here has our defaults and may do better or worse.${cut}`
  );
}

function bar(): string {
  const { first50, whole } = others.svm;
  const share = ([mean, deviation]: readonly number[]) =>
    `${(100 * mean).toFixed(1)} ± ${(100 * deviation).toFixed(1)} %`;
  return `Baseline. A linear support vector machine on word counts (TF-IDF, five folds) gets ${share(first50)} from the first 50 tokens of these documents and ${share(whole)} from all of them: a recurrent network has to beat that to be worth its cost.`;
}

function parts({ splits }: RunFacts): string {
  return splits
    ? [splits.train, splits.val, splits.test].map(({ length }) => formatCount(length)).join(' / ')
    : EMPTY;
}

/** Coverage of the whole file by a vocabulary of the run's size, as the report counts it. */
function coverage({ bilstm, data }: WorkshopRuns, kind: 'type_coverage' | 'token_coverage'): string {
  const size = bilstm.config?.text.vocabulary_size;
  const found = data.audit.vocabularies[0].coverage.find((one) => one.vocabulary_size === size);
  return found ? formatPercent(found[kind], 2) : EMPTY;
}

/** A validation accuracy of the report with the interval of its documents. */
function validated(accuracy: number): string {
  const [, documents] = reported.split;
  return shareWithInterval(accuracy, wilsonInterval(Math.round(accuracy * documents), documents, 0.95));
}

function validationShare(facts: RunFacts): string {
  const found = validation(facts);
  return found ? shareWithInterval(found.accuracy, found.interval) : EMPTY;
}

function tested({ sources }: RunFacts): string {
  return sources.evaluation ? testMetric(sources.evaluation, accuracy) : EMPTY;
}

function errorsOf({ sources }: RunFacts): string {
  return sources.evaluation ? errorPatterns(sources.evaluation) : EMPTY;
}

function lossOf(facts: RunFacts): string {
  const loss = bestEpoch(facts)?.val_loss;
  return typeof loss === 'number' ? formatNumber(loss, 4) : EMPTY;
}

function courseOf({ sources }: RunFacts): string {
  const epochs = sources.history?.epochs ?? [];
  const last = epochs.at(-1);
  if (!last) return EMPTY;
  const drops = epochs.filter(({ lr_reduced }) => lr_reduced).length;
  return `epoch ${last.epoch}, after ${drops === 0 ? 'no drop' : plural(drops, 'drop')} of the learning rate`;
}
