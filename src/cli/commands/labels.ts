/** `unroll labels`: which labels are probably wrong. */
import { notForFolds } from '../../jobs/cv/configurations.ts';
import { findWrongLabels } from '../../jobs/labels/labels.ts';
import { labelScores } from '../../evaluate/index.ts';
import { UsageError, wholeNumber } from '../args.ts';
import {
  columnOptions,
  commonOptions,
  dataArgument,
  defineCommand,
  foldOptions,
  modelOption,
  resumeOptions,
} from '../command.ts';
import { OK } from '../exit-codes.ts';
import { withJob } from '../listen.ts';
import { cvDisplay } from '../progress/cv.ts';
import { renderLabels } from '../render/labels.ts';
import { writeResult } from '../write-result.ts';

const options = {
  config: {
    value: 'FILE|PRESET',
    short: 'c',
    description: 'configuration of the classifier that judges: a file or a preset',
  },
  model: { ...modelOption, default: 'linear' },
  folds: foldOptions.folds,
  repeats: { value: 'R', description: 'repetitions, whose probabilities are averaged', default: '1' },
  workers: { ...foldOptions.workers, rare: true },
  score: {
    value: labelScores.join('|'),
    description:
      'rank by the probability of the given label, by how far it is below the largest other, by the area under the margin of the epochs in which a network learned it, or by the first and the third combined. Default: combined where a network judges, else self_confidence',
  },
  top: { value: 'N', description: 'documents to show; labels.csv has all', default: '20' },
  output: foldOptions.output,
  seed: { value: 'N', config: 'train.seed', description: 'seed of every random choice', rare: true },
  ...columnOptions,
  ...resumeOptions,
  ...commonOptions,
} as const;

/** The labels command. */
export const labels = defineCommand({
  name: 'labels',
  summary: 'Find labels that are probably wrong, and suggest corrections.',
  usage: 'DATA',
  positionals: { min: 1, max: 1 },
  details:
    `${dataArgument} A classifier is cross-validated; confident learning (Northcutt et al. 2021) then compares its out-of-fold probabilities with the labels. A network (--model bilstm) also judges by the area under the margin (Pleiss et al. 2020): what the other documents teach speaks against a wrong label until the network has learned it by heart. ` +
    'labels.csv ranks the documents whose label is not the predicted one, each with its nearest neighbour; corrections.csv lists row, old and new label of those ' +
    'that are probably wrong. Check it, delete the lines that you disagree with, and apply it with unroll train DATA --corrections FILE. Your data stays as it is, and labels of test documents are never corrected.',
  options,
  sections: ['data', 'text', 'model', 'train'],
  lacks: notForFolds,
  examples: [
    { command: 'unroll labels tickets.csv', does: 'the linear model judges, into runs/tickets-cv-1' },
    {
      command: 'unroll train tickets.csv --corrections runs/tickets-cv-1/corrections.csv',
      does: 'train with the corrected labels',
    },
    {
      command: 'unroll labels tickets.csv --model bilstm --top 50',
      does: 'a network judges, by its epochs too',
    },
  ],
  async run(invocation) {
    const { positionals, values, overrides, io } = invocation;
    const score = labelScores.find((name) => name === values.score);
    if (score === undefined && values.score !== undefined) {
      throw new UsageError(
        `[command line] --score must be one of ${labelScores.join(', ')}, but got "${values.score}".`,
      );
    }
    const top = wholeNumber('top', values.top) ?? 20;
    const request = {
      source: positionals[0],
      overrides,
      score,
      config: values.config,
      folds: wholeNumber('folds', values.folds),
      repeats: wholeNumber('repeats', values.repeats),
      workers: wholeNumber('workers', values.workers),
      output: values.output,
      resume: values.resume,
      force: values.force,
    };
    return withJob(
      invocation,
      async (context, say) => {
        const found = await findWrongLabels(request, context);
        writeResult(io, values, found, () => renderLabels(found, top, io.out));
        say(`${found.files.labels} has the list, ${found.files.corrections} the corrections`);
        return OK;
      },
      cvDisplay,
    );
  },
});
