/** The routes of the studio: its pages, and the API that they use. */
import { timingSafeEqual } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import type * as z from 'zod';
import { UnrollError } from '../core/errors.ts';
import { presets } from '../config/index.ts';
import { explain, explainInTurns } from '../explain/index.ts';
import { networkOptionsOf } from '../models/family.ts';
import { compareRuns, readRuns } from '../report/index.ts';
import { trainingCommand, writeFileAtomic } from '../run/index.ts';
import { guard, HttpError, type HttpEnv, readBody, readJsonBody } from '../serve/http/index.ts';
import { asSettings } from './as-settings.ts';
import { correctionsFile } from './corrections-beside.ts';
import type { Classifiers } from './classifiers.ts';
import { exportRequest, exportRoutes } from './exports.ts';
import { correctRow, type DocumentStore, listDocuments } from './documents.ts';
import { drawFigures, sourcesOfRun } from './figures.ts';
import { ENDINGS, isDataName, listWorkspace } from './listing.ts';
import type { Live } from './live.ts';
import { joinLabels, labellingQueue, labelText } from './new-labels.ts';
import type { PageFile } from './pages.ts';
import { bodies, checked, overridesOf, queries } from './requests.ts';
import { datasetOfRun, documentsOfCell, metricsOf, openRun, viewRun } from './runs.ts';
import { settingsForm } from './settings-form.ts';
import { viewStudy } from './studies.ts';
import { checkOverrides, type TaskRequest } from './task-requests.ts';
import type { Tasks } from './tasks.ts';
import type { Workspace } from './workspace.ts';

/** What the routes need. */
export interface Studio {
  readonly workspace: Workspace;
  readonly tasks: Tasks;
  readonly live: Live;
  readonly documents: DocumentStore;
  readonly classifiers: Classifiers;
  readonly pages: ReadonlyMap<string, PageFile>;
  /** A secret that only our own pages know, required for every request that changes something. */
  readonly token: string;
}

/** Most bytes of an uploaded file. */
export const MOST_UPLOADED = 64 * 2 ** 20;
/** What to do about a larger one. */
const LARGER = 'Copy the file into the folder of the studio.';
/** Most bytes of any other body. */
const MOST_BODY = 2 ** 20;
/** Gradients of the first look at a text that is being typed, and at a text so long that these take too much time. */
const FIRST_STEPS = 5;
const FIRST_STEPS_LONG = 2;
/** Characters from which on a text is long. */
const LONG = 500;
/** Folders in which tasks write. */
const WRITTEN = ['runs', 'exports'];
/** Texts to label that are shown at once. */
const TO_LABEL = 20;

/** Extra permissions of the page that trains: WebAssembly and workers. */
const TEACH_POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/** The application. @param host The address that it will listen on. */
export function studioApp(studio: Studio, host: string): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  guard(app, { host, wording: (message) => asSettings(studio.workspace.told(message)) });
  app.use('/api/*', tokenCheck(studio.token));
  lookRoutes(app, studio);
  dataRoutes(app, studio);
  doRoutes(app, studio);
  exportRoutes(app, studio);
  pageRoutes(app, studio);
  return app;
}

/** Only our page has the token: a form or script of another site cannot send it, even if it can send a request. */
function tokenCheck(token: string): MiddlewareHandler<HttpEnv> {
  const expected = Buffer.from(token);
  return async (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
    const given = Buffer.from(c.req.header('x-unroll-token') ?? '');
    if (given.length === expected.length && timingSafeEqual(given, expected)) return next();
    throw new HttpError(403, '[X-Unroll-Token] the request must come from the page of this studio, but does not. Reload the page.'); // prettier-ignore
  };
}

/** A handler that answers errors in the user's data with their message. */
function api(handler: (c: Context<HttpEnv>) => unknown): (c: Context<HttpEnv>) => Promise<Response> {
  return async (c) => {
    try {
      const answer = await handler(c);
      return answer instanceof Response ? answer : c.json(answer ?? null);
    } catch (error) {
      if (!(error instanceof UnrollError)) throw error;
      throw new HttpError(422, error.message, { cause: error });
    }
  };
}

function query(c: Context, name: string): string {
  const value = c.req.query(name);
  if (value === undefined) throw new HttpError(422, `[request] ${name} must be given. Reload the page.`);
  return value;
}

async function body<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  return checked(schema, await readJsonBody(c, MOST_BODY));
}

function lookRoutes(app: Hono<HttpEnv>, { workspace, live }: Studio): void {
  app.get(
    '/api/overview',
    api(() => listWorkspace(workspace)),
  );
  app.get('/api/events', (c) => live.stream(c, c.req.query('run')));
  app.get(
    '/api/run',
    api((c) => viewRun(query(c, 'path'), workspace)),
  );
  app.get(
    '/api/run/metrics',
    api((c) => metricsOf(query(c, 'path'), workspace)),
  );
  app.get(
    '/api/run/figures',
    api((c) => {
      const folder = workspace.folder(query(c, 'path'));
      return drawFigures(
        sourcesOfRun(folder),
        checked(queries.look, c.req.query()),
        c.req.query('only')?.split(','),
      );
    }),
  );
  app.get('/api/run/documents', api((c) => {
    const { path, ...cell } = checked(queries.cell, c.req.query());
    return documentsOfCell(path, cell, workspace);
  })); // prettier-ignore
  app.get(
    '/api/study',
    api((c) =>
      viewStudy(query(c, 'path'), query(c, 'name'), checked(queries.look, c.req.query()), workspace),
    ),
  );
  app.get(
    '/api/compare',
    api((c) => {
      const paths = c.req.queries('run') ?? [];
      if (paths.length < 2 || paths.length > 20)
        throw new HttpError(
          422,
          `[compare] 2 to 20 runs must be chosen, but ${paths.length} are. Choose others.`,
        );
      return compareRuns(readRuns(paths.map((path) => workspace.folder(path))));
    }),
  );
}

function dataRoutes(app: Hono<HttpEnv>, { workspace, documents, classifiers }: Studio): void {
  app.get(
    '/api/data',
    api(async (c) => {
      const { path, rows, corrected, ...rest } = checked(queries.documents, c.req.query());
      const file = workspace.inside(path);
      const asked = { ...rest, corrected: corrected === 'yes', rows: rows?.split(',').map(Number) };
      return listDocuments(await documents.read(file, overridesOf(rest)), file, asked);
    }),
  );
  app.post(
    '/api/data/correct',
    api(async (c) => {
      const { path, row, label, overrides } = await body(c, bodies.correct);
      checkOverrides(overrides, (other) => void workspace.inside(other));
      const file = workspace.inside(path);
      const all = correctRow(await documents.read(file, overrides), file, { row, label });
      return { corrections: all.length, file: workspace.shown(correctionsFile(file)) };
    }),
  );
  app.post(
    '/api/upload',
    api(async (c) => {
      const name = query(c, 'name');
      const target = workspace.place('', name);
      if (!isDataName(name)) {
        throw new HttpError(
          422,
          `[${name}] a file of documents must end in ${ENDINGS.join(', ')}, but does not. Rename it, or save it in one of these formats.`,
        );
      }
      if (existsSync(target))
        throw new HttpError(422, `[${name}] the folder must have no such file yet, but has one. Rename it.`);
      writeFileAtomic(target, await readBody(c, MOST_UPLOADED, LARGER));
      return { path: workspace.shown(target) };
    }),
  );
  app.get(
    '/api/label-next',
    api(async (c) => {
      const { path, run, ...rest } = checked(queries.texts, c.req.query());
      const file = workspace.inside(path);
      return labellingQueue(file, await classifiers.get(run), TO_LABEL, overridesOf(rest));
    }),
  );
  app.post(
    '/api/label',
    api(async (c) => {
      const { path, run, overrides, ...given } = await body(c, bodies.label);
      checkOverrides(overrides, (other) => void workspace.inside(other));
      const file = workspace.inside(path);
      return { labelled: await labelText(file, await classifiers.get(run), given, overrides) };
    }),
  );
  app.post(
    '/api/label/join',
    api(async (c) => {
      const { path, run, name } = await body(c, bodies.join);
      const target = workspace.place('', name);
      if (existsSync(target))
        throw new HttpError(
          422,
          `[${name}] the folder must have no such file yet, but has one. Choose another name.`,
        );
      const written = await joinLabels(workspace.inside(path), await datasetOfRun(run, workspace), target);
      return { path: workspace.shown(target), documents: written };
    }),
  );
}

function doRoutes(app: Hono<HttpEnv>, { workspace, tasks, classifiers }: Studio): void {
  app.get(
    '/api/form',
    api((c) => settingsForm(c.req.query('kind') === 'search' ? 'search' : 'train')),
  );
  app.get('/api/tasks/:id', api((c) => {
    const task = tasks.get(Number(c.req.param('id')));
    if (!task) throw new HttpError(404, `[task] the task must be one of this studio, but ${c.req.param('id')} is not. Reload the page.`);
    return task;
  })); // prettier-ignore
  app.post(
    '/api/tasks',
    api(async (c) => tasks.begin(taskRequest(await body(c, bodies.task), workspace))),
  );
  app.post('/api/tasks/:id/stop', api((c) => {
    tasks.stop(Number(c.req.param('id')));
  })); // prettier-ignore
  app.post(
    '/api/try',
    api(async (c) => {
      const { run, text, label, first } = await body(c, bodies.try);
      const classifier = await classifiers.get(run);
      const maxSteps = text.length < LONG ? FIRST_STEPS : FIRST_STEPS_LONG;
      const asked = label === undefined ? {} : { label };
      if (first) return explain(classifier, text, { ...asked, maxSteps });
      // in the pauses between keys, whatever time it takes: others are answered meanwhile, and the page may give it up
      const { signal } = c.req.raw;
      return explainInTurns(classifier, text, {
        ...{ ...asked, stop: () => signal.aborted },
        pause: () => new Promise((resolve) => setImmediate(resolve)),
      });
    }),
  );
}

/** The request of a page as a task; its process runs in the folder of the studio. */
function taskRequest(asked: z.output<typeof bodies.task>, workspace: Workspace): TaskRequest {
  const inside = (path: string) => workspace.shown(workspace.inside(path));
  // a link in their place must not lead what is written out of the folder
  for (const folder of WRITTEN) if (existsSync(join(workspace.root, folder))) inside(folder);
  switch (asked.kind) {
    case 'resume': {
      const { run } = openRun(asked.run, workspace);
      return { kind: 'resume', run: asked.run, scratch: trainingCommand(run) === 'scratch' };
    }
    case 'again':
      return againRequest(asked.run, inside(asked.corrections), workspace);
    case 'export':
      return exportRequest(asked, workspace);
    case 'audit':
    case 'labels':
    case 'train':
    case 'search': {
      checkOverrides(asked.overrides, (path) => void inside(path));
      if (
        'config' in asked &&
        asked.config !== undefined &&
        !presets.some(({ name }) => name === asked.config)
      )
        throw new HttpError(422, `[config] it must be a preset, but "${asked.config}" is none.`);
      return { ...asked, source: inside(asked.source) };
    }
    default:
      return asked satisfies never;
  }
}

/** A run trained again with corrected labels: the same data, settings, seed and split. */
function againRequest(path: string, corrections: string, workspace: Workspace): TaskRequest {
  const { run, config } = openRun(path, workspace);
  const source = viewRun(path, workspace).data?.path;
  if (!config || source == null) {
    throw new HttpError(422, `[${path}] the data of the run must be in ${workspace.name}, but is not.`);
  }
  const { val, test, split_ids, label_map } = config.data;
  const { vectors = null, vectors_texts = null } = networkOptionsOf(config.model) ?? {};
  const files = [val, test, split_ids, typeof label_map === 'string' ? label_map : null, vectors_texts];
  // the name of known vectors is not a path
  if (vectors !== null && !/^[a-z0-9-]+$/.test(vectors)) files.push(vectors);
  if (files.some((file) => file !== null && !workspace.holds(file)))
    throw new HttpError(422, `[${path}] all files of the run must be in ${workspace.name}, but one is not.`);
  return {
    ...{ kind: 'train', source, config: workspace.shown(run.paths.config) },
    overrides: [{ key: 'data.corrections', text: corrections }],
  };
}

function pageRoutes(app: Hono<HttpEnv>, { pages, token }: Studio): void {
  const meta = `<meta name="unroll-token" content="${token}" />`;
  app.get('/teach', (c) => c.redirect('/teach/'));
  app.get('*', (c) => {
    const address = c.req.path.endsWith('/') ? `${c.req.path}index.html` : c.req.path;
    const file = pages.get(address);
    if (!file)
      throw new HttpError(404, `[${c.req.path}] there must be such a page, but there is none. Open /.`);
    c.header('Content-Type', file.type);
    if (file.hashed) c.header('Cache-Control', 'public, max-age=31536000, immutable');
    if (address.startsWith('/teach/')) {
      c.header('Content-Security-Policy', TEACH_POLICY);
      // isolated, a page may share memory among threads
      c.header('Cross-Origin-Opener-Policy', 'same-origin');
      c.header('Cross-Origin-Embedder-Policy', 'require-corp');
    }
    if (address !== '/index.html') return c.body(file.content);
    return c.body(new TextDecoder().decode(file.content).replace('</head>', `${meta}</head>`));
  });
}
