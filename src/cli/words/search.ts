/** Events of a search in words. */
import { count, formatSeconds } from '../../core/words.ts';
import type { JobEvent, SearchCostEvent, SearchEndedEvent } from '../../jobs/index.ts';
import { describeCounts } from '../../jobs/search/counts.ts';

/** The sentences of an event of a search. */
export function searchWords(event: JobEvent): readonly string[] {
  switch (event.type) {
    case 'study-opened':
      return [
        event.found === null
          ? `study ${event.study} in ${event.storage}`
          : `resuming the study ${event.study} in ${event.storage}: found ${describeCounts(event.found)}`,
      ];
    case 'search-documents': {
      const parts = event.folds === null ? 'the validation part' : `${event.folds} folds`;
      return [
        `${event.data}: ${count(event.documents, 'document')}, ${count(event.classes, 'class')}; trials are scored on ` +
          `${parts}, ${count(event.judged, 'document')}; ${count(event.test, 'document')} for the test at the end`,
      ];
    }
    case 'nothing-left':
      return [`all trials are done: ${describeCounts(event.counts)}. For more, raise --trials`];
    case 'search-cost':
      return costWords(event);
    case 'nothing-pruned':
      return [
        `nothing will be pruned: with ${event.folds} folds a trial reports at steps 0 to ${event.folds - 2}, and the pruner ` +
          `${event.pruner} starts at step ${event.warmUp}; tune.pruner auto compares fold by fold`,
      ];
    case 'waiting':
      return [
        `no trials left to start: waiting for ${count(event.others, 'trial')} of other processes, to take over if a process dies`,
      ];
    case 'search-ended':
      return [endedWords(event)];
    case 'best-trial': {
      const here = `trial ${event.trial} is trained again, for its model and its test results`;
      return [
        event.before === null
          ? here
          : `${here}; another command has done so, into ${event.before}, and this model should be the same to the bit`,
      ];
    }
    case 'model-differs':
      return [
        `the model differs from that of trial ${event.trial}: its log loss is ${event.loss}, in the trial it was ${event.trialLoss}. ` +
          'Did the trial run on another machine, or with another version?',
      ];
    default:
      return [];
  }
}

/** The estimated cost of a search, from a few measured configurations. */
export function costWords({ costs, left, workers, timeLimit }: Omit<SearchCostEvent, 'type'>): string[] {
  if (costs.length === 0) return [];
  const seconds = costs.map((cost) => cost.seconds).sort((a, b) => a - b);
  const mean = seconds.reduce((sum, s) => sum + s, 0) / seconds.length;
  const time = formatSeconds;
  const said = [
    `a trial with all its epochs takes about ${time(mean)} (${time(seconds[0])} to ${time(seconds[seconds.length - 1])} in ${costs.length} samples); ` +
      `${count(left, 'trial')} on ${count(workers, 'worker')} take at most about ${time((mean * left) / workers)}, less with early stopping and pruning`,
  ];
  if (timeLimit !== null) {
    const fit = Math.floor((timeLimit / mean) * workers);
    said.push(
      fit >= left
        ? `all of them should fit the time limit of ${time(timeLimit)}`
        : `about ${count(Math.max(fit, 1), 'trial')} fit the time limit of ${time(timeLimit)}, more if some end early`,
    );
  }
  return said;
}

/** Why a search ended. */
const REASONS: Readonly<Record<SearchEndedEvent['reason'], string>> = {
  trials: 'all trials are done',
  timeout: 'the time limit is reached',
  sampler: 'every point of the grid has been tried',
  target: 'the target is reached',
  patience: 'no improvement within tune.patience trials',
  signal: 'stopped on request',
  error: 'stopped by an error',
  stop: 'stopped',
};

function endedWords({ reason, ran, counts }: SearchEndedEvent): string {
  return `${REASONS[reason]}: ${count(ran, 'trial')} here; the study has ${describeCounts(counts)}`;
}
