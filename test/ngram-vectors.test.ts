/** Vectors of character n-grams: threads, engines, word dropout, and words that no training text holds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRng } from '../src/core/rng.ts';
import { load } from '../src/classifier/load.ts';
import { train } from '../src/classifier/train.ts';
import { chooseEngine } from '../src/engine/choose.ts';
import type { EngineRequest } from '../src/engine/engines.ts';
import { recurrentOptions } from '../src/models/options.ts';
import { createSession, type Tensor } from '../src/models/session.ts';
import { idsWithNgrams } from '../src/text/ngrams.ts';
import { distance } from './golden/load.ts';

const BUCKETS = 50;
const rng = createRng(8);
const sequences = [9, 7, 7, 4, 1].map((length) =>
  idsWithNgrams(
    Int32Array.from({ length }, () => 1 + rng.int(20)),
    Array.from({ length }, () => Array.from({ length: rng.int(6) }, () => rng.int(BUCKETS))),
  ),
);
const labels = [0, 1, 2, 0, 1];

async function learn(
  threads: number,
  engine: EngineRequest,
  model: object = {},
): Promise<Record<string, Pick<Tensor, 'data'>>> {
  const session = await createSession({
    shape: {
      model: recurrentOptions({ embedding_dim: 20, hidden_size: 5, ngram_buckets: BUCKETS, ...model }),
      vocabularySize: 21,
      classes: 3,
    },
    capacity: { rows: 5, tokens: 40, steps: 9 },
    engine: chooseEngine(() => performance.now(), engine),
    threads,
    training: { loss: { type: 'cross_entropy' }, optimizer: { type: 'adamw' }, clipNorm: 1, seed: 4 },
  });
  try {
    session.initialise(5);
    for (let step = 0; step < 4; step++) session.step(sequences, labels, { step, lr: 0.1 });
    return { ...session.tensors(), probabilities: { data: session.predict(sequences) } };
  } finally {
    await session.close();
  }
}

test('any number of threads gives the same bits, and plain loops nearly the same values', async () => {
  const dropouts = { embedding_dropout: 0.2, word_dropout: 0.2, bidirectional: true };
  const one = await learn(1, 'wasm narrow', dropouts);
  assert.ok(one['embedding.ngrams'].data.some((x) => x !== 0));
  for (const threads of [2, 3]) assert.deepEqual(await learn(threads, 'wasm narrow', dropouts), one);
  const loops = await learn(1, 'reference', dropouts);
  for (const [name, { data }] of Object.entries(one)) {
    const difference = distance(data, loops[name].data);
    assert.ok(difference < 1e-3, `${name}: ${difference}`);
  }
});

test('word dropout hides the n-grams too', async () => {
  const hidden = await learn(1, 'wasm narrow', { word_dropout: 0.999999 });
  assert.ok(hidden['embedding.ngrams'].data.every((x) => x === 0));
});

const STEMS = ['deliver', 'refund', 'login'];
const ENDINGS = ['', 's', 'ed', 'ing'];
const texts = Array.from({ length: 90 }, (_, n) => `the ${STEMS[n % 3]}${ENDINGS[n % 4]} of order ${n % 7}`);

test('a word that no training text holds is read by its n-grams, also from the saved files', async () => {
  const classifier = await train(
    { texts, labels: texts.map((_, n) => STEMS[n % 3]) },
    {
      text: { min_count: 1 },
      model: { type: 'gru', hidden_size: 8, embedding_dim: 8, ngram_buckets: 500, dropout: 0 },
      train: { epochs: 30, batch_size: 8, lr: 0.01, seed: 2 },
      evaluate: { bootstrap_samples: 0 },
    },
  );
  const unseen = STEMS.map((stem) => `${stem}able`);
  const found = classifier.predict(unseen).map(({ label }) => label);
  assert.deepEqual(found, STEMS);
  const files = classifier.files();
  const folder = 'https://example.org/model/';
  const loaded = await load(folder, {
    fetch: (url) => Promise.resolve(new Response(files.get((url as string).replace(folder, '')))),
  });
  assert.deepEqual(
    loaded.predictProba([...unseen, ...texts]),
    classifier.predictProba([...unseen, ...texts]),
  );
  await Promise.all([classifier.close(), loaded.close()]);
});
