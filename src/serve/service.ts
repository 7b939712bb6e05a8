/** What the routes of a server share: the models, the queue, the limits, and the log record of a request. */
import type { Context } from 'hono';
import type { ExplainOptions, Explanation } from '../explain/index.ts';
import type { HttpVariables } from './http/index.ts';
import type { Limits } from './limits.ts';
import type { Catalog, ServedModel } from './models/catalog.ts';
import type { ScoredText, Scheduler, Ticket } from './scoring/scheduler.ts';

/** A server without its routes. */
export interface Service {
  readonly catalog: Catalog;
  readonly scheduler: Scheduler;
  readonly limits: Limits;
  /** Whether it accepts requests: not while it stops, or when all its threads have died. */
  readonly ready: () => boolean;
}

/** Facts about a request for logs and metrics. */
export interface ServeEnv {
  Variables: HttpVariables & {
    /** The model that answers. */
    served?: ServedModel;
    /** How many texts it has. */
    texts?: number;
  };
}

/** Predicts the texts of a request. */
export async function predictFor(
  c: Context<ServeEnv>,
  { scheduler }: Service,
  served: ServedModel,
  texts: readonly string[],
): Promise<readonly ScoredText[]> {
  note(c, served, texts.length);
  return whileConnected(c, scheduler.predict(served.model, texts));
}

/** Explains a text of a request. */
export function explainFor(
  c: Context<ServeEnv>,
  { scheduler }: Service,
  served: ServedModel,
  { text, options }: { readonly text: string; readonly options: ExplainOptions },
): Promise<Explanation> {
  return whileConnected(c, scheduler.explain(served.model, text, options));
}

function note(c: Context<ServeEnv>, served: ServedModel, texts: number): void {
  c.set('served', served);
  c.set('texts', texts);
}

/** The result; if the client disconnects, work that has not begun is skipped. */
async function whileConnected<T>(c: Context<ServeEnv>, ticket: Ticket<T>): Promise<T> {
  const { outgoing } = (c.env ?? {}) as { outgoing?: NodeJS.EventEmitter };
  outgoing?.once('close', ticket.cancel);
  try {
    return await ticket.result;
  } finally {
    outgoing?.off('close', ticket.cancel);
  }
}

/** Class ids by falling score; equal scores in the order of the classes. */
export function ranked(scores: ArrayLike<number>): number[] {
  return Array.from(scores, (_, c) => c).sort((a, b) => scores[b] - scores[a] || a - b);
}
