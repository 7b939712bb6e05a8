/** A network beside the linear baseline of its run, in words. */
import { formatCount, formatPercent, plural } from '../figures/chart/format.ts';
import type { BaselineResults } from '../run/index.ts';
import type { Table } from './content.ts';
import { formatDuration, formatP } from './describe.ts';

/** What the baseline is called in tables and charts. */
export const BASELINE_NAME = 'linear baseline';

/** Which is better, by how much, whether that exceeds noise, and what each costs: one sentence. */
export function baselineSentence(results: BaselineResults): string {
  const { baseline, network, documents, part, verdict, mcnemar } = results;
  const on = plural(documents, part === 'test' ? 'test document' : 'validation document');
  const accuracies = `accuracy ${formatPercent(network.accuracy)} against ${formatPercent(baseline.accuracy)} on ${on}`;
  const gap = Math.abs(100 * (network.accuracy - baseline.accuracy)).toFixed(1);
  const test = `${mcnemar.method === 'exact' ? 'exact ' : ''}McNemar test, ${formatP(mcnemar.p)}`;
  const head =
    verdict === 'not distinguishable'
      ? `the network and the linear baseline are not distinguishable: ${accuracies}, a difference of ${gap} points that may be chance (${test})`
      : `the network is ${verdict} than the linear baseline: ${accuracies}, a difference of ${gap} points that is more than chance (${test})`;
  const cost = ({ seconds, parameters }: BaselineResults['network']) =>
    `${formatDuration(seconds)} and ${formatCount(parameters)} parameters`;
  return `${head}; the network took ${cost(network)}, the baseline ${cost(baseline)}`;
}

/** The n-grams by which the baseline tells the classes apart. */
export function strongestTable({ strongest }: Pick<BaselineResults, 'strongest'>): Table[] {
  const rows = strongest.filter(({ features }) => features.length > 0);
  if (rows.length === 0) return [];
  return [
    {
      kind: 'table',
      caption: 'What the linear baseline goes by: the n-grams with the largest weight for each class.',
      head: ['Class', 'n-grams'],
      words: true,
      rows: rows.map(({ label, features }) => [
        label,
        features.map(({ feature }) => shownFeature(feature)).join(', '),
      ]),
    },
  ];
}

/** An n-gram as it is shown: a blank at its ends, where a word begins or ends, as `␣`. */
export function shownFeature(feature: string): string {
  return feature.replace(/^ | $/g, '␣');
}
