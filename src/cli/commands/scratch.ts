/** `unroll scratch`: the recurrent network from plain arrays, from its first equation to a measured classifier. */
import { ConfigError } from '../../core/errors.ts';
import { readScratch } from '../../run/index.ts';
import {
  columnOptions,
  commonOptions,
  dataArgument,
  defineCommand,
  resumeOptions,
  runFolderOption,
} from '../command.ts';
import { OK } from '../exit-codes.ts';
import { watchInterrupt } from '../interrupt.ts';
import type { Io } from '../io.ts';
import { createSay } from '../load-data.ts';
import { createProgress } from '../progress.ts';
import type { ScratchSettings } from '../scratch/classifier.ts';
import { classifyFromScratch, readScratchOutcome } from '../scratch/classify.ts';
import { defaultSettings, readSettings, scratchConfig } from '../scratch/config.ts';
import { findTask, readEpochs, renderWarmUp, sayEpochs, warmUp } from '../scratch/warm-up.ts';
import { withAbsolutePaths } from '../source.ts';
import { prepare } from '../train/prepare.ts';
import { refuseResumeAndForce, requireOwnData, type Resumed, resumeRun } from '../train/start.ts';
import { evaluationFor, saySaved, writeResult } from '../write-result.ts';

/** DATA where none is given. */
const DEFAULT_DATA = 'spam';

const options = {
  task: { value: 'NAME', description: 'toy task of the warm-up: sine, echo or adding', default: 'sine' },
  'task-epochs': { value: 'N', description: 'epochs of the warm-up', default: "the task's own", rare: true },
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
    rare: true,
  },
  ask: {
    value: 'last|every',
    description: 'the step of a text after which its class is asked for while learning',
    default: defaultSettings.ask,
    rare: true,
  },
  hidden: {
    value: 'H',
    config: 'model.hidden_size',
    description: 'numbers in the state h_t',
    default: '32',
  },
  'batch-size': {
    value: 'N',
    config: 'train.batch_size',
    description: 'texts a step',
    default: '8',
    rare: true,
  },
  'max-length': {
    value: 'T',
    config: 'text.max_length',
    description: 'tokens of a text that are read',
    default: '50',
    rare: true,
  },
  seed: { value: 'N', config: 'train.seed', description: 'seed of every random choice', default: '0' },
  output: runFolderOption,
  ...columnOptions,
  ...resumeOptions,
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
    const warm = (seed: number) =>
      whileWatching(io, (stop) =>
        warmUp({ task, epochs, seed, onEpoch: sayEpochs(say, task.name, epochs), stop }),
      );
    if (values['warm-up']) {
      const found = await warm(scratchConfig(overrides).train.seed);
      writeResult(io, values, found, () => renderWarmUp(found, io.out.colors));
      return OK;
    }
    const [source] = positionals;
    refuseResumeAndForce(values);
    const resumed = values.resume
      ? await takeUp({ source, output: values.output, overrides, values, settings })
      : undefined;
    const finished = resumed?.description.status === 'finished';
    if (finished) await requireOwnData(resumed, source, io);
    const classify = async () => {
      const from = resumed?.source ?? source ?? DEFAULT_DATA;
      const config = resumed?.config ?? withAbsolutePaths(scratchConfig(overrides));
      return classifyFromScratch({
        source: from,
        config,
        settings: resumed ? readScratch(resumed.run.paths.scratch).settings : settings,
        prepared: await prepare(from, config, io, say),
        resumed,
        output: values.output,
        force: values.force,
        argv,
        io,
        say,
        progress: createProgress(io.err, { quiet: values.quiet, now: io.now }),
        warm: () => warm(config.train.seed),
      });
    };
    const outcome = finished ? readScratchOutcome(resumed.run, say) : await classify();
    const { summary, found, test, run } = outcome;
    writeResult(io, values, { ...summary, ...found }, () => {
      const evaluation = test ? `\n${evaluationFor(io.out, test)}` : '';
      return renderWarmUp(found, io.out.colors) + evaluation;
    });
    saySaved(run, say);
    return OK;
  },
});

/** Works while Ctrl-C is watched for; `work` is told to stop by the signal. */
async function whileWatching<T>(io: Io, work: (stop: AbortSignal) => Promise<T>): Promise<T> {
  const watch = watchInterrupt(() => io.err.write('Stopping; Ctrl-C again ends the program immediately.\n'));
  try {
    return await work(watch.signal);
  } finally {
    watch.release();
  }
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
  const resumed = await resumeRun({ source: named, config: undefined, overrides, output }, 'scratch');
  const { path, paths } = resumed.run;
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
