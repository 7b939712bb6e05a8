/**
 * The Open Inference Protocol, version 2, over HTTP: as in KServe, Triton and MLServer.
 * https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
 *
 * A model has one input, `text` (BYTES, as JSON strings), and the outputs below. The binary extension is not
 * supported.
 */
import type { Context, Hono } from 'hono';
import * as z from 'zod';
import { VERSION } from '../../core/version.ts';
import { HttpError } from '../http/index.ts';
import type { ServedModel } from '../models/catalog.ts';
import { predictFor, ranked, type ServeEnv, type Service } from '../service.ts';
import type { ScoredText } from '../scoring/scheduler.ts';
import { checkTexts, readBodyAs } from './read-body.ts';

const parameters = z.looseObject({}).optional();

/** Strings, flat or nested like the shape. */
const bytesData = z.array(z.union([z.string(), z.array(z.string())]));

/** The body of an inference. */
export const inferBody = z
  .strictObject({
    id: z.string().optional().describe('comes back with the answer'),
    parameters,
    inputs: z
      .array(
        z.strictObject({
          name: z.string().describe('text'),
          shape: z.array(z.int().min(0)).min(1).describe('[N], or [N, 1]'),
          datatype: z.string().describe('BYTES'),
          parameters,
          data: bytesData.describe('N texts'),
        }),
      )
      .min(1),
    outputs: z
      .array(z.strictObject({ name: z.string(), parameters }))
      .optional()
      .describe('which outputs to give; left out: all'),
  })
  .describe('Tensors of texts, in the shape of the Open Inference Protocol.');

/** The answer to an inference. */
export const inferAnswer = z.object({
  model_name: z.string(),
  model_version: z.string(),
  id: z.string().optional(),
  outputs: z.array(
    z.object({
      name: z.string(),
      shape: z.array(z.int()),
      datatype: z.string(),
      data: z.array(z.union([z.string(), z.number(), z.boolean()])),
    }),
  ),
});

type Tensor = z.infer<typeof inferAnswer>['outputs'][number];

/** Data types and shapes of the outputs; -1 is the number of texts. */
const OUTPUTS = {
  label: { datatype: 'BYTES', shape: [-1] },
  score: { datatype: 'FP64', shape: [-1] },
  probabilities: { datatype: 'FP64', shape: [-1, NaN] },
  classes: { datatype: 'BYTES', shape: [NaN] },
  known_tokens: { datatype: 'INT32', shape: [-1] },
} as const;

type OutputName = keyof typeof OUTPUTS;
const OUTPUT_NAMES = Object.keys(OUTPUTS) as OutputName[];

/** Adds the routes. */
export function addOpenInference(app: Hono<ServeEnv>, service: Service): void {
  const { catalog, ready } = service;
  app.get('/v2', (c) => c.json({ name: 'unroll', version: VERSION, extensions: [] }));
  app.get('/v2/health/live', (c) => c.json({ live: true }));
  app.get('/v2/health/ready', (c) => c.json({ ready: ready() }, ready() ? 200 : 503));
  for (const path of ['/v2/models/:name', '/v2/models/:name/versions/:version'] as const) {
    const found = (c: Context<ServeEnv>) => catalog.find(c.req.param('name'), c.req.param('version'));
    app.get(path, (c) => c.json(metadata(found(c), catalog.versions(found(c).name))));
    app.get(`${path}/ready`, (c) => c.json({ name: found(c).name, ready: ready() }, ready() ? 200 : 503));
    app.post(`${path}/infer`, (c) => infer(c, service, found(c)));
  }
}

function metadata({ name, loaded }: ServedModel, versions: readonly ServedModel[]) {
  const classes = loaded.labelNames.length;
  return {
    name,
    versions: versions.map(({ version }) => version),
    platform: 'unroll',
    inputs: [{ name: 'text', datatype: 'BYTES', shape: [-1] }],
    outputs: OUTPUT_NAMES.map((output) => {
      const { datatype, shape } = OUTPUTS[output];
      return { name: output, datatype, shape: shape.map((n) => (Number.isNaN(n) ? classes : n)) };
    }),
  };
}

async function infer(c: Context<ServeEnv>, service: Service, served: ServedModel): Promise<Response> {
  if (c.req.header('inference-header-content-length') !== undefined) {
    throw new HttpError(
      400,
      '[Inference-Header-Content-Length] the tensors must be JSON, but are binary. Send BYTES as JSON strings.',
    );
  }
  const body = await readBodyAs(c, inferBody, service.limits, 400);
  const texts = textsOf(body.inputs);
  const wanted = body.outputs?.map(({ name }, n) => outputNamed(name, n)) ?? OUTPUT_NAMES;
  const rows = texts.length === 0 ? [] : await predictFor(c, service, served, checked(texts, service));
  return c.json({
    model_name: served.name,
    model_version: served.version,
    ...(body.id !== undefined && { id: body.id }),
    outputs: wanted.map((name) => tensorOf(name, rows, served.loaded.labelNames)),
  } satisfies z.input<typeof inferAnswer>);
}

function checked(texts: readonly string[], { limits }: Service): readonly string[] {
  checkTexts(texts, 'inputs.0.data', limits);
  return texts;
}

function textsOf(inputs: z.infer<typeof inferBody>['inputs']): readonly string[] {
  const [{ name, datatype, shape, data }] = inputs;
  if (inputs.length > 1 || name !== 'text')
    throw new HttpError(
      400,
      '[inputs] must be one tensor named text, but has others. See GET /v2/models/NAME.',
    );
  if (datatype !== 'BYTES')
    throw new HttpError(
      400,
      '[inputs.0.datatype] must be BYTES, but is another. Send the texts as JSON strings.',
    );
  const texts = data.flat();
  const columns = shape.slice(1).reduce((product, n) => product * n, 1);
  if (columns !== 1 || shape[0] !== texts.length) {
    throw new HttpError(
      400,
      `[inputs.0.shape] must be [N] or [N, 1] for N texts in data, but is [${shape.join(', ')}] for ${texts.length}.`,
    );
  }
  return texts;
}

function outputNamed(name: string, n: number): OutputName {
  const found = OUTPUT_NAMES.find((one) => one === name);
  if (found) return found;
  throw new HttpError(
    400,
    `[outputs.${n}.name] must be one of ${OUTPUT_NAMES.join(', ')}, but is another name.`,
  );
}

function tensorOf(name: OutputName, rows: readonly ScoredText[], labelNames: readonly string[]): Tensor {
  const [N, C] = [rows.length, labelNames.length];
  const best = (row: ScoredText) => ranked(row.scores)[0];
  const { datatype } = OUTPUTS[name];
  switch (name) {
    case 'label':
      return {
        name,
        datatype,
        shape: [N],
        data: rows.map((row) => (row.abstains ? '' : labelNames[best(row)])),
      };
    case 'score':
      return { name, datatype, shape: [N], data: rows.map((row) => row.scores[best(row)]) };
    case 'probabilities':
      return { name, datatype, shape: [N, C], data: rows.flatMap((row) => Array.from(row.scores)) };
    case 'classes':
      return { name, datatype, shape: [C], data: [...labelNames] };
    case 'known_tokens':
      return { name, datatype, shape: [N], data: rows.map((row) => row.known) };
    default:
      return name satisfies never;
  }
}
