import * as z from 'zod';
import type { ReadAs } from './read-as.ts';

const column = z.object({ name: z.string(), position: z.int().min(0).nullable() });

/** Checks a {@link ReadAs} that was kept as JSON; keys that are missing become null or empty. */
export const readAsSchema = z.object({
  format: z.string().min(1),
  encoding: z.string().min(1).default('utf-8'),
  delimiter: z.string().length(1).nullable().default(null),
  quoting: z.enum(['double', 'backslash', 'none']).nullable().default(null),
  header: z.boolean().nullable().default(null),
  columns: z.array(z.string()).default([]),
  text: z.array(column).default([]),
  label: column.nullable().default(null),
}) satisfies z.ZodType<ReadAs>;
