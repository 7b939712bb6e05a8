/** `unroll tune`: hyperparameter search, and the best trial as a trained and measured model. */
import { summariseStudy } from '../../jobs/search/results.ts';
import { DEFAULT_STORAGE, search } from '../../jobs/search/search.ts';
import { fittedAtOnce, modelTypes } from '../../models/family.ts';
import {
  columnOptions,
  commonOptions,
  dataArgument,
  defineCommand,
  partOptions,
  vectorsOption,
} from '../command.ts';
import { OK } from '../exit-codes.ts';
import { withJob } from '../listen.ts';
import { searchDisplay } from '../progress/search.ts';
import { renderStudy } from '../render/study.ts';
import { saySaved, writeResult } from '../write-result.ts';

const steppedTypes = modelTypes.filter((type) => !fittedAtOnce({ type }));

const options = {
  config: {
    value: 'FILE|PRESET',
    short: 'c',
    description: 'configuration with ranges instead of values: a file, or a preset with a search',
    default: 'search',
  },
  trials: {
    value: 'N',
    config: 'tune.trials',
    description: 'trials of the whole study, including those it already has',
  },
  workers: {
    value: 'N',
    config: 'tune.workers',
    description: 'number of workers: trials that run at the same time, each on one thread',
  },
  'time-limit': {
    value: 'S',
    config: 'tune.time_limit',
    description: 'seconds after which no new trial begins',
  },
  folds: {
    value: 'K',
    config: 'tune.folds',
    description: 'score trials by cross-validation on K stratified folds',
    rare: true,
  },
  storage: {
    value: 'URL',
    description:
      'where the study is stored: sqlite:///FILE, postgresql://USER:PASSWORD@HOST/DATABASE or memory:',
    default: DEFAULT_STORAGE,
  },
  study: {
    value: 'NAME',
    description: 'the study; one of this name is resumed',
    default: 'DATA-N, the first that is free',
  },
  resume: { description: 'resume a study: the newest of this data, or that of --study' },
  model: {
    value: 'TYPE',
    config: 'model.type',
    description: `one that learns in steps: ${steppedTypes.join(', ')}`,
    rare: true,
  },
  vectors: vectorsOption,
  ...columnOptions,
  val: { ...partOptions.val, rare: true },
  test: { ...partOptions.test, rare: true },
  'skip-unseen': partOptions['skip-unseen'],
  seed: { value: 'N', config: 'train.seed', description: 'seed of every random choice' },
  output: {
    value: 'DIR',
    short: 'o',
    description: 'the run folder of the best model',
    default: 'runs/NAME-N, the first that is free',
  },
  force: { description: 'replace the run in the folder of --output', rare: true },
  ...commonOptions,
} as const;

/** The tune command. */
export const tune = defineCommand({
  name: 'tune',
  summary: 'Search for good settings, then train and measure the best.',
  usage: 'DATA',
  positionals: { min: 1, max: 1 },
  details:
    `${dataArgument} Each trial trains with other settings on a thread of its own, is scored on the validation documents, and is pruned ` +
    'if other trials did better at the same epoch. The best trial is trained again, with the same bits, into a run folder, and evaluated once on ' +
    'the test documents. Studies are kept in a database that Optuna can open; the same command on several machines, with the same --storage ' +
    'and --study, distributes the work. Ctrl-C keeps all results and puts running trials back into the queue; --resume continues.',
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
      does: 'on several machines: run it on each',
    },
    { command: 'unroll tune tickets.csv -c search.yaml --resume', does: 'resume after Ctrl-C or a crash' },
  ],
  async run(invocation) {
    const { positionals, values, overrides, io } = invocation;
    const { config, storage, study, resume, output, force } = values;
    return withJob(
      invocation,
      async (context, say) => {
        const request = { source: positionals[0], config, storage, study, resume, output, force, overrides };
        const found = await search(request, context);
        writeResult(io, values, summariseStudy(found), () => renderStudy(found, io.out));
        saySaved(found.outcome.run, say);
        return OK;
      },
      searchDisplay,
    );
  },
});
