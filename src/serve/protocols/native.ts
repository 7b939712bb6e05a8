/** `POST /predict`, our own shape: the same as `unroll predict --json` for each text, to the digit. */
import type { Context, Hono } from 'hono';
import * as z from 'zod';
import { explainMethods, type ExplainOptions, type Explanation } from '../../explain/index.ts';
import { predictionObject, roundScore } from '../../jobs/predict/output.ts';
import { HttpError } from '../http/index.ts';
import type { ServedModel } from '../models/catalog.ts';
import type { ScoredText } from '../scoring/scheduler.ts';
import { explainFor, predictFor, ranked, type ServeEnv, type Service } from '../service.ts';
import { checkTexts, readBodyAs } from './read-body.ts';

/** Fewer texts than for predictions: explanations take a thousand times as long. */
export const MOST_EXPLAINED = 16;
/** Most characters, over all texts, that one request may have explained: the time grows with their square. */
const MOST_EXPLAINED_CHARACTERS = 10_000;

/** The values of `explain`. */
const explainSchema = z.strictObject({
  method: z.enum(explainMethods).optional().describe('method; auto: the one that suits the model'),
  label: z.string().optional().describe('the class that is explained; left out: the most probable one'),
});

/** The body of a prediction. */
export const predictBody = z
  .strictObject({
    text: z.string().optional().describe('one text'),
    texts: z.array(z.string()).optional().describe('several texts, instead of text'),
    top_k: z.int().min(1).optional().describe('also return the scores of this many best classes'),
    explain: z
      .union([z.boolean(), explainSchema])
      .optional()
      .describe(
        `also how much each token supports the class, for at most ${MOST_EXPLAINED} texts of ${MOST_EXPLAINED_CHARACTERS} characters in all`,
      ),
    model: z.string().optional().describe('name of the model; needed where the server has several'),
    version: z.string().optional().describe('its version; left out: the last one given at start'),
  })
  .describe('Texts to label.');

/** A class with its score. */
const scoreSchema = z.object({
  label: z.string(),
  score: z.number().describe('probability in [0, 1]'),
});

/** The prediction for a text. */
const predictionSchema = z.object({
  label: z.string().nullable().describe('the most probable class; null where the model abstains'),
  score: z.number().describe('its probability, six digits'),
  scores: z.array(scoreSchema).optional().describe('the best classes, with top_k'),
  set: z.array(z.string()).optional().describe('the prediction set, with --sets'),
  tokens: z.int().describe('tokens that the model reads'),
  known_tokens: z
    .int()
    .describe('how many of them are in its vocabulary; with 0, the prediction is the class frequencies'),
  none_of_these: z.number().optional().describe('how unlike the training data the text is, in [0, 1]'),
  explanation: z
    .object({
      method: z.string(),
      label: z.string(),
      probability: z.number(),
      tokens: z.array(
        z.object({
          text: z.string(),
          start: z.int().optional(),
          end: z.int().optional(),
          weight: z.number(),
        }),
      ),
      unread: z.int().describe('tokens at the end that the model does not read'),
      gap: z
        .number()
        .optional()
        .describe('how far the weights are from adding up to the change in probability, as a proportion'),
    })
    .optional()
    .describe('how much each token supports the class, with explain'),
});

/** The answer to a prediction. */
export const predictAnswer = z.object({
  model: z.string(),
  version: z.string(),
  predictions: z.array(predictionSchema).describe('one for each text, in their order'),
});

/** Adds the route. */
export function addNative(app: Hono<ServeEnv>, service: Service): void {
  app.post('/predict', async (c) => {
    const body = await readBodyAs(c, predictBody, service.limits);
    const texts = textsOf(body);
    checkTexts(texts, body.text === undefined ? 'texts' : 'text', service.limits);
    const served = service.catalog.find(body.model, body.version);
    const options = explainOptions(body.explain, served, texts);
    const scored = await predictFor(c, service, served, texts);
    const explanations = options && (await explainAll(c, service, served, { texts, options }));
    const top = body.top_k ?? 0;
    const { name: model, version, loaded } = served;
    return c.json({
      ...{ model, version },
      predictions: scored.map((one, n) => ({
        ...predictionOf(one, loaded.labelNames, top),
        ...(explanations && { explanation: explanations[n] }),
      })),
    } satisfies z.input<typeof predictAnswer>);
  });
}

function textsOf({ text, texts }: z.output<typeof predictBody>): readonly string[] {
  if (text !== undefined && texts !== undefined)
    throw new HttpError(422, '[body] either text or texts must be given, but both are. Leave one out.');
  if (text !== undefined) return [text];
  if (texts) return texts;
  throw new HttpError(422, '[body] text or texts must be given, but neither is. Send {"text": "..."}.');
}

function explainOptions(
  given: z.output<typeof predictBody>['explain'],
  { loaded: { labelNames } }: ServedModel,
  texts: readonly string[],
): ExplainOptions | undefined {
  if (given === undefined || given === false) return undefined;
  if (texts.length > MOST_EXPLAINED) {
    throw new HttpError(
      422,
      `[explain] at most ${MOST_EXPLAINED} texts may be explained at once, but there are ${texts.length}. Send them in several requests.`,
    );
  }
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  if (characters > MOST_EXPLAINED_CHARACTERS) {
    throw new HttpError(
      422,
      `[explain] texts with at most ${MOST_EXPLAINED_CHARACTERS} characters in all may be explained at once, but they have ${characters}. Send fewer or shorter ones.`,
    );
  }
  if (given === true) return {};
  const { method, label } = given;
  if (label !== undefined && !labelNames.includes(label)) {
    throw new HttpError(
      422,
      `[explain.label] must be one of ${labelNames.join(', ')}, but is another class.`,
    );
  }
  return { ...(method && { method }), ...(label !== undefined && { label }) };
}

async function explainAll(
  c: Context<ServeEnv>,
  service: Service,
  served: ServedModel,
  { texts, options }: { readonly texts: readonly string[]; readonly options: ExplainOptions },
) {
  const found = await Promise.all(texts.map((text) => explainFor(c, service, served, { text, options })));
  return found.map(explanationOf);
}

function explanationOf({ method, label, probability, tokens, gap, unread }: Explanation) {
  return { method, label, probability, tokens: [...tokens], unread, ...(gap !== undefined && { gap }) };
}

/**
 * The prediction as in `unroll predict --json`, without the text and its row; scores as a list, which keeps their
 * order.
 */
function predictionOf(one: ScoredText, labelNames: readonly string[], top: number) {
  const { scores, tokens, known, abstains, set, noneOfThese } = one;
  const row = {
    ...{ row: 0, text: '', scores, tokens, known, abstains },
    ...(set && { set }),
    ...(noneOfThese !== undefined && { noneOfThese }),
  };
  const {
    row_id: _row,
    text: _text,
    scores: _scores,
    ...said
  } = predictionObject(row, { labelNames, top: 0 });
  if (top === 0) return said;
  const best = ranked(scores).slice(0, top);
  return { ...said, scores: best.map((k) => ({ label: labelNames[k], score: roundScore(scores[k]) })) };
}
