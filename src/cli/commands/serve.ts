/** `unroll serve`: predictions over HTTP. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { count } from '../../core/words.ts';
import { withFileErrors } from '../../run/index.ts';
import {
  DEFAULT_LIMITS,
  type Limits,
  type Log,
  readModelSpecs,
  type ServeEvent,
  type ServeRequest,
  type ServedModel,
  startServing,
} from '../../serve/index.ts';
import { isLoopback } from '../../serve/http/index.ts';
import { UsageError } from '../args.ts';
import { commonOptions, defineCommand, readThreads } from '../command.ts';
import { confidenceOptions, readConfidence } from '../confidence.ts';
import { requestedEngine } from '../engine.ts';
import { sentencesOf } from '../words/events.ts';
import { FAILED, OK } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { createSay, type Say } from '../say.ts';
import { writeResult } from '../write-result.ts';

const { precision, sets, ...rareConfidence } = confidenceOptions;

/** The serve command. */
export const serve = defineCommand({
  name: 'serve',
  summary: 'Answer predictions over HTTP.',
  usage: 'RUN [RUN ...]',
  positionals: { min: 1, max: Infinity },
  details:
    'RUN is the folder of a run or of a model, or NAME=RUN or NAME@VERSION=RUN to name it; requests without a version get the last one of a name. ' +
    'The page at / shows the API: POST /predict, the shape of Hugging Face, and the Open Inference Protocol. ' +
    'A model whose folder changes is reloaded without losing a request. Ctrl-C and SIGTERM stop the server once accepted requests are answered.',
  options: {
    port: { value: 'N', short: 'p', description: 'port; 0 picks a free one', default: '8080' },
    host: {
      value: 'ADDRESS',
      description: 'address to listen on; 0.0.0.0 for other machines too',
      default: '127.0.0.1',
    },
    'token-file': {
      value: 'FILE',
      description: 'require the token in this file, sent as Authorization: Bearer TOKEN; or set UNROLL_TOKEN',
    },
    cors: {
      value: 'ORIGIN',
      multiple: true,
      description: 'allow pages of this origin, such as https://example.com',
    },
    log: { value: 'json', description: 'write a JSON line for each request to standard output' },
    threads: {
      value: 'N',
      description: 'prediction threads; each loads all models',
      default: 'one less than cores, at most 4',
    },
    'allow-host': {
      value: 'NAME',
      multiple: true,
      description: 'accepted Host name, such as that of a reverse proxy',
      rare: true,
    },
    reload: {
      value: 'SECONDS',
      description: 'interval between checks of the model folders for changes; 0: never',
      default: '1',
      rare: true,
    },
    grace: {
      value: 'SECONDS',
      description: 'time to finish accepted requests after Ctrl-C or SIGTERM',
      default: '30',
      rare: true,
    },
    'max-body': {
      value: 'BYTES',
      description: 'maximum size of a request body',
      default: '4194304',
      rare: true,
    },
    'max-texts': {
      value: 'N',
      description: 'maximum number of texts per request',
      default: '1024',
      rare: true,
    },
    'max-characters': {
      value: 'N',
      description: 'maximum length of a text, in UTF-16 code units',
      default: '100000',
      rare: true,
    },
    'max-batch': {
      value: 'N',
      description: 'maximum batch size: texts predicted together',
      default: '64',
      rare: true,
    },
    'max-wait': {
      value: 'MS',
      description: 'how long a text may wait for others to join its batch while a thread is free',
      default: '0',
      rare: true,
    },
    'max-queue': {
      value: 'N',
      description: 'maximum number of queued texts; further requests get 429',
      default: '4096',
      rare: true,
    },
    timeout: {
      value: 'SECONDS',
      description: 'time limit of a request, waiting included',
      default: '30',
      rare: true,
    },
    precision: { ...precision, rare: true },
    sets: { ...sets, rare: true },
    ...rareConfidence,
    ...commonOptions,
    json: { description: 'print the address and the models as one JSON object', rare: true },
  },
  sections: [],
  examples: [
    { command: 'unroll serve runs/spam-1', does: 'http://127.0.0.1:8080, for this machine alone' },
    {
      command:
        'unroll serve spam=runs/spam-1 topics@2024=runs/topics-3 --host 0.0.0.0 --token-file token.txt',
      does: 'two models, for other machines, with a token',
    },
    {
      command: 'unroll serve runs/spam-1 --log json --precision 0.99',
      does: 'a JSON line for each request; labels only where the precision is 99 %',
    },
  ],
  async run({ positionals, values, io }) {
    const { quiet } = values;
    const say = createSay(io, { quiet, again: true });
    if (values.log !== undefined && values.log !== 'json')
      throw new UsageError(`[command line] --log must be json, but got "${values.log}".`);
    const request: ServeRequest = {
      ...{
        models: readModelSpecs(positionals),
        confidence: readConfidence(values),
        cors: values.cors.map(readOrigin),
      },
      ...{ host: values.host ?? '127.0.0.1', allowHosts: values['allow-host'], limits: readLimits(values) },
      port: readNumber('--port', values.port, 8080, { max: 65_535 }),
      threads: values.threads === undefined ? defaultThreads() : readThreads(values.threads),
      token: readToken(values['token-file'], io),
      reloadMs: 1000 * readNumber('--reload', values.reload, 1, { whole: false }),
    };
    const graceMs = 1000 * readNumber('--grace', values.grace, 30, { whole: false });
    const log: Log | undefined = values.log && logTo(io);
    const serving = await startServing(request, {
      ...{ now: io.now, engine: requestedEngine(io), log },
      listener: (event) => {
        tell(event, say, log);
      },
      onBug: (error, id) => {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        io.err.write(`${io.err.colors.red('bug in Unroll')} (request ${id}): ${text}\n`);
      },
    });
    const stopped = new Promise<void>((resolve) => {
      io.watchInterrupt(resolve);
    });
    const models = serving.service.catalog.all;
    writeResult(io, values, { url: serving.url, port: serving.port, models: models.map(briefly) }, () => {
      return `serving ${models.map(nameOf).join(', ')} on ${serving.url}\n`;
    });
    if (!isLoopback(request.host) && request.token === undefined)
      say('other machines can reach the server and use it without a password: set a token with --token-file');
    say('Ctrl-C stops; the page at / shows the API');
    await stopped;
    say('stopping once accepted requests are answered; a second Ctrl-C stops at once');
    const cut = await serving.stop(graceMs);
    if (cut > 0) io.err.write(`${count(cut, 'request')} took longer than --grace and got no answer.\n`);
    return cut > 0 ? FAILED : OK;
  },
});

/** Leaves one core for the event loop. */
function defaultThreads(): number {
  return Math.max(1, Math.min(4, availableParallelism() - 1));
}

const nameOf = ({ name, version }: ServedModel) => `${name}@${version}`;

function briefly({ name, version, loaded: { type, labelNames } }: ServedModel) {
  return { name, version, type, labels: labelNames };
}

/** Reports events of models and threads. */
function tell(event: ServeEvent, say: Say, log: Log | undefined): void {
  if (!('served' in event)) {
    const ended = event.what === 'thread-ended';
    say(ended ? `a thread ended (${event.why}); it is replaced` : 'the thread was replaced');
    log?.({ level: ended ? 'error' : 'info', event: event.what, why: event.why });
    return;
  }
  const { served } = event;
  const { name, version, loaded } = served;
  log?.({
    ...{ level: event.what === 'not-reloaded' ? 'error' : 'info', event: event.what, model: name, version },
    ...(event.what === 'not-reloaded' && { error: event.error.message }),
  });
  switch (event.what) {
    case 'loaded':
      for (const sentence of loaded.events.flatMap(sentencesOf)) say(`${nameOf(served)}: ${sentence}`);
      return;
    case 'reloaded':
      say(`${nameOf(served)} was reloaded: its folder changed`);
      return;
    case 'not-reloaded':
      say(
        `${nameOf(served)} keeps the old model, since the new one cannot be loaded: ${event.error.message}`,
      );
      return;
    default:
      event satisfies never;
  }
}

function logTo({ out }: Io): Log {
  return (record) => {
    out.write(`${JSON.stringify({ time: new Date().toISOString(), ...record })}\n`, 'data');
  };
}

type LimitName =
  'max-body' | 'max-texts' | 'max-characters' | 'max-batch' | 'max-wait' | 'max-queue' | 'timeout';

function readLimits(values: Readonly<Record<LimitName, string | undefined>>): Limits {
  const from1 = (name: LimitName, value: number) => readNumber(`--${name}`, values[name], value, { min: 1 });
  return {
    maxBody: from1('max-body', DEFAULT_LIMITS.maxBody),
    maxTexts: from1('max-texts', DEFAULT_LIMITS.maxTexts),
    maxCharacters: from1('max-characters', DEFAULT_LIMITS.maxCharacters),
    maxBatch: readNumber('--max-batch', values['max-batch'], DEFAULT_LIMITS.maxBatch, { min: 1, max: 4096 }),
    maxWait: readNumber('--max-wait', values['max-wait'], DEFAULT_LIMITS.maxWait, {
      max: 10_000,
      whole: false,
    }),
    maxQueue: from1('max-queue', DEFAULT_LIMITS.maxQueue),
    timeout:
      1000 *
      readNumber('--timeout', values.timeout, DEFAULT_LIMITS.timeout / 1000, { min: 0.001, whole: false }),
  };
}

/** Node's timers are limited to about 24 days. */
const MOST_SECONDS = 1e6;

function readNumber(
  option: string,
  text: string | undefined,
  value: number,
  {
    min = 0,
    max = Infinity,
    whole = true,
  }: { readonly min?: number; readonly max?: number; readonly whole?: boolean },
): number {
  if (text === undefined) return value;
  const given = text.trim() === '' ? NaN : Number(text);
  const most = whole ? max : Math.min(max, MOST_SECONDS);
  if (given >= min && given <= most && (!whole || Number.isSafeInteger(given))) return given;
  const range = most === Infinity ? `from ${min}` : `from ${min} to ${most}`;
  throw new UsageError(
    `[command line] ${option} must be a ${whole ? 'whole ' : ''}number ${range}, but got "${text}".`,
  );
}

function readOrigin(text: string): string {
  if (text === '*') return text;
  const { origin } = URL.parse(text) ?? {};
  if (origin === text && origin !== 'null') return text;
  const fix =
    origin === undefined || origin === 'null' ? 'Give one such as https://example.com.' : `Give ${origin}.`;
  throw new UsageError(`[command line] --cors must be an origin, but got "${text}". ${fix}`);
}

/** Shorter ones can be guessed by trying. */
const SHORTEST_TOKEN = 16;

function readToken(file: string | undefined, { env }: Io): string | undefined {
  const { UNROLL_TOKEN: fromEnv } = env;
  const where = file === undefined ? 'UNROLL_TOKEN' : `--token-file ${file}`;
  const text =
    file === undefined ? fromEnv : withFileErrors(file, 'read the token', () => readFileSync(file, 'utf8'));
  if (text === undefined) return undefined;
  const token = text.trim();
  if (/^[!-~]+$/.test(token) && token.length >= SHORTEST_TOKEN) return token;
  throw new UsageError(
    `[${where}] the token must have ${SHORTEST_TOKEN} characters or more, without spaces, but has not. Make one with: openssl rand -hex 32`,
  );
}
