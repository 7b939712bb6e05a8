/** The error of an HTTP request: a status, and a message that says what to do. */
import { UnrollError } from '../../core/errors.ts';

/** The statuses of refusals. */
export type ErrorStatus =
  400 | 401 | 403 | 404 | 405 | 408 | 413 | 415 | 421 | 422 | 429 | 500 | 501 | 503 | 504;

/** A request that cannot be answered as asked. Message grammar as in `src/core/errors.ts`. */
export class HttpError extends Error {
  /** The HTTP status. */
  readonly status: ErrorStatus;
  /** Headers that belong to it, such as `Retry-After`. */
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    status: ErrorStatus,
    message: string,
    options: ErrorOptions & { readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message, options);
    this.name = 'HttpError';
    this.status = status;
    this.headers = options.headers ?? {};
  }
}

/** The error as an {@link HttpError}: mistakes of the user keep their message; a bug only says that it is one. */
export function asHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof UnrollError && (error.kind === 'config' || error.kind === 'data'))
    return new HttpError(422, error.message, { cause: error });
  if (error instanceof UnrollError && error.kind === 'unsupported')
    return new HttpError(422, error.message, { cause: error });
  return new HttpError(
    500,
    '[server] the request must be answered, but a bug in Unroll prevents it. The log of the server has the details under the request id.',
    { cause: error },
  );
}

/** Milliseconds as a `Retry-After` header: whole seconds, at least 1. */
export function retryAfter(milliseconds: number): Readonly<Record<string, string>> {
  return { 'Retry-After': String(Math.max(1, Math.ceil(milliseconds / 1000))) };
}
