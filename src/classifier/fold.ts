/** One fold of a cross-validation: a classifier learns from its training part and scores its test part. */
import type { EngineChoice } from '../engine/index.ts';
import { tally } from '../core/lists.ts';
import { softRows } from '../data/soft-labels.ts';
import { scaleProbabilities, temperatureOf } from '../evaluate/temperature.ts';
import { completeModelOptions } from '../models/options.ts';
import { networkOptionsOf, modelOf, openModel } from '../models/family.ts';
import { capacityFor, predictSequences } from '../models/predict.ts';
import type { FittedModel } from '../models/model.ts';
import type { TypeAndOptions } from '../core/family.ts';
import type { Settings } from '../settings/sections.ts';
import { requireAugmentable } from '../train/augmentation/index.ts';
import type { TrainingCheckpointStore } from '../train/checkpoint.ts';
import type { EpochEvent } from '../train/events.ts';
import type { TrainingPart } from '../train/epoch-documents.ts';
import { trainClassifier } from '../train/loop.ts';
import { createMargins } from '../train/margins.ts';
import { requireCpu } from '../train/options.ts';
import { epochLengths } from '../train/sampling.ts';
import { trainingSpec, trainingWeights } from '../train/spec.ts';
import type { GivenVectors } from '../vectors/place.ts';
import { averageOf, chooseModel } from './choose.ts';
import { encodeFold } from './parts.ts';
import { warmUpOf } from './warm-up.ts';
import { pretrainedOf, withVectors } from './plan.ts';
import { joinedRows, refits, refitStore } from './refit.ts';
import { requireOneModel } from './trained.ts';
import { answerUnknown, frequenciesOf, knownTokens } from './unknown-texts.ts';

/** Labelled documents, all of them. */
export interface FoldDocuments {
  readonly texts: readonly string[];
  /** [N] class ids in [0, C). */
  readonly labels: Int32Array;
  /** C */
  readonly classes: number;
  /** [N × C] soft labels. Default: the classes. */
  readonly targets?: Float64Array | undefined;
  /** [N] copies of a document have the same number. Default: no copies. */
  readonly groups?: Int32Array;
}

/** The parts of a fold: indices into the documents, ascending. */
export interface FoldRows {
  /** What the classifier learns from, and its vocabulary. */
  readonly train: Int32Array;
  /** For early stopping; a model that is fitted at once learns from these too. */
  readonly val: Int32Array;
  /** What it is tested on, and sees nothing of. */
  readonly test: Int32Array;
}

/** The environment of a training on a fold. */
export interface FoldContext {
  readonly engine: EngineChoice;
  /** Clock in milliseconds. */
  readonly now: () => number;
  /** Where checkpoints go, and are resumed from; none are kept otherwise. */
  readonly store?: TrainingCheckpointStore | undefined;
  /** Whether to collect the margins of the training part. Default false. */
  readonly margins?: boolean;
  /** Hears each epoch; with `train.refit` those of the second training are counted on from `train.epochs`. */
  readonly onEpoch?: (epoch: EpochEvent) => void;
  /** Pretrained vectors that the settings name; left out where they cannot be read. */
  readonly vectors?: (texts: readonly string[], settings: FoldSettings) => Promise<GivenVectors | undefined>;
  /** Where checkpoints of a warm-up go. */
  readonly warmUpStore?: TrainingCheckpointStore | undefined;
  /** Reads more texts for a warm-up; left out where they cannot be read. */
  readonly warmUpTexts?: (train: FoldSettings['train']) => Promise<readonly string[]>;
  /** Asked after each batch; true saves a checkpoint and ends the training. */
  readonly interrupted?: () => boolean;
}

/** A classifier's scores of the test part of its fold. */
export interface FoldScores {
  /** `[n × C]` of the test documents in their order, row-major. */
  readonly probabilities: Float64Array;
  /** Places in that order of the documents of which the model knows no token: it gives them the class frequencies. */
  readonly unknown: readonly number[];
  /** `[m × C]` of the validation documents by a network that has not seen them; left out for other models. */
  readonly validation?: Float64Array;
  /** How many parameters it has. */
  readonly parameters: number;
  /** Epochs that were run, and the one whose weights were kept, from 1; null for a model that is fitted at once. */
  readonly epochs: number | null;
  readonly bestEpoch: number | null;
  /** `[n]` area under the margin of the training documents in their order, where it was asked for and the model learns in steps. */
  readonly margins?: Float64Array;
  /** Weight of the network in what the validation part chose, in [0, 1]; 0: the linear model. Left out where nothing was chosen. */
  readonly networkWeight?: number;
}

/** The sections that a fold is trained by. */
export type FoldSettings = Pick<Settings, 'text' | 'model' | 'train'>;

/**
 * Trains on a fold, on this thread, and scores its test documents; null where it was interrupted. Thresholds of the classes are
 * not its part: whoever has the scores of other folds chooses them there.
 * @throws NonFiniteError where the loss is not finite
 */
export async function scoreFold(
  documents: FoldDocuments,
  rows: FoldRows,
  settings: FoldSettings,
  context: FoldContext,
): Promise<FoldScores | null> {
  const definition = modelOf(settings.model);
  requireOneModel(settings);
  requireCpu(settings.train);
  return definition.learns === 'at once'
    ? fitToRows(definition, documents, rows, settings, context)
    : trainOnRows(documents, rows, settings, context);
}

/** Trains a network; with `train.auto` it, the linear model or their average is then chosen. */
async function trainOnRows(
  documents: FoldDocuments,
  rows: FoldRows,
  settings: FoldSettings,
  context: FoldContext,
): Promise<FoldScores | null> {
  const { labels, classes } = documents;
  const { train: options } = settings;
  const again = refits(settings, rows.val);
  const first = await learn(documents, rows, settings, context, { test: !again });
  if (!first) return null;
  const own = rows.val.map((i) => labels[i]);
  const temperature = options.calibrate
    ? temperatureOf({ probabilities: first.val.probabilities, labels: own, classes })
    : 1;
  const score = ({ probabilities, known }: PartScores, learned: Int32Array) => {
    const scored = scaleProbabilities(probabilities, classes, temperature).slice();
    const learnedLabels = learned.map((i) => labels[i]);
    answerUnknown(scored, known, frequenciesOf(tally(learnedLabels, classes)));
    return { probabilities: scored, unknown: unknownOf(known) };
  };
  const { parameters, epochs, bestEpoch, margins } = first;
  const validation = score(first.val, rows.train).probabilities;
  const facts = { validation, parameters, epochs, bestEpoch, ...(margins && { margins }) };
  const network = async (): Promise<FoldScores | null> => {
    if (!again) return { ...facts, ...score(first.test, rows.train) };
    const joined = joinedRows(rows);
    const second = await learn(documents, joined, settings, context, { test: true, until: bestEpoch });
    return second && { ...facts, parameters: second.parameters, ...score(second.test, joined.train) };
  };
  if (!options.auto) return network();
  const judging = { documents, rows, settings, context };
  return chooseInFold({ scores: network, facts }, judging);
}

/** What a network gives for a part, before its temperature. */
interface PartScores {
  /** `[n × C]` */
  readonly probabilities: Float64Array;
  /** `[n]` tokens of the documents that it knows. */
  readonly known: Int32Array;
}

/** A network that has learned from the training part of a fold. */
interface LearnedFold extends Pick<FoldScores, 'parameters' | 'margins'> {
  readonly epochs: number;
  readonly bestEpoch: number;
  readonly val: PartScores;
  /** Empty where it was not asked for. */
  readonly test: PartScores;
}

/**
 * Trains a network and scores the other parts; null where it was interrupted.
 * @param how `until`: it learns again, until this epoch. `test`: whether the test part is scored.
 */
async function learn(
  documents: FoldDocuments,
  rows: FoldRows,
  settings: FoldSettings,
  { engine, now, store, warmUpStore, onEpoch, vectors: read, interrupted, ...context }: FoldContext,
  { test: scored, until }: { readonly test: boolean; readonly until?: number },
): Promise<LearnedFold | null> {
  const { texts, labels, classes, targets } = documents;
  const { train: options } = settings;
  const more = await context.warmUpTexts?.(options);
  const given = await read?.(
    Array.from(rows.train, (i) => texts[i]),
    settings,
  );
  const fold = encodeFold({ texts, labels, targets }, rows, settings, given, more);
  const { train, val, test, vocabularySize, vectors } = fold;
  const { model } = withVectors(settings, fold);
  requireAugmentable(model, options.augmentation);
  const { batch_size: batchSize } = options;
  const parts = [
    { lengths: epochLengths(train, options.sampling), batchSize },
    ...[val, test].map(({ sequences }) => ({ lengths: sequences.map((ids) => ids.length), batchSize })),
  ];
  const session = await openModel(model, {
    engine,
    threads: 1,
    capacity: capacityFor(parts),
    vocabularySize,
    classes,
    training: trainingSpec(options, train.labels, classes, train.targets !== undefined),
    ...(vectors && { pretrained: vectors.pretrained }),
  });
  const second = until !== undefined;
  // mixed documents have no margin
  const margins =
    context.margins && options.mixup === 0 && !second ? createMargins(train.labels.length) : undefined;
  try {
    const { reason, epochs, bestEpoch } = await trainClassifier({
      session,
      train,
      val,
      options,
      pretrained: pretrainedOf({ model }, fold),
      reading: settings.text,
      warmUp: warmUpOf({ model, train: options }, fold, fold.others, {
        ...{ engine, threads: 1, now },
        store: warmUpStore && (second ? refitStore(warmUpStore) : warmUpStore),
        ...(interrupted && { interrupted }),
      }),
      now,
      ...(store && { store: second ? refitStore(store) : store, resume: true }),
      ...(interrupted && { interrupted }),
      ...(second && { until }),
      margins,
      listener(event) {
        // those of the second training are counted on
        if (event.type === 'epoch')
          onEpoch?.(second ? { ...event, epoch: options.epochs + event.epoch } : event);
      },
    });
    if (reason === 'interrupted') return null;
    const buckets = networkOptionsOf(model)?.ngram_buckets ?? 0;
    const scoresOf = ({ sequences }: TrainingPart) => ({
      probabilities: predictSequences(session, sequences),
      known: knownTokens(sequences, buckets),
    });
    return {
      parameters: session.parameters.count,
      epochs,
      bestEpoch,
      ...(margins && { margins: margins.area() }),
      val: scoresOf(val),
      test: scoresOf(scored ? test : { sequences: [], labels: new Int32Array() }),
    };
  } finally {
    await session.close();
  }
}

/** Places of the texts without a known token. */
function unknownOf(known: Int32Array): number[] {
  return Array.from(known.keys()).filter((n) => known[n] === 0);
}

/** A network of a fold that may be chosen. */
interface FoldNetwork {
  /** Its scores of the test part; null where that was interrupted. */
  readonly scores: () => Promise<FoldScores | null>;
  /** How it learned, and how it scores the validation part, of which it has not seen the labels. */
  readonly facts: Omit<FoldScores, 'probabilities' | 'unknown'> & Required<Pick<FoldScores, 'validation'>>;
}

/** The network, the linear model or their average, as the validation part chooses and `unroll train` would save it. */
async function chooseInFold(
  { scores, facts }: FoldNetwork,
  {
    documents,
    rows: { train, val, test },
    settings,
    context,
  }: {
    readonly documents: FoldDocuments;
    readonly rows: FoldRows;
    readonly settings: FoldSettings;
    readonly context: FoldContext;
  },
): Promise<FoldScores | null> {
  const own = { ...settings, model: completeModelOptions({ type: 'linear' }) };
  const none = new Int32Array();
  const judged = await scoreFold(documents, { train, val: none, test: val }, own, context);
  if (!judged) return null;
  const labels = val.map((i) => documents.labels[i]);
  const { classes } = documents;
  const judging = { network: facts.validation, linear: judged.probabilities };
  const { weight } = chooseModel({ labels, classes, ...judging });
  const linear = weight < 1 ? await scoreFold(documents, { train, val, test }, own, context) : undefined;
  if (linear === null) return null;
  const chosen = { networkWeight: weight };
  if (linear && weight === 0) return { ...linear, ...facts, ...chosen, parameters: linear.parameters };
  const network = await scores();
  if (!network || !linear) return network && { ...network, ...chosen };
  const both = { network: network.probabilities, linear: linear.probabilities };
  const temperature = settings.train.calibrate
    ? temperatureOf({ probabilities: averageOf(judging, weight), labels, classes })
    : 1;
  return {
    ...network,
    ...chosen,
    probabilities: scaleProbabilities(averageOf(both, weight), classes, temperature),
    parameters: network.parameters + linear.parameters,
  };
}

/** Fits to all documents outside the test part: such a model needs no validation, or does its own. */
async function fitToRows(
  definition: FittedModel<TypeAndOptions>,
  { texts, labels, classes, groups, targets }: FoldDocuments,
  { train, val, test }: FoldRows,
  { text, model, train: options }: FoldSettings,
  { interrupted }: FoldContext,
): Promise<FoldScores | null> {
  const rows = Int32Array.from([...train, ...val]).sort();
  const own = rows.map((i) => labels[i]);
  const classWeights = trainingWeights(options, own, classes);
  const fitted = await definition.fit(
    model,
    {
      texts: Array.from(rows, (i) => texts[i]),
      labels: own,
      targets: softRows(targets, rows, classes),
      classes,
      ...(classWeights && { classWeights }),
      ...(groups && { groups: rows.map((i) => groups[i]) }),
    },
    { text, seed: options.seed },
  );
  if (interrupted?.()) return null;
  const { probabilities, known } = fitted.score(Array.from(test, (i) => texts[i]));
  return {
    probabilities,
    unknown: unknownOf(known),
    parameters: fitted.parameters.count,
    epochs: null,
    bestEpoch: null,
  };
}
