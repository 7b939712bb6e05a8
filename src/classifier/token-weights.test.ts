import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UnsupportedError } from '../core/errors.ts';
import { load } from './load.ts';
import { train } from './train.ts';

const texts = Array.from({ length: 40 }, (_, n) =>
  n % 2 ? `in london shares ${n} fell on monday` : `in london the match ${n} was won again`,
);
const labels = texts.map((_, n) => (n % 2 ? 'business' : 'sport'));
const settings = (pooling: unknown, epochs = 1) => ({
  text: { max_length: 6 },
  model: { type: 'bilstm', hidden_size: 8, embedding_dim: 8, pooling },
  train: { epochs, lr: 0.02, batch_size: 4 },
  evaluate: { bootstrap_samples: 0 },
});

test('weights are those of the tokens that the model reads, and sum to 1 for each head', async () => {
  const classifier = await train(
    { texts, labels },
    settings([{ type: 'attention', heads: 3 }, 'max']) as never,
  );
  const given = ['In London, shares fell', 'one two three four five six seven eight', ''];
  const attended = classifier.attention(given);
  assert.deepEqual(
    attended.map(({ tokens }) => tokens),
    [['in', 'london', 'shares', 'fell'], ['one', 'two', 'three', 'four', 'five', 'six'], ['<UNK>']],
  );
  for (const { tokens, heads } of attended) {
    assert.equal(heads.length, 3);
    for (const weights of heads) {
      assert.equal(weights.length, tokens.length);
      assert.ok(weights.every((weight) => weight >= 0));
      assert.ok(Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-6);
    }
  }
  assert.notDeepEqual(attended[0].heads[0], attended[0].heads[1]);
  for (const [n, text] of given.entries())
    assert.deepEqual(classifier.attention([text]), [attended[n]], 'a text alone has the same weights');
  const loaded = await load(classifier.files());
  assert.deepEqual(loaded.attention(given), attended);
  await loaded.close();
  assert.throws(() => loaded.attention(given), /must be open/);
  await classifier.close();
});

test('a trained model weighs what tells the classes apart more than what they share', async () => {
  const classifier = await train({ texts, labels }, settings('attention', 12) as never);
  const [{ tokens, heads }] = classifier.attention(['in london shares']);
  assert.deepEqual(tokens, ['in', 'london', 'shares']);
  assert.ok(heads[0][2] > heads[0][0], String(heads[0]));
  await classifier.close();
});

test('hierarchical: a token weighs its share of the segment times that of the segment, 1 in all', async () => {
  const classifier = await train({ texts, labels }, settings([{ type: 'hierarchical', size: 2 }]) as never);
  const given = ['in london shares fell on', 'shares'];
  const [long, short] = classifier.attention(given);
  for (const [weights] of [long.heads, short.heads]) {
    assert.ok(weights.every((weight) => weight > 0));
    assert.ok(Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-6);
  }
  assert.equal(long.heads[0].length, 5);
  assert.deepEqual(classifier.attention([given[0]]), [long], 'a text alone has the same weights');
  await classifier.close();
});

test('a model without attention is refused', async () => {
  for (const model of [{ type: 'bilstm', pooling: 'mean', hidden_size: 4 }, { type: 'linear' }]) {
    const classifier = await train(
      { texts, labels },
      {
        model,
        train: { epochs: 1 },
        evaluate: { bootstrap_samples: 0 },
      },
    );
    for (const given of [['shares'], []]) {
      assert.throws(() => classifier.attention(given), {
        name: UnsupportedError.name,
        message: /\[attention\] the model must have the pooling attention, but has not\. Train one with/,
      });
    }
    await classifier.close();
  }
});
