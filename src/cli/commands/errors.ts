/** `unroll errors`: the documents that a model gets wrong, or is least certain of. */
import { findErrors } from '../../jobs/errors/errors.ts';
import { errorsWriter } from '../../jobs/errors/errors-file.ts';
import { UsageError, wholeNumber } from '../args.ts';
import { columnOptions, commonOptions, defineCommand, skipUnseenOption } from '../command.ts';
import { OK } from '../exit-codes.ts';
import { withJob } from '../listen.ts';
import { renderErrors } from '../render/errors.ts';
import { writeResult } from '../write-result.ts';

/** The errors command. */
export const errors = defineCommand({
  name: 'errors',
  summary: 'List the documents that a model gets wrong, and those it is least certain of.',
  usage: 'RUN [DATA]',
  positionals: { min: 1, max: 2 },
  details:
    "Without DATA, the run's own test documents are classified again. Each document comes with its text, both classes and the most similar training document. " +
    'The misclassified ones come first, the most certain at the top; then the least certain of the others.',
  options: {
    actual: { value: 'CLASS', description: 'only documents of this class' },
    predicted: { value: 'CLASS', description: 'only documents that are predicted to be of this class' },
    uncertain: {
      value: 'N',
      description: 'correct documents to list, the least certain first',
      default: '20',
    },
    top: { value: 'N', description: 'documents to show in the terminal', default: '20' },
    output: {
      value: 'FILE',
      short: 'o',
      description: 'write all of them to a page or a table: .html, .csv or .json',
    },
    'skip-unseen': { ...skipUnseenOption, rare: true },
    ...columnOptions,
    ...commonOptions,
  },
  sections: ['data'],
  examples: [
    { command: 'unroll errors runs/spam-1', does: 'a table in the terminal' },
    { command: 'unroll errors runs/spam-1 --actual ham --predicted spam', does: 'one kind of error' },
    { command: 'unroll errors runs/spam-1 -o errors.html', does: 'a page to read' },
  ],
  async run(invocation) {
    const { positionals, values, overrides, io } = invocation;
    const [model, source] = positionals as readonly [string, string?];
    const numbers = { uncertain: fromZero('uncertain', values.uncertain), top: fromZero('top', values.top) };
    const write = values.output === undefined ? undefined : errorsWriter(values.output);
    const { actual, predicted } = values;
    return withJob(invocation, async (context, say) => {
      const request = { model, source, overrides, actual, predicted, uncertain: numbers.uncertain };
      const found = await findErrors(request, context);
      write?.(found);
      writeResult(io, values, found, () => renderErrors(found, numbers.top ?? 20, io.out, values.output));
      if (values.output !== undefined) say(`written to ${values.output}`);
      return OK;
    });
  },
});

function fromZero(option: string, text: string | undefined): number | undefined {
  const number = wholeNumber(option, text);
  if (number === undefined || number >= 0) return number;
  throw new UsageError(`[command line] --${option} must be a whole number from 0, but got "${text}".`);
}
