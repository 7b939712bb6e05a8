/** `unroll train`: from labelled documents to a measured model. */
import { existsSync } from 'node:fs';
import type { Config } from '../../config/schema.ts';
import { UnrollError } from '../../core/errors.ts';
import { shellWord } from '../../core/shell-word.ts';
import { count, groupDigits } from '../../data/dataset.ts';
import type { Evaluation } from '../../evaluate/index.ts';
import { dataFacts } from '../../figures/index.ts';
import { renderFigures } from '../../figures/node.ts';
import type { Session } from '../../models/session.ts';
import {
  appendMetrics,
  createRunFolder,
  readMetrics,
  readTestResults,
  type RunFolder,
  writeDescription,
} from '../../run/index.ts';
import type { TrainingResult } from '../../train/index.ts';
import { UsageError } from '../args.ts';
import { commonOptions, dataArgument, defineCommand } from '../command.ts';
import { GATE_MISSED, OK } from '../exit-codes.ts';
import { gateMetrics, missedGates, parseGates } from '../gates.ts';
import type { Io } from '../io.ts';
import { createSay, type Say } from '../load-data.ts';
import { createProgress, formatSeconds } from '../progress.ts';
import { renderEvaluation } from '../render-evaluation.ts';
import { prepare, type Prepared } from '../train/prepare.ts';
import { recordingStatus, takenUp } from '../train/record.ts';
import { describeRun, openSession, runTraining, writeStart } from '../train/run.ts';
import { modelName, saveResults, summarise } from '../train/save.ts';
import {
  newConfig,
  refuseResumeAndForce,
  requireOwnData,
  requireSameData,
  type Resumed,
  resumeRun,
  type TrainRequest,
} from '../train/start.ts';

const options = {
  config: {
    value: 'FILE|PRESET',
    short: 'c',
    description: 'configuration: a file (YAML, JSON, TypeScript) or a preset',
  },
  output: {
    value: 'DIR',
    short: 'o',
    description: 'the run folder',
    default: 'runs/NAME-N, the first that is free',
  },
  model: { value: 'TYPE', config: 'model.type', description: 'bilstm, lstm, bigru, gru, birnn or rnn' },
  seed: { value: 'N', config: 'train.seed', description: 'seed of every random choice' },
  workers: {
    value: 'N',
    config: 'train.threads',
    description: 'threads; the result has the same bits whatever their number',
  },
  'text-col': { value: 'NAME', config: 'data.text_col', description: 'column or key of the text' },
  'label-col': { value: 'NAME', config: 'data.label_col', description: 'column or key of the label' },
  'allow-leakage': {
    config: 'data.allow_leakage',
    description: 'let copies of a document stand on both sides of the split',
  },
  resume: { description: 'go on with an interrupted run, with the same bits as if nothing had happened' },
  force: { description: 'replace the run in the folder of --output' },
  'fail-under': {
    value: 'METRIC=NUMBER',
    multiple: true,
    description: 'exit with code 4 where a figure of the test is lower, as in macro_f1=0.85',
  },
  ...commonOptions,
} as const;

/** The train command. */
export const train = defineCommand({
  name: 'train',
  summary: 'Train a classifier, measure it on test documents, and save it.',
  usage: 'DATA',
  positionals: { min: 0, max: 1 },
  details:
    `${dataArgument} The documents are split, a network is trained with early stopping, and the best epoch is kept. The run folder then holds the ` +
    'model, its evaluation, predictions, metrics of every epoch, the resolved configuration and the split. Ctrl-C saves and stops; --resume goes on.',
  options,
  sections: ['data', 'text', 'model', 'train', 'evaluate'],
  examples: [
    { command: 'unroll train spam', does: 'a BiLSTM on the embedded data set, into runs/spam-1' },
    {
      command: 'unroll train tickets.csv --text-col body --label-col queue -o runs/tickets',
      does: 'a table of your own',
    },
    {
      command: 'unroll train news.csv -c bilstm-workshop --train.lr 1e-3 --seed 3',
      does: 'a preset, with two keys changed',
    },
    { command: 'unroll train tickets.csv -o runs/tickets --resume', does: 'go on after Ctrl-C or a crash' },
    {
      command: 'unroll train tickets.csv --json --fail-under macro_f1=0.85',
      does: 'for scripts: JSON, and exit code 4 below 0.85',
    },
  ],
  async run({ positionals, values, overrides, argv, io }) {
    const gates = parseGates(values['fail-under'], gateMetrics);
    const say = createSay(io, values);
    const request = { source: positionals.at(0), config: values.config, output: values.output, overrides };
    refuseResumeAndForce(values);
    const resumed = values.resume ? await resumeRun(request) : undefined;
    const finished = resumed?.description.status === 'finished';
    if (finished) await requireOwnData(resumed, request.source, io);
    const outcome = finished
      ? readOutcome(resumed.run, say)
      : await trainAndSave({ request, resumed, argv, io, say, force: values.force, quiet: values.quiet });
    if (values.json) io.out.write(`${JSON.stringify(outcome.summary)}\n`);
    else if (outcome.test) {
      io.out.write(
        renderEvaluation(outcome.test, { color: io.out.colors.isColorSupported, width: io.out.columns }),
      );
    }
    say(`saved in ${outcome.run.path}; use it: unroll predict ${shellWord(outcome.run.path)} "some text"`);
    const missed = missedGates(gates, { ...outcome.test });
    for (const sentence of missed) io.err.write(`${io.err.colors.red('gate missed:')} ${sentence}\n`);
    return missed.length > 0 ? GATE_MISSED : OK;
  },
});

/** What a finished run gives: the JSON summary, and the evaluation on its test part. */
interface Outcome {
  readonly run: RunFolder;
  readonly summary: unknown;
  readonly test: Evaluation | null;
}

interface Job {
  readonly request: TrainRequest;
  readonly resumed: Resumed | undefined;
  readonly argv: readonly string[];
  readonly io: Io;
  readonly say: Say;
  readonly force: boolean;
  readonly quiet: boolean;
}

async function trainAndSave({ request, resumed, argv, io, say, force, quiet }: Job): Promise<Outcome> {
  const source = resumed?.source ?? request.source;
  if (source === undefined) {
    throw new UsageError(
      '[command line] unroll train DATA needs an argument, but got none. DATA is a file, a folder, - or spam.',
    );
  }
  const config = resumed?.config ?? (await newConfig(request));
  const prepared = await prepare(source, config, io, say);
  if (resumed) requireSameData(prepared.dataset, resumed.description);
  const session = await openSession({ config, prepared, io });
  try {
    const run =
      resumed?.run ?? createRunFolder({ name: prepared.dataset.name, output: request.output, force });
    const started = new Date().toISOString();
    const description = resumed
      ? takenUp(resumed, { started, kernel: session.kernel, threads: session.threads })
      : describeRun({ config, prepared, session }, { argv, source, started });
    sayModel(config, session, run, say);
    const progress = createProgress(io.err, { quiet, now: io.now });
    const job = { run, config, prepared, description, io, say, progress };
    if (resumed) writeDescription(run.paths.description, description);
    else writeStart(job);
    const outcome = await recordingStatus(job, async () => {
      const result = await runTraining(job, session);
      sayEnd(result, config, say);
      const trained = { session, prepared, config, run, argv, result };
      const results = saveResults(trained);
      const summary = summarise(trained, results);
      appendMetrics(run.paths.metrics, { summary });
      return { run, summary, test: results.test };
    });
    await draw(run, prepared, config, say);
    return outcome;
  } finally {
    await session.close();
  }
}

/** Draws the figures of a finished run; where that fails, the run is none the worse. */
async function draw(run: RunFolder, { dataset }: Prepared, config: Config, say: Say): Promise<void> {
  try {
    const { figures, folder } = await renderFigures(run.path, { audit: dataFacts(dataset, config.text) });
    say(`${count(figures.length, 'figure')} in ${folder}`);
  } catch (error) {
    if (!(error instanceof UnrollError)) throw error;
    say(`${error.message} The figures are missing: unroll figures ${shellWord(run.path)} draws them.`);
  }
}

/** The outcome of a run that was finished before. */
function readOutcome(run: RunFolder, say: Say): Outcome {
  say(`${run.path} is finished: there is nothing left to train`);
  const summary =
    readMetrics(run.paths.metrics).findLast((record) => record.summary !== undefined)?.summary ?? {};
  return { run, summary, test: existsSync(run.paths.test) ? readTestResults(run.paths.test) : null };
}

function sayModel({ model }: Config, session: Session, run: RunFolder, say: Say): void {
  const layers = `${model.num_layers} layer${model.num_layers === 1 ? '' : 's'} of ${model.hidden_size}`;
  say(
    `${modelName(model)}, ${layers}, pooling ${model.pooling.join(' + ')}: ${groupDigits(session.parameters.count)} parameters; ` +
      `kernels ${session.kernel}, ${session.threads} thread${session.threads === 1 ? '' : 's'}`,
  );
  say(`run folder ${run.path}`);
}

function sayEnd(
  { reason, epochs, bestEpoch, seconds }: TrainingResult,
  { train: { monitor, patience } }: Config,
  say: Say,
): void {
  const why = reason === 'early-stopping' ? `no better ${monitor} in ${patience} epochs` : 'all epochs done';
  say(
    `${why}: ${count(epochs, 'epoch')} in ${formatSeconds(seconds)}; the weights of epoch ${bestEpoch} are kept`,
  );
}
