/** Schemas of what the pages send. */
import * as z from 'zod';
import { exportTargetNames } from '../export/index.ts';
import { HttpError } from '../serve/http/index.ts';

const path = z.string().min(1).max(1000);
const row = z.int().min(0);
const label = z.string().min(1).max(1000);
const overrides = z
  .array(z.strictObject({ key: z.string().max(200), text: z.string().max(10_000) }))
  .max(200);
const settings = { source: path, config: z.string().max(100).optional(), overrides: overrides.default([]) };

/** Bodies of requests by their routes. */
export const bodies = {
  task: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('train'), ...settings }),
    z.strictObject({ kind: z.literal('search'), ...settings }),
    z.strictObject({ kind: z.literal('resume'), run: path }),
    z.strictObject({ kind: z.literal('again'), run: path, corrections: path }),
    z.strictObject({
      ...{ kind: z.literal('export'), run: path, target: z.enum(exportTargetNames) },
      int8: z.boolean().default(false),
    }),
    z.strictObject({ kind: z.literal('audit'), source: path, overrides: overrides.default([]) }),
    z.strictObject({ kind: z.literal('labels'), source: path, overrides: overrides.default([]) }),
  ]),
  correct: z.strictObject({ path, row, label, overrides: overrides.default([]) }),
  try: z.strictObject({
    run: path,
    text: z.string().max(100_000),
    label: label.optional(),
    first: z.boolean().default(false),
  }),
  label: z.strictObject({ path, run: path, row, label, overrides: overrides.default([]) }),
  join: z.strictObject({ path, run: path, name: z.string().max(200) }),
};

const setting = z.string().min(1).max(1000).optional();
/** How a file of texts is read. */
const reading = {
  'data.text_col': setting,
  'data.format': setting,
  'data.encoding': setting,
  'data.header': setting,
};

/** The settings of a query as a task takes them. */
export function overridesOf(query: Readonly<Record<string, unknown>>): { key: string; text: string }[] {
  return Object.entries(query).flatMap(([key, text]) =>
    key.startsWith('data.') ? [{ key, text: String(text) }] : [],
  );
}

/** Queries of pages. */
export const queries = {
  look: z.object({
    theme: z.enum(['light', 'dark']).default('light'),
    width: z.coerce.number().int().min(280).max(1600).default(640),
  }),
  documents: z.object({
    path,
    label: label.optional(),
    words: z.string().max(1000).optional(),
    corrected: z.enum(['yes', 'no']).default('no'),
    rows: z
      .string()
      .regex(/^\d+(,\d+)*$/)
      .max(20_000)
      .optional(),
    from: z.coerce.number().int().min(0).default(0),
    ...reading,
    'data.label_col': setting,
  }),
  texts: z.object({ path, run: path, ...reading }),
  cell: z.object({ path, label, predicted: label }),
};

/** The validated request. @throws HttpError 422 that names what is wrong */
export function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [{ path: where, message }] = parsed.error.issues;
  throw new HttpError(
    422,
    `[request] ${where.join('.') || 'it'} cannot be used: ${message}. Reload the page.`,
  );
}
