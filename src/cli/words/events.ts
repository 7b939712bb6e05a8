/** Events of jobs in words; those of searches and workshops are in `search.ts` and `workshop.ts`. */
import { describeDoubt } from '../../classifier/doubt.ts';
import { shellWord } from '../../core/shell-word.ts';
import { count, formatSeconds, groupDigits, percent } from '../../core/words.ts';
import type {
  ChosenEvent,
  DataMissingEvent,
  FitBeginsEvent,
  FittedEvent,
  JobEvent,
  MeasuringEvent,
  PrecisionPromisedEvent,
  PreparedEvent,
  RunBeginsEvent,
  SeenEvent,
  SetsCalibratedEvent,
  Stoppable,
  TrainedEvent,
  UnknownTextsEvent,
} from '../../jobs/index.ts';
import { baselineSentence } from '../../report/baseline.ts';
import { choiceSentences } from '../../report/choice.ts';
import { asRecurrent, describeModel } from '../../models/family.ts';

/** The sentences of an event; none for those that only affect the progress. */
export function sentencesOf(event: JobEvent): readonly string[] {
  switch (event.type) {
    case 'notice':
      return [event.level === 'warning' ? `warning: ${event.text}` : event.text];
    case 'prepared':
      return preparedWords(event);
    case 'chosen':
      return chosenWords(event);
    case 'run-begins':
      return runWords(event);
    case 'fit-begins':
      return fitWords(event);
    case 'fitted':
      return fittedWords(event);
    case 'refit-begins':
      return [
        `training again, on the ${count(event.documents, 'document')} of the training and the validation part: ${count(event.epochs, 'epoch')}`,
      ];
    case 'baseline':
      return [baselineSentence(event.results)];
    case 'choice':
      return choiceSentences(event.choice);
    case 'phase':
      return [`phase ${event.phase} from epoch ${event.epoch}: ${event.name}`];
    case 'resumed':
      return [
        event.epoch === null
          ? 'no checkpoint was saved: starting from the beginning'
          : `resuming in epoch ${event.epoch}`,
      ];
    case 'seed-begins':
      return [`seed ${event.seed}, ${event.number} of ${event.seeds}`];
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
          `The figures are missing. Draw them with: unroll figures ${shellWord(event.run)}`,
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
    case 'precision-promised':
      return [promisedWords(event)];
    case 'sets-calibrated':
      return [setsWords(event)];
    case 'abstained':
      return [
        `${groupDigits(event.texts - event.abstained)} of ${count(event.texts, 'text')} labelled; the model is not confident enough about the others`,
      ];
    case 'doubt':
      return [`warning: ${describeDoubt(event)}`];
    case 'warm-up':
      return warmUpWords(event);
    default:
      return [];
  }
}

function unknownWords({ unknown, texts }: UnknownTextsEvent): string {
  return (
    `warning: ${groupDigits(unknown)} of ${count(texts, 'text')} ${unknown === 1 ? 'holds' : 'hold'} no token that the model knows: ` +
    `${unknown === 1 ? 'it gets' : 'they get'} the class frequencies of the training data`
  );
}

function promisedWords(event: PrecisionPromisedEvent): string {
  const { precision, level, threshold, documents, labelled, errors } = event;
  // a threshold of 0 leaves no text out
  const which = threshold === 0 ? 'all texts' : `texts with a score above ${threshold.toFixed(6)}`;
  return (
    `${which} get a label: at least ${percent(precision)} of the labels are correct, with ${percent(level)} confidence; ` +
    `of the ${count(documents, 'validation document')}, ${groupDigits(labelled)} (${percent(labelled / documents)}) get one, ${errors === 0 ? 'none' : groupDigits(errors)} of them wrong`
  );
}

function setsWords({ coverage, method, documents, meanSize }: SetsCalibratedEvent): string {
  return (
    `sets (${method}) hold the true class of at least ${percent(coverage)} of texts like the ${count(documents, 'validation document')}, ` +
    `whose sets have ${meanSize.toFixed(2)} classes on average`
  );
}

/** What the first Ctrl-C does. */
export const stoppingWords: Readonly<Record<Stoppable, string>> = {
  'warm-up': 'Stopping; Ctrl-C again ends the program immediately.',
  training: 'Stopping after this batch and saving; Ctrl-C again ends the program immediately.',
  fit: 'Stopping; Ctrl-C again ends the program immediately.',
  search:
    'Stopping after this batch; results are kept and running trials will be run again. Ctrl-C again ends the program immediately.',
  'cross-validation':
    'Stopping after this batch and saving; finished folds are kept. Ctrl-C again ends the program immediately.',
  workshop: 'Stopping and saving; Ctrl-C again ends the program immediately.',
};

function preparedWords({ data, documents, classes, parts, reading }: PreparedEvent): string[] {
  const sizes = [parts.train, parts.val, parts.test].map(groupDigits).join(' / ');
  const said = [
    `${data}: ${groupDigits(documents)} documents, ${classes} classes; train / val / test ${sizes}`,
  ];
  if (reading === null) return said;
  const { vocabulary, cut, vectors } = reading;
  said.push(
    `vocabulary of ${groupDigits(vocabulary.size)} from ${groupDigits(vocabulary.distinct)} distinct tokens: type coverage ` +
      `${percent(vocabulary.typeCoverage)}, token coverage ${percent(vocabulary.tokenCoverage)}`,
  );
  if (cut.documents > 0) {
    said.push(
      `text.max_length ${cut.maxLength} cuts ${percent(cut.documents)} of the training documents and ` +
        `${percent(cut.tokens)} of their tokens`,
    );
  }
  if (vectors) {
    const { others } = vectors;
    const kept = `${count(others, 'word')} outside the vocabulary of the training texts ${others === 1 ? 'keeps its' : 'keep their'} vector`;
    said.push(
      `vectors ${vectors.name}: its ${groupDigits(vectors.total)} words cover ${percent(vectors.tokenCoverage)} of the training tokens` +
        (others === 0 ? '' : `; ${kept}`),
    );
    if (vectors.tokenCoverage === 0) {
      said.push(
        `warning: no word of the training texts has a vector in ${vectors.name}: all begin at random. Is it for another language, or are its words spelled differently (text.lowercase, text.tokenizer)?`,
      );
    }
  }
  return said;
}

/** The settings that follow from the data, in a line; those that are the same for all data are only counted. */
function chosenWords({ facts, settings }: ChosenEvent): string[] {
  const own = settings.filter(({ setBy }) => setBy === undefined);
  const [varying, fixed] = [own.filter(({ varies }) => varies), own.filter(({ varies }) => !varies)];
  if (own.length === 0) return [];
  const named = varying.map(({ key, value }) => `${key} ${shownValue(value)}`);
  const rest =
    fixed.length === 0 ? [] : [count(fixed.length, named.length > 0 ? 'other setting' : 'setting')];
  return [
    `chosen for ${count(facts.documents, 'training document')} of about ${count(facts.medianLength, 'token')} in ` +
      `${count(facts.classes, 'class')}: ${[...named, ...rest].join(', ')}; --explain-defaults shows all, with reasons`,
  ];
}

/** A value of a setting: `0.3`, `cosine, warmup_fraction 0.1`. */
export function shownValue(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return value.map(shownValue).join(',');
  return Object.entries(value)
    .map(([key, inner]) => (key === 'type' ? shownValue(inner) : `${key} ${shownValue(inner)}`))
    .join(', ');
}

function runWords({ run, fromScratch, model, parameters, kernel, threads }: RunBeginsEvent): string[] {
  const weights = `${groupDigits(parameters)} parameters`;
  const { sentence, settings } = describeModel(model);
  const pooling = settings['Pooling'] === undefined ? '' : `, pooling ${settings['Pooling']}`;
  const network = fromScratch
    ? `h_t = tanh(W_xh x_t + W_hh h_{t-1} + b_h) with ${asRecurrent(model)?.hidden_size} states: ${weights}`
    : `${sentence}${pooling}: ${weights}; engine ${kernel}, ${count(threads, 'thread')}`;
  return [network, `run folder ${run}`];
}

function fitWords({ run, model }: FitBeginsEvent): string[] {
  return [describeModel(model).sentence, `run folder ${run}`];
}

function fittedWords({ parameters, seconds, decisions }: FittedEvent): string[] {
  return [...decisions, `${groupDigits(parameters)} parameters, fitted in ${formatSeconds(seconds)}`];
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
    ...(ownTest ? ["this is the run's own data: only its test documents are used"] : []),
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
  return {
    audit: `${run}: no audit in the report: ${reason}`,
    figures: `the figures of the data are left out: ${reason}`,
    neighbours: `no nearest training documents: ${reason}`,
  }[without];
}

/** The loss of the toy task, about ten times. */
function warmUpWords({ task, epoch, epochs, loss }: Extract<JobEvent, { type: 'warm-up' }>): string[] {
  const every = Math.max(1, Math.round(epochs / 10));
  if (epoch % every !== 0 && epoch !== epochs) return [];
  return [`${task}: epoch ${epoch} of ${epochs}, mean squared error ${loss.toPrecision(3)}`];
}
