/** `unroll explain`: how much the words of a text support a class. */
import { explainBaselines, explainMethods } from '../../explain/index.ts';
import type { Sources } from '../../figures/index.ts';
import { type DrawExplanationOptions, explainedFacts, explanationWriter } from '../../jobs/explain/draw.ts';
import {
  explainClasses,
  explainDeletion,
  type ExplainedText,
  type ExplainRequest,
  explainTexts,
  explainThroughTime,
  explainUnit,
} from '../../jobs/explain/explain.ts';
import { UsageError, wholeNumber } from '../args.ts';
import { commonOptions, defineCommand, inputOptions } from '../command.ts';
import { OK } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { fontOption } from '../font-option.ts';
import { withJob } from '../listen.ts';
import { renderClassWords, renderDeletion, renderExplanation } from '../render/explanation.ts';
import { renderThroughTime, renderUnit } from '../render/states.ts';
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
  gates: {
    value: 'UNIT|auto',
    description:
      'gates, cell and hidden state of one unit of an LSTM, GRU or RNN over the first text, from 1; auto: the unit that bears most on the class',
  },
  layer: { value: 'N', description: 'with --gates: the layer, from 1', default: 'the top one', rare: true },
  reverse: { description: 'with --gates: the direction that reads from the end', rare: true },
  gradient: {
    description:
      'how much of the gradient at the end of a text arrives at its beginning, in the trained network',
  },
  output: {
    value: 'FILE',
    short: 'o',
    description: 'draw it: .svg, .png, .pdf, or a page .html; or its table: .csv, .json',
  },
  theme: { value: 'light|dark', description: 'of the drawing', default: 'light', rare: true },
  width: {
    value: 'N',
    description: 'of the drawing, in CSS pixels, 280 to 1600',
    default: '640',
    rare: true,
  },
  font: { ...fontOption, rare: true },
  top: { value: 'N', description: 'words of each class', default: '10', rare: true },
  limit: {
    value: 'N',
    description:
      'explain at most N texts: the first of TEXT or FILE, or test documents from all over the test part',
    default: 'all of TEXT and FILE; 100 test documents of the run, 5 to be shown, 20 for --gradient',
  },
  seed: { value: 'N', description: 'seed of the random tokens of --deletion', default: '0', rare: true },
  'text-col': inputOptions['text-col'],
  ...commonOptions,
  json: {
    description:
      'one JSON object per line for each text; with --classes, --deletion, --gates or --gradient one in all',
  },
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
    { command: 'unroll explain runs/spam-1 "You won a prize" -o won.svg', does: 'a figure' },
    {
      command: 'unroll explain runs/lstm "You won a prize" --gates auto',
      does: 'what one unit of the network does, token by token',
    },
  ],
  async run(invocation) {
    const { positionals, values, io } = invocation;
    const kind = kindOf(values);
    const [model, ...words] = positionals;
    const input = inputOf(words, values.input);
    const one = kind === 'texts' ? 5 : kind === 'gates' ? 1 : kind === 'gradient' ? 20 : 100;
    const progress = progressOn(io);
    const request: ExplainRequest = {
      ...{ model, input, textCol: values['text-col'] },
      ...(values.label !== undefined && { label: values.label }),
      method: readChoice('method', values.method ?? 'auto', explainMethods),
      baseline: readChoice('baseline', values.baseline ?? 'pad', explainBaselines),
      maxGap: readGap(values['max-gap']),
      most: fromOne('limit', values.limit) ?? (input === undefined ? one : undefined),
      ...(!values.quiet && { progress: progress.tell }),
    };
    const [top, seed] = [fromOne('top', values.top), wholeNumber('seed', values.seed)];
    const place = {
      unit: unitOf(values.gates),
      layer: fromOne('layer', values.layer),
      reverse: values.reverse,
    };
    const writer =
      values.output === undefined ? undefined : await explanationWriter(values.output, readDrawing(values));
    const work = withJob(invocation, async (context, say) => {
      const write = async (sources: Sources) => {
        const notice = await writer?.({ model, sources });
        if (notice !== undefined) say(notice);
      };
      const show = async <T>(found: T, sources: Sources, render: () => string) => {
        progress.clear();
        await write(sources);
        writeResult(io, values, found, render);
      };
      switch (kind) {
        case 'classes': {
          const found = await explainClasses({ ...request, words: top }, context);
          await show(found, { class_words: found }, () => renderClassWords(found, io.out));
          break;
        }
        case 'deletion': {
          const found = await explainDeletion({ ...request, seed }, context);
          await show(found, { deletion: found }, () => renderDeletion(found, io.out));
          break;
        }
        case 'gates': {
          const found = await explainUnit({ ...request, ...place }, context);
          await show(found, { gates: found }, () => renderUnit(found, io.out));
          break;
        }
        case 'gradient': {
          const found = await explainThroughTime(request, context);
          await show(found, { through_time: found }, () => renderThroughTime(found, io.out));
          break;
        }
        case 'texts': {
          const kept: ExplainedText[] = [];
          const each = (text: ExplainedText) => {
            progress.clear();
            // a drawing shows them together
            if (writer) kept.push(text);
            if (values.json) io.out.write(`${JSON.stringify(text)}\n`, 'data');
            else io.out.write(`${renderExplanation(text, io.out)}\n`);
          };
          await explainTexts({ ...request, each }, context);
          await write({ explained: explainedFacts(kept) });
          break;
        }
        default:
          kind satisfies never;
      }
      if (values.output !== undefined) say(`written to ${values.output}`);
      return OK;
    });
    return work.finally(progress.clear);
  },
});

const KINDS = ['classes', 'deletion', 'gates', 'gradient'] as const;

/** The kind of explanation that is requested; at most one. */
function kindOf(values: {
  readonly classes: boolean;
  readonly deletion: boolean;
  readonly gates: string | undefined;
  readonly gradient: boolean;
  readonly layer: string | undefined;
  readonly reverse: boolean;
}): (typeof KINDS)[number] | 'texts' {
  const asked = KINDS.filter((kind) => values[kind] !== undefined && values[kind] !== false);
  if (asked.length > 1) {
    throw new UsageError(
      `[command line] one of ${KINDS.map((kind) => `--${kind}`).join(', ')} must be given, but got ${asked.map((kind) => `--${kind}`).join(' and ')}.`,
    );
  }
  const [kind = 'texts'] = asked;
  if (kind !== 'gates' && (values.layer !== undefined || values.reverse))
    throw new UsageError('[command line] --layer and --reverse must be used with --gates UNIT.');
  return kind;
}

/** The texts from the command line, or their source. */
function inputOf(words: readonly string[], input: string | undefined): ExplainRequest['input'] {
  if (input !== undefined && words.length > 0) {
    throw new UsageError(
      '[command line] the texts must come from one source, but got words after RUN and --input FILE. Leave one out.',
    );
  }
  if (words.length === 1 && words[0] === '-') return '-';
  return input ?? (words.length > 0 ? words : undefined);
}

function readDrawing({
  theme,
  width,
  font,
}: {
  readonly theme: string | undefined;
  readonly width: string | undefined;
  readonly font: string | undefined;
}): DrawExplanationOptions {
  const pixels = Number(width ?? '640');
  if (!(pixels >= 280 && pixels <= 1600))
    throw new UsageError(`[command line] --width must be a number from 280 to 1600, but got "${width}".`);
  return { theme: readChoice('theme', theme ?? 'light', ['light', 'dark']), width: pixels, font };
}

interface Progress {
  readonly tell: NonNullable<ExplainRequest['progress']>;
  /** Removes the line. */
  clear(): void;
}

/** A progress line that is rewritten, only on a terminal. */
function progressOn({ err }: Io): Progress {
  let shown = false;
  const clear = () => {
    if (shown) err.write('\r\u001b[K');
    shown = false;
  };
  const tell: Progress['tell'] = (what, done, of) => {
    if (!err.terminal) return;
    shown = true;
    err.write(
      `\r${err.colors.dim(Number.isFinite(of) ? `${what}: ${done} of ${of}` : `${what}: ${done}`)}\u001b[K`,
    );
  };
  return { tell, clear };
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

/** The unit of --gates; undefined for that which bears most on the class. */
function unitOf(text = 'auto'): number | undefined {
  if (text === 'auto') return undefined;
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new UsageError(`[command line] --gates must be a whole number from 1, or auto, but got "${text}".`);
}

function readGap(text: string | undefined): number {
  const gap = Number(text ?? '0.01');
  if (gap > 0 && gap < 1) return gap;
  throw new UsageError(
    `[command line] --max-gap must be a number between 0 and 1, such as 0.01, but got "${text}".`,
  );
}
