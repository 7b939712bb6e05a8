/** `choice.json`: which model a run with `train.auto` has kept, and the numbers behind it. */
import * as z from 'zod';
import { contestants } from '../classifier/choose.ts';
import { readJson, writeJson } from './json-file.ts';

const FORMAT = { format: 'unroll.choice', version: 1 } as const;

const score = z.object({ accuracy: z.number(), log_loss: z.number() });

const schema = z.object({
  format: z.literal(FORMAT.format),
  version: z.literal(FORMAT.version),
  /** `model.type` of the network, as in `bilstm`. */
  network: z.string(),
  chosen: z.enum(contestants),
  /** Weight of the network in the model that is kept. */
  weight: z.number().min(0).max(1),
  /** Weight of the network in the average with the lowest log loss. */
  best_weight: z.number().min(0).max(1),
  /** Validation documents. */
  documents: z.int().min(0),
  /** Of the validation documents. */
  scores: z.record(z.enum(contestants), score).nullable(),
  /** By how much the log loss of the average is below that of the linear model. */
  gain: z.object({ mean: z.number(), standard_error: z.number().nullable() }).nullable(),
  /** Whether the network learns again from training and validation documents where it is kept. Older runs do not say. */
  refit: z.boolean().optional(),
});

/** Which model was kept, and why. */
export type ChoiceRecord = Omit<z.output<typeof schema>, 'format' | 'version'>;

/** Writes the choice. */
export function writeChoice(path: string, choice: ChoiceRecord): void {
  writeJson(path, { ...FORMAT, ...choice });
}

/** Reads the choice. Errors as `readJson`. */
export function readChoice(path: string): ChoiceRecord {
  const { format: _format, version: _version, ...choice } = readJson(path, schema, FORMAT);
  return choice;
}
