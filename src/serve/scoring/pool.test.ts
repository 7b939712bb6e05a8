import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UnrollError } from '../../core/errors.ts';
import { chooseEngine } from '../../engine/index.ts';
import type { ModelSnapshot, Question } from './messages.ts';
import { Pool, type PoolOptions } from './pool.ts';
import { Scheduler } from './scheduler.ts';
import { type StartThread, ThreadEndedError } from './thread.ts';

const snapshot: ModelSnapshot = { path: 'run', folder: 'run/model', files: new Map() };

/** Threads that answer every text with one class, and end at the text `end`. */
function threadsThatEnd() {
  const asked: string[] = [];
  const start: StartThread = (_, onEnd) => {
    let ended = false;
    const answer = (question: Question) => {
      asked.push(question.ask);
      if (ended) throw new ThreadEndedError('it has ended');
      if (question.ask === 'load') return { labelNames: ['a'], type: 'fake', events: [] };
      if (question.ask !== 'score') return null;
      if (question.texts.includes('end')) {
        ended = true;
        onEnd('exit code 1');
        throw new ThreadEndedError('exit code 1');
      }
      const ones = {
        tokens: Int32Array.from(question.texts, () => 1),
        known: Int32Array.from(question.texts, () => 1),
      };
      const rest = { noneOfThese: undefined, abstains: undefined, sets: undefined };
      return { probabilities: Float64Array.from(question.texts, () => 1), ...ones, ...rest };
    };
    return {
      ask: async (question) => {
        await new Promise((resolve) => setImmediate(resolve));
        return answer(question) as never;
      },
      close: () => Promise.resolve(),
    };
  };
  return { asked, start };
}

function poolOf(start: StartThread, onThread?: PoolOptions['onThread']) {
  const now = () => performance.now();
  const engine = chooseEngine(now, 'reference');
  const pool = new Pool({
    engine,
    start,
    threads: 1,
    confidence: {},
    maxBatch: 4,
    ...(onThread && { onThread }),
  });
  const limits = { maxBatch: 4, maxWait: 0, maxQueue: 100, timeout: 60_000 };
  const sizes: number[] = [];
  const scheduler = new Scheduler({ pool, limits, now, batch: (_, texts) => sizes.push(texts) });
  return { pool, scheduler, sizes };
}

test('a thread that ends by itself is replaced, with its models, and what it worked on is refused', async () => {
  const { asked, start } = threadsThatEnd();
  const told: string[] = [];
  const { pool, scheduler } = poolOf(start, ({ what }) => told.push(what));
  const { model } = await pool.load(snapshot);
  await assert.rejects(scheduler.predict(model, ['end']).result, /503|another takes its place/);
  assert.equal(pool.alive, 0);
  // what waits meanwhile is answered by the one in its place
  const [row] = await scheduler.predict(model, ['x']).result;
  assert.deepEqual([...row.scores], [1]);
  assert.deepEqual(told, ['ended', 'replaced']);
  assert.equal(asked.filter((one) => one === 'load').length, 2);
  await pool.close();
});

test('texts that wait share batches, up to the largest, and those nobody waits for are left out', async () => {
  const { pool, scheduler, sizes } = poolOf(threadsThatEnd().start);
  const { model } = await pool.load(snapshot);
  const tickets = Array.from({ length: 9 }, () => scheduler.predict(model, ['x']));
  const left = scheduler.predict(model, ['x', 'x', 'x']);
  assert.equal(scheduler.waiting, 12);
  left.cancel();
  assert.equal(scheduler.waiting, 9);
  await Promise.all(tickets.map(({ result }) => result));
  await assert.rejects(left.result);
  assert.deepEqual(sizes, [4, 4, 1]);
  await scheduler.idle(model);
  await pool.close();
});

test('an explanation is told how long it may take, what it waited taken off', async () => {
  const within: number[] = [];
  const start: StartThread = () => ({
    ask: async (question) => {
      await new Promise((resolve) => setImmediate(resolve));
      if (question.ask === 'explain') within.push(question.within);
      return (question.ask === 'load' ? { labelNames: ['a'], type: 'fake', events: [] } : {}) as never;
    },
    close: () => Promise.resolve(),
  });
  const { pool } = poolOf(start);
  let clock = 0;
  const limits = { maxBatch: 1, maxWait: 0, maxQueue: 10, timeout: 30_000 };
  const scheduler = new Scheduler({ pool, limits, now: () => clock });
  const { model } = await pool.load(snapshot);
  const { result } = scheduler.explain(model, 'a text', {});
  clock = 12_000;
  await result;
  assert.deepEqual(within, [18_000]);
  await pool.close();
});

test('an explanation that the thread stops at the time limit is refused with what to do', async () => {
  const start: StartThread = () => ({
    ask(question) {
      if (question.ask === 'explain') return Promise.reject(new UnrollError('interrupted', 'stopped'));
      return Promise.resolve({ labelNames: ['a'], type: 'fake', events: [] } as never);
    },
    close: () => Promise.resolve(),
  });
  const { pool } = poolOf(start);
  const limits = { maxBatch: 1, maxWait: 0, maxQueue: 10, timeout: 20 };
  const scheduler = new Scheduler({ pool, limits, now: () => performance.now() });
  const { model } = await pool.load(snapshot);
  await assert.rejects(scheduler.explain(model, 'a text', {}).result, {
    status: 503,
    message: /within 0\.02 s.* with a shorter text, or start the server with a longer --timeout/,
  });
  await pool.close();
});
