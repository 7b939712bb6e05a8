/** The conclusions of a comparison, in sentences with their numbers. */
import type { Interval } from '../evaluate/index.ts';
import type { Verdict } from '../evaluate/paired.ts';
import { formatCount, formatNumber, formatPercent, listing, plural } from '../figures/chart/format.ts';
import type { Comparison, ComparedSetting, PairedRuns, PairedSettings, Spread } from './compare-types.ts';
import { formatP, points } from './describe.ts';

type Judged<Kind> = Omit<Kind, 'sentence'>;

/**
 * A verdict with its numbers and, where the interval disagrees, the reason.
 *
 * @param tests How many pairs were tested.
 * @param seeds Runs of A and of B, for a test of their means.
 */
export function pairSentence(
  pair: Judged<PairedRuns> | Judged<PairedSettings>,
  tests: number,
  seeds: readonly [a: number, b: number] = [1, 1],
): string {
  const { a, b, verdict } = pair;
  const head = verdictText(a, b, verdict);
  const numbers = pair.test === 'runs' ? runNumbers(pair, tests) : seedNumbers(pair, tests, seeds);
  const why = disagreement(pair, tests);
  return `${head}: ${numbers}.${why === '' ? '' : ` ${why}`}`;
}

function verdictText(a: string, b: string, verdict: Verdict): string {
  switch (verdict) {
    case 'better':
    case 'worse':
      return `${a} is ${verdict} than ${b}`;
    case 'not distinguishable':
      return `${a} and ${b} are not distinguishable`;
    default:
      return verdict satisfies never;
  }
}

function runNumbers({ a, b, comparison, p_corrected }: Judged<PairedRuns>, tests: number): string {
  const { accuracy, mcnemar, documents, confidence } = comparison;
  return (
    `accuracy ${formatPercent(accuracy.a)} against ${formatPercent(accuracy.b)} on ${plural(documents, 'shared test document')} ` +
    `(difference ${points(accuracy.difference)} points${range(accuracy.interval, confidence)}); ` +
    `only ${a} was right on ${formatCount(mcnemar.only_a)} of them, only ${b} on ${formatCount(mcnemar.only_b)} ` +
    `(McNemar, ${formatP(p_corrected)}${correction(tests)})`
  );
}

function seedNumbers(
  { comparison, p_corrected, shared_documents }: Judged<PairedSettings>,
  tests: number,
  [a, b]: readonly [number, number],
): string {
  const { design, difference, interval, confidence } = comparison;
  const over = a === b ? `${plural(a, 'seed')} each` : `${formatCount(a)} and ${plural(b, 'seed')}`;
  const on =
    design === 'same documents'
      ? `the same ${plural(shared_documents, 'test document')}`
      : 'a split of its own for each seed';
  const test =
    design === 'same documents' ? 't-test over seeds and documents' : 'corrected resampled t-test over seeds';
  return (
    `mean accuracy ${formatPercent(comparison.a)} against ${formatPercent(comparison.b)} over ${over}, on ${on} ` +
    `(difference ${points(difference)} points${range(interval, confidence)}; ${test}, ${formatP(p_corrected)}${correction(tests)})`
  );
}

function range(interval: Interval | undefined, confidence: number): string {
  if (!interval) return '';
  return `, ${formatNumber(100 * confidence)} % interval ${points(interval[0])} to ${points(interval[1])}`;
}

function correction(tests: number): string {
  return tests > 1 ? ` after Holm's correction for ${formatCount(tests)} tests` : '';
}

/** Why the verdict is not what the interval suggests; empty where the two agree. */
function disagreement(pair: Judged<PairedRuns> | Judged<PairedSettings>, tests: number): string {
  const { confidence } = pair.comparison;
  const interval = pair.test === 'runs' ? pair.comparison.accuracy.interval : pair.comparison.interval;
  if (!interval) return '';
  const withoutZero = interval[0] > 0 || interval[1] < 0;
  const apart = pair.verdict !== 'not distinguishable';
  if (withoutZero === apart) return '';
  if (!withoutZero) {
    return 'The interval contains 0 although the test finds a difference: it comes from resampling, the p-value from an exact count, and the two can differ where a result is close to the limit.';
  }
  const p = pair.test === 'runs' ? pair.comparison.mcnemar.p : pair.comparison.p;
  if (tests > 1 && p < 1 - confidence) {
    return `The interval does not contain 0, but it is for this pair only; the verdict takes all ${formatCount(tests)} tests into account (before the correction, ${formatP(p)}).`;
  }
  const { only_a = 0, only_b = 0 } = pair.test === 'runs' ? pair.comparison.mcnemar : {};
  return `The interval does not contain 0, but it comes from resampling and is too narrow for few documents; the verdict is that of the exact test on the ${plural(only_a + only_b, 'document')} that only one run got right.`;
}

/** Most pairs with the best setting that get a sentence each; the others are in the table. */
const TOLD = 4;

/** The conclusion over all pairs. */
export function verdictSentences(
  pairs: Comparison['pairs'],
  settings: readonly ComparedSetting[],
  best: string | null,
): string[] {
  const seeded = settings.filter(({ runs }) => runs.length > 1);
  if (settings.length === 1 && seeded.length === 1) return [oneSetting(seeded[0])];
  const withBest = pairs.filter(({ a, b }) => a === best || b === best);
  if (withBest.length === 0) return [];
  const said = withBest.slice(0, TOLD).map(({ sentence }) => sentence);
  if (withBest.length > TOLD) {
    said.push(`The table of the tests has the other ${plural(withBest.length - TOLD, 'pair')} with ${best}.`);
  }
  if (best !== null && (withBest.length > 1 || seeded.length > 0))
    said.unshift(headline(withBest, settings, best));
  const some = settings.some(({ runs }) => runs.length === 1);
  said.push(
    some
      ? 'The tests hold for these trained models on documents like these; another seed or another split changes the results too.'
      : 'The tests count that seeds and test documents vary; other data may give another result.',
  );
  return said;
}

function headline(withBest: Comparison['pairs'], settings: readonly ComparedSetting[], best: string): string {
  const spread = settings.find(({ name }) => name === best)?.metrics.accuracy;
  const value =
    spread === undefined || spread.sd === null
      ? `${best} has the highest test accuracy.`
      : `${best} has the highest mean test accuracy, ${formatSpread(spread)} (mean ± sd, ${plural(spread.runs, 'seed')}).`;
  const others = withBest.map(({ a, b, verdict }) => {
    const flipped = { better: 'worse', worse: 'better', 'not distinguishable': verdict } as const;
    return a === best ? { name: b, is: verdict } : { name: a, is: flipped[verdict] };
  });
  const names = (verdict: Verdict) => others.filter(({ is }) => is === verdict).map(({ name }) => name);
  const [worse, alike, better] = [names('better'), names('not distinguishable'), names('worse')];
  const first = worse.length > 0 ? ` It is better than ${listing(worse)}.` : '';
  const second = alike.length > 0 ? ` It is not distinguishable from ${listing(alike)}.` : '';
  const third =
    better.length > 0 ? ` On the test documents that they share it is worse than ${listing(better)}.` : '';
  return `${value}${first}${second}${third}`;
}

function oneSetting({ metrics: { accuracy }, name }: ComparedSetting): string {
  if (!accuracy) return `${name} has no test results.`;
  return `The runs differ only in the seed: test accuracy ${formatSpread(accuracy)} (mean ± sd, ${plural(accuracy.runs, 'seed')}), from ${formatPercent(accuracy.low)} to ${formatPercent(accuracy.high)}. Seeds of one setting are not tested against each other.`;
}

/** A proportion over seeds: `92.4 ± 1.1 %`; `92.4 %` for one run. */
export function formatSpread({ mean, sd }: Spread): string {
  if (sd === null) return formatPercent(mean);
  return `${(100 * mean).toFixed(1)} ± ${(100 * sd).toFixed(1)} %`;
}
