/** The model of a run and its training. */
import { basename } from 'node:path';
import type { Config } from '../config/schema.ts';
import { formatCount, plural } from '../figures/chart/format.ts';
import { lossTitles, monitorName } from '../figures/setting-names.ts';
import { describeModel, fittedAtOnce, networkOptionsOf } from '../models/family.ts';
import { monitorMode } from '../train/index.ts';
import { learningMethods } from '../vectors/for-texts.ts';
import { accuracyAnalysis, lossAnalysis, scheduleAnalysis } from './analysis.ts';
import { type Block, type Section, sentences } from './content.ts';
import {
  direction,
  formatDuration,
  optimisation,
  parameterCount,
  pooling,
  regularisation,
  scheduleOf,
  sequenceModelling,
  trainingSeconds,
} from './describe.ts';
import { equationBlocks } from './equations.ts';
import type { PlacedFigure } from './figure-blocks.ts';
import { ensembleSize, type RunFacts } from './run-facts.ts';

/** The section on the model; undefined where the run has no configuration. */
export function modelSection(facts: RunFacts, figure: PlacedFigure): Section | undefined {
  const { config } = facts;
  if (!config) return undefined;
  const count = parameterCount(facts);
  return {
    id: 'model',
    title: 'Model',
    blocks: [
      ...sentences([modelSentence(config, count, ensembleSize(facts))]),
      ...equationBlocks(config),
      ...figure('model-flowchart'),
    ],
  };
}

/** The section on the training; undefined where the run has none of it. */
export function trainingSection(facts: RunFacts, figure: PlacedFigure): Section | undefined {
  const { config, sources } = facts;
  const { history } = sources;
  if (config && fittedAtOnce(config.model)) return fitSection(facts, figure);
  if (!config || !history) return undefined;
  const seconds = trainingSeconds(facts);
  const last = history.epochs.at(-1);
  const members = ensembleSize(facts);
  return {
    id: 'training',
    title: 'Training',
    blocks: [
      ...settingsTable(facts),
      ...sentences([
        members !== null
          ? `The ${members} models were trained one after another with seeds ${(facts.seeds?.seeds ?? []).join(', ')}${seconds === null ? '' : `, which took ${formatDuration(seconds)} in all`}; each has a folder of its own, with its epochs.`
          : last
            ? `${plural(last.epoch, 'epoch')} of training, ${plural(last.step ?? 0, 'step')}${seconds === null ? '' : `, took ${formatDuration(seconds)}`}.`
            : 'No epoch has been recorded yet.',
        ...refitSentences(facts),
      ]),
      ...figure('training-flowchart'),
      ...figure('loss-curve'),
      ...sentences(lossAnalysis(history, { dropout: dropsOut(config) })),
      ...figure('accuracy-curve'),
      ...sentences(accuracyAnalysis(facts)),
      ...figure('lr-schedule'),
      ...sentences(scheduleAnalysis(history)),
    ],
  };
}

/** What was learned again. */
function refitSentences({ summary }: RunFacts): string[] {
  const documents = summary?.refit_documents;
  if (documents === undefined) return [];
  return [
    `The network was then trained again, from the start, on the ${plural(documents, 'document')} of the training and the validation part together. ` +
      'Curves and validation figures are those of the first training; the test documents measure the second.',
  ];
}

/** The section on the training of a model that was fitted at once. */
function fitSection(facts: RunFacts, figure: PlacedFigure): Section {
  const seconds = trainingSeconds(facts);
  return {
    id: 'training',
    title: 'Training',
    blocks: [
      ...settingsTable(facts),
      ...sentences([
        seconds === null ? 'The model has not been fitted yet.' : `The fit took ${formatDuration(seconds)}.`,
      ]),
      ...figure('training-flowchart'),
    ],
  };
}

/** How a run was trained; none where its configuration is not known. */
export function settingsTable({ config }: RunFacts): Block[] {
  if (!config) return [];
  const { train } = config;
  const inSteps = !fittedAtOnce(config.model);
  const steps = (...rows: string[][]) => (inSteps ? rows : []);
  return [
    {
      kind: 'table',
      caption: 'Settings of the training.',
      head: ['Setting', 'Value'],
      words: true,
      rows: [
        ...vectorRows(config),
        ['Optimisation', optimisation(config)],
        ...steps(['Loss', lossTitles(train).join(', then ')]),
        [
          'Class weights',
          typeof train.class_weights === 'string' ? train.class_weights : train.class_weights.join(', '),
        ],
        ['Regularisation', regularisation(config)],
        ...steps(
          ['Schedule', scheduleOf(config) ?? ''],
          ['Maximum epochs', String(train.epochs)],
          [
            'Kept epoch',
            train.keep === 'last'
              ? 'the last'
              : `${monitorMode(train.monitor) === 'min' ? 'lowest' : 'highest'} ${monitorName(train.monitor)}`,
          ],
        ),
        ['Seed', String(train.seed)],
      ],
    },
  ];
}

/** Where the word vectors come from that the network begins with; no row without them. */
function vectorRows({ model }: Config): string[][] {
  const { vectors = null, vectors_texts: also = null } = networkOptionsOf(model) ?? {};
  if (vectors === null) return [];
  const learned = learningMethods.some((name) => name === vectors);
  const by = vectors === 'skipgram' ? 'skip-gram' : 'co-occurrence';
  const texts = `the training texts${also === null ? '' : ` and ${basename(also)}`}`;
  return [['Word vectors', learned ? `learned from ${texts} by ${by}` : basename(vectors)]];
}

/** The model and its size. */
function modelSentence(config: Config, count: number | null, members: number | null): string {
  const settings = [direction(config), pooling(config)];
  const [way, pools] = [settings[0] === null ? '' : `, ${settings[0]}`, settings[1] === null ? '' : `, pooling ${settings[1]}`]; // prettier-ignore
  const parameters = count === null ? '' : `, ${formatCount(count)} trained parameters`;
  const one = `${sequenceModelling(config)}${way}${pools}`;
  if (members === null) return `The model: ${one}${parameters}.`;
  return `The model: an ensemble of ${members} models that differ in their seed, whose probabilities are averaged${count === null ? '' : `; ${formatCount(count)} trained parameters in all`}. Each of them: ${one}.`;
}

/** Whether something is left out at random in training. */
export function dropsOut({ model }: Config): boolean {
  return describeModel(model).regularisation.some(([name]) => name.includes('dropout'));
}
