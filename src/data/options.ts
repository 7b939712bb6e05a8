import * as z from 'zod';
import { readers } from './readers/index.ts';
import { splitOptions } from './split-options.ts';

const nullable = <T extends z.ZodType>(type: T, describe: string) =>
  type.nullable().default(null).describe(describe);

const { split, fractions, ...others } = splitOptions.shape;

/** The `data` section of a config: how the documents are read and split. */
export const dataOptions = z.strictObject({
  text_col: nullable(
    z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
    'column or key of the texts; several, as in subject,body, are joined with a blank line; null: detected. In a table without header: 1, 2, ...',
  ),
  label_col: nullable(
    z.string().min(1),
    'column or key of the labels; null: detected. A pattern such as prob_*: one column for each class, with its probability (soft labels)',
  ),
  header: z
    .enum(['auto', 'yes', 'no'])
    .default('auto')
    .describe('whether the first line of a table names its columns; auto: detected'),
  encoding: z
    .string()
    .min(1)
    .default('auto')
    .describe(
      'encoding of the file: utf-8, utf-16le, utf-16be, windows-1252, latin1 or another name of the WHATWG Encoding Standard; auto is UTF-8, or UTF-16 where the first bytes say so',
    ),
  format: nullable(
    z.enum(readers.names as [string, ...string[]]),
    `format of the data; null: detected. ${readers.members.map((m) => `${m.type}: ${m.summary}`).join('; ')}`,
  ),
  label_map: nullable(
    z.union([z.record(z.string(), z.string().min(1)), z.string().min(1)]),
    'class name for each label, such as {0: Politics, 1: Sport}, or a YAML or JSON file with such a map; "DESC:*": DESC names all labels that begin so, "*": "*" keeps all others as they are; null: the labels as they are',
  ),
  min_class_size: z
    .int()
    .min(1)
    .default(1)
    .describe('leave out the classes that have fewer documents than this, before the split'),
  val: nullable(
    z.string().min(1),
    'file of the validation documents, read as the data is; null: taken from the data',
  ),
  test: nullable(z.string().min(1), 'file of the test documents, read in the same way'),
  skip_unseen: z
    .boolean()
    .default(false)
    .describe(
      'leave out documents of classes that are not in the training data, in files of validation or test documents and in evaluation; false refuses them',
    ),
  split,
  fractions,
  split_ids: nullable(
    z.string().min(1),
    'JSON file with the row numbers of each part, {"train": [...], "val": [...], "test": [...]}, such as splits.json of a run; null: the split is drawn at random',
  ),
  corrections: nullable(
    z.string().min(1),
    'CSV file of label corrections (row,old,new), as unroll labels writes it; applied to training and validation documents, never to test documents',
  ),
  ...others,
});

/** Complete data options. */
export type DataOptions = z.output<typeof dataOptions>;
