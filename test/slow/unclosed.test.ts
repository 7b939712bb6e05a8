/** Sessions that nobody closes: their threads end and their memory is given back when nobody can reach them any more. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { chooseEngine } from '../../src/engine/index.ts';
import { recurrentOptions } from '../../src/models/options.ts';
import { createSession } from '../../src/models/session.ts';

const MIB = 2 ** 20;
const engine = chooseEngine(() => performance.now());

async function leaveOpen(threads: number): Promise<void> {
  const session = await createSession({
    engine,
    threads,
    capacity: { rows: 32, tokens: 6000, steps: 200 },
    shape: { model: recurrentOptions({ type: 'bilstm' }), vocabularySize: 20_000, classes: 4 },
  });
  session.initialise(1);
  session.predict([Int32Array.of(3, 4, 5)]);
}

for (const threads of [1, 2]) {
  test(`fifty sessions of 40 MiB on ${threads} ${threads === 1 ? 'thread' : 'threads'} never take 800 MiB`, async () => {
    const before = process.memoryUsage().rss;
    let most = 0;
    for (let n = 0; n < 50; n++) {
      await leaveOpen(threads);
      await setTimeout(5);
      most = Math.max(most, process.memoryUsage().rss - before);
    }
    assert.ok(most < 800 * MIB, `${Math.round(most / MIB)} MiB`);
  });
}
