/** `unroll scratch`: the recurrent network from plain arrays, from its first equation to a measured classifier. */
import { existsSync } from 'node:fs';
import type { Config } from '../../config/schema.ts';
import { ConfigError } from '../../core/errors.ts';
import { shellWord } from '../../core/shell-word.ts';
import { groupDigits } from '../../data/dataset.ts';
import type { Evaluation } from '../../evaluate/index.ts';
import { renderFigures } from '../../figures/node.ts';
import { capacityFor } from '../../models/predict.ts';
import type { TrainableClassifier } from '../../models/session.ts';
import {
  appendMetrics,
  createRunFolder,
  readMetrics,
  readScratch,
  readTestResults,
  type RunFolder,
  writeDescription,
  writeScratch,
} from '../../run/index.ts';
import { trainingSpec } from '../../train/index.ts';
import { commonOptions, dataArgument, defineCommand } from '../command.ts';
import { OK } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { createSay, type Say } from '../load-data.ts';
import { createProgress, formatSeconds } from '../progress.ts';
import { renderEvaluation } from '../render-evaluation.ts';
import { createScratchClassifier, type ScratchSettings } from '../scratch/classifier.ts';
import { defaultSettings, readSettings, scratchConfig } from '../scratch/config.ts';
import { findTask, readEpochs, renderWarmUp, type WarmUp, warmUp } from '../scratch/warm-up.ts';
import { withAbsolutePaths } from '../source.ts';
import { prepare, type Prepared } from '../train/prepare.ts';
import { recordingStatus, takenUp } from '../train/record.ts';
import { describeRun, runTraining, writeStart } from '../train/run.ts';
import { saveResults, summarise } from '../train/save.ts';
import {
  refuseResumeAndForce,
  requireOwnData,
  requireSameData,
  type Resumed,
  resumeRun,
} from '../train/start.ts';

/** DATA where none is given. */
const DEFAULT_DATA = 'spam';

const options = {
  task: { value: 'NAME', description: 'toy task of the warm-up: sine, echo or adding', default: 'sine' },
  'task-epochs': { value: 'N', description: 'epochs of the warm-up', default: "the task's own" },
  'warm-up': { description: 'only the warm-up, the gradient check and the gradient through time' },
  epochs: {
    value: 'N',
    config: 'train.epochs',
    description: 'passes over the training texts',
    default: '15',
  },
  lr: {
    value: 'RATE',
    config: 'train.lr',
    description: 'learning rate; large, since --clip keeps every step small',
    default: '3',
  },
  clip: {
    value: 'SIZE',
    description: 'every number of the gradient is held within ± this',
    default: String(defaultSettings.clip),
  },
  ask: {
    value: 'last|every',
    description: 'the step of a text after which its class is asked for while learning',
    default: defaultSettings.ask,
  },
  hidden: {
    value: 'H',
    config: 'model.hidden_size',
    description: 'numbers in the state h_t',
    default: '32',
  },
  'batch-size': { value: 'N', config: 'train.batch_size', description: 'texts a step', default: '8' },
  'max-length': {
    value: 'T',
    config: 'text.max_length',
    description: 'tokens of a text that are read',
    default: '50',
  },
  seed: { value: 'N', config: 'train.seed', description: 'seed of every random choice', default: '0' },
  output: {
    value: 'DIR',
    short: 'o',
    description: 'the run folder',
    default: 'runs/NAME-N, the first that is free',
  },
  'text-col': { value: 'NAME', config: 'data.text_col', description: 'column or key of the text' },
  'label-col': { value: 'NAME', config: 'data.label_col', description: 'column or key of the label' },
  resume: { description: 'go on with an interrupted run, with the same bits as if nothing had happened' },
  force: { description: 'replace the run in the folder of --output' },
  ...commonOptions,
} as const;

/** The scratch command. */
export const scratch = defineCommand({
  name: 'scratch',
  summary: 'A recurrent network from plain arrays: warm-up, gradient check, text classification.',
  usage: '[DATA]',
  positionals: { min: 0, max: 1 },
  details:
    `Runs the network of src/scratch/rnn.ts, which has no library below it and is meant to be read. It first learns a toy task, checks every ` +
    `gradient against differences and shows how gradients vanish through time; then it learns to classify the texts of DATA (default: ${DEFAULT_DATA}) by plain ` +
    `SGD, and is measured and saved as any other model. ${dataArgument} Ctrl-C saves and stops; --resume goes on.`,
  options,
  sections: ['data', 'text', 'train', 'evaluate'],
  examples: [
    { command: 'unroll scratch', does: 'everything, on the embedded data set' },
    { command: 'unroll scratch --warm-up --task echo', does: 'a toy task and the gradients, without texts' },
    { command: 'unroll scratch news.csv --hidden 64 --ask every', does: 'a table of your own' },
  ],
  async run({ positionals, values, overrides, argv, io }) {
    const say = createSay(io, values);
    const task = findTask(values.task);
    const epochs = readEpochs(values['task-epochs'], task);
    const settings = readSettings(values);
    const color = io.out.colors.isColorSupported;
    const warm = (seed: number) => warmUp({ task, epochs, seed, onEpoch: sayEpochs(say, task.name, epochs) });
    if (values['warm-up']) {
      const found = warm(scratchConfig(overrides).train.seed);
      io.out.write(values.json ? `${JSON.stringify(found)}\n` : renderWarmUp(found, io.out.colors));
      return OK;
    }
    const [source] = positionals;
    refuseResumeAndForce(values);
    const resumed = values.resume
      ? await takeUp({ source, output: values.output, overrides, values, settings })
      : undefined;
    const finished = resumed?.description.status === 'finished';
    if (finished) await requireOwnData(resumed, source, io);
    const outcome = finished
      ? readOutcome(resumed.run, say)
      : await classify({
          source: resumed?.source ?? source ?? DEFAULT_DATA,
          config: resumed?.config ?? withAbsolutePaths(scratchConfig(overrides)),
          settings: resumed ? readScratch(resumed.run.paths.scratch).settings : settings,
          resumed,
          output: values.output,
          force: values.force,
          quiet: values.quiet,
          argv,
          io,
          say,
          warm,
        });
    if (values.json) io.out.write(`${JSON.stringify({ ...outcome.summary, ...outcome.found })}\n`);
    else {
      const evaluation = outcome.test
        ? `\n${renderEvaluation(outcome.test, { color, width: io.out.columns })}`
        : '';
      io.out.write(renderWarmUp(outcome.found, io.out.colors) + evaluation);
    }
    say(`saved in ${outcome.run.path}; use it: unroll predict ${shellWord(outcome.run.path)} "some text"`);
    return OK;
  },
});

interface Outcome {
  readonly run: RunFolder;
  readonly found: WarmUp;
  readonly summary: Record<string, unknown>;
  readonly test: Evaluation | null;
}

interface Job {
  readonly source: string;
  readonly config: Config;
  readonly settings: ScratchSettings;
  readonly resumed: Resumed | undefined;
  readonly output: string | undefined;
  readonly force: boolean;
  readonly quiet: boolean;
  readonly argv: readonly string[];
  readonly io: Io;
  readonly say: Say;
  readonly warm: (seed: number) => WarmUp;
}

/** The warm-up, then the classifier: trained, measured and saved as the engine's are. */
async function classify({ source, config, settings, resumed, ...job }: Job): Promise<Outcome> {
  const { argv, io, say, quiet } = job;
  const prepared = await prepare(source, config, io, say);
  if (resumed) requireSameData(prepared.dataset, resumed.description);
  const found = resumed ? readFound(resumed.run) : job.warm(config.train.seed);
  const session = openClassifier(config, prepared, settings);
  const run =
    resumed?.run ?? createRunFolder({ name: prepared.dataset.name, output: job.output, force: job.force });
  const started = new Date().toISOString();
  const description = resumed
    ? takenUp(resumed, { started, kernel: session.kernel, threads: session.threads })
    : describeRun({ config, prepared, session }, { argv, source, started });
  const { hidden_size: H } = config.model;
  say(
    `h_t = tanh(W_xh x_t + W_hh h_{t-1} + b_h) with ${H} states: ${groupDigits(session.parameters.count)} parameters`,
  );
  say(`run folder ${run.path}`);
  const progress = createProgress(io.err, { quiet, now: io.now });
  const training = { run, config, prepared, description, io, say, progress };
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

/** Opens the run to go on with. @throws ConfigError where it is another kind of run or has other settings */
async function takeUp({
  source,
  output,
  overrides,
  values,
  settings,
}: {
  readonly source: string | undefined;
  readonly output: string | undefined;
  readonly overrides: Parameters<typeof scratchConfig>[0];
  readonly values: { readonly clip: string | undefined; readonly ask: string | undefined };
  readonly settings: ScratchSettings;
}): Promise<Resumed> {
  const named = source ?? (output === undefined ? DEFAULT_DATA : undefined);
  const resumed = await resumeRun({ source: named, config: undefined, overrides, output });
  const { path, paths } = resumed.run;
  if (!existsSync(paths.scratch)) {
    throw new ConfigError(
      `[--resume] the run must be one of unroll scratch, but ${path} is not. Name another with -o, or go on with it by unroll train.`,
      { key: 'resume' },
    );
  }
  const saved = readScratch(paths.scratch).settings;
  for (const key of ['clip', 'ask'] as const) {
    if (values[key] === undefined || settings[key] === saved[key]) continue;
    throw new ConfigError(
      `[--resume] --${key} must be that of ${path}, ${saved[key]}, but got ${settings[key]}. Leave it out, or start another run without --resume.`,
      { key },
    );
  }
  return resumed;
}

function readFound(run: RunFolder): WarmUp {
  const { settings: _settings, ...found } = readScratch(run.paths.scratch);
  return found;
}

/** The outcome of a run that was finished before. */
function readOutcome(run: RunFolder, say: Say): Outcome {
  say(`${run.path} is finished: there is nothing left to train`);
  const record = readMetrics(run.paths.metrics).findLast(({ summary }) => summary !== undefined);
  return {
    run,
    found: readFound(run),
    summary: (record?.summary ?? {}) as Record<string, unknown>,
    test: existsSync(run.paths.test) ? readTestResults(run.paths.test) : null,
  };
}

/** Says the loss of the warm-up about ten times. */
function sayEpochs(say: Say, name: string, epochs: number): (epoch: number, loss: number) => void {
  const every = Math.max(1, Math.round(epochs / 10));
  return (epoch, loss) => {
    if (epoch % every === 0 || epoch === epochs) {
      say(`${name}: epoch ${epoch} of ${epochs}, mean squared error ${loss.toPrecision(3)}`);
    }
  };
}
