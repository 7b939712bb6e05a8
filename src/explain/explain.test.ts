import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ModelFiles, TextClassifier } from '../classifier/index.ts';
import { ConfigError, InterruptedError, UnsupportedError } from '../core/errors.ts';
import { normalise } from '../text/normalise.ts';
import {
  classifierOf,
  ensembleFiles,
  fittedFiles,
  networkFiles,
  type NetworkOptions,
} from '../../test/support/classifiers.ts';
import { explain, explainInTurns } from './explain.ts';
import { completeTextOptions } from '../text/options.ts';
import { fittedLens } from './fitted-lens.ts';
import { lensOf } from './lens-of.ts';

const TEXT = 'The team said a NEW goal, unseen today';

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

async function using<T>(files: ModelFiles, work: (classifier: TextClassifier) => T | Promise<T>): Promise<T> {
  const classifier = await classifierOf(files);
  try {
    return await work(classifier);
  } finally {
    await classifier.close();
  }
}

const networks: Readonly<Record<string, NetworkOptions>> = {
  'LSTM, 2 layers': { model: { type: 'lstm', num_layers: 2 } },
  'bidirectional GRU': { model: { type: 'bigru' } },
  'RNN with relu': { model: { type: 'rnn', nonlinearity: 'relu', hidden_size: 9 } },
  'attention of 2 heads': { model: { pooling: [{ type: 'attention', heads: 2 }, 'mean'] } },
  'hierarchical, 3 segments': {
    model: { type: 'bilstm', pooling: [{ type: 'hierarchical', size: 3 }, 'max'] },
  },
  'n-grams of characters': { model: { ngram_buckets: 50 } },
  'parts of words': { text: { tokenizer: 'bpe', vocabulary_size: 40 } },
  'focal loss and a temperature': {
    loss: { type: 'focal', focal_gamma: 2, logit_adjustment: 0 },
    temperature: 1.7,
  },
  'thresholds of the classes': { thresholds: [0.6, 0.1, 0.3] },
  'thresholds and a temperature': { thresholds: [0.6, 0.1, 0.3], temperature: 1.7 },
};

describe('integrated gradients', () => {
  for (const [name, options] of Object.entries(networks)) {
    test(`${name}: adds up to the difference from the baseline`, async () => {
      await using(await networkFiles(options), (classifier) => {
        for (const baseline of ['pad', 'unk'] as const) {
          const found = explain(classifier, TEXT, { baseline, label: 'money', maxGap: 1e-3 });
          const [probability] = classifier.predictProba([TEXT]).subarray(1);
          assert.equal(found.method, 'integrated-gradients');
          assert.equal(found.probability, probability);
          const difference = probability - (found.baseline?.probability ?? NaN);
          const sum = sumOf(found.tokens.map(({ weight }) => weight));
          assert.ok(Math.abs(sum - difference) <= 1e-3 * Math.max(1e-3, Math.abs(difference)), `${sum} is not ${difference}`); // prettier-ignore
          assert.ok((found.gap ?? 1) <= 1e-3 && (found.steps ?? 0) >= 17);
        }
      });
    });

    // the vector of a token is one row of the table there, which central differences can move
    if (options.text || options.model?.['ngram_buckets'] !== undefined) continue;
    test(`${name}: the gradient of every token matches central differences`, async () => {
      const files = await networkFiles(options);
      const terms = await using(files, (classifier) => termsAt(classifier, 1));
      const byRows = await Promise.all(
        ['goal', 'team'].map(async (word) => {
          const h = 1e-6;
          const [up, down] = [await moved(files, word, 1 + h), await moved(files, word, 1 - h)];
          return (up - down) / (2 * h);
        }),
      );
      for (const [w, word] of ['goal', 'team'].entries()) {
        const own = terms.filter(({ text }) => text === word);
        assert.ok(Math.abs(sumOf(own.map(({ term }) => term)) - byRows[w]) < 1e-7, word);
      }
    });
  }

  test('an average of models that have thresholds of their own: adds up to the difference', async () => {
    const linear = await fittedFiles({ type: 'linear', C: 1 });
    const members = [
      await networkFiles({ thresholds: [0.6, 0.1, 0.3] }),
      { ...linear, config: { ...linear.config, thresholds: [0.2, 0.2, 0.6] } },
    ];
    await using(ensembleFiles(members, [0.7, 0.3]), (classifier) => {
      const options = { method: 'integrated-gradients', label: 'money', maxGap: 1e-3 } as const;
      const { tokens, baseline, probability } = explain(classifier, TEXT, options);
      const difference = probability - (baseline?.probability ?? NaN);
      const sum = sumOf(tokens.map(({ weight }) => weight));
      assert.ok(Math.abs(sum - difference) <= 1e-3 * Math.abs(difference), `${sum} is not ${difference}`);
    });
  });

  test('occlusion with thresholds: a word that the model does not know changes nothing', async () => {
    const { config, ...linear } = await fittedFiles({ type: 'linear', C: 1 });
    const files = { ...linear, config: { ...config, thresholds: [0.6, 0.1, 0.3] } };
    await using(files, (classifier) => {
      const { tokens } = explain(classifier, 'team zzzz goal', { method: 'occlusion', label: 'money' });
      const weights = new Map(tokens.map(({ text, weight }) => [text, weight]));
      assert.equal(weights.get('zzzz'), 0);
      assert.notEqual(weights.get('goal'), 0);
    });
  });

  test('a text of which nothing is known: no token has an influence', async () => {
    await using(await networkFiles(), (classifier) => {
      const found = explain(classifier, 'zzz qqq', { method: 'integrated-gradients' });
      assert.deepEqual([found.gap, found.steps], [0, 0]);
      assert.ok(found.tokens.every(({ weight }) => weight === 0));
    });
  });
});

/** The terms of the slope at a point of the line from zero vectors, in float64. */
function termsAt(classifier: TextClassifier, alpha: number): { text: string; term: number }[] {
  const lens = lensOf(classifier.inside().model, TEXT, 3);
  const path = lens.path('pad');
  assert.ok(path);
  path.forward([0.3, alpha]);
  const terms = path.backward(Float64Array.of(0, 0, 0, 0, 1, 0));
  const T = lens.tokens.length;
  return lens.tokens.map(({ text }, t) => ({ text, term: terms[T + t] }));
}

/** The probability of class 1, before the temperature, with the vector of a word (and of its n-grams) longer by a factor. */
async function moved(files: ModelFiles, word: string, factor: number): Promise<number> {
  return using(files, (classifier) => {
    const { model } = classifier.inside();
    assert.ok(model.kind === 'session');
    const { session, pipeline } = model;
    const tensors = session.tensors();
    const id = pipeline.vocabulary.id(word);
    const { data, shape } = tensors['embedding.weight'];
    const others = Float64Array.from(data);
    for (let d = 0; d < shape[1]; d++) others[id * shape[1] + d] *= factor;
    session.load({ ...tensors, 'embedding.weight': { shape, data: others } });
    return session.predict([pipeline.encode(TEXT).ids])[1];
  });
}

describe('the linear model', () => {
  test('its weights and the bias give the probability', async () => {
    for (const char_ngrams of [null, [2, 4]]) {
      await using(await fittedFiles({ type: 'linear', char_ngrams }), (classifier) => {
        const scores = classifier.labelNames.map((label) => {
          const found = explain(classifier, TEXT, { label });
          assert.equal(found.method, 'weights');
          return (found.bias ?? NaN) + sumOf(found.tokens.map(({ weight }) => weight));
        });
        const { model } = classifier.inside();
        assert.ok(model.kind === 'fitted');
        const temperature = model.fitted.parts?.(TEXT).temperature ?? NaN;
        const powers = scores.map((score) => Math.exp(score / temperature));
        for (const [c, p] of classifier.predictProba([TEXT]).entries())
          assert.ok(Math.abs(powers[c] / sumOf(powers) - p) < 1e-12);
      });
    }
  });

  test('integrated gradients adds up too, and a word of the class is for it', async () => {
    await using(await fittedFiles({ type: 'linear' }), (classifier) => {
      const found = explain(classifier, TEXT, { method: 'integrated-gradients', maxGap: 1e-6 });
      assert.equal(found.label, 'sport');
      assert.ok((found.gap ?? 1) <= 1e-6);
      const [strongest] = found.tokens.toSorted((a, b) => b.weight - a.weight);
      assert.ok(['goal', 'team'].includes(strongest.text), strongest.text);
    });
  });
});

describe('ensembles', () => {
  test('integrated gradients is the weighted mean of those of the members', async () => {
    const members = await Promise.all([1, 2].map((seed) => networkFiles({ seed })));
    const options = { label: 'music', method: 'integrated-gradients', maxGap: 1e-3 } as const;
    const [one, two] = await Promise.all(
      members.map((files) => using(files, (c) => explain(c, TEXT, options))),
    );
    const both = await using(ensembleFiles(members, [0.25, 0.75]), (c) => explain(c, TEXT, options));
    for (const [t, { weight }] of both.tokens.entries())
      assert.ok(Math.abs(weight - 0.25 * one.tokens[t].weight - 0.75 * two.tokens[t].weight) < 1e-4);
  });

  test('members that cut texts differently, and temperatures: complete', async () => {
    const members = [
      await networkFiles({ text: { tokenizer: 'bpe', vocabulary_size: 40 }, temperature: 0.6 }),
      await fittedFiles({ type: 'linear' }),
      await networkFiles({ seed: 3, text: { max_length: 4 } }),
    ];
    await using(ensembleFiles(members, [0.5, 0.2, 0.3], 1.4), (classifier) => {
      const found = explain(classifier, TEXT, { maxGap: 1e-3 });
      const sum = sumOf(found.tokens.map(({ weight }) => weight));
      assert.equal(found.method, 'integrated-gradients');
      assert.ok(Math.abs(sum - (found.probability - (found.baseline?.probability ?? NaN))) < 1e-3);
      assert.ok(
        found.tokens.some(({ text }) => text === 'NEW'),
        'words as they stand in the text',
      );
    });
  });
});

describe('occlusion', () => {
  test('is the fall of the probability without the word', async () => {
    for (const files of [await networkFiles(), await fittedFiles({ type: 'linear' })]) {
      await using(files, (classifier) => {
        const found = explain(classifier, TEXT, { method: 'occlusion', label: 'sport' });
        const goal = found.tokens.find(({ text }) => text === 'goal');
        const without = classifier.predictProba([TEXT.replace('goal', '')])[0];
        assert.ok(Math.abs((goal?.weight ?? NaN) - (found.probability - without)) < 1e-12);
      });
    }
  });

  test('the majority: no token has an influence', async () => {
    await using(await fittedFiles({ type: 'majority' }), (classifier) => {
      for (const method of ['auto', 'occlusion', 'integrated-gradients'] as const) {
        const found = explain(classifier, TEXT, { method });
        assert.ok(found.tokens.length > 0 && found.tokens.every(({ weight }) => weight === 0));
      }
    });
  });
});

test('a fitted model that knows the text but not how its score adds up has no gradient, so that its words are left out', () => {
  const text = completeTextOptions({});
  const withWord = (texts: readonly string[]) => texts.map((each) => (each.includes('goal') ? 1 : 0));
  const fitted = {
    ...{
      classes: 2,
      features: 1,
      parameters: { count: 1 },
      decisions: [],
      tensors: () => ({}),
      state: () => ({}),
    },
    score: (texts: readonly string[]) => ({
      probabilities: Float64Array.from(
        withWord(texts).flatMap((known) => [0.5 + 0.4 * known, 0.5 - 0.4 * known]),
      ),
      tokens: Int32Array.from(texts, () => 1),
      known: Int32Array.from(withWord(texts)),
    }),
  };
  const lens = fittedLens({ kind: 'fitted', fitted, text }, 'a goal', 2);
  assert.equal(lens.path('pad'), undefined);
  assert.deepEqual([...lens.without([new Set([1])]).probabilities], [0.5, 0.5]);
});

test('attention: what predict tells, the mean over the heads', async () => {
  const files = await networkFiles({ model: { pooling: [{ type: 'attention', heads: 2 }] } });
  await using(files, (classifier) => {
    const found = explain(classifier, TEXT, { method: 'attention' });
    const [{ heads }] = classifier.attention([TEXT]);
    for (const [t, { weight }] of found.tokens.entries())
      assert.ok(Math.abs(weight - (heads[0][t] + heads[1][t]) / 2) < 1e-12);
  });
});

test('tokens know their place in the text, whatever normalisation did to it', async () => {
  const text = 'ＴＥＡＭ said: “the goal’s ﬁne” — İ, é, 𝒢oal 한국 said';
  for (const files of [
    await networkFiles(),
    await networkFiles({ text: { tokenizer: 'unigram', vocabulary_size: 40 } }),
    await fittedFiles({ type: 'linear', char_ngrams: [2, 3] }),
  ]) {
    // prettier-ignore
    await using(files, (classifier) => {
      const { tokens } = explain(classifier, text, { method: 'occlusion' });
      for (const { text: token, start, end } of tokens) {
        if (token === '▁') continue; // stands for no character of the text
        const own = normalise(text.slice(start, end)).replaceAll('’', "'");
        // a ligature may be cut into parts of words
        assert.ok(own.includes(normalise(token.replaceAll('▁', ''))), `${token} at ${start}: ${own}`);
      }
      assert.ok(tokens.some(({ start, end }) => 'ＴＥＡＭ'.includes(text.slice(start, end))));
    });
  }
});

test('what cannot be explained is refused with what to do', async () => {
  await using(await networkFiles(), (classifier) => {
    assert.throws(() => explain(classifier, TEXT, { method: 'attention' }), UnsupportedError);
    assert.throws(() => explain(classifier, TEXT, { method: 'weights' }), /Use integrated-gradients/);
    assert.throws(() => explain(classifier, TEXT, { label: 'cats' }), /sport, money, music/);
    assert.throws(() => explain(classifier, TEXT, { maxGap: 0 }), ConfigError);
    assert.throws(() => explain(classifier, ['a'] as unknown as string), /one string/);
  });
});

test('an explanation ends where it is told to, by whichever method', async () => {
  await using(await networkFiles({}), (classifier) => {
    for (const method of ['integrated-gradients', 'occlusion'] as const) {
      let asked = 0;
      assert.throws(
        () => explain(classifier, TEXT.repeat(20), { method, maxGap: 1e-9, stop: () => ++asked > 1 }),
        InterruptedError,
      );
      assert.equal(asked, 2, method);
    }
  });
});

test('in turns, an explanation has the same bits, whatever the model explains between its passes, and can be stopped', async () => {
  await using(await networkFiles({}), async (classifier) => {
    const text = TEXT.repeat(20);
    for (const method of ['integrated-gradients', 'occlusion'] as const) {
      const expected = explain(classifier, text, { method });
      let turns = 0;
      const pause = () => {
        turns++;
        explain(classifier, `another ${TEXT}`.repeat(turns), { method, maxSteps: 5 });
        return Promise.resolve();
      };
      assert.deepEqual(await explainInTurns(classifier, text, { method, pause }), expected);
      assert.ok(turns > 1, `${turns}`);
      const before = turns;
      await assert.rejects(
        explainInTurns(classifier, text, { method, pause, stop: () => turns > before + 1 }),
        InterruptedError,
      );
      assert.equal(turns, before + 2);
    }
  });
});

test('a first look by two gradients is the slope where the probability of a long text rises, between baseline and text', async () => {
  await using(await networkFiles({}), (classifier) => {
    const found = explain(classifier, TEXT, { maxSteps: 2 });
    const whole = explain(classifier, TEXT, { maxGap: 1e-4 });
    assert.equal(found.steps, 2);
    assert.deepEqual(found.baseline, whole.baseline);
    assert.deepEqual(found.probabilities, whole.probabilities);
    const [a, b] = [found, whole].map(({ tokens }) => tokens.map(({ weight }) => weight));
    const dot = (x: readonly number[], y: readonly number[]) => sumOf(x.map((value, t) => value * y[t]));
    assert.ok(dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)) > 0.9);
    const difference = whole.probability - (whole.baseline?.probability ?? NaN);
    const gap = Math.abs(sumOf(a) - difference) / Math.max(1e-3, Math.abs(difference));
    assert.ok(Math.abs(gap - (found.gap ?? NaN)) < 1e-9);
  });
});
