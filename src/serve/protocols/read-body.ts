/** Request bodies, checked against their schemas; errors name the place in the body. */
import type { Context } from 'hono';
import * as z from 'zod';
import { nearest } from '../../core/nearest.ts';
import { type ErrorStatus, HttpError, readJsonBody } from '../http/index.ts';
import type { Limits } from '../limits.ts';

/**
 * Reads a body.
 * @param status Status for a body that does not fit the schema. Default 422.
 * @throws HttpError
 */
export async function readBodyAs<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
  { maxBody }: Pick<Limits, 'maxBody'>,
  status: ErrorStatus = 422,
): Promise<z.output<Schema>> {
  const body = await readJsonBody(c, maxBody);
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  throw new HttpError(status, issueText(read.error.issues[0], body, schema));
}

/** The message: where, what must hold, what came instead. Values are not quoted, since messages end up in logs. */
function issueText(issue: z.core.$ZodIssue, body: unknown, schema: z.ZodType): string {
  const path = issue.path.map(String).join('.');
  const where = `[${path === '' ? 'body' : path}]`;
  if (issue.code === 'unrecognized_keys') {
    const known = keysOf(schema, issue.path);
    const guess = nearest(issue.keys[0], known);
    const fix = guess ? `Did you mean "${guess}"?` : `Known keys: ${known.join(', ')}.`;
    return `[${path === '' ? '' : `${path}.`}${printableKey(issue.keys[0])}] is not a known key. ${fix}`;
  }
  if (issue.code === 'invalid_union') {
    const deeper = issue.errors.flat().find((one) => one.path.length > 0 || one.code === 'unrecognized_keys');
    if (deeper) return issueText({ ...deeper, path: [...issue.path, ...deeper.path] }, body, schema);
  }
  return `${where} ${requirement(issue)}, but ${kindOf(valueAt(body, issue.path))}.`;
}

/** Keys are the client's input too. */
function printableKey(key: string): string {
  return key.slice(0, 40).replaceAll(/[^\w.-]/g, '?');
}

function keysOf(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let found: unknown = schema;
  for (const step of path) {
    const shape = inner(found);
    if (shape === undefined) return [];
    found = shape[String(step)];
  }
  return Object.keys(inner(found) ?? {});
}

function inner(schema: unknown): Record<string, unknown> | undefined {
  let own = schema;
  while (own instanceof z.ZodOptional || own instanceof z.ZodNullable) own = own.unwrap();
  if (own instanceof z.ZodUnion) own = own.options.find((one) => one instanceof z.ZodObject);
  return own instanceof z.ZodObject ? own.shape : undefined;
}

function requirement(issue: z.core.$ZodIssue): string {
  if (issue.message.startsWith('must ')) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${TYPES[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_union':
      return `must be ${issue.errors.map((errors) => requirement(errors[0]).replace(/^must be /, '')).join(', or ')}`;
    case 'too_small':
      return `must be at least ${issue.minimum}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    default:
      return 'must be valid';
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  array: 'a list',
  object: 'an object',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
};

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined,
    body,
  );
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'is missing';
  if (value === null) return 'is null';
  if (Array.isArray(value)) return `is a list of ${value.length}`;
  if (typeof value === 'number' || typeof value === 'boolean') return `is ${value}`;
  return typeof value === 'string' ? 'is another text' : 'is an object';
}

/**
 * Checks the texts of a request.
 * @param where What they are called in the body.
 * @throws HttpError 422 where there are none, too many, or too long ones
 */
export function checkTexts(
  texts: readonly string[],
  where: string,
  { maxTexts, maxCharacters }: Pick<Limits, 'maxTexts' | 'maxCharacters'>,
): void {
  if (texts.length === 0) throw new HttpError(422, `[${where}] must have one text at least, but has none.`);
  if (texts.length > maxTexts) {
    throw new HttpError(
      422,
      `[${where}] must have at most ${maxTexts} texts, but has ${texts.length}. Send them in several requests, or start the server with a larger --max-texts.`,
    );
  }
  const long = texts.findIndex((text) => text.length > maxCharacters);
  if (long < 0) return;
  throw new HttpError(
    422,
    `[${where}${texts.length > 1 ? `.${long}` : ''}] a text must have at most ${maxCharacters} characters, but has ${texts[long].length}. Cut it, or start the server with a larger --max-characters.`,
  );
}
