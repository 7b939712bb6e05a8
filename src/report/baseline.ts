/** A network beside the linear baseline of its run, in words. */
import { formatCount, formatPercent, plural } from '../figures/chart/format.ts';
import { fittedAtOnce } from '../models/family.ts';
import type { BaselineResults } from '../run/index.ts';
import type { Setting } from './compare-settings.ts';
import type { ComparedBaseline, ComparedToBaseline } from './compare-types.ts';
import { formatDuration, formatP } from './describe.ts';
import type { RunFacts } from './run-facts.ts';
import { spreadOf } from './spread.ts';

/** What the baseline is called in tables and charts. */
export const BASELINE_NAME = 'linear baseline';

/** Which is better, by how much, whether that exceeds noise, and what each costs: one sentence. */
export function baselineSentence(results: BaselineResults): string {
  const {
    baseline,
    network,
    documents,
    part,
    verdict,
    mcnemar,
    network_reads,
    subject = 'the network',
  } = results;
  const on = plural(documents, part === 'test' ? 'test document' : 'validation document');
  const accuracies = `accuracy ${formatPercent(network.accuracy)} against ${formatPercent(baseline.accuracy)} on ${on}`;
  const gap = Math.abs(100 * (network.accuracy - baseline.accuracy)).toFixed(1);
  const difference = gap === '0.0' ? 'no difference' : `a difference of ${gap} points that may be chance`;
  const test = `${mcnemar.method === 'exact' ? 'exact ' : ''}McNemar test, ${formatP(mcnemar.p)}`;
  const head =
    verdict === 'not distinguishable'
      ? `${subject} and the linear baseline are not distinguishable: ${accuracies}, ${difference} (${test})`
      : `${subject} is ${verdict} than the linear baseline: ${accuracies}, a difference of ${gap} points that is more than chance (${test})`;
  const cost = ({ seconds, parameters }: BaselineResults['network']) =>
    `${formatDuration(seconds)} and ${formatCount(parameters)} parameters`;
  const reads = network_reads
    ? `; the network reads at most ${formatCount(network_reads.max_length)} tokens of a document (${formatPercent(network_reads.share)} of all), the baseline all of them`
    : '';
  return `${head}; ${subject} took ${cost(network)}, the baseline ${cost(baseline)}${reads}`;
}

/** The linear baseline of a run, where it was measured on the test part. */
export function testedBaseline({ baseline }: Pick<RunFacts, 'baseline'>): BaselineResults | undefined {
  return baseline?.part === 'test' ? baseline : undefined;
}

/** A run beside its baseline; null where it was not measured on the test part. */
export function besideBaseline(facts: RunFacts): ComparedToBaseline | null {
  const found = testedBaseline(facts);
  if (!found) return null;
  const { baseline, intervals, verdict } = found;
  return { accuracy: baseline.accuracy, accuracy_interval: intervals.accuracy, verdict };
}

/** The distinct baselines of runs; null where there are none, or where a run is itself the baseline. */
export function comparedBaseline(runs: readonly RunFacts[]): ComparedBaseline | null {
  const different = new Map<string, BaselineResults>();
  for (const run of runs) {
    const found = testedBaseline(run);
    if (found && !runs.some((other) => isBaseline(other, found))) different.set(resultKey(found), found);
  }
  const fits = [...different.values()];
  const accuracy = spreadOf(fits.map(({ baseline }) => baseline.accuracy));
  const macro_f1 = spreadOf(fits.map(({ baseline }) => baseline.macro_f1));
  if (!accuracy || !macro_f1) return null;
  return {
    fits: fits.length,
    metrics: { accuracy, macro_f1 },
    test_accuracy_interval: fits.length === 1 ? fits[0].intervals.accuracy : null,
    test_macro_f1_interval: fits.length === 1 ? fits[0].intervals.macro_f1 : null,
    parameters: fits[0].baseline.parameters,
    seconds: spreadOf(fits.map(({ baseline }) => baseline.seconds))?.mean ?? null,
  };
}

function resultKey({ documents, decisions, baseline }: BaselineResults): string {
  return JSON.stringify([documents, decisions, baseline.accuracy, baseline.macro_f1]);
}

/** Whether a run is a model fitted at once with the predictions of the baseline. */
function isBaseline(
  { config, sources: { evaluation } }: RunFacts,
  { documents, baseline }: BaselineResults,
): boolean {
  if (config === undefined || !fittedAtOnce(config.model) || !evaluation) return false;
  const { accuracy, macro_f1 } = baseline;
  return evaluation.documents === documents && evaluation.accuracy === accuracy && evaluation.macro_f1 === macro_f1; // prettier-ignore
}

/** The best setting beside its linear baseline; if it is no network itself, what that means for the networks. */
export function baselineVerdict(settings: readonly Setting[], best: string | null): string[] {
  const atOnce = ({ runs: [{ config }] }: Setting) => config !== undefined && fittedAtOnce(config.model);
  const found = settings.find(({ name }) => name === best);
  if (!found) return [];
  if (atOnce(found)) {
    if (settings.every(atOnce)) return [];
    return [`${found.name} is not a network, and no network here has a higher test accuracy.`];
  }
  const run = found.runs.find(({ baseline }) => baseline !== undefined);
  return run?.baseline ? [`${run.name} beside its linear baseline: ${baselineSentence(run.baseline)}.`] : [];
}
