/** `unroll predict`: labels and scores of new texts. */
import { didYouMean, nearest } from '../../core/nearest.ts';
import { printableLines } from '../../core/printable.ts';
import { readers } from '../../data/readers/index.ts';
import {
  createPredictionWriter,
  type OutputFormat,
  outputFormats,
  type PredictionWriter,
} from '../../jobs/predict/output.ts';
import { predict as predictTexts } from '../../jobs/predict/predict.ts';
import { openResultFile, type ResultFile } from '../../jobs/predict/result-file.ts';
import { UsageError } from '../args.ts';
import { commonOptions, defineCommand, inputOptions, readThreads, threadsOption } from '../command.ts';
import { confidenceOptions, readConfidence } from '../confidence.ts';
import { OK } from '../exit-codes.ts';
import type { Output } from '../io.ts';
import { withJob } from '../listen.ts';

/** The predict command. */
export const predict = defineCommand({
  name: 'predict',
  summary: 'Label texts with a trained model.',
  usage: 'RUN [TEXT ... | --input FILE|-]',
  positionals: { min: 1, max: Infinity },
  details:
    'RUN is the folder of a run or of a model. Texts come from the command line, from a file (CSV, TSV, JSON lines, a folder, or one text per line) ' +
    'or from standard input (-). They are streamed, so files may be larger than memory; only a JSON array is read whole (write JSON lines instead). ' +
    'A text that begins with a dash goes after --.',
  options: {
    input: {
      value: 'FILE',
      short: 'i',
      description: 'read the texts from a file, or from standard input with -',
    },
    format: {
      value: outputFormats.join('|'),
      description: 'how predictions are written',
      default: 'text; jsonl with --json',
    },
    'escape-formulas': {
      description:
        'in CSV, put an apostrophe before values that a spreadsheet would run as formulas (=, +, -, @)',
      rare: true,
    },
    scores: { value: 'all|N', description: 'also write the scores of all classes, or of the best N' },
    ...inputOptions,
    header: { ...inputOptions.header, rare: true },
    encoding: { ...inputOptions.encoding, rare: true },
    'input-format': {
      value: [...readers.names].join('|'),
      description: 'format of the input',
      default: 'detected and reported',
      rare: true,
    },
    keep: {
      value: 'NAME',
      multiple: true,
      description: 'column or key to write beside each prediction, such as id; several: a,b',
    },
    ...confidenceOptions,
    attention: {
      description: 'with --json, the attention weight of each token; needs a model with attention pooling',
      rare: true,
    },
    output: {
      value: 'FILE',
      short: 'o',
      description: 'write the predictions to this file; compressed if its name ends in .gz',
    },
    threads: { ...threadsOption, rare: true },
    ...commonOptions,
    json: {
      description: 'the same as --format jsonl: one JSON object per line for each text, not one for all',
    },
  },
  sections: [],
  examples: [
    { command: 'unroll predict runs/spam-1 "You won a prize, call now"', does: 'one text' },
    {
      command: 'unroll predict runs/spam-1 --input new.csv --format csv --scores all',
      does: 'a file, all scores',
    },
    {
      command: 'unroll predict runs/spam-1 --input new.csv --precision 0.99 --format csv',
      does: 'label only where the precision is 99 %',
    },
    { command: 'cat mails.txt | unroll predict runs/spam-1 -', does: 'standard input, one text per line' },
  ],
  async run(invocation) {
    const { positionals, values, io } = invocation;
    const [model, ...words] = positionals;
    const fromStdin = words.length === 1 && words[0] === '-';
    const source = values.input ?? (fromStdin ? '-' : undefined);
    if (source === undefined ? words.length === 0 : words.length > 0 && !fromStdin) {
      throw new UsageError(
        `[command line] the texts must come from one source, but got ${source === undefined ? 'none' : 'several'}. Give texts after RUN, --input FILE, or - for standard input.`,
      );
    }
    const format = readFormat(values.format ?? (values.json ? 'jsonl' : 'text'));
    const top = readScores(values.scores);
    const threads = readThreads(values.threads);
    const confidence = readConfidence(values);
    const { keep, encoding, attention } = values;
    if (attention && format !== 'jsonl') {
      throw new UsageError(
        '[command line] --attention must be used with JSON lines, since other formats have no room for it. Add --json.',
      );
    }
    const header = readHeader(values.header);
    if (keep.length > 0 && source === undefined) {
      throw new UsageError(
        '[command line] --keep must be used with --input FILE: texts on the command line have no columns.',
      );
    }
    return withJob(invocation, async (context) => {
      const input = source ?? words;
      const request = {
        ...{ model, input, threads, keep, confidence, attention },
        ...{ textCol: values['text-col'], format: values['input-format'], header, encoding },
      };
      const predictions = await predictTexts(request, context);
      try {
        const { labelNames } = predictions;
        const target = values.output === undefined ? streamTo(io.out, format) : openResultFile(values.output);
        const options = {
          labelNames,
          top: Math.min(top, labelNames.length),
          sets: confidence.sets !== undefined,
          noneOfThese: predictions.noneOfThese,
          escapeFormulas: values['escape-formulas'],
        };
        try {
          // errors in the input show with its first texts: nothing is written before
          let writer: PredictionWriter | undefined;
          const begin = async () => {
            const begun = createPredictionWriter(format, { ...options, keep: predictions.kept });
            await target.write(begun.head);
            return begun;
          };
          for await (const rows of predictions) {
            const { row: line } = (writer ??= await begin());
            await target.write(rows.map(line).join(''));
            if (values.output === undefined && io.out.closed) break;
          }
          writer ??= await begin();
          await target.keep();
        } catch (error) {
          target.discard();
          throw error;
        }
      } finally {
        await predictions.close();
      }
      return OK;
    });
  },
});

/** Standard output as the place for results. */
function streamTo(out: Output, format: OutputFormat): ResultFile {
  return {
    async write(text) {
      // a text may contain what looks like one of our colour codes, which would be let through
      if (format === 'text') out.write(printableLines(text));
      else out.write(text, 'data');
      await out.drained();
    },
    keep: () => Promise.resolve(),
    discard: () => undefined,
  };
}

function readFormat(text: string): OutputFormat {
  const format = outputFormats.find((name) => name === text);
  if (format) return format;
  const guess = nearest(text, outputFormats);
  throw new UsageError(
    `[command line] --format must be one of ${outputFormats.join(', ')}, but got "${text}".${didYouMean(guess)}`,
  );
}

function readHeader(text: string | undefined): 'yes' | 'no' | undefined {
  if (text === undefined || text === 'yes' || text === 'no') return text;
  throw new UsageError(`[command line] --header must be yes or no, but got "${text}".`);
}

function readScores(text: string | undefined): number {
  if (text === undefined) return 0;
  if (text === 'all') return Infinity;
  const top = Number(text);
  if (Number.isInteger(top) && top >= 1) return top;
  throw new UsageError(`[command line] --scores must be all or a whole number from 1, but got "${text}".`);
}
