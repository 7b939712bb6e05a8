/** What happens during a job, in words: the sentences of each event. Progress is drawn elsewhere. */
import { shellWord } from '../core/shell-word.ts';
import { count, formatSeconds, groupDigits, percent } from '../core/words.ts';
import type {
  DataMissingEvent,
  DoubtEvent,
  JobEvent,
  MeasuringEvent,
  PreparedEvent,
  RunBeginsEvent,
  SearchCostEvent,
  SearchEndedEvent,
  SeenEvent,
  Stoppable,
  TrainedEvent,
  UnknownTextsEvent,
} from '../jobs/index.ts';
import { describeCounts } from '../jobs/search/counts.ts';
import { describeModel } from '../models/family.ts';

/** The sentences of an event; none where it only moves the progress. */
export function sentencesOf(event: JobEvent): readonly string[] {
  switch (event.type) {
    case 'notice':
      return [event.level === 'warning' ? `warning: ${event.text}` : event.text];
    case 'prepared':
      return preparedWords(event);
    case 'run-begins':
      return runWords(event);
    case 'resumed':
      return [
        event.epoch === null
          ? 'no checkpoint had been saved yet: starting from the beginning'
          : `resuming in epoch ${event.epoch}`,
      ];
    case 'trained':
      return [trainedWords(event)];
    case 'finished-before':
      return [`${event.run} is finished: there is nothing left to train`];
    case 'figures':
      return [`${count(event.figures, 'figure')} in ${event.folder}`];
    case 'figures-missing':
      return [
        [
          ...(event.why === null ? [] : [event.why]),
          `The figures are missing: unroll figures ${shellWord(event.run)} draws them.`,
        ].join(' '),
      ];
    case 'written':
      return [`written to ${event.file}`];
    case 'measuring':
      return measuringWords(event);
    case 'seen':
      return [seenWords(event)];
    case 'data-missing':
      return [dataMissingWords(event)];
    case 'unknown-texts':
      return [unknownWords(event)];
    case 'doubt':
      return [doubtWords(event)];
    case 'warm-up':
      return warmUpWords(event);
    default:
      return searchWords(event);
  }
}

function unknownWords({ unknown, texts }: UnknownTextsEvent): string {
  return (
    `warning: ${groupDigits(unknown)} of ${count(texts, 'text')} ${unknown === 1 ? 'holds' : 'hold'} no token that the model knows: ` +
    `${unknown === 1 ? 'it gets' : 'they get'} the class frequencies of the training data`
  );
}

function doubtWords({ why, label, value, baseline, documents }: DoubtEvent): string {
  if (why === 'diverged') {
    return (
      `warning: the log loss of the model, ${value.toFixed(3)}, is worse than that of the class frequencies, ${baseline.toFixed(3)}: ` +
      'its probabilities cannot be trusted. The training has probably diverged: lower train.lr'
    );
  }
  return (
    `warning: always answering ${JSON.stringify(label)} is right for ${percent(baseline)} of the ${count(documents, 'document')}, ` +
    `the model for ${percent(value)}: it is no better than the majority class. Try train.class_weights balanced, more epochs or more data`
  );
}

/** What the first Ctrl-C comes to. */
export const stoppingWords: Readonly<Record<Stoppable, string>> = {
  'warm-up': 'Stopping; Ctrl-C again ends the program immediately.',
  training: 'Stopping after this batch and saving; Ctrl-C again ends the program immediately.',
  search:
    'Stopping after this batch; results are kept and running trials will be run again. Ctrl-C again ends the program immediately.',
  workshop: 'Stopping and saving; Ctrl-C again ends the program immediately.',
};

/** Events of a search and of a workshop. */
function searchWords(event: JobEvent): readonly string[] {
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
        `${event.data}: ${count(event.documents, 'document')}, ${count(event.classes, 'class')}; a trial is judged by ` +
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
        `nothing is left to begin: waiting for ${count(event.others, 'trial')} of other processes, to take over if one of them dies`,
      ];
    case 'search-ended':
      return [endedWords(event)];
    case 'best-trial': {
      const here = `trial ${event.trial} is trained again, for its model and the test`;
      return [
        event.before === null
          ? here
          : `${here}; another command has done so, into ${event.before}, and this model should have the same bits`,
      ];
    }
    case 'model-differs':
      return [
        `the model is not the one of trial ${event.trial}: its log loss is ${event.loss}, that of the trial ${event.trialLoss}. ` +
          'Was the trial run on another machine, or by another version?',
      ];
    case 'own-data':
      return [
        "these are the documents of the workshop's file: split as the workshop did, and compared with what it reported",
      ];
    case 'own-labels': {
      const names = Object.values(event.names).map((name, id) => `${id} ${name}`);
      return [`the labels get the names that the workshop gives them: ${names.join(', ')}`];
    }
    default:
      return [];
  }
}

function preparedWords({ data, documents, classes, parts, vocabulary, cut }: PreparedEvent): string[] {
  const sizes = [parts.train, parts.val, parts.test].map(groupDigits).join(' / ');
  const said = [
    `${data}: ${groupDigits(documents)} documents, ${classes} classes; train / val / test ${sizes}`,
    `vocabulary of ${groupDigits(vocabulary.size)} from ${groupDigits(vocabulary.distinct)} distinct tokens: type coverage ` +
      `${percent(vocabulary.typeCoverage)}, token coverage ${percent(vocabulary.tokenCoverage)}`,
  ];
  if (cut.documents > 0) {
    said.push(
      `text.max_length ${cut.maxLength} cuts ${percent(cut.documents)} of the training documents and ` +
        `${percent(cut.tokens)} of their tokens`,
    );
  }
  return said;
}

function runWords({ run, fromScratch, model, parameters, kernel, threads }: RunBeginsEvent): string[] {
  const weights = `${groupDigits(parameters)} parameters`;
  const { sentence, settings } = describeModel(model);
  const pooling = settings['Pooling'] === undefined ? '' : `, pooling ${settings['Pooling']}`;
  const network = fromScratch
    ? `h_t = tanh(W_xh x_t + W_hh h_{t-1} + b_h) with ${model.hidden_size} states: ${weights}`
    : `${sentence}${pooling}: ${weights}; engine ${kernel}, ${count(threads, 'thread')}`;
  return [network, `run folder ${run}`];
}

function trainedWords({ reason, epochs, bestEpoch, seconds, monitor, patience }: TrainedEvent): string {
  const why =
    reason === 'early-stopping'
      ? `no better ${monitor} in ${count(patience ?? 0, 'epoch')}`
      : 'all epochs done';
  return `${why}: ${count(epochs, 'epoch')} in ${formatSeconds(seconds)}; the weights of epoch ${bestEpoch} are kept`;
}

function measuringWords({ documents, source, ownTest }: MeasuringEvent): string[] {
  return [
    ...(ownTest ? ['this is the data of the run: its test documents are used'] : []),
    `${groupDigits(documents)} documents of ${source}`,
  ];
}

function seenWords({ seen, documents, missing }: SeenEvent): string {
  if (seen === null) {
    const why =
      missing === 'changed'
        ? 'has changed'
        : missing === 'unreadable'
          ? 'cannot be read'
          : missing === 'stdin'
            ? 'came from standard input'
            : 'is gone';
    return `whether the model was trained on some of these documents is unknown: the data of the run ${why}`;
  }
  return (
    `warning: the model was trained or validated on ${groupDigits(seen)} of these ${count(documents, 'document')}: ` +
    'the metrics are better than they would be on new documents'
  );
}

function dataMissingWords({ run, source, missing, why, without }: DataMissingEvent): string {
  const reason = {
    stdin: 'the data came from standard input',
    gone: `${source} is gone`,
    changed: `${source} has changed since the run`,
    unreadable: why ?? `${source} cannot be read`,
  }[missing];
  return without === 'audit'
    ? `${run}: no audit in the report: ${reason}`
    : `the figures of the data are left out: ${reason}`;
}

/** The loss of the toy task, about ten times. */
function warmUpWords({ task, epoch, epochs, loss }: Extract<JobEvent, { type: 'warm-up' }>): string[] {
  const every = Math.max(1, Math.round(epochs / 10));
  if (epoch % every !== 0 && epoch !== epochs) return [];
  return [`${task}: epoch ${epoch} of ${epochs}, mean squared error ${loss.toPrecision(3)}`];
}

/** What a search will cost, from a few measured configurations. */
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
  sampler: 'every point of the grid was tried',
  target: 'the target is reached',
  patience: 'no improvement within tune.patience trials',
  signal: 'stopped on request',
  error: 'stopped by an error',
  stop: 'stopped',
};

function endedWords({ reason, ran, counts }: SearchEndedEvent): string {
  return `${REASONS[reason]}: ${count(ran, 'trial')} here; the study has ${describeCounts(counts)}`;
}
