/**
 * Serves models over HTTP: loads them on threads, listens, reloads them when their folders change, and stops
 * gracefully.
 */
import { chooseEngine, type EngineRequest } from '../engine/index.ts';
import type { ConfidenceRequest } from '../jobs/index.ts';
import { createApp } from './app.ts';
import { type RunningServer, startServer } from './http/index.ts';
import type { Limits } from './limits.ts';
import { type CatalogEvent, openCatalog } from './models/catalog.ts';
import type { ModelSpec } from './models/specs.ts';
import { Metrics } from './metrics.ts';
import type { Log } from './observe.ts';
import { Pool } from './scoring/pool.ts';
import { Scheduler } from './scoring/scheduler.ts';
import { type StartThread, startWorker } from './scoring/thread.ts';
import type { Service } from './service.ts';

/** What to serve, and how. */
export interface ServeRequest {
  /** One at least. */
  readonly models: readonly ModelSpec[];
  readonly limits: Limits;
  /** Threads that predict, from 1; each holds all models. */
  readonly threads: number;
  /** Options of abstention and prediction sets. */
  readonly confidence: ConfidenceRequest;
  /** The address to listen on. */
  readonly host: string;
  /** The port; 0 for any that is free. */
  readonly port: number;
  /** Additional host names that the server answers to. */
  readonly allowHosts: readonly string[];
  /** Origins of pages that may call it. */
  readonly cors: readonly string[];
  /** Bearer token that clients must send; undefined for none. */
  readonly token: string | undefined;
  /** Interval at which folders are checked for changes, in ms; 0 for never. */
  readonly reloadMs: number;
}

/** Events of a server. */
export type ServeEvent =
  CatalogEvent | { readonly what: 'thread-ended' | 'thread-replaced'; readonly why: string };

/** The environment of a server. */
export interface ServeContext {
  /** A clock in ms, monotonic. */
  readonly now: () => number;
  /** An engine or a build to compute with. Default the fastest. */
  readonly engine?: EngineRequest | undefined;
  readonly listener?: (event: ServeEvent) => void;
  /** Called with a log line per request. Default none. */
  readonly log?: Log | undefined;
  /** Called for bugs. */
  readonly onBug?: (error: unknown, requestId: string) => void;
  /** Makes threads. Default: worker threads. */
  readonly startThread?: StartThread;
}

/** A server without a socket. */
export interface OpenService {
  readonly service: Service;
  readonly metrics: Metrics;
  /** Ends the threads. */
  close(): Promise<void>;
}

/** A running server. */
export interface Serving extends Pick<RunningServer, 'url' | 'port' | 'stop'> {
  readonly service: Service;
}

/** Upper bounds of the buckets of batch sizes. */
const BATCHES = [1, 2, 4, 8, 16, 32, 64, 128, 256];
/** Upper bounds of the buckets of waits, in seconds. */
const WAITS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * Loads the models.
 * @param draining Whether the server is about to stop.
 * @throws FileError, CorruptFileError where one cannot be loaded; DataError where its validation documents do not
 * suffice
 */
export async function openService(
  { models, limits, threads, confidence }: Pick<ServeRequest, 'models' | 'limits' | 'threads' | 'confidence'>,
  context: ServeContext,
  draining: () => boolean = () => false,
): Promise<OpenService> {
  const { now, engine, listener = () => undefined, startThread = startWorker } = context;
  const metrics = new Metrics();
  const pool = new Pool({
    ...{ threads, confidence, maxBatch: limits.maxBatch, start: startThread },
    engine: chooseEngine(now, engine),
    onThread: ({ what, why }) => {
      listener({ what: what === 'ended' ? 'thread-ended' : 'thread-replaced', why });
    },
  });
  const reloads = metrics.counter('unroll_model_loads_total', 'Models that were loaded, or failed to.');
  const sizes = metrics.histogram('unroll_batch_texts', 'Texts that were predicted together.', BATCHES);
  const waits = metrics.histogram(
    'unroll_queue_seconds',
    'How long the first text of a batch waited.',
    WAITS,
  );
  const scheduler = new Scheduler({
    ...{ pool, limits, now },
    batch: (model, texts, waited) => {
      const served = catalog.all.find((one) => one.model === model);
      const about = { model: served?.name ?? 'replaced', version: served?.version ?? 'replaced' };
      sizes.observe(about, texts);
      waits.observe(about, waited / 1000);
    },
  });
  const onModel = (event: CatalogEvent) => {
    const { name, version } = event.served;
    reloads.add({ model: name, version, result: event.what === 'not-reloaded' ? 'failed' : 'ok' });
    listener(event);
  };
  const open = openCatalog(models, { pool, scheduler, listener: onModel });
  const catalog = await open.catch(async (error: unknown) => {
    await pool.close();
    throw error;
  });
  metrics.gauge('unroll_queue_texts', 'Texts in the queue.', () => scheduler.waiting);
  metrics.gauge('unroll_threads', 'Prediction threads that are running.', () => pool.alive);
  metrics.gauge('process_resident_memory_bytes', 'Resident memory of the process.', () =>
    process.memoryUsage.rss(),
  );
  const ready = () => !draining() && pool.alive > 0;
  return {
    service: { catalog, scheduler, limits, ready },
    metrics,
    close: () => pool.close(),
  };
}

/**
 * Loads the models and begins to listen.
 * @throws as {@link openService}; ConfigError where the port is taken or may not be used
 */
export async function startServing(request: ServeRequest, context: ServeContext): Promise<Serving> {
  const { host, port, allowHosts, cors, token, reloadMs } = request;
  let server: RunningServer | undefined;
  const draining = () => server?.draining() ?? false;
  const { service, metrics, close } = await openService(request, context, draining);
  const { now, log, onBug } = context;
  const app = createApp({
    ...{ service, metrics, now, log, token, host, allowHosts, cors, draining },
    ...(onBug && { onBug }),
  });
  try {
    server = await startServer({ fetch: app.fetch, host, port });
  } catch (error) {
    await close();
    throw error;
  }
  const watch = reloadMs > 0 ? watchFolders(service, reloadMs) : undefined;
  const { url, port: own, stop } = server;
  return {
    ...{ url, port: own, service },
    async stop(graceMs) {
      watch?.end();
      const cut = await stop(graceMs);
      await close();
      return cut;
    },
  };
}

function watchFolders({ catalog }: Service, everyMs: number): { end(): void } {
  let ended = false;
  let timer: NodeJS.Timeout;
  const again = () => {
    timer = setTimeout(() => {
      void catalog.refresh().finally(() => {
        if (!ended) again();
      });
    }, everyMs);
  };
  again();
  return {
    end() {
      ended = true;
      clearTimeout(timer);
    },
  };
}
