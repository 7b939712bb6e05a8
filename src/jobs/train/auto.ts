/**
 * After the training of a network with `train.auto`: the validation documents choose between it, the linear model and the
 * average of both; what is chosen becomes the model of the run. No test document is looked at before that.
 */
import { averageOf, type Choice, chooseModel } from '../../classifier/choose.ts';
import { fitModel } from '../../classifier/fit.ts';
import type { PreparedTexts } from '../../classifier/parts.ts';
import { refits } from '../../classifier/refit.ts';
import {
  calibrate,
  type Calibration,
  requireOneModel,
  trainedAtOnce,
  type TrainedModel,
} from '../../classifier/trained.ts';
import { ConfigError, DataError, invariant } from '../../core/errors.ts';
import { scaleProbabilities } from '../../evaluate/index.ts';
import { fittedAtOnce } from '../../models/family.ts';
import type { FittedClassifier, TextScores } from '../../models/model.ts';
import { completeModelOptions } from '../../models/options.ts';
import type { Config } from '../../config/schema.ts';
import { resumeCommand, strongestOf, trainingCommand, writeChoice, writeStrongest } from '../../run/index.ts';
import { type Job, pause, stoppable } from '../context.ts';
import { giveBackMemory } from '../memory.ts';
import { joinedTexts, measureBaseline } from './baseline.ts';
import { writeAverage } from './ensemble.ts';
import type { Training } from './loop.ts';
import type { KeepNetwork, KeptNetwork, Network } from './refit.ts';
import { modelName, type SavedResults, saveResults, type Trained } from './save.ts';

/** The model that was chosen. */
export interface Chosen {
  readonly trained: Trained;
  readonly results: SavedResults;
  /** Documents of the second training of the network; undefined where there was none. */
  readonly refitDocuments?: number | undefined;
  /** What it is called in summaries. */
  readonly name: string;
  /** Wall time of all fits and trainings. */
  readonly seconds: number;
}

interface Fitted {
  readonly classifier: FittedClassifier;
  readonly seconds: number;
}

/** Refuses `train.auto` without a network to choose. @throws ConfigError */
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
 * @param keep Called where the network is part of what is chosen.
 * @throws InterruptedError where the job is to stop
 */
export async function saveChosen(
  training: Training,
  network: Network,
  keep: KeepNetwork,
  job: Job,
): Promise<Chosen | undefined> {
  const { run, prepared, config } = training;
  const asLinear = { ...config, model: completeModelOptions({ type: 'linear' }) };
  const decided = await decide(training, network, asLinear, job);
  if (!decided) return undefined;
  const { choice, calibration, network: name, fitted } = decided;
  if (choice.chosen === 'network') {
    const kept = await keep();
    const seconds = kept.seconds + decided.seconds;
    return { ...(await saveKept(training, kept, { ...(fitted && { fitted }) }, job)), name, seconds };
  }
  const second = await fitLinear(training, { ...prepared, train: joinedTexts(prepared) }, asLinear, job);
  invariant(second !== undefined, 'what fits the training documents fits them and the validation documents');
  const linear = refitted(decided.linear, second.classifier, prepared);
  const { vectors: _, ...texts } = prepared;
  const plain = { model: linear, prepared: texts, config: asLinear, run };
  const fits = decided.seconds + second.seconds;
  if (choice.chosen === 'linear') {
    const results = saveResults(plain, job);
    const strongest = strongestOf(second.classifier, prepared.dataset.labelNames);
    if (strongest) writeStrongest(run.paths.strongest, strongest);
    return { trained: plain, results, name: 'linear', seconds: network.seconds + fits };
  }
  const { refitDocuments, ...kept } = await keep();
  const trained = { model: kept.model, prepared: kept.prepared, config, run };
  const classes = prepared.dataset.labelNames.length;
  const model = averageModel({ network: kept.model, linear }, { choice, calibration, classes });
  const average = { ...trained, model };
  const results = saveResults(average, job, (of, test) => {
    writeAverage(
      run.paths.model,
      { network: trained, linear: plain },
      { weight: choice.weight, calibration, average: of, test },
    );
  });
  const seconds = kept.seconds + fits;
  const both = `average of ${name} and linear`;
  const subject = `the ${both}`;
  await measureBaseline(training, { ...measured(average, results, seconds), subject, fitted: second }, job);
  return { trained: average, results, name: both, seconds, refitDocuments };
}

/** What the validation documents decide. */
interface Decided {
  readonly choice: Choice;
  readonly calibration: Calibration;
  /** What the network is called. */
  readonly network: string;
  /** Validation scores of the linear model of the training documents, and how long its fit took. */
  readonly linear: TextScores;
  readonly seconds: number;
  /** That model where it is the baseline; else it is not kept while the next one is fitted. */
  readonly fitted: Fitted | undefined;
}

/** Chooses by the validation documents; undefined where no linear model can be fitted. */
async function decide(
  { run, prepared, config, description }: Training,
  network: Network,
  asLinear: Config,
  job: Job,
): Promise<Decided | undefined> {
  const fitted = await fitLinear({ run, description }, prepared, asLinear, job);
  if (!fitted) return undefined;
  const calibration = calibrate({ model: network.model, prepared, config });
  const classes = prepared.dataset.labelNames.length;
  const linear = fitted.classifier.score(prepared.val.texts);
  const choice = chooseModel({
    labels: prepared.val.labels,
    classes,
    network: scaleProbabilities(calibration.validation, classes, calibration.temperature),
    linear: linear.probabilities,
  });
  const name = modelName(config.model);
  const record = { ...choice, network: name, ...(refits(config, prepared.val.labels) && { refit: true }) };
  writeChoice(run.paths.choice, record);
  job.emit({ type: 'choice', choice: record });
  return {
    ...{ choice, calibration, network: name, linear, seconds: fitted.seconds },
    fitted: choice.chosen === 'network' ? fitted : undefined,
  };
}

/**
 * Saves and measures the network, and the baseline beside it.
 * @param how `fitted`: the linear model, where it was fitted to the training part before. `baseline`: whether it is measured. Default true.
 */
export async function saveKept(
  training: Training,
  { model, prepared, seconds, refitDocuments }: KeptNetwork,
  { fitted, baseline = true }: { readonly fitted?: Fitted; readonly baseline?: boolean },
  job: Job,
): Promise<Pick<Chosen, 'trained' | 'results' | 'seconds' | 'refitDocuments'>> {
  const { run, config } = training;
  const trained = { model, prepared, config, run };
  const results = saveResults(trained, job);
  const refit = refitDocuments !== undefined;
  // a network that has learned from the validation part is compared with a linear model that has too
  const network = { ...measured(trained, results, seconds), ...(!refit && { fitted }), refit };
  if (baseline) await measureBaseline(training, network, job);
  return { trained, results, seconds, refitDocuments };
}

function measured({ model }: Trained, { probabilities }: SavedResults, seconds: number) {
  return { probabilities, seconds, parameters: model.parameters };
}

/** Fits the linear model to the training part; undefined where nothing can be learned from it. */
async function fitLinear(
  { run, description }: Pick<Training, 'run' | 'description'>,
  prepared: PreparedTexts,
  config: Config,
  job: Job,
): Promise<Fitted | undefined> {
  const resume = resumeCommand(trainingCommand(run), description.data, run.path);
  const stopped = `[train] stopped on request before a model was chosen; the network is saved in ${run.path}. Resume it with: ${resume}`;
  const watch = { listener: job.emit, pause: () => pause(job, stopped) };
  await giveBackMemory();
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

/**
 * The linear model that is kept, refitted with the validation part; validation results come from the one that has not
 * seen it.
 */
function refitted(before: TextScores, after: FittedClassifier, prepared: PreparedTexts): TrainedModel {
  const model = trainedAtOnce(after, prepared);
  return {
    ...model,
    notices: [...model.notices, 'fitted to the training and the validation documents together'],
    score: (part) => (part === 'val' ? before : after.score(prepared[part].texts)),
  };
}

/** Both models as one, with a temperature of its own after averaging. */
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
