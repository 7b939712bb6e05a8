/** All routes of a server, on the web platform's Request and Response, so that tests need no socket. */
import { Hono } from 'hono';
import { guard, type GuardOptions, HttpError, requireToken } from './http/index.ts';
import type { Metrics } from './metrics.ts';
import { type Log, observeRequests } from './observe.ts';
import { openApi } from './openapi.ts';
import { PAGE_SCRIPT, PAGE_STYLE, pageOf } from './page.ts';
import { addHuggingFace } from './protocols/hugging-face.ts';
import { addNative } from './protocols/native.ts';
import { addOpenInference } from './protocols/open-inference.ts';
import type { ServeEnv, Service } from './service.ts';

/** Options of {@link createApp}. */
export interface AppOptions extends GuardOptions {
  /** Answers with the models. */
  readonly service: Service;
  /** Counts what is asked and answered. */
  readonly metrics: Metrics;
  /** A clock in ms. */
  readonly now: () => number;
  /** Called with a log line per request. Default none. */
  readonly log?: Log | undefined;
  /** Bearer token that clients must send. Default none. */
  readonly token?: string | undefined;
}

/** Paths that need no token: health checks and the description of the API. */
const OPEN: ReadonlySet<string> = new Set([
  '/',
  '/page.css',
  '/page.js',
  '/openapi.json',
  '/v2/health/live',
  '/v2/health/ready',
]);

/** The app. */
export function createApp({ service, metrics, now, log, token, ...guards }: AppOptions): Hono<ServeEnv> {
  const app = new Hono<ServeEnv>();
  app.use(observeRequests(metrics, { now, log }));
  guard(app, guards);
  const open = (path: string, method: string) => method === 'GET' && OPEN.has(path);
  if (token !== undefined) app.use(requireToken(token, open));
  addNative(app, service);
  addHuggingFace(app, service);
  addOpenInference(app, service);
  app.get('/models', (c) => c.json({ models: describeModels(service) }));
  app.get('/metrics', (c) =>
    c.body(metrics.render(), 200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' }),
  );
  const description = openApi({ token: token !== undefined });
  app.get('/openapi.json', (c) => c.json(description));
  app.get('/', (c) => c.html(pageOf(description)));
  app.get('/page.css', (c) => c.body(PAGE_STYLE, 200, { 'Content-Type': 'text/css; charset=utf-8' }));
  app.get('/page.js', (c) => c.body(PAGE_SCRIPT, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }));
  refuseOtherMethods(app);
  return app;
}

/** Answers a request with another method: 405, with the allowed methods. */
function refuseOtherMethods(app: Hono<ServeEnv>): void {
  const routes = app.routes.filter(({ method, path }) => method !== 'ALL' && !path.includes('*'));
  for (const path of new Set(routes.map((route) => route.path))) {
    const methods = routes.filter((route) => route.path === path).map(({ method }) => method);
    const allowed = [...new Set(methods)].join(', ');
    app.all(path, (c) => {
      throw new HttpError(
        405,
        `[${c.req.path}] the method must be ${allowed}, but is ${c.req.method}. Send it with that method.`,
        {
          headers: { Allow: allowed },
        },
      );
    });
  }
}

/** The answer to `GET /models`. */
function describeModels({ catalog }: Service) {
  return catalog.all.map((served) => ({
    name: served.name,
    version: served.version,
    default: catalog.versions(served.name).at(-1) === served,
    type: served.loaded.type,
    labels: served.loaded.labelNames,
    reloads: served.reloads,
  }));
}
