/** A server beside a FastAPI server with the same model in PyTorch: answers a second, and how long one takes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../scripts/house.ts';
import { append } from '../src/core/lists.ts';
import { loadClassifier } from '../src/run/index.ts';
import type { Bench, BenchCase, BenchOptions } from './bench.ts';
import { loadOf, type LoadResult, type Sent } from './support/http-load.ts';
import { median, round, spread } from './support/statistics.ts';

const program = join(root, 'src/cli/main.ts');
const peerProgram = fileURLToPath(new URL('./peers/fastapi-server.py', import.meta.url));
const python = process.env['UNROLL_PYTHON'] ?? 'python3';
const ROUNDS = 7;
/** Seconds of load in each turn; the first turn of each warms up and does not count. */
const SECONDS = 4;
const LOADS = [
  { name: '64 connections', connections: 64 },
  { name: '500 connections', connections: 500 },
];
/** Tickets that make up a text, for texts of a paragraph. */
const TICKETS = 6;

/** Something to put load on. */
interface Contestant {
  readonly name: string;
  readonly port: number;
  readonly child: ChildProcess;
  /** Resident memory in MiB, where the system tells it. */
  memory(): number;
}

/** Throughput and latency beside FastAPI. */
export const serve: Bench = {
  name: 'serve',
  claim:
    'A model served over HTTP gives more answers a second than FastAPI with PyTorch, and the slowest come sooner.',
  method:
    'Both serve the same run (bidirectional LSTM, 128/128) on this machine; texts of a paragraph, one a request, kept-alive connections that each wait for their answer; ' +
    `every label is checked. Rounds in turn, ${SECONDS} s each. FastAPI: uvicorn with uvloop and httptools, one process, inference mode, one forward pass a request, PyTorch's threads as given. ` +
    'The first case is milliseconds per answer (1000 / answers a second), the others are latencies.',
  async run(options) {
    const folder = mkdtempSync(join(tmpdir(), 'unroll-bench-'));
    try {
      return await measure(folder, options);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function measure(
  folder: string,
  { rounds = ROUNDS, peers, only, say }: BenchOptions,
): Promise<BenchCase[]> {
  const run = join(folder, 'run');
  await trainRun(run, say);
  const sent = await requestsFor(run);
  const contestants = [await startOurs(run)];
  const results: BenchCase[] = [];
  try {
    const peer = peers ? await startPeer(`${run}/model`, say) : undefined;
    if (peer) contestants.push(peer);
    for (const { name, connections } of LOADS.filter((one) => one.name.includes(only))) {
      const turns = contestants.map((): LoadResult[] => []);
      for (let r = -1; r < rounds; r++) {
        for (const [k, { port, name: whose, memory }] of contestants.entries()) {
          const result = await loadOf(port, '/predict', sent, { connections, seconds: SECONDS });
          const { perSecond, p50, p99, wrong, lost } = result;
          say(
            `${name}, ${whose}: ${perSecond.toFixed(0)} answers/s, median ${p50.toFixed(1)} ms, 99 % within ${p99.toFixed(1)} ms, ${wrong} wrong, ${lost} lost, ${memory().toFixed(0)} MiB`,
          );
          if (wrong + lost > 0 && k === 0) throw new Error(`${wrong} answers were wrong, ${lost} were lost`);
          if (r >= 0) turns[k].push(result);
        }
      }
      append(results, casesOf(name, turns, peer?.name ?? null));
    }
  } finally {
    for (const { child } of contestants) child.kill('SIGTERM');
  }
  return results;
}

function casesOf(
  name: string,
  [ours, theirs = []]: readonly LoadResult[][],
  peer: string | null,
): BenchCase[] {
  const values: [string, (one: LoadResult) => number][] = [
    ['time per answer', (one) => 1000 / one.perSecond],
    ['median latency', (one) => one.p50],
    ['99th percentile of latency', (one) => one.p99],
  ];
  return values.map(([what, of], v) => {
    const [own, their] = [ours.map(of), theirs.map(of)];
    const perSecond = (all: readonly LoadResult[]) => round(median(all.map((one) => one.perSecond)));
    return {
      ...{
        case: `${name}: ${what}`,
        threads: 1,
        ours_ms: round(median(own)),
        rounds: ours.length,
        ours_spread: spread(own),
      },
      ...(their.length === 0
        ? { peer: null, peer_ms: null, ratio: null }
        : {
            ...{ peer, peer_ms: round(median(their)), ratio: round(median(own) / median(their)) },
            ratio_pairwise: round(median(own.map((value, r) => value / their[r]))),
            peer_spread: spread(their),
            bar: v === 0 ? 0.5 : 1,
          }),
      ...(v === 0 && { ours_per_second: perSecond(ours) }),
      ...(v === 0 && their.length > 0 && { peer_per_second: perSecond(theirs) }),
    };
  });
}

async function trainRun(run: string, say: BenchOptions['say']): Promise<void> {
  say('training the model');
  const data = join(root, 'examples/tickets.csv');
  const args = [
    program,
    'train',
    data,
    '-o',
    run,
    '-q',
    '--model.type',
    'lstm',
    '--model.bidirectional',
    'true',
  ];
  const quick = ['--train.epochs', '5', '--evaluate.figures', 'false'];
  const child = spawn(process.execPath, [...args, ...quick], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number];
  if (code !== 0) throw new Error(`the training ended with exit code ${code}`);
}

/** Texts of a paragraph, with the labels that the classifier itself gives them. */
async function requestsFor(run: string): Promise<Sent[]> {
  const lines = readFileSync(join(root, 'examples/tickets.csv'), 'utf8').trim().split('\n').slice(1);
  const tickets = lines.map((line) => line.slice(0, line.lastIndexOf(',')).replaceAll('"', ''));
  const texts = Array.from({ length: 97 }, (_, n) =>
    Array.from({ length: TICKETS }, (_, k) => tickets[(n * TICKETS + k) % tickets.length]).join(' '),
  );
  const classifier = await loadClassifier(run);
  const labels = classifier.predict(texts).map(({ label }) => label);
  await classifier.close();
  return texts.map((text, n) => ({
    body: JSON.stringify({ text }),
    right: (body) =>
      (JSON.parse(body) as { predictions: { label: string }[] }).predictions[0].label === labels[n],
  }));
}

async function startOurs(run: string): Promise<Contestant> {
  const args = [program, 'serve', run, '--port', '0', '--json', '-q', '--threads', '1'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  const { port } = JSON.parse(line) as { port: number };
  return { name: 'ours', port, child, memory: () => memoryOf(child) };
}

async function startPeer(model: string, say: BenchOptions['say']): Promise<Contestant | undefined> {
  const port = await freePort();
  const child = spawn(python, [peerProgram, model, String(port), '1'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let error = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (error += text));
  let ended = false;
  child.once('exit', () => (ended = true)).once('error', () => (ended = true));
  while (!ended) {
    const found = await fetch(`http://127.0.0.1:${port}/openapi.json`).catch(() => undefined);
    if (found?.ok) {
      const { info } = (await found.json()) as { info: { version: string } };
      return { name: `FastAPI ${info.version}`, port, child, memory: () => memoryOf(child) };
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  say(
    `no FastAPI with PyTorch in ${python}, so ours alone is measured: ${error.trim().split('\n').at(-1) ?? ''}`,
  );
  return undefined;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

function memoryOf({ pid = 0 }: ChildProcess): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return NaN;
  }
}
