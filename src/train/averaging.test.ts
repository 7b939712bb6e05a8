import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Session } from '../models/session.ts';
import { createAveraging } from './averaging.ts';
import { trainOptions } from './options.ts';

test('the average stands in for the weights from the step at which it begins, and only while work is done with it', async () => {
  let exchanges = 0;
  const session = { exchangeAverage: () => void exchanges++ } as unknown as Session;
  const { average } = trainOptions.parse({ average: { type: 'swa', start: 0.4 } });
  const averaging = createAveraging(session, { average }, 10);
  for (let steps = 0; steps <= 10; steps++) {
    // step 4, from 0, is the first that counts: after five steps there is an average
    const begun = steps >= 5;
    exchanges = 0;
    await averaging.keep(steps);
    assert.equal(exchanges, begun ? 1 : 0, `kept after ${steps} steps`);
    exchanges = 0;
    const within = await averaging.during(steps, () => Promise.resolve(exchanges));
    assert.deepEqual([within, exchanges], begun ? [1, 2] : [0, 0], `measured after ${steps} steps`);
  }
});
