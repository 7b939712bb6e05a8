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

/**
 * Reads the bytes of a body.
 * @throws HttpError 413 where there are more than `limit`
 */
export async function readBody(c: Context, limit: number): Promise<Uint8Array> {
  const length = c.req.header('content-length');
  if (length !== undefined) {
    // Node's parser ensures that no more bytes arrive
    if (Number(length) > limit) throw tooLarge(limit);
    const bytes = new Uint8Array(await c.req.arrayBuffer());
    if (bytes.length > limit) throw tooLarge(limit);
    return bytes;
  }
  const { body } = c.req.raw;
  if (!body) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > limit) throw tooLarge(limit);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function tooLarge(limit: number): HttpError {
  return new HttpError(
    413,
    `[body] the body must have at most ${limit} bytes, but has more. Send fewer texts at once, or start the server with a larger --max-body.`,
    { headers: { Connection: 'close' } },
  );
}
