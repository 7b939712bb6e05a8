/** `unroll export`: a trained model as files for other programs. */
import { exportModel, type ExportedModel, MAX_DROP } from '../../jobs/export/export.ts';
import { exportTargetNames, exportTargets } from '../../export/targets/index.ts';
import { count } from '../../core/words.ts';
import { UsageError, wholeNumber } from '../args.ts';
import { commonOptions, defineCommand } from '../command.ts';
import { OK } from '../exit-codes.ts';
import { withJob } from '../listen.ts';
import { writeResult } from '../write-result.ts';

const options = {
  to: { value: exportTargetNames.join('|'), description: 'target, see above' },
  output: {
    value: 'PATH',
    short: 'o',
    formerly: 'out',
    description: 'file or folder to write',
    default: 'named after the run, in this folder',
  },
  int8: { description: 'weights in 8 bits: a quarter of the size; html always has them' },
  'max-drop': {
    value: 'POINTS',
    description: 'refuse 8 bits if the accuracy drops by more than this many points',
    default: String(MAX_DROP),
  },
  'embedding-bits': {
    value: 'N',
    description: 'bits per number of the word vectors with --int8, 3 to 8; fewer compress better',
    default: '8; for html what keeps the page below 2 MB',
    rare: true,
  },
  member: { value: 'N', description: 'one model of an ensemble, counted from 1', default: 'all', rare: true },
  force: { description: 'replace existing files' },
  ...commonOptions,
} as const;

/** The export command. */
export const exporting = defineCommand({
  name: 'export',
  summary: 'Export a trained model to ONNX Runtime, Python or a web page.',
  usage: 'RUN [DATA]',
  positionals: { min: 1, max: 2 },
  details:
    `RUN is the folder of a run, or of a model. ${exportTargets.map(({ type, summary }) => `${type}: ${summary}`).join('. ')}. ` +
    'The result is compared with the model on validation documents before it is written. With --int8, size and accuracy before and after are printed; DATA are labelled documents to measure on, by default the test documents of the run.',
  options,
  sections: [],
  examples: [
    { command: 'unroll export runs/spam-1 --to onnx', does: 'into spam-1-onnx' },
    {
      command: 'unroll export runs/spam-1 --to html',
      does: 'one page that classifies, offline: spam-1.html',
    },
    { command: 'unroll export runs/spam-1 --to python --int8 -o small', does: 'weights in 8 bits' },
  ],
  async run(invocation) {
    const { positionals, values, io } = invocation;
    const { to, output, int8, force } = values;
    if (to === undefined) {
      throw new UsageError(`[command line] unroll export needs --to, one of ${exportTargetNames.join(', ')}, but got none.`); // prettier-ignore
    }
    const request = {
      model: positionals[0],
      source: positionals.at(1),
      target: to,
      output,
      force,
      ...(int8 && { int8 }),
      maxDrop: pointsOf(values['max-drop']),
      embeddingBits: bitsOf(values['embedding-bits'], int8 || to === 'html'),
      member: wholeNumber('member', values.member),
    };
    return withJob(invocation, async (context) => {
      const result = await exportModel(request, context);
      writeResult(io, values, result, () => render(result));
      return OK;
    });
  },
});

/** What was written, and how it was checked. */
function render({ target, output, bytes, check, int8 }: ExportedModel): string {
  const lines = [`${output}: ${target}, ${sizeWords(bytes)}`];
  if (int8) {
    const { before, after, what, documents, embeddingBits } = int8;
    const percent = (accuracy: number) => `${(100 * accuracy).toFixed(2)} %`;
    lines.push(
      `8 bits${embeddingBits < 8 ? ` (word vectors ${embeddingBits})` : ''}, ${documents} ${what}:`,
      `  weights   ${sizeWords(before.bytes)} before, ${sizeWords(after.bytes)} after (${Math.round((100 * after.bytes) / before.bytes)} %)`,
      `  accuracy  ${percent(before.accuracy)} before, ${percent(after.accuracy)} after`,
    );
  }
  if (check) {
    const difference = check.largest === 0 ? 'equal' : `equal within ${check.largest.toExponential(1)}`;
    lines.push(`read back: the probabilities of ${count(check.texts, 'text')} are ${difference}`);
  }
  return `${lines.join('\n')}\n`;
}

/** `1.75 MB`, `12 kB` */
function sizeWords(bytes: number): string {
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(2)} MB` : `${Math.max(1, Math.round(bytes / 1e3))} kB`;
}

function pointsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const points = Number(text);
  if (text.trim() !== '' && points >= 0 && points <= 100) return points;
  throw new UsageError(
    `[command line] --max-drop must be points of accuracy from 0 to 100, but got "${text}".`,
  );
}

function bitsOf(text: string | undefined, used: boolean): number | undefined {
  const bits = wholeNumber('embedding-bits', text);
  if (bits === undefined) return undefined;
  if (!used)
    throw new UsageError('[command line] --embedding-bits needs --int8, but it is not given. Add it.');
  if (bits >= 3 && bits <= 8) return bits;
  throw new UsageError(`[command line] --embedding-bits must be from 3 to 8, but got ${bits}.`);
}
