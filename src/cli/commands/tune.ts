/** `unroll tune`: hyperparameter search, and the best trial as a trained and measured model. */
import { loadConfig } from '../../config/load.ts';
import { overrideLayer } from '../../config/overrides.ts';
import { resolveSearch } from '../../config/search.ts';
import { makeFolder } from '../../run/index.ts';
import { trialParams } from '../../tune/index.ts';
import { openStorage } from '../../tune/storage/open.ts';
import { commonOptions, dataArgument, defineCommand, type Invocation } from '../command.ts';
import { OK } from '../exit-codes.ts';
import { createSay, loadDataset, loadSplits } from '../load-data.ts';
import { createProgress } from '../progress.ts';
import { withAbsolutePaths } from '../source.ts';
import { prepareDataset } from '../train/prepare.ts';
import { trainAndSave } from '../train/train-and-save.ts';
import { announceTraining, keepRun, requireFree, requireWritable, sayDifference } from '../tune/best.ts';
import { openSearchStudy } from '../tune/open-study.ts';
import { chooseTrial, nothingFound, renderStudy, summariseStudy } from '../tune/results.ts';
import { searchStudy } from '../tune/run.ts';
import { keepSettings } from '../tune/settings.ts';
import { saySaved, writeResult } from '../write-result.ts';

/** The folder of numbered runs. */
const RUNS = 'runs';
const DEFAULT_STORAGE = `sqlite:///${RUNS}/studies.db`;

const options = {
  config: {
    value: 'FILE|PRESET',
    short: 'c',
    description: 'configuration with ranges in the place of values: a file, or a preset with a search',
    default: 'search',
  },
  trials: { value: 'N', config: 'tune.trials', description: 'trials of the whole study, with those it has' },
  workers: { value: 'N', config: 'tune.workers', description: 'trials at the same time, each on one thread' },
  'time-limit': { value: 'S', config: 'tune.time_limit', description: 'seconds after which no trial begins' },
  folds: { value: 'K', config: 'tune.folds', description: 'judge trials by K stratified folds' },
  storage: {
    value: 'URL',
    description: 'where the study lives: sqlite:///FILE, postgresql://USER:PASSWORD@HOST/DATABASE or memory:',
    default: DEFAULT_STORAGE,
  },
  study: {
    value: 'NAME',
    description: 'the study; one of this name is taken up',
    default: 'DATA-N, the first that is free',
  },
  resume: { description: 'go on with a study: the newest of this data, or that of --study' },
  seed: { value: 'N', config: 'train.seed', description: 'seed of every random choice' },
  output: {
    value: 'DIR',
    short: 'o',
    description: 'the run folder of the best model',
    default: 'runs/NAME-N, the first that is free',
  },
  force: { description: 'replace the run in the folder of --output' },
  ...commonOptions,
} as const;

/** The tune command. */
export const tune = defineCommand({
  name: 'tune',
  summary: 'Search for good settings, then train and measure the best.',
  usage: 'DATA',
  positionals: { min: 1, max: 1 },
  details:
    `${dataArgument} Each trial trains with other settings on a thread of its own, is judged by the validation documents, and is ended early ` +
    'where others did better at the same epoch. The best one is trained again, to the same bits, into a run folder, and evaluated once on ' +
    'the test documents. Studies are kept in a database that Optuna opens too; the same command on several machines, with the same --storage ' +
    'and --study, shares the work. Ctrl-C keeps all results and puts running trials back into the queue; --resume goes on.',
  options,
  sections: ['data', 'text', 'model', 'train', 'evaluate', 'tune'],
  examples: [
    { command: 'unroll tune tickets.csv --trials 30', does: 'a general search, for a first look' },
    { command: 'unroll tune news.csv -c bilstm-workshop', does: "the workshop's search of 40 trials" },
    {
      command: 'unroll tune tickets.csv -c search.yaml --trials 100 --time-limit 3600 -o runs/tickets',
      does: 'ranges of your own, for an hour at most',
    },
    {
      command: 'unroll tune tickets.csv -c search.yaml --storage postgresql://me@db/studies --study tickets',
      does: 'on many machines: start it on each',
    },
    { command: 'unroll tune tickets.csv -c search.yaml --resume', does: 'go on after Ctrl-C or a crash' },
  ],
  run: (invocation) => runTune(invocation),
});

type TuneInvocation = Invocation<typeof options>;

async function runTune({ positionals, values, overrides, argv, io }: TuneInvocation): Promise<number> {
  const say = createSay(io, values);
  const { quiet, output, force } = values;
  const [source] = positionals;
  const search = resolveSearch(
    await loadConfig(values.config ?? 'search', { search: true }),
    overrideLayer(overrides),
  );
  const dataset = await loadDataset(source, search.example, io, say);
  const splits = await loadSplits(dataset, search.example, say);
  // a database may go away more than once
  const onWait = createSay(io, { ...values, again: true });
  const storage = await openStorage(values.storage ?? defaultStorage(), { onWait });
  try {
    if (output !== undefined && !force) requireFree(output);
    const study = await openSearchStudy({ ...values, storage, name: values.study, search, dataset, say });
    requireWritable(output ?? RUNS);
    await keepSettings(study, search, splits, argv);
    const job = { study, search, dataset, splits, io, say, quiet };
    await searchStudy(job);
    const best = chooseTrial(await study.view());
    if (!best) throw nothingFound(study, await study.trials());
    say(await announceTraining(study, best));
    const config = withAbsolutePaths(search.configOf(trialParams(best)));
    const prepared = await prepareDataset(dataset, config, say);
    const progress = createProgress(io.err, { quiet, now: io.now });
    const training = { source, config, prepared, resumed: undefined, output, force, argv, io, say, progress };
    const outcome = await trainAndSave(training);
    sayDifference(best, outcome, say);
    await keepRun(study, outcome.run, best);
    const found = { view: await study.view(), best, search, storage, outcome };
    writeResult(io, values, summariseStudy(found), () => renderStudy(found, io.out));
    saySaved(outcome.run, say);
    return OK;
  } finally {
    await storage.close();
  }
}

/** In the folder of the runs, which is made where it is not there. */
function defaultStorage(): string {
  makeFolder(RUNS, 'keep studies');
  return DEFAULT_STORAGE;
}
