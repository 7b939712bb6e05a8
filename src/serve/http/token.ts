/** Authentication by bearer token. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import type { HttpEnv } from './guards.ts';
import { HttpError } from './http-error.ts';

/**
 * Answers only requests with `Authorization: Bearer TOKEN`.
 * @param open Whether a path and method need no token, such as a health check.
 */
export function requireToken(
  token: string,
  open: (path: string, method: string) => boolean = () => false,
): MiddlewareHandler<HttpEnv> {
  // compares digests, whose equal length makes the comparison take constant time
  const expected = digest(token);
  return async (c, next) => {
    if (!open(c.req.path, c.req.method)) {
      const given = /^Bearer +(\S+)\s*$/i.exec(c.req.header('authorization') ?? '')?.[1];
      if (given === undefined || !timingSafeEqual(digest(given), expected)) {
        const problem = given === undefined ? 'there is none' : 'the token is wrong';
        throw new HttpError(
          401,
          `[Authorization] the header must be "Bearer TOKEN" with the token of this server, but ${problem}.`,
          { headers: { 'WWW-Authenticate': 'Bearer' } },
        );
      }
    }
    await next();
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
