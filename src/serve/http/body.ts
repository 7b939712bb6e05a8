/** The body of a request: read up to a limit, as JSON. */
import type { Context } from 'hono';
import { HttpError } from './http-error.ts';

/**
 * Reads a JSON body.
 * @param limit Most bytes.
 * @throws HttpError 413 for a longer one, 415 for another type, 400 for invalid JSON
 */
export async function readJsonBody(c: Context, limit: number): Promise<unknown> {
  const type = c.req.header('content-type');
  if (type !== undefined && !/^application\/(?:[\w.-]+\+)?json(?:\s*;|\s*$)/i.test(type)) {
    throw new HttpError(
      415,
      '[Content-Type] the body must be application/json, but is of another type. Send JSON, with the header Content-Type: application/json.',
    );
  }
  if (c.req.header('content-encoding') !== undefined) {
    throw new HttpError(
      415,
      '[Content-Encoding] the body must be sent as it is, but is compressed. Leave the compression out.',
    );
  }
  const bytes = await readBody(c, limit);
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch (cause) {
    throw new HttpError(400, '[body] the body must be UTF-8, but is not. Encode it as UTF-8.', { cause });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    // the parser's message quotes the body, which must not be logged
    const problem = text.trim() === '' ? 'is empty' : 'cannot be parsed';
    throw new HttpError(
      400,
      `[body] the body must be JSON, but ${problem}. Check its quotes, commas and braces.`,
      {
        cause,
      },
    );
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** What to do about a body that is too large, where texts are sent. */
const FEWER_TEXTS = 'Send fewer texts at once, or start the server with a larger --max-body.';

/**
 * Reads the bytes of a body.
 * @param fix What to do about one that is too large.
 * @throws HttpError 413 where there are more than `limit`, 400 where the connection ends before the body
 */
export async function readBody(c: Context, limit: number, fix = FEWER_TEXTS): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await readAtMost(c, limit);
  } catch (cause) {
    const problem = '[body] the body must arrive whole, but the connection ended before. Send it again.';
    throw new HttpError(400, problem, { cause });
  }
  if (bytes) return bytes;
  const problem = `[body] the body must have at most ${limit} bytes, but has more. ${fix}`;
  throw new HttpError(413, problem, { headers: { Connection: 'close' } });
}

/** The bytes, or undefined where there are more than `limit`. */
async function readAtMost(c: Context, limit: number): Promise<Uint8Array | undefined> {
  const length = c.req.header('content-length');
  if (length !== undefined) {
    // Node's parser ensures that no more bytes arrive
    if (Number(length) > limit) return undefined;
    const bytes = new Uint8Array(await c.req.arrayBuffer());
    return bytes.length > limit ? undefined : bytes;
  }
  const { body } = c.req.raw;
  if (!body) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > limit) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}
