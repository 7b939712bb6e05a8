/** `unroll workshop`: audit, three networks, figures, comparison and report, from one command. */
import { ConfigError } from '../../core/errors.ts';
import { quickSettings } from '../../jobs/workshop/settings.ts';
import { workshop as runWorkshop, workshopDefaults } from '../../jobs/workshop/workshop.ts';
import { columnOptions, commonOptions, defineCommand } from '../command.ts';
import { OK } from '../exit-codes.ts';
import { withJob } from '../listen.ts';
import { workshopDisplay } from '../progress/workshop.ts';
import { renderResults } from '../render/workshop.ts';
import { writeResult } from '../write-result.ts';

const { bilstm, scratch, task_epochs } = quickSettings;

const options = {
  output: {
    value: 'DIR',
    short: 'o',
    description: 'output folder',
    default: workshopDefaults.folder,
  },
  quick: {
    description:
      `fewer epochs, so the metrics may be somewhat worse: at most ${bilstm.train.epochs} for the BiLSTM (60 without) with patience ${bilstm.train.patience} (10), ` +
      `${scratch.train.epochs} from scratch (15), ${task_epochs} for the toy task (20); and no search, unless --trials is given`,
  },
  trials: {
    value: 'N',
    description:
      'trials of the search for the parameters of each classifier; 0: no search, use the parameters of the presets',
    default: '20 for the RNN, 40 for the BiLSTM',
  },
  seed: {
    value: 'N',
    config: 'train.seed',
    description: 'seed of every random choice, including the split',
    default: '0',
  },
  threads: {
    value: 'N',
    config: 'train.threads',
    description: 'number of threads of a training; it does not change the result',
  },
  workers: {
    value: 'N',
    config: 'tune.workers',
    description:
      'number of workers of a search: trials at the same time; with one, a search is reproducible to the bit',
    default: 'as --threads',
  },
  ...columnOptions,
  'allow-leakage': {
    config: 'data.allow_leakage',
    description:
      "allow copies of a document in several parts of the split, as they are in the workshop's own file",
  },
  resume: {
    description: 'resume an interrupted workshop; the result has the same bits as without the interruption',
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
    `DATA is a file, a folder, or the name of a known data set, as in unroll train (default: ${workshopDefaults.data}). The stages: an audit of the data; the ` +
    'recurrent network from plain arrays, with its warm-up and gradient check; a plain RNN and a bidirectional LSTM, each with the best parameters found by a search over the ranges ' +
    'of the presets rnn-workshop and bilstm-workshop; eight figures; a comparison of the three networks; and a report as HTML, Markdown and LaTeX. All networks use the same split and the same test documents, ' +
    "and are runs like those of unroll train. Copies of a document stay in the same part of the split. The workshop's own file (2,225 BBC articles) is an exception: it is split at random, as in the " +
    'course, and the results are compared with what the course reported. Config keys override the presets of the RNN and the BiLSTM (which override the defaults below); those ' +
    'of data, text and evaluate, and train.seed, also apply to the network from scratch; a key that is set is not searched. Ctrl-C saves and stops; --resume continues.',
  options,
  sections: ['data', 'text', 'model', 'train', 'evaluate'],
  examples: [
    { command: 'unroll workshop', does: 'on the known data set spam, into runs/workshop' },
    {
      command: 'unroll workshop bbc-news.csv --quick',
      does: "the workshop's file, with fewer epochs and no search",
    },
    { command: 'unroll workshop bbc-news.csv --trials 10', does: 'with a search of ten trials for each' },
    {
      command: 'unroll workshop tickets.csv -o runs/tickets --text.max_length 100',
      does: 'a table of your own',
    },
    { command: 'unroll workshop --resume', does: 'resume after Ctrl-C or a crash' },
  ],
  async run(invocation) {
    const { positionals, values, overrides, io } = invocation;
    const { output, quick, resume, force } = values;
    const trials = readTrials(values.trials);
    return withJob(
      invocation,
      async (context, say) => {
        const request = { source: positionals.at(0), output, quick, trials, resume, force, overrides };
        const results = await runWorkshop(request, context);
        const { columns: width, colors } = io.out;
        writeResult(io, values, results, () => renderResults(results, { width, bold: colors.bold }));
        say(`everything is in ${results.workshop}; read ${results.report.html}`);
        return OK;
      },
      workshopDisplay,
    );
  },
});

/** The value of `--trials`. @throws ConfigError unless it is a whole number */
function readTrials(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const trials = text.trim() === '' ? NaN : Number(text);
  if (Number.isInteger(trials) && trials >= 0 && trials <= 10_000) return trials;
  throw new ConfigError(
    `[command line] --trials must be a whole number from 0 (no search) to 10,000, but got "${text}".`,
    { key: 'trials' },
  );
}
