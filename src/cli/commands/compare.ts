/** `unroll compare`: runs side by side, and whether one is better than another. */
import { compareRuns } from '../../report/compare.ts';
import { comparisonBlocks } from '../../report/compare-tables.ts';
import { markdownBlock } from '../../report/markdown.ts';
import { readRuns } from '../../report/run-facts.ts';
import { renderComparison } from '../../report/text/comparison.ts';
import { writeFileAtomic } from '../../run/index.ts';
import { UsageError } from '../args.ts';
import { commonOptions, defineCommand } from '../command.ts';
import { OK } from '../exit-codes.ts';
import { createSay } from '../say.ts';

const formats = ['text', 'md'];

/** The compare command. */
export const compare = defineCommand({
  name: 'compare',
  summary: 'Compare runs side by side, and test whether one is better than another.',
  usage: 'RUN ...',
  positionals: { min: 1, max: 100 },
  details:
    'Reads the run folders only; a folder of runs means all runs in it. Runs that differ only in the seed are one setting: mean and standard deviation, ' +
    "and a t-test between settings that accounts for seeds and documents. Settings of one run each are compared by McNemar's test and a paired bootstrap. " +
    "Tests use the test documents that all runs share, p-values are corrected by Holm's method, and the verdict is better, worse, or not distinguishable.",
  options: {
    format: { value: 'text|md', description: 'text for the terminal, or Markdown', default: 'text' },
    output: { value: 'FILE', short: 'o', description: 'write to this file instead of standard output' },
    samples: { value: 'N', description: 'resamples of the paired bootstrap, 0 to 100,000', default: '2000' },
    confidence: {
      value: 'C',
      description: 'confidence of the intervals, in (0, 1); verdicts need p below 1 - C',
      default: '0.95',
    },
    seed: { value: 'N', description: 'seed of the resamples', default: '0' },
    ...commonOptions,
  },
  sections: [],
  examples: [
    {
      command: 'unroll compare runs/rnn runs/bilstm',
      does: 'two runs: which is better, and is the difference significant?',
    },
    {
      command: 'unroll compare runs --format md -o comparison.md',
      does: 'all runs of a folder, as Markdown',
    },
  ],
  run({ positionals, values, io }) {
    const format = values.format ?? 'text';
    if (!formats.includes(format)) {
      throw new UsageError(
        `[command line] --format must be one of ${formats.join(', ')}, but got "${format}".`,
      );
    }
    const options = {
      bootstrap_samples: numberOption('samples', values.samples, 2000, {
        fits: (n) => Number.isInteger(n) && n >= 0 && n <= 1e5,
        must: 'a whole number from 0 to 100000',
      }),
      confidence: numberOption('confidence', values.confidence, 0.95, {
        fits: (c) => c > 0 && c < 1,
        must: 'above 0 and below 1',
      }),
      seed: numberOption('seed', values.seed, 0, {
        fits: (n) => Number.isInteger(n) && n >= 0 && n < 2 ** 32,
        must: 'a whole number from 0 to 4294967295',
      }),
    };
    const facts = readRuns(positionals);
    if (facts.length < 2) {
      throw new UsageError(
        `[command line] unroll compare needs two runs or more, but got ${facts.length}. Name another run, or a folder of runs.`,
      );
    }
    const comparison = compareRuns(facts, options);
    const say = createSay(io, values);
    const text = values.json
      ? `${JSON.stringify(comparison)}\n`
      : format === 'md'
        ? `${comparisonBlocks(comparison)
            .map((block) => markdownBlock(block))
            .join('\n\n')}\n`
        : renderComparison(comparison, { width: io.out.columns, bold: io.out.colors.bold });
    if (values.output === undefined) io.out.write(text);
    else {
      writeFileAtomic(values.output, text);
      say(`written to ${values.output}`);
    }
    return Promise.resolve(OK);
  },
});

function numberOption(
  name: string,
  text: string | undefined,
  fallback: number,
  { fits, must }: { readonly fits: (value: number) => boolean; readonly must: string },
): number {
  if (text === undefined) return fallback;
  const value = text.trim() === '' ? NaN : Number(text);
  if (fits(value)) return value;
  throw new UsageError(`[command line] --${name} must be ${must}, but got "${text}".`);
}
