/** `unroll train`: from labelled documents to a measured model. */
import { explainSettings } from '../../jobs/train/chosen.ts';
import { train as trainRun } from '../../jobs/train/train.ts';
import { UsageError } from '../args.ts';
import {
  columnOptions,
  partOptions,
  commonOptions,
  dataArgument,
  defineCommand,
  modelOption,
  resumeOptions,
  runFolderOption,
  vectorsOption,
} from '../command.ts';
import { OK } from '../exit-codes.ts';
import { gateMetrics, missedGates, parseGates } from '../gates.ts';
import { withJob } from '../listen.ts';
import { renderChoices } from '../render/choices.ts';
import { readSeeds, trainSeveral } from '../train-seeds.ts';
import { evaluationFor, sayMissed, saySaved, writeResult } from '../write-result.ts';

const options = {
  config: {
    value: 'FILE|PRESET',
    short: 'c',
    description: 'configuration: a file (YAML, JSON, TypeScript) or a preset',
  },
  output: runFolderOption,
  model: { ...modelOption, default: 'auto; bilstm where other settings of a network are given' },
  vectors: vectorsOption,
  seed: { value: 'N', config: 'train.seed', description: 'seed of every random choice' },
  seeds: {
    value: 'N',
    description: 'train N seeds on the same split: mean and standard deviation, then one model of them all',
    default: '1',
  },
  combine: {
    value: 'ensemble|median',
    description: 'with --seeds: the mean of all models, or the one in the middle by validation loss',
    default: 'ensemble',
    formerly: 'keep',
    rare: true,
  },
  threads: {
    value: 'N',
    config: 'train.threads',
    description: 'number of threads; it does not change the result',
    formerly: 'workers',
    rare: true,
  },
  device: {
    value: 'cpu|gpu|auto',
    config: 'train.device',
    description:
      'what trains: cpu, gpu (WebGPU), or auto: a step is timed on both, and the faster one trains',
    rare: true,
  },
  ...columnOptions,
  ...partOptions,
  corrections: {
    value: 'FILE',
    config: 'data.corrections',
    description: 'label corrections as unroll labels writes them; labels of test documents stay',
    rare: true,
  },
  'allow-leakage': {
    config: 'data.allow_leakage',
    description: 'allow copies of a document in several parts of the split',
    rare: true,
  },
  'no-baseline': {
    description: 'do not fit the linear model for comparison after training a network',
    rare: true,
  },
  'no-figures': { description: 'draw no figures; unroll figures RUN draws them later', rare: true },
  ...resumeOptions,
  'explain-defaults': {
    description: 'show which settings follow from the data, with values and reasons, and do not train',
    rare: true,
  },
  'fail-under': {
    value: 'METRIC=NUMBER',
    multiple: true,
    description: 'exit with code 4 if a test metric is lower, as in macro_f1=0.85',
    rare: true,
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
    `${dataArgument} The documents are split, a network and a linear model are trained, and the validation documents choose between them and their average; the choice is measured on the test documents. --model names one of them instead, as does any setting of a network. The run folder then holds the ` +
    'model, its evaluation, predictions, metrics of every epoch, the resolved configuration and the split. Ctrl-C saves and stops; --resume continues.',
  options,
  sections: ['data', 'text', 'model', 'train', 'evaluate'],
  examples: [
    { command: 'unroll train spam', does: "a known data set, SpamAssassin's mails, into runs/spam-1" },
    {
      command: 'unroll train tickets.csv --text-col text --label-col queue -o runs/tickets',
      does: 'a table of your own',
    },
    {
      command: 'unroll train news.csv -c bilstm-workshop --train.lr 1e-3 --seed 3',
      does: 'a preset, with two keys changed',
    },
    {
      command: 'unroll train tickets.csv --seeds 5',
      does: 'five seeds: mean ± sd, then an ensemble, into runs/tickets-seeds-1',
    },
    { command: 'unroll train tickets.csv -o runs/tickets --resume', does: 'resume after Ctrl-C or a crash' },
    {
      command: 'unroll train tickets.csv --json --fail-under macro_f1=0.85',
      does: 'for scripts: JSON, and exit code 4 below 0.85',
    },
  ],
  async run(invocation) {
    const { positionals, values, io } = invocation;
    const overrides = [
      ...invocation.overrides,
      ...(values['no-baseline'] ? [{ key: 'train.baseline', text: 'false', option: '--no-baseline' }] : []),
      ...(values['no-figures'] ? [{ key: 'evaluate.figures', text: 'false', option: '--no-figures' }] : []),
    ];
    const gates = parseGates(values['fail-under'], gateMetrics);
    const [source] = positionals as readonly [string?];
    if (source === undefined && !values.resume) {
      throw new UsageError(
        '[command line] unroll train DATA needs an argument, but got none. DATA is a file, a folder, - for standard input, or a known data set (spam, bbc-news).',
      );
    }
    const { config, output, resume, force, combine } = values;
    if (values['explain-defaults']) {
      if (source === undefined || resume)
        throw new UsageError(
          '[--explain-defaults] must have DATA and no --resume, but got otherwise. Use: unroll train DATA --explain-defaults.',
        );
      const request = { source, config, overrides };
      const choices = await withJob(invocation, (context) => explainSettings(request, context));
      writeResult(io, values, choices, () => renderChoices(choices, io.out));
      return OK;
    }
    const seeds = readSeeds(values);
    if (seeds > 1) {
      const several = { source, config, output, resume, force, overrides, seeds, combine };
      return trainSeveral(invocation, several, gates);
    }
    return withJob(invocation, async (context, say) => {
      const request = { source, config, output, resume, force, overrides };
      const { summary, test, run } = await trainRun(request, context);
      writeResult(io, values, summary, () => (test ? evaluationFor(io.out, test) : ''));
      saySaved(run, say);
      return sayMissed(missedGates(gates, { ...test }), io);
    });
  },
});
