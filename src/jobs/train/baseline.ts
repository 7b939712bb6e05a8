/**
 * The linear classifier as the baseline of a network: fitted to the same training documents, measured on the same others.
 * It does not touch the network.
 */
import { fitModel } from '../../classifier/fit.ts';
import type { Prepared, PreparedTexts, TextPart } from '../../classifier/parts.ts';
import type { Config } from '../../config/schema.ts';
import { createRng } from '../../core/rng.ts';
import { DataError } from '../../core/errors.ts';
import { argmaxRows } from '../../evaluate/confusion.ts';
import { evaluatePredictions, type Interval, intervalOf } from '../../evaluate/index.ts';
import { comparePaired, verdictOf } from '../../evaluate/paired.ts';
import { describeModel } from '../../models/family.ts';
import type { FittedClassifier } from '../../models/model.ts';
import { completeModelOptions } from '../../models/options.ts';
import {
  type BaselineResults,
  resumeCommand,
  strongestOf,
  trainingCommand,
  writeBaseline,
} from '../../run/index.ts';
import { type Job, pause, stoppable } from '../context.ts';
import type { Training } from './loop.ts';

/** The network as it was measured. */
export interface MeasuredNetwork {
  /** [N × C] of the test part, or of the validation part where there is no test part. */
  readonly probabilities: Float64Array;
  /** Wall time of its training. */
  readonly seconds: number;
  readonly parameters: number;
  /** Its name, if it is more than the network. */
  readonly subject?: string;
  /** The linear model, if already fitted. */
  readonly fitted?: { readonly classifier: FittedClassifier; readonly seconds: number } | undefined;
  /** Whether the network has learned from the validation documents too: then the linear model may. Default false. */
  readonly refit?: boolean;
}

/** The training part with the validation part, which has done its work when a model is chosen. */
export function joinedTexts({ train, val }: PreparedTexts): TextPart {
  return {
    texts: [...train.texts, ...val.texts],
    labels: Int32Array.from([...train.labels, ...val.labels]),
    ...(train.targets && val.targets && { targets: Float64Array.from([...train.targets, ...val.targets]) }),
    rowIds: Int32Array.from([...train.rowIds, ...val.rowIds]),
  };
}

/** The part that network and baseline are measured on; undefined where neither has documents. */
export function baselinePart({ test, val }: PreparedTexts): 'test' | 'val' | undefined {
  return test.labels.length > 0 ? 'test' : val.labels.length > 0 ? 'val' : undefined;
}

/**
 * Fits the baseline, writes `baseline.json` and reports the result; undefined where it cannot be fitted or measured.
 * @throws InterruptedError where the job is to stop
 */
export async function measureBaseline(
  { run, config, prepared, description }: Training,
  network: MeasuredNetwork,
  job: Job,
): Promise<BaselineResults | undefined> {
  const part = baselinePart(prepared);
  if (part === undefined) return undefined;
  const model = completeModelOptions({ type: 'linear' });
  const again = resumeCommand(trainingCommand(run), description.data, run.path);
  const stopped = `[train] stopped on request before the baseline was fitted; the network is saved in ${run.path}. Resume it with: ${again}`;
  const started = job.now();
  try {
    const watch = { listener: job.emit, pause: () => pause(job, stopped) };
    const learned =
      network.refit && part === 'test' ? { ...prepared, train: joinedTexts(prepared) } : prepared;
    const fitted =
      network.fitted?.classifier ??
      (await stoppable(job, 'fit', () => fitModel(model, learned, config, watch)));
    if (!fitted) return undefined;
    const seconds = network.fitted?.seconds ?? (job.now() - started) / 1000;
    const results = {
      model: describeModel(model).sentence,
      ...(network.subject !== undefined && { subject: network.subject }),
      ...compare(fitted, prepared, { part, config, seconds, network }),
      ...lessRead(prepared, config),
    };
    writeBaseline(run.paths.baseline, results);
    job.emit({ type: 'baseline', results });
    return results;
  } catch (error) {
    // the network is trained: do not lose it because the baseline found nothing to learn from
    if (!(error instanceof DataError)) throw error;
    job.notice(`no linear baseline: ${error.message}`);
    return undefined;
  }
}

/** Proportion of the training tokens that a network may leave unread without a word. */
const UNREAD = 0.1;

/** How much the network reads of the documents, where that is clearly less than the baseline, which reads all. */
function lessRead({ train }: Prepared, { text }: Config): Pick<BaselineResults, 'network_reads'> {
  const { tokensCut = 0 } = train.loss ?? {};
  return tokensCut < UNREAD ? {} : { network_reads: { max_length: text.max_length, share: 1 - tokensCut } };
}

interface Measure {
  readonly part: 'test' | 'val';
  readonly config: Pick<Config, 'evaluate' | 'train'>;
  /** Of the fit. */
  readonly seconds: number;
  readonly network: MeasuredNetwork;
}

function compare(
  fitted: FittedClassifier,
  prepared: PreparedTexts,
  { part, config, seconds, network }: Measure,
): Omit<BaselineResults, 'model'> {
  const { texts, labels } = prepared[part];
  const { labelNames } = prepared.dataset;
  const { confidence, bootstrap_samples } = config.evaluate;
  const classes = labelNames.length;
  const { probabilities } = fitted.score(texts);
  const a = argmaxRows(network.probabilities, classes);
  const b = argmaxRows(probabilities, classes);
  const found = comparePaired({ labels, a, b, classes }, { bootstrap_samples: 0, confidence });
  const measured = (side: 'a' | 'b', cost: { seconds: number; parameters: number }) => {
    return {
      accuracy: found.accuracy[side],
      macro_f1: found.macro_f1[side],
      seconds: Number(cost.seconds.toPrecision(6)),
      parameters: cost.parameters,
    };
  };
  const evaluation = evaluatePredictions(
    { labels, probabilities, labelNames },
    { bootstrap_samples, confidence, rng: createRng(config.train.seed).fork('bootstrap', part) },
  );
  const interval = (metric: 'accuracy' | 'macro_f1') => pairOf(intervalOf(evaluation, metric, confidence));
  return {
    decisions: [...fitted.decisions],
    part,
    documents: labels.length,
    confidence,
    baseline: measured('b', { seconds, parameters: fitted.parameters.count }),
    intervals: { accuracy: interval('accuracy'), macro_f1: interval('macro_f1') },
    network: measured('a', network),
    mcnemar: found.mcnemar,
    verdict: verdictOf(found.mcnemar, 1 - confidence),
    strongest: strongestOf(fitted, labelNames) ?? [],
  };
}

function pairOf(interval: Interval | undefined): [number, number] | null {
  return interval ? [interval[0], interval[1]] : null;
}
