/** Middleware for every route: request ids, checks of host and origin, security headers, errors as JSON. */
import { randomUUID } from 'node:crypto';
import type { Context, ErrorHandler, Hono, MiddlewareHandler } from 'hono';
import { answersTo, isSameOrigin } from './hosts.ts';
import { asHttpError, HttpError, retryAfter } from './http-error.ts';

/** What the guards add to a request's context. */
export interface HttpVariables {
  /** The client's `X-Request-Id` if it is safe to log, else a new one; part of every response. */
  requestId: string;
}

/** The environment of an app that uses the guards. */
export interface HttpEnv {
  Variables: HttpVariables;
}

/** Who may call. */
export interface GuardOptions {
  /** The address that the server listens on. */
  readonly host: string;
  /**
   * Additional host names that it answers to. Default none: on a loopback address those of this machine, elsewhere
   * any. Messages name the options --allow-host and --cors only where their lists are given.
   */
  readonly allowHosts?: readonly string[];
  /** Origins of pages that may call it, such as `https://example.com`; `*` for all. Default none but its own. */
  readonly cors?: readonly string[];
  /** Called for bugs, with what was thrown and the request's id. */
  readonly onBug?: (error: unknown, requestId: string) => void;
  /** Whether the server is about to stop: new requests are refused. Default never. */
  readonly draining?: () => boolean;
  /** The message of an error as it is answered. Default as it is. */
  readonly wording?: (message: string) => string;
}

/** Adds the guards; they apply to all routes that are added afterwards. */
export function guard(app: Hono<HttpEnv>, options: GuardOptions): void {
  app.use(requestIds);
  app.use(securityHeaders);
  app.use(hostCheck(options));
  app.use(originCheck(options));
  app.use(refuseWhile(options.draining ?? (() => false)));
  app.onError(errorsAsJson(options));
  app.notFound((c) =>
    answerError(
      c,
      new HttpError(404, `[${c.req.path}] there must be such a page, but there is none. GET / lists them.`),
    ),
  );
}

/** A request id that is safe in a header and a log line. */
const PLAIN_ID = /^[\w.:-]{1,128}$/;

const requestIds: MiddlewareHandler<HttpEnv> = async (c, next) => {
  const given = c.req.header('x-request-id');
  const id = given !== undefined && PLAIN_ID.test(given) ? given : randomUUID();
  c.set('requestId', id);
  await next();
  c.header('X-Request-Id', id);
};

/** What a page may load, unless a route says otherwise: its own files, and nothing inline. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const securityHeaders: MiddlewareHandler<HttpEnv> = async (c, next) => {
  await next();
  c.header('X-Content-Type-Options', 'nosniff');
  if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store');
  if (c.res.headers.get('Content-Type')?.startsWith('text/html') !== true) return;
  c.header('Referrer-Policy', 'no-referrer');
  if (!c.res.headers.has('Content-Security-Policy')) c.header('Content-Security-Policy', POLICY);
};

function hostCheck({ host, allowHosts }: GuardOptions): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const header = c.req.header('host') ?? new URL(c.req.url).host;
    if (!answersTo(header, host, allowHosts)) {
      throw new HttpError(
        421,
        `[Host] the header must name this server, but names another. Call it by its address${allowHosts ? ', or start it with --allow-host NAME' : ''}.`,
      );
    }
    await next();
  };
}

/** Cached for a short time only: a restart may change what is allowed. */
const PREFLIGHT_SECONDS = '600';

function originCheck({ cors }: GuardOptions): MiddlewareHandler<HttpEnv> {
  const any = cors?.includes('*') === true;
  return async (c, next) => {
    const origin = c.req.header('origin');
    if (origin === undefined || isSameOrigin(origin, c.req.header('host'))) return next();
    if (!any && cors?.includes(origin) !== true) {
      throw new HttpError(
        403,
        `[Origin] the page must be on this server, but is on another.${cors ? ' Start the server with --cors ORIGIN to allow it.' : ''}`,
      );
    }
    const headers = {
      'Access-Control-Allow-Origin': any ? '*' : origin,
      'Access-Control-Expose-Headers': 'X-Request-Id, Retry-After',
      Vary: 'Origin',
    };
    if (c.req.method === 'OPTIONS' && c.req.header('access-control-request-method') !== undefined) {
      return c.body(null, 204, {
        ...headers,
        'Access-Control-Allow-Methods': 'GET, POST',
        'Access-Control-Allow-Headers': 'Authorization, Content-Type, X-Request-Id',
        'Access-Control-Max-Age': PREFLIGHT_SECONDS,
      });
    }
    await next();
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
  };
}

function refuseWhile(draining: () => boolean): MiddlewareHandler<HttpEnv> {
  return async (_, next) => {
    if (draining()) {
      throw new HttpError(
        503,
        '[server] the server is about to stop. Send the request again, to another one.',
        {
          headers: retryAfter(1000),
        },
      );
    }
    await next();
  };
}

function errorsAsJson({ onBug, wording }: GuardOptions): ErrorHandler<HttpEnv> {
  return (thrown, c) => {
    const error = asHttpError(thrown);
    if (error.status === 500) onBug?.(error.cause ?? error, c.get('requestId'));
    const { status, message, headers } = error;
    return answerError(c, wording ? new HttpError(status, wording(message), { headers }) : error);
  };
}

/** An error as an answer: `{ error, request_id }`, the shape of Hugging Face's and of the Open Inference Protocol's. */
export function answerError(c: Context<HttpEnv>, { status, message, headers }: HttpError): Response {
  return c.json({ error: message, request_id: c.get('requestId') }, status, { ...headers });
}
