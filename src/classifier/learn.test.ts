/** Training in memory: word vectors that are learned first. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRng } from '../core/rng.ts';
import type { ClassifierEvent } from './events.ts';
import { train } from './train.ts';

const rng = createRng(11);
const texts = Array.from({ length: 300 }, (_, n) =>
  Array.from({ length: 12 }, () => `${n % 2 ? 'sport' : 'market'}${rng.int(200)}`).join(' '),
);
const documents = { texts, labels: texts.map((_, n) => n % 2) };
const settings = {
  model: { type: 'gru', hidden_size: 4, vectors: 'learn' },
  text: { vocabulary_size: 50 },
  train: { epochs: 1, refit: false },
  evaluate: { bootstrap_samples: 0 },
} as const;

/** A clock that runs fast, so that everything takes long. */
function fastClock(): () => number {
  let time = 0;
  return () => (time += 100);
}

test('progress is told, and the vocabulary keeps its size', async () => {
  const told: number[] = [];
  const reading: ClassifierEvent[] = [];
  const classifier = await train(documents, {
    ...settings,
    listener(event) {
      if (event.type === 'fitting' && event.what === 'vectors') told.push(event.done);
      if (event.type === 'prepared') reading.push(event);
    },
  });
  await classifier.close();
  assert.deepEqual([told[0], told.at(-1)], [0, 1]);
  assert.deepEqual(
    told,
    told.toSorted((a, b) => a - b),
  );
  assert.ok(told.length > 5 && reading[0].type === 'prepared');
  assert.equal(reading[0].reading?.vocabulary.size, 50);
  assert.equal(reading[0].reading.vectors?.others, 0);
});

test('a signal that is aborted while vectors are learned ends the training', async () => {
  const controller = new AbortController();
  const told: number[] = [];
  const training = train(documents, {
    ...settings,
    now: fastClock(),
    signal: controller.signal,
    listener(event) {
      if (event.type !== 'fitting') return;
      told.push(event.done);
      // arrives only if the event loop runs
      setTimeout(() => {
        controller.abort();
      });
    },
  });
  await assert.rejects(training, {
    name: 'InterruptedError',
    message: '[train] stopped on request before word vectors were learned; nothing was kept.',
  });
  assert.ok(told.length < 3 && Number(told.at(-1)) < 0.5, told.join(' '));
});
