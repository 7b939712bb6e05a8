/** `unroll scratch`: the recurrent network from plain arrays, from its first equation to a measured classifier. */
import { ConfigError } from '../../core/errors.ts';
import { defaultSettings, type ScratchSettings } from '../../jobs/scratch/config.ts';
import { DEFAULT_DATA, scratch as trainFromScratch, warmUpAlone } from '../../jobs/scratch/scratch.ts';
import { taskNames } from '../../jobs/scratch/warm-up.ts';
import {
  columnOptions,
  commonOptions,
  dataArgument,
  defineCommand,
  resumeOptions,
  runFolderOption,
} from '../command.ts';
import { OK } from '../exit-codes.ts';
import { withJob } from '../listen.ts';
import { renderWarmUp } from '../render/warm-up.ts';
import { evaluationFor, saySaved, writeResult } from '../write-result.ts';

const options = {
  task: { value: 'NAME', description: `toy task of the warm-up: ${taskNames.join(', ')}`, default: 'sine' },
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
    description: 'learning rate; large, because --clip keeps every step small',
    default: '3',
  },
  clip: {
    value: 'SIZE',
    description: 'clip each component of the gradient to ± this',
    default: String(defaultSettings.clip),
    rare: true,
  },
  ask: {
    value: 'last|every',
    description: 'time steps at which the class is predicted during training: the last, or every',
    default: defaultSettings.ask,
    rare: true,
  },
  hidden: {
    value: 'H',
    config: 'model.hidden_size',
    description: 'size of the state h_t',
    default: '32',
  },
  'batch-size': {
    value: 'N',
    config: 'train.batch_size',
    description: 'texts per step',
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
    `Runs the network of src/scratch/rnn.ts, which uses no library and is meant to be read. It first learns a toy task, compares every ` +
    `gradient with numerical differences and shows how gradients vanish through time; then it learns to classify the texts of DATA (default: ${DEFAULT_DATA}) with plain ` +
    `SGD, and is measured and saved like any other model. ${dataArgument} Ctrl-C saves and stops; --resume continues.`,
  options,
  sections: ['data', 'text', 'train', 'evaluate'],
  examples: [
    { command: 'unroll scratch', does: 'everything, on the known data set spam' },
    { command: 'unroll scratch --warm-up --task echo', does: 'a toy task and the gradients, without texts' },
    { command: 'unroll scratch news.csv --hidden 64 --ask every', does: 'a table of your own' },
  ],
  async run(invocation) {
    const { positionals, values, overrides, io } = invocation;
    const { task, output, resume, force } = values;
    const settings = { ...readSettings(values), task, taskEpochs: readEpochs(values['task-epochs']) };
    return withJob(invocation, async (context, say) => {
      const { colors } = io.out;
      if (values['warm-up']) {
        const found = await warmUpAlone({ ...settings, overrides }, context);
        writeResult(io, values, found, () => renderWarmUp(found, colors));
        return OK;
      }
      const request = { source: positionals.at(0), ...settings, output, resume, force, overrides };
      const { summary, found, test, run } = await trainFromScratch(request, context);
      writeResult(io, values, { ...summary, ...found }, () => {
        const evaluation = test ? `\n${evaluationFor(io.out, test)}` : '';
        return renderWarmUp(found, colors) + evaluation;
      });
      saySaved(run, say);
      return OK;
    });
  },
});

/** Reads `--task-epochs`. @throws ConfigError */
function readEpochs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const epochs = Number(text);
  if (Number.isInteger(epochs) && epochs >= 1) return epochs;
  throw new ConfigError(
    `[command line] --task-epochs must be a whole number of at least 1, but got "${text}".`,
  );
}

/** Reads `--clip` and `--ask`. @throws ConfigError */
function readSettings({
  clip,
  ask,
}: {
  readonly clip: string | undefined;
  readonly ask: string | undefined;
}): Partial<ScratchSettings> {
  const size = clip === undefined ? undefined : Number(clip);
  if (size !== undefined && !(size > 0)) {
    throw new ConfigError(`[command line] --clip must be a number above 0, but got "${clip}".`);
  }
  if (ask !== undefined && ask !== 'last' && ask !== 'every') {
    throw new ConfigError(`[command line] --ask must be last or every, but got "${ask}".`);
  }
  return { ...(size !== undefined && { clip: size }), ...(ask !== undefined && { ask }) };
}
