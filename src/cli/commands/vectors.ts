/** `unroll vectors`: learns word vectors from your own texts. */
import { learnWordVectors } from '../../jobs/vectors.ts';
import { learningMethods } from '../../vectors/for-texts.ts';
import { UsageError } from '../args.ts';
import { columnOptions, commonOptions, dataArgument, defineCommand } from '../command.ts';
import { OK } from '../exit-codes.ts';
import { withJob } from '../listen.ts';
import { writeResult } from '../write-result.ts';

/** @throws UsageError where it is none, or not from 1 to `most` */
function wholeNumber(option: string, given: string | undefined, most: number): number | undefined {
  if (given === undefined) return undefined;
  const number = Number(given);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw new UsageError(
    `[command line] ${option} must be a whole number from 1 to ${most}, but got "${given}".`,
  );
}

/** The vectors command. */
export const vectors = defineCommand({
  name: 'vectors',
  summary: 'Learn word vectors from your own texts, for train --vectors.',
  usage: '[DATA]',
  positionals: { min: 0, max: 1 },
  details:
    `${dataArgument} Only the training part is read; the split is that of a training with the same settings. Texts without labels go with --also, ` +
    'beside DATA or alone. The vectors are written as text, ' +
    'as word2vec and fastText write them; train --vectors FILE reads them.',
  options: {
    output: { value: 'FILE', short: 'o', description: 'the file to write, such as own.vec' },
    also: { value: 'FILE', description: 'texts without labels, all of which are read' },
    method: {
      value: 'NAME',
      description:
        'learn: co-occurrence, for few documents; skipgram: skip-gram with parts of words, for many',
      default: 'learn',
    },
    epochs: { value: 'N', description: 'passes over the texts of skipgram (default: by their number)' },
    threads: {
      value: 'N',
      config: 'train.threads',
      description: 'threads of skipgram; they do not change the vectors',
    },
    dim: { value: 'N', description: 'numbers in a vector', default: '128' },
    config: { value: 'FILE|PRESET', short: 'c', description: 'configuration: a file or a preset' },
    seed: { value: 'N', config: 'train.seed', description: 'seed of the split' },
    ...columnOptions,
    ...commonOptions,
  },
  sections: ['data', 'text'],
  examples: [
    { command: 'unroll vectors tickets.csv -o own.vec', does: 'from the training part of a table' },
    {
      command: 'unroll vectors tickets.csv --also mails.txt -o own.vec',
      does: 'and from texts without labels, one a line',
    },
    { command: 'unroll vectors --also mails.txt -o own.vec', does: 'from texts without labels alone' },
    { command: 'unroll vectors tickets.csv -o own.vec --dim 64', does: 'shorter ones' },
    { command: 'unroll vectors tickets.csv -o own.vec --method skipgram', does: 'by skip-gram' },
  ],
  async run(invocation) {
    const { positionals, values, overrides, io } = invocation;
    const { output, also, config } = values;
    if (output === undefined) {
      throw new UsageError('[command line] unroll vectors needs -o FILE, but got none. Name the file to write, such as -o own.vec.'); // prettier-ignore
    }
    const dim = wholeNumber('--dim', values.dim, 1024);
    const epochs = wholeNumber('--epochs', values.epochs, 1000);
    const method = learningMethods.find((name) => name === values.method);
    if (values.method !== undefined && !method) {
      throw new UsageError(
        `[command line] --method must be ${learningMethods.join(' or ')}, but got "${values.method}".`,
      );
    }
    return withJob(invocation, async (context) => {
      const found = await learnWordVectors(
        { source: positionals[0], also, output, dim, method, epochs, config, overrides },
        context,
      );
      writeResult(io, values, found, () => '');
      return OK;
    });
  },
});
