/** `unroll train`: from labelled documents to a measured model. */
import { UsageError } from '../args.ts';
import {
  columnOptions,
  commonOptions,
  dataArgument,
  defineCommand,
  resumeOptions,
  runFolderOption,
} from '../command.ts';
import { gateMetrics, missedGates, parseGates } from '../gates.ts';
import type { Io } from '../io.ts';
import { createSay, type Say } from '../load-data.ts';
import { createProgress } from '../progress.ts';
import { prepare } from '../train/prepare.ts';
import {
  newConfig,
  refuseResumeAndForce,
  requireOwnData,
  type Resumed,
  resumeRun,
  type TrainRequest,
} from '../train/start.ts';
import { type Outcome, readOutcome, trainAndSave } from '../train/train-and-save.ts';
import { evaluationFor, sayMissed, saySaved, writeResult } from '../write-result.ts';

const options = {
  config: {
    value: 'FILE|PRESET',
    short: 'c',
    description: 'configuration: a file (YAML, JSON, TypeScript) or a preset',
  },
  output: runFolderOption,
  model: { value: 'TYPE', config: 'model.type', description: 'bilstm, lstm, bigru, gru, birnn or rnn' },
  seed: { value: 'N', config: 'train.seed', description: 'seed of every random choice' },
  workers: {
    value: 'N',
    config: 'train.threads',
    description: 'threads; the result has the same bits whatever their number',
  },
  ...columnOptions,
  'allow-leakage': {
    config: 'data.allow_leakage',
    description: 'let copies of a document stand on both sides of the split',
    rare: true,
  },
  ...resumeOptions,
  'fail-under': {
    value: 'METRIC=NUMBER',
    multiple: true,
    description: 'exit with code 4 where a test metric is lower, as in macro_f1=0.85',
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
    const resumed = values.resume ? await resumeRun(request, 'train') : undefined;
    const finished = resumed?.description.status === 'finished';
    if (finished) await requireOwnData(resumed, request.source, io);
    const outcome = finished
      ? readOutcome(resumed.run, say)
      : await trainFrom({ request, resumed, argv, io, say, force: values.force, quiet: values.quiet });
    const { summary, test, run } = outcome;
    writeResult(io, values, summary, () => (test ? evaluationFor(io.out, test) : ''));
    saySaved(run, say);
    return sayMissed(missedGates(gates, { ...test }), io);
  },
});

interface Start {
  readonly request: TrainRequest;
  readonly resumed: Resumed | undefined;
  readonly argv: readonly string[];
  readonly io: Io;
  readonly say: Say;
  readonly force: boolean;
  readonly quiet: boolean;
}

async function trainFrom({ request, resumed, argv, io, say, force, quiet }: Start): Promise<Outcome> {
  const source = resumed?.source ?? request.source;
  if (source === undefined) {
    throw new UsageError(
      '[command line] unroll train DATA needs an argument, but got none. DATA is a file, a folder, - or spam.',
    );
  }
  const config = resumed?.config ?? (await newConfig(request));
  const prepared = await prepare(source, config, io, say);
  const progress = createProgress(io.err, { quiet, now: io.now });
  const { output } = request;
  return trainAndSave({ source, config, prepared, resumed, output, force, argv, io, say, progress });
}
