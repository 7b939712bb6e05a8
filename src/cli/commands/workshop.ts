/** `unroll workshop`: audit, three networks, figures, comparison and report, from one command. */
import { InterruptedError } from '../../core/errors.ts';
import { columnOptions, commonOptions, defineCommand, type Invocation } from '../command.ts';
import { OK } from '../exit-codes.ts';
import { watchInterrupt } from '../interrupt.ts';
import { createSay, type Say } from '../load-data.ts';
import { findSource, keepSource, resumeCommand } from '../source.ts';
import { refuseResumeAndForce, requireSameData } from '../train/start.ts';
import { loadNewData, loadSavedData, type WorkshopData } from '../workshop/data.ts';
import { estimateStages, searchedPart } from '../workshop/estimate.ts';
import { createWorkshopProgress } from '../workshop/progress.ts';
import { renderResults, resultsOf, type WorkshopResults } from '../workshop/results.ts';
import { newSettings, quickSettings, readTrials, requireSameSettings } from '../workshop/settings.ts';
import { lazily, pause, stages } from '../workshop/stages.ts';
import type { Workshop } from '../workshop/workshop.ts';
import {
  makeWorkshopFolder,
  readState,
  stageNames,
  type WorkshopState,
  writeState,
} from '../workshop/state.ts';
import { writeResult } from '../write-result.ts';

/** DATA and folder where none is given. */
const DEFAULTS = { data: 'spam', folder: 'runs/workshop' } as const;

const { bilstm, scratch, task_epochs } = quickSettings;

const options = {
  output: {
    value: 'DIR',
    short: 'o',
    description: 'folder of everything that comes out',
    default: DEFAULTS.folder,
  },
  quick: {
    description:
      `fewer epochs, so that the figures may be somewhat worse: at most ${bilstm.train.epochs} of the BiLSTM (60 without) with patience ${bilstm.train.patience} (10), ` +
      `${scratch.train.epochs} from scratch (15), ${task_epochs} of the toy task (20); and no search, unless --trials is given`,
  },
  trials: {
    value: 'N',
    description: 'trials of the search for the parameters of each classifier; 0: none, those of the presets',
    default: '20 of the RNN, 40 of the BiLSTM',
  },
  seed: {
    value: 'N',
    config: 'train.seed',
    description: 'seed of every random choice, the split among them',
    default: '0',
  },
  workers: {
    value: 'N',
    config: 'train.threads',
    description:
      'threads, and trials at the same time; a training has the same bits whatever their number, a search of one worker too',
  },
  ...columnOptions,
  'allow-leakage': {
    config: 'data.allow_leakage',
    description:
      "let copies of a document stand on both sides of the split; of the workshop's own file they do",
  },
  resume: {
    description: 'go on with an interrupted workshop, with the same bits as if nothing had happened',
  },
  force: { description: 'replace the workshop in the folder of --output' },
  ...commonOptions,
} as const;

/** The workshop command. */
export const workshop = defineCommand({
  name: 'workshop',
  summary: 'The whole course: audit, RNN from scratch, RNN and BiLSTM, eight figures, comparison, report.',
  usage: '[DATA]',
  positionals: { min: 0, max: 1 },
  details:
    `DATA is a file, a folder, or the name of a known data set, as unroll train takes it (default: ${DEFAULTS.data}). One after the other: an audit of the data; the ` +
    'recurrent network from plain arrays, with its warm-up and its gradient check; a plain RNN and a bidirectional LSTM, each with the best parameters that a search in the ranges ' +
    'of the presets rnn-workshop and bilstm-workshop finds; eight figures; the comparison of the three; and a report as HTML, Markdown and LaTeX. All networks have the same split, are measured on its test documents, ' +
    "and are runs like those of unroll train. Copies of a document stay on one side of the split. Only where DATA is the workshop's own file (2,225 articles of the BBC), the split " +
    'is its plain random one, and its own figures are set beside. Config keys lie over the presets of the RNN and the BiLSTM (whose values go before the defaults named below); those ' +
    'of data, text and evaluate, and train.seed, hold for the network from scratch too; one that is set is not searched. Ctrl-C saves and stops; --resume goes on.',
  options,
  sections: ['data', 'text', 'model', 'train', 'evaluate'],
  examples: [
    { command: 'unroll workshop', does: 'on the embedded data set, into runs/workshop' },
    {
      command: 'unroll workshop bbc-news.csv --quick',
      does: "the workshop's file, with fewer epochs and no search",
    },
    { command: 'unroll workshop bbc-news.csv --trials 10', does: 'with a search of ten trials for each' },
    {
      command: 'unroll workshop tickets.csv -o runs/tickets --text.max_length 100',
      does: 'a table of your own',
    },
    { command: 'unroll workshop --resume', does: 'go on after Ctrl-C or a crash' },
  ],
  async run(invocation) {
    const { values, io } = invocation;
    refuseResumeAndForce(values);
    const say = createSay(io, values);
    const folder = values.output ?? DEFAULTS.folder;
    const watch = watchInterrupt(() => {
      if (!values.quiet) io.err.write('\nStopping and saving; Ctrl-C again ends the program immediately.\n');
    });
    const call: Call = { ...invocation, folder, say, stop: watch.signal };
    try {
      const started = values.resume ? await goOn(call) : await begin(call);
      const results = await withWayOn(started, call, () => runStages(started, call));
      const { columns: width, colors } = io.out;
      writeResult(io, values, results, () => renderResults(results, { width, bold: colors.bold }));
      say(`everything is in ${folder}; read ${results.report.html}`);
      return OK;
    } finally {
      watch.release();
    }
  },
});

interface Call extends Invocation<typeof options> {
  readonly folder: string;
  readonly say: Say;
  /** Aborted by Ctrl-C. */
  readonly stop: AbortSignal;
}

/** A workshop about to run: its state as the folder holds it, and its documents. */
interface Started extends WorkshopData {
  readonly state: WorkshopState;
  readonly source: string;
}

/** A new workshop, in its folder. */
async function begin({ positionals, values, overrides, argv, io, say, folder }: Call): Promise<Started> {
  const source = positionals.at(0) ?? DEFAULTS.data;
  const trials = readTrials(values.trials);
  const { dataset, own, data } = await loadNewData(source, overrides, { io, say });
  const settings = newSettings({ quick: values.quick, overrides, trials, data });
  const { name, hash, texts } = dataset;
  const state: WorkshopState = {
    command: [...argv],
    data: { name, ...keepSource(source), hash, documents: texts.length },
    settings,
    stages: {},
  };
  makeWorkshopFolder(folder, values);
  writeState(folder, state);
  return { state, source, dataset, own };
}

/** A workshop to go on with. Its own settings hold; what the command line sets must agree. */
async function goOn({ positionals, values, overrides, io, say, folder }: Call): Promise<Started> {
  const saved = readState(folder);
  const given = { quick: values.quick, overrides, trials: readTrials(values.trials) };
  const settings = requireSameSettings(saved.settings, given, folder);
  const source = positionals.at(0) ?? findSource(saved.data, '');
  const data = await loadSavedData(source, settings.configs.bilstm, { io, say });
  requireSameData(data.dataset, saved);
  return { state: { ...saved, settings }, source, ...data };
}

/** Runs the stages that are not done, and writes down each as it ends. */
async function runStages(
  { state, source, dataset, own }: Started,
  { io, values, argv, folder, say, stop }: Call,
): Promise<WorkshopResults> {
  const { settings } = state;
  const estimates = estimateStages(dataset, settings);
  const plan = stageNames.map((name) => ({
    title: stages[name].title,
    estimate: estimates[name],
    searched: searchedPart(settings, name),
  }));
  const progress = createWorkshopProgress(io, plan, values);
  const tell = io.err.terminal ? say : () => undefined;
  const base = {
    folder,
    source,
    dataset,
    own,
    settings,
    argv,
    io,
    say,
    tell,
    progress,
    stop,
    quiet: values.quiet,
  };
  const workshop: Workshop = { ...base, ...lazily(base) };
  let known = state;
  let anew = false;
  for (const [k, name] of stageNames.entries()) {
    const before = known.stages[name];
    // what follows a stage that had to be done again is made from it
    if (before && !anew && stages[name].isThere(workshop)) {
      progress.skip(k, before.result);
      continue;
    }
    anew = true;
    progress.begin(k);
    await pause(workshop);
    const result = await stages[name].run(workshop);
    const seconds = Number(progress.end(result).toPrecision(4));
    const done = { finished: new Date().toISOString(), seconds, result };
    known = { ...known, stages: { ...known.stages, [name]: done } };
    writeState(folder, known);
  }
  return resultsOf(workshop, known);
}

/** Works, and says of an error how to go on after it. */
async function withWayOn<T>({ state }: Started, { io, folder }: Call, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const command = resumeCommand('workshop', state.data, folder);
    if (error instanceof InterruptedError) {
      throw new InterruptedError(
        `[workshop] stopped on request; everything so far is saved in ${folder}. Go on with: ${command}`,
        { cause: error },
      );
    }
    io.err.write(`The stages before are kept. Go on with: ${command}\n`);
    throw error;
  }
}
