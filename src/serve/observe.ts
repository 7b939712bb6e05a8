/** Metrics and log lines of requests. Neither contains texts or tokens. */
import type { MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { Metrics } from './metrics.ts';
import type { ServeEnv } from './service.ts';

/** A line of the log, for JSON. */
export interface LogRecord {
  /** When it was written, ISO 8601 in UTC. */
  readonly time: string;
  /** Severity. */
  readonly level: 'info' | 'warn' | 'error';
  /** Name of the event, such as `request` or `reloaded`. */
  readonly event: string;
  readonly [key: string]: unknown;
}

/** Writes a line; the time is added. */
export type Log = (record: Omit<LogRecord, 'time'>) => void;

/** Upper bounds of the buckets of latency, in seconds. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Counts and logs every request, including refused ones; must be the first middleware. */
export function observeRequests(
  metrics: Metrics,
  { now, log }: { readonly now: () => number; readonly log: Log | undefined },
): MiddlewareHandler<ServeEnv> {
  const requests = metrics.counter('unroll_http_requests_total', 'Requests that were answered.');
  const errors = metrics.counter(
    'unroll_http_errors_total',
    'Requests that were refused (4xx) or failed (5xx).',
  );
  const latency = metrics.histogram(
    'unroll_http_request_duration_seconds',
    'Time from a request to its answer.',
    SECONDS,
  );
  const texts = metrics.counter('unroll_texts_total', 'Texts that were predicted.');
  let running = 0;
  metrics.gauge('unroll_http_requests_in_flight', 'Requests that are being answered.', () => running);
  return async (c, next) => {
    const began = now();
    running++;
    try {
      await next();
    } finally {
      running--;
    }
    const seconds = (now() - began) / 1000;
    const { status } = c.res;
    const { method, path } = c.req;
    const route = matchedRoutes(c).findLast((one) => !one.path.includes('*'))?.path ?? 'none';
    requests.add({ method, route, status: String(status) });
    if (status >= 400) errors.add({ route, status: String(status) });
    latency.observe({ route }, seconds);
    const { served } = c.var;
    const about = served && { model: served.name, version: served.version };
    if (about && status < 400) texts.add(about, c.var.texts ?? 0);
    log?.({
      ...{ level: status >= 500 ? 'error' : 'info', event: 'request', request_id: c.var.requestId },
      ...{ method, path, status, ms: Math.round(seconds * 1e6) / 1e3 },
      ...about,
      ...(c.var.texts !== undefined && { texts: c.var.texts }),
    });
  };
}
