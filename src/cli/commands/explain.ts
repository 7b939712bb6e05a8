/** `unroll explain`: what the words of a text say for a class. */
import { explainBaselines, explainMethods } from '../../explain/index.ts';
import {
  explainClasses,
  explainDeletion,
  type ExplainRequest,
  explainTexts,
} from '../../jobs/explain/explain.ts';
import { UsageError, wholeNumber } from '../args.ts';
import { commonOptions, defineCommand, inputOptions } from '../command.ts';
import { OK } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { withJob } from '../listen.ts';
import { renderClassWords, renderDeletion, renderExplanation } from '../render-explanation.ts';
import { writeResult } from '../write-result.ts';

const options = {
  input: {
    value: 'FILE',
    short: 'i',
    description: 'read the texts from a file, or from standard input with -',
  },
  label: { value: 'CLASS', description: 'the class to explain', default: 'the predicted one' },
  method: {
    value: explainMethods.join('|'),
    description:
      'method; auto: the weights of the linear model, integrated gradients for networks and ensembles',
    default: 'auto',
  },
  baseline: {
    value: explainBaselines.join('|'),
    description: 'baseline of integrated gradients: zero vectors, or the vector of <UNK>',
    default: 'pad',
    rare: true,
  },
  'max-gap': {
    value: 'P',
    description: 'largest completeness gap of integrated gradients that is accepted, as a proportion',
    default: '0.01',
    rare: true,
  },
  classes: { description: 'list the words that most support each class, over all texts' },
  deletion: {
    description:
      'how fast the probability falls as the most attributed tokens are left out, compared with random ones',
  },
  top: { value: 'N', description: 'words of each class', default: '10', rare: true },
  limit: {
    value: 'N',
    description: 'explain only the first N texts',
    default: 'all of TEXT and FILE; 100 test documents of the run, 5 to be shown',
  },
  seed: { value: 'N', description: 'seed of the random tokens of --deletion', default: '0', rare: true },
  'text-col': inputOptions['text-col'],
  ...commonOptions,
  json: { description: 'one JSON object per line for each text; with --classes or --deletion one in all' },
} as const;

/** The explain command. */
export const explain = defineCommand({
  name: 'explain',
  summary: 'Show which words of a text support a class.',
  usage: 'RUN [TEXT ... | --input FILE|-]',
  positionals: { min: 1, max: Infinity },
  details:
    'RUN is the folder of a run or of a model. Without TEXT and --input, the test documents of the run are explained. ' +
    'A weight above 0 supports the class, one below 0 counts against it. A text that begins with a dash goes after --.',
  options,
  sections: [],
  examples: [
    { command: 'unroll explain runs/spam-1 "You won a prize, call now"', does: 'one text' },
    {
      command: 'unroll explain runs/spam-1 --classes',
      does: 'the words of each class, by the test documents',
    },
    { command: 'unroll explain runs/spam-1 --deletion', does: 'a check that the weights are meaningful' },
  ],
  async run(invocation) {
    const { positionals, values, io } = invocation;
    if (values.classes && values.deletion)
      throw new UsageError('[command line] either --classes or --deletion must be given, but got both.');
    const [model, ...words] = positionals;
    const fromStdin = words.length === 1 && words[0] === '-';
    const source = values.input ?? (fromStdin ? '-' : undefined);
    if (values.input !== undefined && words.length > 0) {
      throw new UsageError(
        '[command line] unroll explain needs texts from one source: words after RUN, or --input FILE.',
      );
    }
    const input = source ?? (words.length > 0 ? words : undefined);
    const together = values.classes || values.deletion;
    const request: ExplainRequest = {
      ...{ model, input, textCol: values['text-col'] },
      ...(values.label !== undefined && { label: values.label }),
      method: readChoice('method', values.method ?? 'auto', explainMethods),
      baseline: readChoice('baseline', values.baseline ?? 'pad', explainBaselines),
      maxGap: readGap(values['max-gap']),
      most: fromOne('limit', values.limit) ?? (input === undefined ? (together ? 100 : 5) : undefined),
      ...(!values.quiet && { progress: progressOn(io) }),
    };
    return withJob(invocation, async (context) => {
      if (values.classes) {
        const found = await explainClasses({ ...request, words: fromOne('top', values.top) }, context);
        writeResult(io, values, found, () => renderClassWords(found, io.out));
      } else if (values.deletion) {
        const found = await explainDeletion({ ...request, seed: wholeNumber('seed', values.seed) }, context);
        writeResult(io, values, found, () => renderDeletion(found, io.out));
      } else {
        const { texts } = await explainTexts(request, context);
        const shown = texts.map((one) =>
          values.json ? `${JSON.stringify(one)}\n` : `${renderExplanation(one, io.out)}\n`,
        );
        io.out.write(shown.join(''), ...(values.json ? (['data'] as const) : []));
      }
      return OK;
    });
  },
});

/** A line that is written over, on a terminal alone. */
function progressOn({ err }: Io): NonNullable<ExplainRequest['progress']> {
  return (what, done, of) => {
    if (!err.terminal) return;
    err.write(
      `\r${err.colors.dim(Number.isFinite(of) ? `${what}: ${done} of ${of}` : `${what}: ${done}`)}\u001b[K`,
    );
    if (done + 1 >= of) err.write('\r\u001b[K');
  };
}

function readChoice<T extends string>(option: string, text: string, known: readonly T[]): T {
  const found = known.find((name) => name === text);
  if (found !== undefined) return found;
  throw new UsageError(`[command line] --${option} must be one of ${known.join(', ')}, but got "${text}".`);
}

function fromOne(option: string, text: string | undefined): number | undefined {
  const number = wholeNumber(option, text);
  if (number === undefined || number >= 1) return number;
  throw new UsageError(`[command line] --${option} must be a whole number from 1, but got "${text}".`);
}

function readGap(text: string | undefined): number {
  const gap = Number(text ?? '0.01');
  if (gap > 0 && gap < 1) return gap;
  throw new UsageError(
    `[command line] --max-gap must be a number between 0 and 1, such as 0.01, but got "${text}".`,
  );
}
