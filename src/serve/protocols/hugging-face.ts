/**
 * Hugging Face's shape: `{ inputs, parameters }` in, labels with scores out.
 *
 * `/models/NAME` answers as `pipeline("text-classification")` of transformers does; `/hub/models/NAME` as the hosted
 * Inference API, which `InferenceClient` (Python) and `@huggingface/inference` expect: all classes, one list per input.
 */
import type { Context, Hono } from 'hono';
import * as z from 'zod';
import { predictFor, ranked, type ServeEnv, type Service } from '../service.ts';
import type { ScoredText } from '../scoring/scheduler.ts';
import { checkTexts, readBodyAs } from './read-body.ts';

/** An input: a text, or transformers' `{"text": ...}`. */
const inputSchema = z.union([z.string(), z.strictObject({ text: z.string() })]);

/** The body of a request. */
export const hugBody = z
  .strictObject({
    inputs: z.union([inputSchema, z.array(inputSchema)]).describe('a text, or several'),
    parameters: z
      .strictObject({
        top_k: z.int().min(1).nullable().optional().describe('number of best classes; null: all'),
        function_to_apply: z
          .enum(['softmax', 'default'])
          .nullable()
          .optional()
          .describe('only probabilities are supported; others are refused'),
      })
      .nullable()
      .optional(),
    options: z
      .looseObject({})
      .nullable()
      .optional()
      .describe('accepted for clients of the hosted API; has no effect'),
  })
  .describe('Texts to label, in the shape of Hugging Face.');

const scored = z.object({ label: z.string(), score: z.number() });

/** The answer: a list for one text; for several texts a list each or, without `top_k`, the best class of each. */
export const hugAnswer = z.union([z.array(scored), z.array(z.array(scored))]);

/** Adds the routes. */
export function addHuggingFace(app: Hono<ServeEnv>, service: Service): void {
  const as = (shape: typeof asPipeline) => (c: Context<ServeEnv>) => answer(c, service, shape);
  app.post('/', as(asPipeline));
  app.post('/hub', as(asHub));
  for (const [prefix, shape] of [
    ['/models', asPipeline],
    ['/hub/models', asHub],
  ] as const) {
    app.post(`${prefix}/:name`, as(shape));
    app.post(`${prefix}/:name/versions/:version`, as(shape));
  }
}

/** The properties of a request that the shape of the answer depends on. */
interface Asked {
  /** Whether `inputs` was a list. */
  readonly many: boolean;
  /** Undefined if not given. */
  readonly top: number | null | undefined;
  readonly labelNames: readonly string[];
}

type Answer = z.input<typeof hugAnswer>;

async function answer(
  c: Context<ServeEnv>,
  service: Service,
  shape: (rows: readonly ScoredText[], asked: Asked) => Answer,
): Promise<Response> {
  const served = service.catalog.find(c.req.param('name'), c.req.param('version'));
  const { inputs, parameters } = await readBodyAs(c, hugBody, service.limits);
  const many = Array.isArray(inputs);
  const texts = (many ? inputs : [inputs]).map((one) => (typeof one === 'string' ? one : one.text));
  checkTexts(texts, 'inputs', service.limits);
  const rows = await predictFor(c, service, served, texts);
  return c.json(shape(rows, { many, top: parameters?.top_k, labelNames: served.loaded.labelNames }));
}

/** As transformers: without `top_k`, the best class of each text in one list. */
function asPipeline(rows: readonly ScoredText[], { many, top, labelNames }: Asked): Answer {
  const lists = rows.map((row) => best(row, labelNames, top === undefined ? 1 : top));
  if (top === undefined) return lists.map(([first]) => first);
  return many ? lists : lists[0];
}

/** As the hosted API: all classes, or `top_k` of them, and a list per text whatever `inputs` was. */
function asHub(rows: readonly ScoredText[], { top = null, labelNames }: Asked): Answer {
  return rows.map((row) => best(row, labelNames, top));
}

function best({ scores }: ScoredText, labelNames: readonly string[], top: number | null) {
  const order = ranked(scores);
  return order.slice(0, top ?? order.length).map((k) => ({ label: labelNames[k], score: scores[k] }));
}
