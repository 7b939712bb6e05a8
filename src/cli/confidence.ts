/** Options of abstention and prediction sets, for every command that predicts. */
import { setMethods } from '../evaluate/index.ts';
import type { ConfidenceRequest } from '../jobs/index.ts';
import { UsageError } from './args.ts';
import type { OptionSpec } from './command.ts';

/** The options. */
export const confidenceOptions = {
  precision: {
    value: 'P',
    description: 'label only as many texts as reach this precision on the validation documents, such as 0.99',
  },
  'abstain-below': {
    value: 'P',
    description: 'label only texts with at least this score',
    rare: true,
  },
  sets: {
    value: 'P',
    description: 'also write a set of classes that holds the true one at least this often: 0.9',
  },
  'set-method': {
    value: setMethods.join('|'),
    description:
      'how sets are chosen: lac: the smallest sets; aps: larger sets for harder texts, which hold the true class more often than asked for',
    default: 'lac',
    rare: true,
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** The values of the options. @throws UsageError */
export function readConfidence(values: {
  readonly precision?: string | undefined;
  readonly 'abstain-below'?: string | undefined;
  readonly sets?: string | undefined;
  readonly 'set-method'?: string | undefined;
}): ConfidenceRequest {
  const precision = readProportion('--precision', values.precision);
  const abstainBelow = readProportion('--abstain-below', values['abstain-below']);
  const coverage = readProportion('--sets', values.sets);
  const name = values['set-method'];
  if (precision !== undefined && abstainBelow !== undefined) {
    throw new UsageError(
      '[command line] either --precision or --abstain-below must be given, but got both. Leave one out.',
    );
  }
  if (name !== undefined && coverage === undefined)
    throw new UsageError(
      '[command line] --set-method must be used with --sets. Add --sets 0.9, for example.',
    );
  const method = name === undefined ? 'lac' : setMethods.find((one) => one === name);
  if (!method) {
    throw new UsageError(
      `[command line] --set-method must be one of ${setMethods.join(', ')}, but got "${name}".`,
    );
  }
  return { precision, abstainBelow, ...(coverage !== undefined && { sets: { coverage, method } }) };
}

function readProportion(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim() === '' ? NaN : Number(text);
  if (value > 0 && value < 1) return value;
  throw new UsageError(
    `[command line] ${option} must be a number between 0 and 1, both excluded, such as 0.95, but got "${text}".`,
  );
}
