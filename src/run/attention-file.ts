/** `attention.json`: the attention weights of a few test documents, for a model with attention pooling. */
import * as z from 'zod';
import { readJson, writeJson } from './json-file.ts';

const FORMAT = { format: 'unroll.attention', version: 1 } as const;

const documents = z.array(
  z.object({
    /** Row of the document in the data. */
    row_id: z.number(),
    label: z.string(),
    predicted: z.string(),
    /** The tokens that the model reads. */
    tokens: z.array(z.string()),
    /** Of each head the weights of the tokens. */
    heads: z.array(z.array(z.number())),
  }),
);

/** Documents with the weights of their tokens. */
export type AttendedDocuments = z.output<typeof documents>;

const schema = z.object({
  format: z.literal(FORMAT.format),
  version: z.literal(FORMAT.version),
  documents,
});

/** Writes the weights, with as many digits as float32 has. */
export function writeAttention(path: string, attended: AttendedDocuments): void {
  const rounded = attended.map((one) => ({
    ...one,
    heads: one.heads.map((weights) => weights.map((weight) => Number(weight.toPrecision(6)))),
  }));
  writeJson(path, { ...FORMAT, documents: rounded });
}

/** Reads the weights. Errors as `readJson`. */
export function readAttention(path: string): AttendedDocuments {
  return readJson(path, schema, FORMAT).documents;
}
