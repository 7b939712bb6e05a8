import * as z from 'zod';
import { readers } from './readers/index.ts';

const nullable = <T extends z.ZodType>(type: T, describe: string) =>
  type.nullable().default(null).describe(describe);

/** The `data` section of a config: how the documents are read and split. */
export const dataOptions = z.strictObject({
  text_col: nullable(
    z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
    'column or key of the texts; several, as in subject,body, are joined with a blank line; null detects it. In a table without header: 1, 2, ...',
  ),
  label_col: nullable(z.string().min(1), 'column or key of the labels; null detects it'),
  header: z
    .enum(['auto', 'yes', 'no'])
    .default('auto')
    .describe('whether the first line of a table names its columns; auto detects it'),
  encoding: z
    .string()
    .min(1)
    .default('auto')
    .describe(
      'encoding of the file: utf-8, utf-16le, utf-16be, windows-1252, latin1 or another name of the WHATWG Encoding Standard; auto is UTF-8, or UTF-16 where the first bytes say so',
    ),
  format: nullable(
    z.enum(readers.names as [string, ...string[]]),
    `format of the data; null detects it. ${readers.members.map((m) => `${m.type}: ${m.summary}`).join('; ')}`,
  ),
  label_map: nullable(
    z.union([z.record(z.string(), z.string().min(1)), z.string().min(1)]),
    'class name for each label, such as {0: Politics, 1: Sport}, or a YAML or JSON file with such a map; null keeps the labels',
  ),
  val: nullable(
    z.string().min(1),
    'file of the validation documents, read as the data is; null takes them from the data',
  ),
  test: nullable(z.string().min(1), 'file of the test documents, likewise'),
  skip_unseen: z
    .boolean()
    .default(false)
    .describe(
      'leave out documents of a class that the training data does not have, in files of validation or test documents and in evaluation; false refuses them',
    ),
  split: z
    .enum(['stratified', 'random'])
    .default('stratified')
    .describe('stratified: every part has the same proportions of the classes; random: regardless of them'),
  fractions: z
    .array(z.number().min(0).max(1))
    .length(3, 'must be three numbers: train, val, test')
    .refine((fractions) => Math.abs(fractions.reduce((sum, f) => sum + f, 0) - 1) < 1e-6, 'must add up to 1')
    .refine((fractions) => fractions[0] > 0, 'must have a training part above 0')
    .default([0.8, 0.1, 0.1])
    .describe('proportions of the training, validation and test part; they add up to 1'),
  split_ids: nullable(
    z.string().min(1),
    'JSON file with the row numbers of each part, {"train": [...], "val": [...], "test": [...]}, such as splits.json of a run; null draws the parts',
  ),
  allow_leakage: z
    .boolean()
    .default(false)
    .describe('let copies of a document stand on both sides of the split: test metrics become optimistic'),
  near_duplicates: z
    .number()
    .gt(0)
    .max(1)
    .default(0.9)
    .describe(
      'Jaccard similarity of word triples from which two documents count as copies; 1 for the same triples alone',
    ),
  seed: nullable(z.int().min(0).max(4294967295), 'seed of the split, in [0, 2^32); null takes train.seed'),
});

/** Complete data options. */
export type DataOptions = z.output<typeof dataOptions>;
