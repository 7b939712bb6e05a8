/** `unroll predict`: labels and scores of new texts. */
import { readers } from '../../data/readers/index.ts';
import { streamRows } from '../../data/read.ts';
import type { Row } from '../../data/dataset.ts';
import { nearest } from '../../core/nearest.ts';
import { loadClassifier, type TextClassifier } from '../../run/index.ts';
import { UsageError } from '../args.ts';
import { commonOptions, defineCommand, readWorkers, workersOption } from '../command.ts';
import { OK } from '../exit-codes.ts';
import type { Output } from '../io.ts';
import { createSay } from '../load-data.ts';
import { createPredictionWriter, type OutputFormat, outputFormats } from '../predict-output.ts';

/** Texts predicted at once, and their characters; memory grows with these and the longest text, not with the input. */
const CHUNK = 1024;
const CHUNK_CHARACTERS = 4_000_000;

/** The predict command. */
export const predict = defineCommand({
  name: 'predict',
  summary: 'Label texts with a trained model.',
  usage: 'RUN [TEXT ... | --input FILE|-]',
  positionals: { min: 1, max: Infinity },
  details:
    'RUN is the folder of a run or of a model. Texts come from the command line, from a file (CSV, TSV, JSON lines, a folder, or one text a line) ' +
    'or from standard input (-), and are read one after the other, so that files may be larger than the memory; only a JSON array is read whole (write JSON lines instead). ' +
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
    scores: { value: 'all|N', description: 'also write the scores of all classes, or of the best N' },
    'text-col': { value: 'NAME', description: 'column or key of the text', default: 'detected' },
    'input-format': {
      value: [...readers.names].join('|'),
      description: 'format of the input',
      default: 'detected',
    },
    workers: workersOption,
    ...commonOptions,
    json: {
      description: 'the same as --format jsonl: one JSON object a line for each text, not one for all',
    },
  },
  sections: [],
  examples: [
    { command: 'unroll predict runs/spam-1 "You won a prize, call now"', does: 'one text' },
    {
      command: 'unroll predict runs/spam-1 --input new.csv --format csv --scores all',
      does: 'a file, all scores',
    },
    { command: 'cat mails.txt | unroll predict runs/spam-1 -', does: 'standard input, a text a line' },
  ],
  async run({ positionals, values, io }) {
    const [run, ...words] = positionals;
    const fromStdin = words.length === 1 && words[0] === '-';
    const source = values.input ?? (fromStdin ? '-' : undefined);
    if (source === undefined ? words.length === 0 : words.length > 0 && !fromStdin) {
      throw new UsageError(
        '[command line] unroll predict needs texts from one place: words after RUN, --input FILE, or - for standard input.',
      );
    }
    const format = readFormat(values.format ?? (values.json ? 'jsonl' : 'text'));
    const inputFormat = values['input-format'] ?? null;
    if (inputFormat !== null) readers.get(inputFormat);
    const top = readScores(values.scores);

    const classifier = await loadClassifier(run, { now: io.now, threads: readWorkers(values.workers) });
    try {
      const writer = createPredictionWriter(format, {
        labelNames: classifier.labelNames,
        top: Math.min(top, classifier.labelNames.length),
      });
      const say = createSay(io, values);
      const rows =
        source === undefined
          ? asRows(words)
          : streamRows(source, {
              stdin: io.in,
              text_col: values['text-col'] ?? null,
              format: inputFormat,
              onNotice: say,
            });
      io.out.write(writer.head);
      await writeAll(rows, classifier, (row) => writer.row(row), io.out);
    } finally {
      await classifier.close();
    }
    return OK;
  },
});

function readFormat(text: string): OutputFormat {
  const format = outputFormats.find((name) => name === text);
  if (format) return format;
  const guess = nearest(text, outputFormats);
  throw new UsageError(
    `[command line] --format must be one of ${outputFormats.join(', ')}, but got "${text}".${guess ? ` Did you mean "${guess}"?` : ''}`,
  );
}

function readScores(text: string | undefined): number {
  if (text === undefined) return 0;
  if (text === 'all') return Infinity;
  const top = Number(text);
  if (Number.isInteger(top) && top >= 1) return top;
  throw new UsageError(`[command line] --scores must be all or a whole number from 1, but got "${text}".`);
}

async function* asRows(texts: readonly string[]): AsyncGenerator<Row> {
  for (const [row, text] of texts.entries()) yield { text, label: undefined, row };
}

async function writeAll(
  rows: AsyncIterable<Row>,
  classifier: TextClassifier,
  render: (row: { row: number; text: string; scores: Float32Array | Float64Array }) => string,
  out: Output,
): Promise<void> {
  const classes = classifier.labelNames.length;
  let waiting: Row[] = [];
  let characters = 0;
  const flush = async () => {
    const probabilities = classifier.predictProba(waiting.map((row) => row.text));
    const lines = waiting.map(({ row, text }, n) =>
      render({ row, text, scores: probabilities.subarray(n * classes, (n + 1) * classes) }),
    );
    waiting = [];
    characters = 0;
    out.write(lines.join(''));
    await out.drained();
  };
  for await (const row of rows) {
    waiting.push(row);
    characters += row.text.length;
    if (waiting.length === CHUNK || characters >= CHUNK_CHARACTERS) await flush();
    if (out.closed) return;
  }
  if (waiting.length > 0) await flush();
}
