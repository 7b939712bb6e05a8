/** The network from scratch as a run: warmed up, trained on texts, measured and saved as the engine's networks are. */
import { existsSync } from 'node:fs';
import type { Config } from '../../config/schema.ts';
import { groupDigits } from '../../data/dataset.ts';
import type { Evaluation } from '../../evaluate/index.ts';
import { renderFigures } from '../../figures/node.ts';
import { capacityFor } from '../../models/predict.ts';
import type { TrainableClassifier } from '../../models/session.ts';
import {
  appendMetrics,
  readMetrics,
  readScratch,
  readTestResults,
  type RunFolder,
  writeDescription,
  writeScratch,
} from '../../run/index.ts';
import { trainingSpec } from '../../train/index.ts';
import type { Say } from '../load-data.ts';
import { formatSeconds } from '../progress.ts';
import type { Prepared } from '../train/prepare.ts';
import { recordingStatus, takenUp } from '../train/record.ts';
import { describeRun, runTraining, writeStart } from '../train/run.ts';
import { saveResults, summarise } from '../train/save.ts';
import { requireSameData } from '../train/start.ts';
import { holdFolderOf, type TrainJob } from '../train/train-and-save.ts';
import { createScratchClassifier, type ScratchSettings } from './classifier.ts';
import type { WarmUp } from './warm-up.ts';

/** What a finished run from scratch gives. */
export interface ScratchOutcome {
  readonly run: RunFolder;
  readonly found: WarmUp;
  readonly summary: Record<string, unknown>;
  readonly test: Evaluation | null;
}

/** A run to start or to go on with. */
export interface ScratchJob extends TrainJob {
  readonly settings: ScratchSettings;
  /** The warm-up; a run that is taken up again has it behind it. */
  readonly warm: () => Promise<WarmUp>;
}

/** The warm-up, then the classifier: trained, measured and saved as the engine's are. */
export async function classifyFromScratch(job: ScratchJob): Promise<ScratchOutcome> {
  const { prepared, resumed } = job;
  if (resumed) requireSameData(prepared.dataset, resumed.description);
  const found = resumed ? readFound(resumed.run) : await job.warm();
  const run = holdFolderOf(job);
  try {
    return await classifyIn(run, found, job);
  } finally {
    run.release();
  }
}

async function classifyIn(run: RunFolder, found: WarmUp, job: ScratchJob): Promise<ScratchOutcome> {
  const { source, config, settings, prepared, resumed, argv, io, say, progress, stop } = job;
  const session = openClassifier(config, prepared, settings);
  const started = new Date().toISOString();
  const description = resumed
    ? takenUp(resumed, { started, kernel: session.kernel, threads: session.threads })
    : describeRun({ config, prepared, session }, { argv, source, started });
  const { hidden_size: H } = config.model;
  say(
    `h_t = tanh(W_xh x_t + W_hh h_{t-1} + b_h) with ${H} states: ${groupDigits(session.parameters.count)} parameters`,
  );
  say(`run folder ${run.path}`);
  const training = { run, config, prepared, description, io, say, progress, stop };
  if (resumed) writeDescription(run.paths.description, description);
  else {
    writeScratch(run.paths.scratch, { settings, ...found });
    writeStart(training);
  }
  return recordingStatus(training, async () => {
    const result = await runTraining(training, session);
    say(
      `${result.epochs} epochs in ${formatSeconds(result.seconds)}; the weights of epoch ${result.bestEpoch} are kept`,
    );
    const trained = { session, prepared, config, run, argv, result };
    const results = saveResults(trained);
    const summary = { ...summarise(trained, results), model: 'rnn from scratch' };
    appendMetrics(run.paths.metrics, { summary });
    const { figures } = await renderFigures(run.path);
    say(`${figures.length} figures in ${run.paths.figures}`);
    return { run, found, summary, test: results.test };
  });
}

function openClassifier(config: Config, prepared: Prepared, settings: ScratchSettings): TrainableClassifier {
  const { train, val, test, dataset, pipeline } = prepared;
  const batchSize = config.train.batch_size;
  const sets = [train, val, test].map(({ sequences }) => ({
    lengths: sequences.map((ids) => ids.length),
    batchSize,
  }));
  const classes = dataset.labelNames.length;
  return createScratchClassifier({
    ...settings,
    plan: {
      shape: { model: config.model, vocabularySize: pipeline.vocabulary.size, classes },
      capacity: capacityFor(sets),
      threads: 1,
      training: trainingSpec(config.train, train.labels, classes),
    },
  });
}

/** What the warm-up of a run found out. */
function readFound(run: RunFolder): WarmUp {
  const { settings: _settings, ...found } = readScratch(run.paths.scratch);
  return found;
}

/** The outcome of a run that was finished before. */
export function readScratchOutcome(run: RunFolder, say: Say): ScratchOutcome {
  say(`${run.path} is finished: there is nothing left to train`);
  const record = readMetrics(run.paths.metrics).findLast(({ summary }) => summary !== undefined);
  return {
    run,
    found: readFound(run),
    summary: (record?.summary ?? {}) as Record<string, unknown>,
    test: existsSync(run.paths.test) ? readTestResults(run.paths.test) : null,
  };
}
