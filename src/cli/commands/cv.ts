/** `unroll cv`: cross-validation of one configuration, or of several on the same folds. */
import { notForFolds } from '../../jobs/cv/configurations.ts';
import { crossValidate } from '../../jobs/cv/cv.ts';
import { wholeNumber } from '../args.ts';
import {
  columnOptions,
  commonOptions,
  dataArgument,
  defineCommand,
  foldOptions,
  modelOption,
  partOptions,
  resumeOptions,
  vectorsOption,
} from '../command.ts';
import { OK } from '../exit-codes.ts';
import { withJob } from '../listen.ts';
import { cvDisplay } from '../progress/cv.ts';
import { renderCv } from '../render/cv.ts';
import { writeResult } from '../write-result.ts';

const options = {
  config: {
    value: 'FILE|PRESET',
    short: 'c',
    multiple: true,
    description: 'configuration: a file or a preset; several are compared on the same folds',
  },
  folds: foldOptions.folds,
  repeats: { value: 'R', description: 'repetitions, each with new folds', default: '1' },
  seeds: { value: 'S', description: 'seeds on each fold: train.seed and those after it', default: '1' },
  workers: foldOptions.workers,
  output: foldOptions.output,
  model: { ...modelOption, default: 'auto; bilstm where other settings of a network are given' },
  vectors: vectorsOption,
  seed: { value: 'N', config: 'train.seed', description: 'seed of every random choice', rare: true },
  ...columnOptions,
  'skip-unseen': partOptions['skip-unseen'],
  'allow-leakage': {
    config: 'data.allow_leakage',
    description: 'allow duplicates of a document in different folds',
    rare: true,
  },
  ...resumeOptions,
  ...commonOptions,
} as const;

/** The cv command. */
export const cv = defineCommand({
  name: 'cv',
  summary: 'Cross-validate a classifier, or compare several on the same folds.',
  usage: 'DATA',
  positionals: { min: 1, max: 1 },
  details:
    `${dataArgument} The documents are divided into stratified folds, with duplicates in one fold. For each fold a classifier is trained on the other ` +
    'folds, a part of which validates for early stopping, and tested on it. The folder then holds mean, standard deviation and interval of every ' +
    'metric (cv.json, summary.md), the out-of-fold predictions (oof.csv), a line for each training (trainings.csv) and figures. Several configurations ' +
    "are compared by the corrected resampled t-test (Nadeau and Bengio) with Holm's correction. Ctrl-C keeps what is done; --resume continues.",
  options,
  sections: ['data', 'text', 'model', 'train', 'evaluate'],
  lacks: notForFolds,
  examples: [
    { command: 'unroll cv tickets.csv', does: 'five folds, into runs/tickets-cv-1' },
    {
      command: 'unroll cv tickets.csv --folds 10 --repeats 3 --seeds 2',
      does: 'for few documents: 60 trainings, a narrower interval',
    },
    {
      command: 'unroll cv tickets.csv -c quickstart -c mine.yaml',
      does: 'two configurations on the same folds: which is better?',
    },
    { command: 'unroll cv tickets.csv --resume', does: 'resume after Ctrl-C or a crash' },
  ],
  async run(invocation) {
    const { positionals, values, overrides, io } = invocation;
    const request = {
      source: positionals[0],
      configs: values.config,
      overrides,
      folds: wholeNumber('folds', values.folds),
      repeats: wholeNumber('repeats', values.repeats),
      seeds: wholeNumber('seeds', values.seeds),
      workers: wholeNumber('workers', values.workers),
      output: values.output,
      resume: values.resume,
      force: values.force,
    };
    return withJob(
      invocation,
      async (context, say) => {
        const { folder, results } = await crossValidate(request, context);
        writeResult(io, values, { folder, ...results }, () => renderCv(results, io.out));
        say(`saved in ${folder}`);
        return OK;
      },
      cvDisplay,
    );
  },
});
