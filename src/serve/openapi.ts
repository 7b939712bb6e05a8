/** The description of the server in OpenAPI 3.1, made from the schemas by which bodies are checked. */
import * as z from 'zod';
import { VERSION } from '../core/version.ts';
import { hugAnswer, hugBody } from './protocols/hugging-face.ts';
import { predictAnswer, predictBody } from './protocols/native.ts';
import { inferAnswer, inferBody } from './protocols/open-inference.ts';

/** An operation of the description. */
export interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly operationId: string;
  readonly parameters?: readonly Json[];
  readonly requestBody?: { readonly required: boolean; readonly content: Json };
  readonly responses: Json;
  readonly security?: readonly Json[];
}

/** The description. */
export interface OpenApi {
  /** Version of OpenAPI. */
  readonly openapi: '3.1.0';
  /** Title of the server, and version of Unroll. */
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  /** The operations of each path. */
  readonly paths: Readonly<Record<string, Readonly<Partial<Record<'get' | 'post', Operation>>>>>;
  /** The schemas of bodies and answers, and how a token is sent. */
  readonly components: Json;
  /** Left out if no token is needed. */
  readonly security?: readonly Json[];
}

type Json = Readonly<Record<string, unknown>>;

/** What is specific to an operation. */
interface Route {
  readonly summary: string;
  readonly body?: z.ZodType;
  readonly example?: unknown;
  readonly answer?: z.ZodType;
  /** Default JSON. */
  readonly type?: string;
  /** Statuses of its refusals, in addition to those of every route. */
  readonly refuses?: readonly number[];
  /** Whether it needs no token. */
  readonly open?: boolean;
}

const REFUSALS: Readonly<Record<number, string>> = {
  400: 'The body is not JSON, or not of this shape.',
  401: 'The token is missing or wrong.',
  404: 'There is no such model or version.',
  413: 'The body is larger than the limit.',
  422: 'A value is invalid, or there are too many or too long texts; the message says which.',
  429: 'Too many texts are queued; retry after the time in Retry-After.',
  503: 'The server is stopping, or the request timed out; retry after the time in Retry-After.',
};

const PREDICTS = [400, 404, 413, 422, 429, 503];
const EXAMPLE = 'Where is my parcel?';
const HUG = { body: hugBody, answer: hugAnswer, refuses: PREDICTS, example: { inputs: EXAMPLE } };
const text = (name: string, description: string) => z.object({ [name]: z.boolean() }).describe(description);

const model = z.object({
  name: z.string(),
  version: z.string(),
  default: z.boolean().describe('requests without a version get it'),
  type: z.string(),
  labels: z.array(z.string()),
  reloads: z.int().describe('how often its folder changed since the start'),
});

const metadata = z.looseObject({ name: z.string(), versions: z.array(z.string()), platform: z.string() });

/** Routes by tag, method and path. */
const ROUTES: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
  Predict: {
    'post /predict': {
      summary: 'Label one text or many; scores and explanations on request',
      body: predictBody,
      answer: predictAnswer,
      refuses: PREDICTS,
      example: { text: EXAMPLE, top_k: 3 },
    },
    'get /models': {
      summary: 'The models, their versions and classes',
      answer: z.object({ models: z.array(model) }),
    },
  },
  'Hugging Face': {
    'post /models/{name}': { summary: 'As pipeline("text-classification") of transformers', ...HUG },
    'post /models/{name}/versions/{version}': { summary: 'The same, of one version', ...HUG },
    'post /hub/models/{name}': { summary: 'As the hosted Inference API, for its clients', ...HUG },
    'post /hub/models/{name}/versions/{version}': { summary: 'The same, of one version', ...HUG },
    'post /': { summary: 'As /models/{name}, where the server has one model', ...HUG },
    'post /hub': { summary: 'As /hub/models/{name}, where the server has one model', ...HUG },
  },
  'Open Inference Protocol': Object.fromEntries([
    [
      'get /v2',
      {
        summary: 'Name and version of the server',
        answer: z.looseObject({ name: z.string(), version: z.string() }),
      },
    ],
    ['get /v2/health/live', { summary: 'Whether it lives', answer: text('live', 'always true'), open: true }],
    [
      'get /v2/health/ready',
      {
        summary: 'Whether it takes requests',
        answer: text('ready', 'false with 503'),
        open: true,
        refuses: [503],
      },
    ],
    ...['/v2/models/{name}', '/v2/models/{name}/versions/{version}'].flatMap((path): [string, Route][] => [
      [`get ${path}`, { summary: 'Inputs and outputs of a model', answer: metadata, refuses: [404] }],
      [
        `get ${path}/ready`,
        {
          summary: 'Whether a model takes requests',
          answer: text('ready', 'false with 503'),
          refuses: [404, 503],
        },
      ],
      [
        `post ${path}/infer`,
        {
          summary: 'Label texts',
          body: inferBody,
          answer: inferAnswer,
          refuses: PREDICTS,
          example: { inputs: [{ name: 'text', shape: [1], datatype: 'BYTES', data: [EXAMPLE] }] },
        },
      ],
    ]),
  ] as [string, Route][]),
  Server: {
    'get /metrics': { summary: "Counts and times, in Prometheus' text format", type: 'text/plain' },
    'get /openapi.json': {
      summary: 'This description',
      answer: z.looseObject({ openapi: z.string() }),
      open: true,
    },
    'get /': { summary: 'The page that shows it', type: 'text/html', open: true },
  },
};

/** Makes the description; `token` says whether clients must send one. */
export function openApi({ token }: { readonly token: boolean }): OpenApi {
  const paths: Record<string, Partial<Record<'get' | 'post', Operation>>> = {};
  for (const [tag, routes] of Object.entries(ROUTES)) {
    for (const [address, route] of Object.entries(routes)) {
      const [method, path] = address.split(' ') as ['get' | 'post', string];
      (paths[path] ??= {})[method] = operationOf(tag, address, route, token);
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Unroll',
      version: VERSION,
      description:
        'Text classification over HTTP. Errors are {"error": what must hold, what came instead, the fix; "request_id"}.',
    },
    paths,
    components: {
      schemas: { Error: jsonSchema(z.object({ error: z.string(), request_id: z.string() })) },
      ...(token && { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } }),
    },
    ...(token && { security: [{ token: [] }] }),
  };
}

function operationOf(tag: string, address: string, route: Route, token: boolean): Operation {
  const { summary, body, answer, example, type = 'application/json', refuses = [], open = false } = route;
  const path = address.split(' ')[1];
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const error = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };
  const statuses = [...refuses, ...(token && !open ? [401] : [])].sort((a, b) => a - b);
  return {
    summary,
    tags: [tag],
    operationId: address.replaceAll(/[^\w]+/g, '_').replaceAll(/^_|_$/g, ''),
    ...(names.length > 0 && {
      parameters: names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    }),
    ...(body && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: jsonSchema(body, 'input'), example } },
      },
    }),
    responses: {
      200: {
        description: 'The answer.',
        content: { [type]: { schema: answer ? jsonSchema(answer) : { type: 'string' } } },
      },
      ...Object.fromEntries(
        statuses.map((status) => [status, { description: REFUSALS[status], content: error }]),
      ),
    },
    ...(token && open && { security: [] }),
  };
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output' = 'output'): Json {
  const { $schema: _, ...own } = z.toJSONSchema(schema, { io });
  return own;
}
