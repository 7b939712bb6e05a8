/**
 * After the training of a network with `train.auto`: the validation documents choose between it, the linear model and the
 * average of both; what is chosen becomes the model of the run. No test document is looked at before that.
 */
import { averageOf, type Choice, chooseModel } from '../../classifier/choose.ts';
import { fitModel } from '../../classifier/fit.ts';
import type { PreparedTexts, TextPart } from '../../classifier/parts.ts';
import {
  calibrate,
  type Calibration,
  requireOneModel,
  trainedAtOnce,
  type TrainedModel,
} from '../../classifier/trained.ts';
import { ConfigError, DataError } from '../../core/errors.ts';
import { scaleProbabilities } from '../../evaluate/index.ts';
import { fittedAtOnce } from '../../models/family.ts';
import type { FittedClassifier } from '../../models/model.ts';
import { completeModelOptions } from '../../models/options.ts';
import type { Config } from '../../config/schema.ts';
import { resumeCommand, strongestOf, trainingCommand, writeChoice, writeStrongest } from '../../run/index.ts';
import { type Job, pause, stoppable } from '../context.ts';
import { measureBaseline } from './baseline.ts';
import { writeAverage } from './ensemble.ts';
import type { Training } from './loop.ts';
import { modelName, type SavedResults, saveResults, type Trained } from './save.ts';

/** A trained network. */
export interface Network {
  readonly model: TrainedModel;
  /** Wall time of its training. */
  readonly seconds: number;
}

/** What became the model of a run. */
export interface Chosen {
  readonly trained: Trained;
  readonly results: SavedResults;
  /** What it is called in summaries. */
  readonly name: string;
  /** Wall time of all fits and trainings. */
  readonly seconds: number;
}

interface Fitted {
  readonly classifier: FittedClassifier;
  readonly seconds: number;
}

/** Refuses to choose where there is no network to choose. @throws ConfigError */
export function requireNetwork({ model, train }: Pick<Config, 'model' | 'train'>): void {
  requireOneModel({ train });
  if (!train.auto || !fittedAtOnce(model)) return;
  throw new ConfigError(
    `[train.auto] model.type must name the network that may be chosen, but is ${model.type}. Leave out one of the two.`,
    { key: 'train.auto' },
  );
}

/**
 * Chooses, saves and measures; undefined where no linear model can be fitted.
 * @throws InterruptedError where the job is to stop
 */
export async function saveChosen(
  training: Training,
  network: Network,
  job: Job,
): Promise<Chosen | undefined> {
  const { run, prepared, config } = training;
  const asLinear = { ...config, model: completeModelOptions({ type: 'linear' }) };
  const first = await fitLinear(training, prepared, asLinear, job);
  if (!first) return undefined;
  const calibration = calibrate({ model: network.model, prepared, config });
  const classes = prepared.dataset.labelNames.length;
  const choice = chooseModel({
    labels: prepared.val.labels,
    classes,
    network: scaleProbabilities(calibration.validation, classes, calibration.temperature),
    linear: first.classifier.score(prepared.val.texts).probabilities,
  });
  const record = { ...choice, network: modelName(config.model) };
  writeChoice(run.paths.choice, record);
  job.emit({ type: 'choice', choice: record });
  const trained = { model: network.model, prepared, config, run };
  if (choice.chosen === 'network') {
    const results = saveResults(trained, job);
    const seconds = network.seconds + first.seconds;
    await measureBaseline(training, { ...measured(trained, results, network.seconds), fitted: first }, job);
    return { trained, results, name: record.network, seconds };
  }
  const again = await fitLinear(training, { ...prepared, train: joined(prepared) }, asLinear, job);
  const second = again ?? first;
  const seconds = network.seconds + first.seconds + second.seconds;
  const linear = refitted(first.classifier, second.classifier, prepared);
  const { vectors: _, ...texts } = prepared;
  const plain = { model: linear, prepared: texts, config: asLinear, run };
  if (choice.chosen === 'linear') {
    const results = saveResults(plain, job);
    const strongest = strongestOf(second.classifier, prepared.dataset.labelNames);
    if (strongest) writeStrongest(run.paths.strongest, strongest);
    return { trained: plain, results, name: 'linear', seconds };
  }
  const model = averageModel({ network: network.model, linear }, { choice, calibration, classes });
  const average = { ...trained, model };
  const results = saveResults(average, job, (of, test) => {
    writeAverage(
      run.paths.model,
      { network: trained, linear: plain },
      { weight: choice.weight, calibration, average: of, test },
    );
  });
  const subject = `the average of ${record.network} and linear`;
  await measureBaseline(training, { ...measured(average, results, seconds), subject, fitted: second }, job);
  return { trained: average, results, name: `average of ${record.network} and linear`, seconds };
}

function measured({ model }: Trained, { probabilities }: SavedResults, seconds: number) {
  return { probabilities, seconds, parameters: model.parameters };
}

/** Fits the linear model to the training part of what is prepared; undefined where nothing can be learned from it. */
async function fitLinear(
  { run, description }: Training,
  prepared: PreparedTexts,
  config: Config,
  job: Job,
): Promise<Fitted | undefined> {
  const resume = resumeCommand(trainingCommand(run), description.data, run.path);
  const stopped = `[train] stopped on request before a model was chosen; the network is saved in ${run.path}. Resume it with: ${resume}`;
  const watch = { listener: job.emit, pause: () => pause(job, stopped) };
  const started = job.now();
  try {
    const classifier = await stoppable(job, 'fit', () => fitModel(config.model, prepared, config, watch));
    return classifier && { classifier, seconds: (job.now() - started) / 1000 };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    job.notice(`no linear model to choose: ${error.message}`);
    return undefined;
  }
}

/** The training part with the validation part, which has done its work when the choice is made. */
function joined({ train, val }: PreparedTexts): TextPart {
  return {
    texts: [...train.texts, ...val.texts],
    labels: Int32Array.from([...train.labels, ...val.labels]),
    rowIds: Int32Array.from([...train.rowIds, ...val.rowIds]),
  };
}

/** The linear model that is kept; what is said of the validation part comes from the one that has not seen it. */
function refitted(before: FittedClassifier, after: FittedClassifier, prepared: PreparedTexts): TrainedModel {
  const model = trainedAtOnce(after, prepared);
  return {
    ...model,
    notices: [...model.notices, 'fitted to the training and the validation documents together'],
    score: (part) => (part === 'val' ? before : after).score(prepared[part].texts),
  };
}

/** Both models as one; its own temperature comes after the average. */
function averageModel(
  { network, linear }: { readonly network: TrainedModel; readonly linear: TrainedModel },
  {
    choice: { weight },
    calibration: { temperature },
    classes,
  }: { readonly choice: Choice; readonly calibration: Calibration; readonly classes: number },
): TrainedModel {
  const larger = (a: Int32Array, b: Int32Array) => a.map((value, n) => Math.max(value, b[n]));
  return {
    ...network,
    parameters: network.parameters + linear.parameters,
    notices: [...network.notices, ...linear.notices],
    score(part) {
      const own = network.score(part);
      const other = linear.score(part);
      const both = {
        network: scaleProbabilities(own.probabilities, classes, temperature),
        linear: other.probabilities,
      };
      return {
        probabilities: averageOf(both, weight),
        tokens: larger(own.tokens, other.tokens),
        known: larger(own.known, other.known),
      };
    },
  };
}
