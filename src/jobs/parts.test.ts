/** Word vectors that a job learns first can be stopped. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder, writeFiles } from '../../test/support/temporary.ts';
import { tinyCsv } from '../../test/support/tiny.ts';
import { InterruptedError } from '../core/errors.ts';
import type { JobContext } from './context.ts';
import type { JobEvent } from './events.ts';
import { train } from './index.ts';
import { learnWordVectors } from './vectors.ts';

const folder = temporaryFolder();
const source = writeFiles(folder, { 'tiny.csv': tinyCsv() })('tiny.csv');
const config = {
  model: { type: 'rnn', hidden_size: 4, vectors: 'learn' },
  train: { epochs: 1, threads: 1 },
  evaluate: { bootstrap_samples: 20, figures: false },
} as const;

/** Stops a job once vectors are being learned and it said, for the n-th time, that it can be stopped. */
function stopping(nth: number) {
  const stop = new AbortController();
  const seen: JobEvent[] = [];
  let begun = 0;
  const context: JobContext = {
    stop: stop.signal,
    listener(event) {
      seen.push(event);
      if (event.type !== 'fitting' || event.what !== 'vectors') return;
      if (event.done === 0) begun++;
      // arrives only if the event loop runs
      if (begun === nth) setImmediate(() => stop.abort());
    },
  };
  const last = () => {
    const told = seen.flatMap((event) => (event.type === 'fitting' ? [event.done] : []));
    return Number(told.at(-1));
  };
  const stoppable = () => seen.flatMap((event) => (event.type === 'stoppable' ? [event.what] : []));
  return { context, last, stoppable };
}

test('a training ends before it begins', async () => {
  const { context, last, stoppable } = stopping(1);
  const output = join(folder, 'run');
  await assert.rejects(train({ source, config, output }, context), (error) => {
    assert.ok(error instanceof InterruptedError);
    assert.match(error.message, /^\[train\] stopped on request while word vectors were learned; /);
    return true;
  });
  assert.deepEqual(stoppable(), ['fit', null]);
  assert.ok(last() < 1, `${last()}`);
  assert.ok(!existsSync(output));
});

test('a run that is stopped before its second training is resumed', async () => {
  const { context, last } = stopping(2);
  const output = join(folder, 'again');
  const request = { source, config: { ...config, train: { ...config.train, refit: true } }, output };
  await assert.rejects(train(request, context), {
    name: 'InterruptedError',
    message: /^\[train\] stopped on request before the second training; .* Resume it with: .*--resume/,
  });
  assert.ok(last() < 1, `${last()}`);
  const { summary } = await train({ output, resume: true });
  assert.equal(summary.epochs, 1);
});

test('nothing is written of vectors that are learned to be kept', async () => {
  const { context, stoppable } = stopping(1);
  const output = join(folder, 'own.vec');
  await assert.rejects(learnWordVectors({ source, output }, context), {
    name: 'InterruptedError',
    message: '[vectors] stopped on request; nothing was written. Give the same command again.',
  });
  assert.deepEqual(stoppable(), ['fit', null]);
  assert.ok(!existsSync(output));
});

test('only the learning of vectors is told as stoppable', async () => {
  const { context, stoppable } = stopping(0);
  const model = { ...config.model, vectors: null };
  await train({ source, config: { ...config, model }, output: join(folder, 'without') }, context);
  assert.equal(stoppable()[0], 'training');
});
