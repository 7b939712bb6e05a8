/** Runs to serve, and a server without a socket. */
import assert from 'node:assert/strict';
import type { Hono } from 'hono';
import { createApp, DEFAULT_LIMITS, type Limits, readModelSpecs } from '../../src/serve/index.ts';
import { openService, type ServeContext, type ServeRequest } from '../../src/serve/serve.ts';
import { startHere } from '../../src/serve/scoring/thread.ts';
import type { ServeEnv } from '../../src/serve/service.ts';
import { unrollHere } from '../support/cli.ts';
import { tinyCsv, tinyModel } from '../support/tiny.ts';
import { writeFiles } from '../support/temporary.ts';

/** Texts of the tiny classes, one without a known word, and an empty one. */
export const TEXTS = [
  'the bank said stock price',
  'a goal for the team',
  'of the said people',
  'zzz qqq',
  '',
];

/** What a run without a network needs. */
const quick = ['--evaluate.bootstrap_samples', '50', '--evaluate.figures', 'false'];

/** Trains a tiny run. @param type Of its model. Default the tiny network. */
export async function trainTiny(cwd: string, run: string, type?: string): Promise<string> {
  writeFiles(cwd, { 'tiny.csv': tinyCsv(300) });
  const options = type === undefined ? tinyModel : ['--model.type', type, ...quick];
  const args = ['train', `${cwd}/tiny.csv`, '-o', `${cwd}/${run}`, '-q', ...options];
  const { code, stderr } = await unrollHere(args, { cwd });
  assert.equal(code, 0, stderr);
  return `${cwd}/${run}`;
}

/** What a test server may have of its own. */
export interface TestServer {
  readonly limits?: Partial<Limits>;
  readonly confidence?: ServeRequest['confidence'];
  readonly token?: string;
  readonly threads?: number;
  readonly context?: Partial<ServeContext>;
  readonly draining?: () => boolean;
}

/** A server whose threads are this one, and which is asked without a socket. */
export async function openTestServer(models: readonly string[], options: TestServer = {}) {
  const { limits, confidence = {}, token, threads = 1, context = {}, draining = () => false } = options;
  const now = () => performance.now();
  const bugs: unknown[] = [];
  const lines: Record<string, unknown>[] = [];
  const { service, metrics, close } = await openService(
    {
      ...{ models: readModelSpecs(models), threads, confidence },
      limits: { ...DEFAULT_LIMITS, ...limits },
    },
    { now, startThread: startHere, ...context },
    draining,
  );
  const app: Hono<ServeEnv> = createApp({
    ...{ service, metrics, now, host: '127.0.0.1', token, draining },
    onBug: (error) => bugs.push(error),
    log: (record) => lines.push(record),
  });
  const send = async (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    app.request(path, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'Content-Type': 'application/json', ...headers },
    });
  /** The answer to a body, as JSON. */
  async function ask<T>(path: string, body: unknown): Promise<T> {
    const response = await send(path, body);
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as T;
  }
  return { app, service, send, ask, close, bugs, lines };
}
