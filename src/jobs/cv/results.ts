/** The results of a cross-validation: metrics over folds with their intervals, and the configurations compared. */
import { invariant } from '../../core/errors.ts';
import type { Dataset } from '../../data/dataset.ts';
import { compareResampled, compareSplitSeeds, holm, meanOverResamples } from '../../evaluate/index.ts';
import { argmaxRows } from '../../evaluate/confusion.ts';
import { evaluatePredictions } from '../../evaluate/evaluation.ts';
import { type Metric, type MetricName, headlineMetrics, metrics } from '../../evaluate/metrics/index.ts';
import { mean, variance } from '../../evaluate/sample.ts';
import { chosenModel } from '../../classifier/choose.ts';
import type { CvPlan } from './plan.ts';
import type { ChosenCounts, ConfigurationResult, CvComparison, MetricResult } from './state.ts';
import type { DoneTraining } from './trainings.ts';

/** The results of each configuration, in their order, and of each pair. */
export interface CvResults {
  readonly configurations: readonly ConfigurationResult[];
  readonly comparisons: readonly CvComparison[];
}

/** Computes the results of all trainings; @param confidence Confidence level of the intervals. */
export function resultsOf(
  plan: CvPlan,
  dataset: Dataset,
  done: readonly DoneTraining[],
  confidence: number,
): CvResults {
  const own = plan.configurations.map((_, index) => done.filter(({ training }) => training.index === index));
  return {
    configurations: own.map((trainings) => configurationResult(plan, dataset, trainings, confidence)),
    comparisons: compareAll(plan, dataset, own, confidence),
  };
}

/** Ratio of test to training documents, for k folds of equal size. */
function testByTrain({ folds }: CvPlan): number {
  return 1 / (folds - 1);
}

function configurationResult(
  plan: CvPlan,
  { labels, labelNames }: Dataset,
  trainings: readonly DoneTraining[],
  confidence: number,
): ConfigurationResult {
  const tested = trainings.flatMap(({ training }) => Array.from(training.rows.test));
  const probabilities = new Float64Array(tested.length * labelNames.length);
  let at = 0;
  for (const { scores } of trainings) {
    probabilities.set(scores.probabilities, at);
    at += scores.probabilities.length;
  }
  const chosen = chosenCounts(trainings);
  return {
    ...(chosen && { chosen }),
    parameters: mean(trainings.map(({ scores }) => scores.parameters)),
    metrics: Object.fromEntries(
      metrics.map(({ type }) => [type, metricResult(plan, trainings, type, confidence)]),
    ) as ConfigurationResult['metrics'],
    out_of_fold: evaluatePredictions(
      { labels: Int32Array.from(tested, (i) => labels[i]), probabilities, labelNames },
      { bootstrap_samples: 0, confidence },
    ),
  };
}

/** In how many trainings which model was chosen; undefined where none was. */
function chosenCounts(trainings: readonly DoneTraining[]): ChosenCounts | undefined {
  const counts = { linear: 0, average: 0, network: 0 };
  const weights = trainings.flatMap(({ scores }) => scores.networkWeight ?? []);
  for (const weight of weights) counts[chosenModel(weight)]++;
  return weights.length > 0 ? counts : undefined;
}

function metricResult(
  plan: CvPlan,
  trainings: readonly DoneTraining[],
  type: MetricName,
  confidence: number,
): MetricResult {
  const bySeed = byFold(trainings).map((onFold) => onFold.map(({ evaluation }) => evaluation[type]));
  const folds = bySeed.map((values) => mean(values));
  const { mean: middle, sd, interval } = meanOverResamples(folds, testByTrain(plan), confidence);
  return {
    mean: middle,
    sd,
    interval: within(interval, type),
    seed_sd: plan.seeds > 1 ? Math.sqrt(mean(bySeed.map((values) => variance(values)))) : null,
    folds,
  };
}

/** An interval clipped to the range of the metric. */
function within([low, high]: readonly [number, number], type: MetricName): [number, number] {
  const [least, most] = metrics.find((metric) => metric.type === type)?.range ?? [-Infinity, Infinity];
  return [Math.max(least, low), Math.min(most, high)];
}

/** Trainings of one configuration by repetition and fold; within a fold by seed. */
function byFold(trainings: readonly DoneTraining[]): readonly (readonly DoneTraining[])[] {
  const groups = Map.groupBy(trainings, ({ training: { repeat, fold } }) => `${repeat} ${fold}`);
  return [...groups.values()];
}

function compareAll(
  plan: CvPlan,
  dataset: Dataset,
  own: readonly (readonly DoneTraining[])[],
  confidence: number,
): readonly CvComparison[] {
  const pairs = own.flatMap((_, a) => own.slice(a + 1).map((_, k) => [a, a + 1 + k] as const));
  return headlineMetrics.flatMap((metric) => {
    const tests = pairs.map(([a, b]) => comparePair(plan, dataset, [own[a], own[b]], metric, confidence));
    const corrected = holm(tests.map(({ p }) => p));
    return tests.map(({ difference, interval, p, df }, i): CvComparison => {
      const [a, b] = pairs[i].map((c) => plan.configurations[c].name);
      const sure = corrected[i] < 1 - confidence && difference !== 0;
      const higher = difference > 0 === (metric.better === 'higher');
      return {
        ...{
          metric: metric.type,
          a,
          b,
          difference,
          interval: [...interval],
          p,
          p_corrected: corrected[i],
          df,
        },
        verdict: sure ? (higher ? 'better' : 'worse') : 'not distinguishable',
      };
    });
  });
}

/** The corrected resampled t-test on the folds; for accuracy, with a variance of at least that of the documents. */
function comparePair(
  plan: CvPlan,
  dataset: Dataset,
  [a, b]: readonly [readonly DoneTraining[], readonly DoneTraining[]],
  { type }: Metric<MetricName>,
  confidence: number,
) {
  const [foldsA, foldsB] = [byFold(a), byFold(b)];
  if (type === 'accuracy') {
    const pairs = foldsA.map((onFold, j) => ({
      a: rightOn(onFold, dataset),
      b: rightOn(foldsB[j], dataset),
    }));
    if (pairs.every((pair) => pair.a.length > 1))
      return compareSplitSeeds(pairs, testByTrain(plan), confidence);
  }
  const scores = (folds: typeof foldsA) =>
    folds.map((onFold) => mean(onFold.map(({ evaluation }) => evaluation[type])));
  return compareResampled(scores(foldsA), scores(foldsB), testByTrain(plan), { confidence });
}

/** How often each test document of a fold was classified right, over seeds, in [0, 1]. */
function rightOn(onFold: readonly DoneTraining[], { labels, labelNames }: Dataset): Float64Array {
  const { test } = onFold[0].training.rows;
  const right = new Float64Array(test.length);
  for (const { training, scores } of onFold) {
    invariant(training.rows.test.length === test.length, 'seeds of a fold share its documents');
    const predicted = argmaxRows(scores.probabilities, labelNames.length);
    for (const [n, i] of test.entries()) if (predicted[n] === labels[i]) right[n] += 1 / onFold.length;
  }
  return right;
}
