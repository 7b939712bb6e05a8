/** Sentences on the results of a study; a sentence is left out where its numbers are missing. */
import { maxOf } from '../core/lists.ts';
import { normalQuantile } from '../evaluate/index.ts';
import { formatCount, formatPercent, listing, plural } from '../figures/chart/format.ts';
import { importancesOf } from '../figures/study/importances.ts';
import { internalOf, paramsOf, paramText, paramValue, positionOf } from '../figures/study/params.ts';
import {
  bestTenth,
  formatValue,
  isBetterValue,
  medianOf,
  type Objective,
  objectivesOf,
  ranked,
} from '../figures/study/trials.ts';
import type { FrozenTrial } from '../tune/trial/frozen-trial.ts';
import { accuracySentence, formatDuration, points } from './describe.ts';
import { judgedDocuments, type StudyReportFacts } from './study-facts.ts';

/** Fewest complete trials for which parameter importances are more than noise. */
const ENOUGH = 30;

/** Trials that samplers draw at random before they learn from others. */
const STARTUP = 10;

/** Whether later trials were better overall, and whether the search had converged. */
export function courseAnalysis(study: StudyReportFacts): string[] {
  return objectivesOf(study).flatMap((objective) => {
    const { name, scored, best, direction } = objective;
    const own = scored.filter(({ feasible }) => feasible);
    const early = own.filter(({ trial }) => trial < STARTUP).map(({ value }) => value);
    const late = own.filter(({ trial }) => trial >= STARTUP).map(({ value }) => value);
    if (best === null || early.length < 3 || late.length < 3) return [];
    const [a, b] = [medianOf(early), medianOf(late)];
    const after = study.trials.filter(
      ({ number, state }) => number > best.trial && state !== 'WAITING',
    ).length;
    const of = study.directions.length > 1 ? ` of ${name}` : '';
    return [
      isBetterValue(direction, b, a)
        ? `The first ${STARTUP} trials${of} have a median of ${formatValue(a)}, those after them ${formatValue(b)}: later trials were better, not just more of them.`
        : `The first ${STARTUP} trials${of} have a median of ${formatValue(a)}, those after them ${formatValue(b)}: they were no better overall, and the best one may be due to luck.`,
      after === 0
        ? 'The last trial was the best so far: more trials may find better ones.'
        : `The best one was followed by ${plural(after, 'trial')}, none of them better${after >= 20 ? ': more trials of this kind are unlikely to help' : ', too few to say that the search has ended'}.`,
    ];
  });
}

/** Which parameters hardly matter, and which are best at an end of their range. */
export function parameterAnalysis(study: StudyReportFacts): string[] {
  return objectivesOf(study).flatMap((objective, k) => [
    ...unimportant(study, k, objective.name),
    ...atTheEdge(study, objective),
  ]);
}

function unimportant(study: StudyReportFacts, k: number, name: string): string[] {
  const found = importancesOf(study, k);
  if (!found || found.length < 2) return [];
  const small = found.filter(({ importance, high }) => importance < 0.05 && (high === null || high < 0.15));
  const complete = study.trials.filter(({ state }) => state === 'COMPLETE').length;
  if (complete < ENOUGH) {
    return [
      `Importances from ${plural(complete, 'complete trial')} are rough: they do not show that a parameter can be left alone.`,
    ];
  }
  if (small.length === 0) return [];
  const sum = small.reduce((total, { importance }) => total + importance, 0);
  const of = study.directions.length > 1 ? ` for ${name}` : '';
  const known = small.every(({ high }) => high !== null);
  return [
    `The ${small.length === 1 ? 'parameter' : 'parameters'} ${listing(small.map((one) => paramText(one)))} ${small.length === 1 ? 'has' : 'have together'} ${formatPercent(sum, 0)} of the importance${of}${known ? ', none more than 15 % at the upper end of its interval' : ''}: within these ranges, ${small.length === 1 ? 'it' : 'they'} hardly changed the result.`,
  ];
}

/** Parameters whose best values cluster at an end of the range: the range may be too narrow. */
function atTheEdge(study: StudyReportFacts, objective: Objective): string[] {
  const best = new Set(bestTenth(objective).map(({ trial }) => trial));
  if (best.size < 3) return [];
  const trials = study.trials.filter(({ number }) => best.has(number));
  return paramsOf(study.trials).flatMap((param) => {
    if (param.kind === 'choice' || !(param.high > param.low)) return [];
    const places = trials
      .flatMap((trial) => internalOf(trial, param) ?? [])
      .map((value) => positionOf(param, value));
    const low = places.filter((place) => place < 0.05).length;
    const high = places.filter((place) => place > 0.95).length;
    const count = Math.max(low, high);
    if (places.length < 3 || count < 0.6 * places.length) return [];
    const end = paramValue(param, low > high ? param.low : param.high);
    return [
      `${count === places.length ? 'All' : formatCount(count)} of the best ${formatCount(places.length)} trials have ${paramText(param)} at the ${low > high ? 'lower' : 'upper'} end of its range, ${end}: better values may lie beyond it, unless it is a natural limit.`,
    ];
  });
}

/** How much time pruning saved, and whether it ended trials that were ahead of the best. */
export function pruningAnalysis(study: StudyReportFacts): string[] {
  const pruned = study.trials.filter(({ state }) => state === 'PRUNED');
  const complete = study.trials.filter(({ state }) => state === 'COMPLETE');
  if (pruned.length === 0 || complete.length === 0) return [];
  const said: string[] = [];
  const [a, b] = [pruned, complete].map((list) => list.flatMap((trial) => secondsOf(trial) ?? []));
  if (a.length > 0 && b.length > 0) {
    const usual = medianOf(b);
    const spent = a.reduce((sum, seconds) => sum + seconds, 0);
    const saved = Math.max(0, usual * a.length - spent);
    const all = spent + b.reduce((sum, seconds) => sum + seconds, 0);
    said.push(
      `Pruned trials took ${formatDuration(spent)}; at the median length of a complete one, ${formatDuration(usual)}, they would have taken ${formatDuration(usual * a.length)}. Pruning saved ${formatPercent(saved / (all + saved), 0)} of the search's working time.`,
    );
  }
  const ahead = prunedAhead(study, pruned);
  if (ahead)
    said.push(
      ahead.ahead === 0
        ? `None of the ${plural(ahead.compared, 'pruned trial')} was ahead of the best trial at the step where it ended.`
        : `${formatCount(ahead.ahead)} of ${plural(ahead.compared, 'pruned trial')} ${ahead.ahead === 1 ? 'was' : 'were'} ahead of the best trial at the step where ${ahead.ahead === 1 ? 'it' : 'they'} ended: a slow start does not mean a bad end, and a more patient pruner may find better settings.`,
    );
  return said;
}

function prunedAhead(
  study: StudyReportFacts,
  pruned: readonly FrozenTrial[],
): { readonly ahead: number; readonly compared: number } | undefined {
  if (study.directions.length > 1) return undefined;
  const number = objectivesOf(study)[0].best?.trial;
  const best = study.trials.find((trial) => trial.number === number);
  if (!best) return undefined;
  const compared = pruned.flatMap(({ intermediateValues: reports }) => {
    const step = maxOf(reports.keys());
    const [own, other] = [reports.get(step), best.intermediateValues.get(step)];
    return own === undefined || other === undefined ? [] : [isBetterValue(study.directions[0], own, other)];
  });
  if (compared.length === 0) return undefined;
  return { ahead: compared.filter(Boolean).length, compared: compared.length };
}

/** How far the best value can be trusted: few documents, and selection of the best of many trials. */
export function trustAnalysis(study: StudyReportFacts): string[] {
  const [objective] = objectivesOf(study);
  const { best, name } = objective;
  if (best === null) return [];
  const all = ranked(objective);
  const pruned = study.trials.filter(({ state }) => state === 'PRUNED').length;
  const tried = `${plural(all.length, 'complete trial')}${pruned > 0 ? ` and ${formatCount(pruned)} pruned` : ''}`;
  const caution = study.search
    ? 'It is optimistic, because the same documents chose it: only documents that took no part in the choice show how good these settings are.'
    : 'Where values vary by chance, as with few documents or another seed, it is optimistic: measure again on something that took no part in the choice.';
  const said = [
    all.length === 1
      ? `The ${name} of ${formatValue(best.value)} is that of one trial.`
      : `The ${name} of ${formatValue(best.value)} is the best of ${tried}, and was selected by it. ${caution}`,
  ];
  const documents = judgedDocuments(study);
  const share = /accuracy/i.test(name) && best.value > 0 && best.value <= 1;
  if (documents === undefined || !share || documents < 1) return said;
  const p = best.value;
  const error = Math.sqrt((p * (1 - p)) / documents);
  const near = all.filter(({ value }) => best.value - value <= error).length - 1;
  const inPoints = (value: number) => `${(100 * value).toFixed(1)} points`;
  said.push(
    `Measured on ${study.search?.settings.judged === undefined ? 'about ' : ''}${plural(documents, 'document')}, it has a standard error of ${inPoints(error)}; ${near === 0 ? 'no other trial is' : near === 1 ? 'one other trial is' : `${formatCount(near)} other trials are`} within that.`,
  );
  if (near > 0) {
    // the mean of the largest of k normal numbers (Blom, 1958)
    const k = near + 1;
    const optimism = error * normalQuantile((k - 0.375) / (k + 0.25));
    said.push(
      `If these ${formatCount(k)} were equally good, the best would still be up to about ${inPoints(optimism)} above their true accuracy by chance, less where they misclassify the same documents; which of them comes first says little.`,
    );
  }
  return said;
}

/** The test result of the best trial's model, beside the value that it was chosen by. */
export function testAnalysis({ model, trials, ...study }: StudyReportFacts): string[] {
  if (!model?.evaluation) return [];
  const { evaluation, trial: number } = model;
  const said = [
    `The model of trial ${number}, trained again, was measured once on other documents. ${accuracySentence(evaluation)}`,
  ];
  const value = trials.find((trial) => trial.number === number)?.values?.[0];
  const documents = judgedDocuments({ ...study, trials });
  const [objective] = objectivesOf({ ...study, trials });
  if (value === undefined || documents === undefined || !/accuracy/i.test(objective.name)) return said;
  const variance = (p: number, n: number) => (p * (1 - p)) / n;
  const difference = evaluation.accuracy - value;
  const reach =
    normalQuantile(0.975) *
    Math.sqrt(variance(value, documents) + variance(evaluation.accuracy, evaluation.documents));
  said.push(
    `That is ${points(difference)} points compared with the ${objective.name} that it was chosen by: ${Math.abs(difference) <= reach ? 'no more' : 'more'} than the ${(100 * reach).toFixed(1)} points that two parts of these sizes differ by through chance.`,
  );
  return said;
}

/** Why trials failed, the most frequent reason first. */
export function failureAnalysis(study: StudyReportFacts): string[] {
  const failed = study.trials.filter(({ state }) => state === 'FAIL');
  if (failed.length === 0) return [];
  const reasons = new Map<string, number[]>();
  for (const { number, systemAttrs } of failed) {
    const given = systemAttrs['fail_reason'];
    const reason = typeof given === 'string' && given !== '' ? given.split('\n')[0] : 'no reason recorded';
    reasons.set(reason, [...(reasons.get(reason) ?? []), number]);
  }
  const sorted = [...reasons].sort((a, b) => b[1].length - a[1].length).slice(0, 5);
  return [
    `${plural(failed.length, 'trial')} failed: ${sorted
      .map(
        ([reason, numbers]) =>
          `${reason.replace(/\.$/, '')} (trial${numbers.length === 1 ? '' : 's'} ${numbers.slice(0, 5).join(', ')}${numbers.length > 5 ? ' and others' : ''})`,
      )
      .join('; ')}.`,
  ];
}

/** Seconds that a trial ran; undefined before its end. */
export function secondsOf({ datetimeStart, datetimeComplete }: FrozenTrial): number | undefined {
  return datetimeStart && datetimeComplete
    ? Math.max(0, (datetimeComplete.getTime() - datetimeStart.getTime()) / 1000)
    : undefined;
}
