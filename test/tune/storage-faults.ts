/** Several processes on one study, and what may happen to them; in two sizes, quick and slow. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createRng } from '../../src/core/rng.ts';
import { openStorage } from '../../src/tune/storage/open.ts';
import type { FrozenTrial } from '../../src/tune/trial/frozen-trial.ts';
import { PATIENCE } from '../support/patience.ts';

const script = fileURLToPath(new URL('storage-worker.ts', import.meta.url));

/** Workers that may still run; a test that fails must not wait for them, nor they for it. */
const alive = new Set<ChildProcess>();
after(() => {
  for (const process of alive) process.kill('SIGKILL');
});

/** A worker process and what it has said. */
class Worker {
  readonly task: string;
  readonly process: ChildProcess;
  stdout = '';
  stderr = '';
  readonly ended: Promise<unknown>;

  constructor(url: string, study: string, task: string, n = 0) {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    this.process = spawn(process.execPath, [script, url, study, task, String(n)], { env, stdio: 'pipe' });
    this.process.stdout!.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.process.stderr!.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.task = task;
    alive.add(this.process);
    this.ended = once(this.process, 'close').finally(() => alive.delete(this.process));
  }

  /** Numbers after `word` in what it printed. */
  numbers(word: string): number[] {
    return [...this.stdout.matchAll(new RegExp(`^${word} (\\d+)$`, 'gm'))].map(([, number]) =>
      Number(number),
    );
  }

  get running(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  async succeed(): Promise<void> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.process.kill('SIGKILL');
    }, PATIENCE);
    await this.ended;
    clearTimeout(timer);
    assert.ok(!late, `a worker must end, but this one did not: ${this.said}`);
    assert.equal(this.process.exitCode, 0, this.said);
  }

  /** What it said, for messages. */
  get said(): string {
    const { pid, exitCode, signalCode } = this.process;
    return `${this.task}, process ${pid}, ended with ${signalCode ?? exitCode}\n${this.stdout.slice(-500)}\n${this.stderr}`;
  }
}

/** Waits until something is so. @throws AssertionError with what the workers said, where that takes too long */
/** How often a worker began to wait for its database. Shorter than the 30 s after which it says so again. */
function outagesIn({ stderr }: Worker): number {
  return stderr.match(/does not answer .*: waiting for it, \d+ s more/g)?.length ?? 0;
}

async function until(what: string, team: readonly Worker[], isSo: () => boolean): Promise<void> {
  const begun = performance.now();
  while (!isSo()) {
    const told = () => `${what}: ${team.map(({ said }) => said).join('\n')}`;
    if (performance.now() - begun > PATIENCE) assert.fail(told());
    await sleep(3);
  }
}

async function study(url: string, waiting = 0) {
  const storage = await openStorage(url);
  const { id } = await storage.createStudy('s', ['minimize']);
  for (let i = 0; i < waiting; i++) await storage.createTrial(id, { state: 'WAITING' });
  return {
    id,
    storage,
    trials: () => storage.trials(id),
    [Symbol.asyncDispose]: () => storage.close(),
  };
}

function checkNumbers(trials: readonly FrozenTrial[]): void {
  assert.deepEqual(
    trials.map(({ number }) => number),
    trials.map((_, i) => i),
  );
  const ids = trials.map(({ id }) => id);
  assert.deepEqual(
    ids,
    ids.toSorted((a, b) => a - b),
  );
}

/** A trial that was told has all it was told. */
function checkTold(trials: readonly FrozenTrial[], told: readonly number[]): void {
  for (const number of told) {
    const { state, values, internalParams, intermediateValues } = trials[number];
    assert.equal(state, 'COMPLETE', `trial ${number} was told`);
    assert.deepEqual(values, [number]);
    assert.deepEqual([...internalParams], [['x', number]]);
    assert.deepEqual(
      [...intermediateValues],
      [
        [0, number],
        [1, number + 1],
        [2, number + 2],
      ],
    );
  }
}

/** Processes that make trials side by side: numbers without a gap, each told once. */
export async function manyWriters(url: string, workers: number, each: number): Promise<void> {
  await using made = await study(url);
  const team = Array.from({ length: workers }, () => new Worker(url, 's', 'make', each));
  for (const worker of team) await worker.succeed();
  const trials = await made.trials();
  assert.equal(trials.length, workers * each);
  checkNumbers(trials);
  const told = team.flatMap((worker) => worker.numbers('told'));
  assert.deepEqual(
    told.sort((a, b) => a - b),
    trials.map((_, i) => i),
  );
  checkTold(trials, told);
  assert.equal(new Set(trials.map(({ userAttrs }) => userAttrs.worker)).size, workers);
}

/** Waiting trials and processes that are released together: each trial goes to one. */
export async function manyClaims(url: string, workers: number, waiting: number): Promise<void> {
  await using made = await study(url, waiting);
  const team = Array.from({ length: workers }, () => new Worker(url, 's', 'claim'));
  await until('all are ready', team, () =>
    team.every((worker) => !worker.running || worker.stdout.includes('ready')),
  );
  for (const worker of team) worker.process.stdin!.write('go\n');
  for (const worker of team) await worker.succeed();
  const claimed = team.map((worker) => worker.numbers('claimed'));
  assert.deepEqual(
    claimed.flat().sort((a, b) => a - b),
    Array.from({ length: waiting }, (_, i) => i),
  );
  assert.ok((await made.trials()).every(({ state }) => state === 'RUNNING'));
}

/** Workers that are killed at any moment, and replaced: what was told is there, the rest can be swept up. */
export async function killedWorkers(url: string, kills: number, total: number): Promise<void> {
  await using made = await study(url);
  const rng = createRng(kills);
  const start = () => new Worker(url, 's', 'work', total);
  const team = [start(), start(), start()];
  const dead: Worker[] = [];
  for (let k = 0; k < kills; k++) {
    const victim = rng.int(team.length);
    // in its first steps, or after some trials
    const ready = rng.uniform(0, 1) < 0.3 ? 0 : 1 + rng.int(3);
    await until(`kill ${k}: ${ready} trials are told`, team, () => {
      const { running } = team[victim];
      return !running || team[victim].numbers('told').length >= ready;
    });
    await sleep(rng.uniform(0, 20));
    team[victim].process.kill('SIGKILL');
    await team[victim].ended;
    dead.push(team[victim]);
    team[victim] = start();
  }
  for (const worker of team) await worker.succeed();
  const all = [...dead, ...team];
  checkTold(
    await made.trials(),
    all.flatMap((worker) => worker.numbers('told')),
  );
  // hearts of the dead beat no more
  await sleep(20);
  await made.storage.failStale(made.id, 0.01);
  const trials = await made.trials();
  checkNumbers(trials);
  assert.ok(trials.length >= total);
  // each began with a heartbeat: nobody died unnoticed
  assert.deepEqual(
    trials.filter(({ state }) => state === 'RUNNING'),
    [],
  );
}

/** SQLite's own word on a file. */
export function checkIntegrity(file: string): void {
  const database = new DatabaseSync(file);
  assert.deepEqual({ ...database.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' });
  assert.deepEqual({ ...database.prepare('PRAGMA journal_mode').get() }, { journal_mode: 'delete' });
  database.close();
}

/** A server that goes away in the middle, and comes back: workers wait, say so, and finish, with nothing lost or made twice. */
export async function serverAway(
  url: string,
  server: { stop: (mode: 'fast' | 'immediate') => void; start: () => void },
  outages: readonly ('fast' | 'immediate')[],
  each: number,
): Promise<void> {
  await using made = await study(url);
  const team = [new Worker(url, 's', 'make', each), new Worker(url, 's', 'make', each)];
  for (const [k, mode] of outages.entries()) {
    const enough = Math.ceil((each * (k + 1)) / (outages.length + 1));
    await until(`outage ${k}: ${enough} trials are told`, team, () =>
      team.every((worker) => !worker.running || worker.numbers('told').length >= enough),
    );
    server.stop(mode);
    // a busy machine may let a worker sleep through a short outage
    await until(`outage ${k}: it is noticed`, team, () =>
      team.every((worker) => !worker.running || outagesIn(worker) > k),
    );
    server.start();
  }
  for (const worker of team) await worker.succeed();
  // one that was done before has nothing to notice
  assert.ok(team.some((worker) => outagesIn(worker) > 0));
  for (const worker of team) {
    const back = worker.stderr.match(/is back after \d+ s/g) ?? [];
    assert.ok(back.length > 0 || outagesIn(worker) === 0, worker.stderr);
  }
  const trials = await made.trials();
  checkNumbers(trials);
  const told = team.flatMap((worker) => worker.numbers('told'));
  checkTold(trials, told);
  // a trial made twice would still be running
  assert.equal(trials.length, 2 * each);
  assert.equal(told.length, 2 * each);
}
