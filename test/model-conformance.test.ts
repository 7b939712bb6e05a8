/** What every model of the family must keep; a new member is tested unasked. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRng } from '../src/core/rng.ts';
import { ShapeError, UnsupportedError } from '../src/core/errors.ts';
import type { TypeAndOptions } from '../src/core/family.ts';
import { chooseEngine } from '../src/engine/index.ts';
import { argmaxRows } from '../src/evaluate/confusion.ts';
import {
  asRecurrent,
  describeModel,
  fittedAtOnce,
  flowchartOf,
  modelOf,
  type ModelOptions,
  models,
  modelTypes,
  openModel,
  parametersOf,
  savedOptions,
} from '../src/models/family.ts';
import type { FittedClassifier, FittedModel } from '../src/models/model.ts';
import { completeModelOptions } from '../src/models/options.ts';
import { predictSequences } from '../src/models/predict.ts';
import type { TrainableClassifier } from '../src/models/trainable.ts';
import { losses } from '../src/nn/losses/index.ts';
import { completeTextOptions } from '../src/text/options.ts';

const CLASSES = 3;
const VOCABULARY = 30;
const rng = createRng(12);
/** Documents whose class is the only token above 26, longest first. */
const documents = Array.from({ length: 24 }, (_, n) => {
  const ids = Int32Array.from({ length: 9 - Math.floor(n / 3) }, () => 2 + rng.int(20));
  ids[rng.int(ids.length)] = 27 + (n % CLASSES);
  return ids;
});
const labels = documents.map((_, n) => n % CLASSES);
const capacity = { rows: 24, tokens: 24 * 9, steps: 9 };
const engine = chooseEngine(() => 0, 'wasm narrow');
const softmax = losses.describe({ type: 'cross_entropy' });

function open(model: ModelOptions, training = true): Promise<TrainableClassifier> {
  return openModel(model, {
    engine,
    capacity,
    vocabularySize: VOCABULARY,
    classes: CLASSES,
    ...(training && {
      training: { loss: { type: 'cross_entropy' }, optimizer: { type: 'sgd' }, clipNorm: null, seed: 3 },
    }),
  });
}

/** Steps [from, to) on all documents. */
function learn(classifier: TrainableClassifier, from: number, to: number, lr = 0.5): number {
  let loss = NaN;
  for (let step = from; step < to; step++) ({ loss } = classifier.step(documents, labels, { step, lr }));
  return loss;
}

/** Texts whose class is one of their words; the last class has half as many. */
const THEMES = ['parcel courier van', 'invoice refund paid', 'password login reset'].map((line) =>
  line.split(' '),
);
const texts = Array.from({ length: 90 }, (_, n) => {
  const theme = THEMES[n % 5 === 4 ? 1 : n % 2 === 0 ? 0 : 2];
  return `the ${theme[n % 3]} of order ${n} is here`;
});
const classOf = (text: string) => THEMES.findIndex((words) => words.some((word) => text.includes(word)));
const labelled = { texts, labels: Int32Array.from(texts, classOf), classes: CLASSES };
const text = completeTextOptions();

/** What every model must keep that is fitted at once. */
function fittedTests(model: ModelOptions, { fit, restore }: FittedModel<TypeAndOptions>): void {
  const probabilities = (classifier: FittedClassifier) => classifier.score(texts).probabilities;

  test('the same documents and seed give the same bits; it tells how far it is', async () => {
    const done: number[] = [];
    const progress = async (at: number) => void done.push(at);
    const a = await fit(model, labelled, { text, seed: 4, progress });
    const b = await fit(model, labelled, { text, seed: 4 });
    assert.deepEqual([a.tensors(), a.state()], [b.tensors(), b.state()]);
    assert.equal(done.at(-1), 1);
    assert.deepEqual(
      done,
      done.toSorted((x, y) => x - y),
    );
  });

  test('it is at least as good as the most frequent class', async () => {
    const p = probabilities(await fit(model, labelled, { text, seed: 1 }));
    const right = argmaxRows(p, CLASSES).filter((c, n) => c === labelled.labels[n]).length;
    const most = Math.max(...[0, 1, 2].map((c) => labelled.labels.filter((label) => label === c).length));
    assert.ok(right >= most, `${right} of ${texts.length}, the most frequent class has ${most}`);
  });

  test('rows of probabilities sum to 1, and do not depend on the batch', async () => {
    const classifier = await fit(model, labelled, { text, seed: 1 });
    const { probabilities: all, tokens, known } = classifier.score([...texts, '', 'zzz']);
    assert.equal(all.length, (texts.length + 2) * CLASSES);
    for (const [n, one] of [...texts, '', 'zzz'].entries()) {
      const row = classifier.score([one]).probabilities;
      assert.deepEqual(row, all.slice(n * CLASSES, (n + 1) * CLASSES));
      assert.ok(Math.abs(row.reduce((sum, p) => sum + p, 0) - 1) < 1e-12);
    }
    assert.equal(tokens[texts.length], 0);
    assert.deepEqual([...known.slice(-2)], [0, 0]);
  });

  test('a text of which nothing is known has the class frequencies of the training documents', async () => {
    const classifier = await fit(model, labelled, { text, seed: 1 });
    const counts = [0, 1, 2].map((c) => labelled.labels.filter((label) => label === c).length);
    const row = classifier.score(['zzz']).probabilities;
    for (const [c, count] of counts.entries()) assert.ok(Math.abs(row[c] - count / texts.length) < 1e-12);
  });

  test('it has as many parameters as its definition says', async () => {
    const classifier = await fit(model, labelled, { text, seed: 1 });
    const sizes = { vocabularySize: classifier.features, classes: CLASSES };
    const counted = parametersOf(model, sizes).reduce((sum, { count }) => sum + count, 0);
    assert.equal(classifier.parameters.count, counted);
    const inTensors = Object.values(classifier.tensors()).reduce((sum, { data }) => sum + data.length, 0);
    assert.equal(inTensors, counted);
  });

  test('what it saves, through JSON, predicts with the same bits', async () => {
    const classifier = await fit(model, labelled, { text, seed: 2 });
    const state: unknown = JSON.parse(JSON.stringify(classifier.state()));
    const restored = restore(model, { tensors: classifier.tensors(), state, text });
    assert.deepEqual(probabilities(restored), probabilities(classifier));
    assert.deepEqual(restored.state(), state);
    assert.deepEqual(restored.strongest?.(3), classifier.strongest?.(3));
  });

  test('tensors and states that do not fit are refused', async () => {
    const classifier = await fit(model, labelled, { text, seed: 2 });
    const saved = { tensors: classifier.tensors(), state: classifier.state(), text };
    const [name] = Object.keys(saved.tensors);
    const { [name]: first, ...others } = saved.tensors;
    assert.throws(() => restore(model, { ...saved, tensors: others }), ShapeError);
    const bent = { ...saved.tensors, [name]: { shape: [...first.shape, 1], data: first.data } };
    assert.throws(() => restore(model, { ...saved, tensors: bent }), ShapeError);
    for (const state of [null, 3, {}, [], 'text', undefined])
      assert.throws(() => restore(model, { ...saved, state }), ShapeError);
  });

  test('an error of who watches ends the fit', async () => {
    const progress = () => Promise.reject(new Error('enough'));
    await assert.rejects(fit(model, labelled, { text, seed: 1, progress }), /enough/);
  });
}

test('every type names one model, and every model has one', () => {
  assert.equal(new Set(modelTypes).size, modelTypes.length);
  for (const { types } of models) assert.ok(types.length > 0);
  assert.throws(
    () => modelOf({ type: 'forest' }),
    /\[model\] type must be one of .*lstm.*, but got "forest"/,
  );
});

for (const type of modelTypes) {
  // small, where the model has these keys
  const own = Object.keys(modelOf({ type }).options);
  const small = Object.entries({ hidden_size: 7, embedding_dim: 6 }).filter(([key]) => own.includes(key));
  const model = completeModelOptions({ type, ...Object.fromEntries(small) });

  describe(`every model: ${type}`, () => {
    test('its options are complete: parsed again they stay as they are', () => {
      assert.deepEqual(completeModelOptions(model), model);
      assert.equal(modelOf(model), modelOf({ type }));
    });

    test('it says what it is: title, sentence, equations, a flowchart with its parameters', () => {
      const { title, sentence, equations } = describeModel(model);
      assert.ok(title.length > 0);
      assert.match(sentence, /^an? \S/);
      assert.ok(equations(softmax).some(({ kind }) => kind === 'equations'));
      const { stages, words, parameters } = flowchartOf(model, {
        vocabularySize: VOCABULARY,
        classes: CLASSES,
        maxLength: 9,
        loss: softmax,
      });
      assert.ok(stages.length > 1);
      const total = parameters.reduce((sum, { count }) => sum + count, 0);
      assert.ok(words.count > 0 && words.count <= total);
      for (const { shape, count } of parameters)
        assert.equal(shape.reduce((product, n) => product * n, 1), count); // prettier-ignore
    });

    const atOnce = fittedAtOnce(model);
    if (atOnce) {
      fittedTests(model, atOnce);
      return;
    }

    test('it has as many parameters as its definition says', async () => {
      const classifier = await open(model);
      const counted = parametersOf(model, { vocabularySize: VOCABULARY, classes: CLASSES });
      assert.equal(classifier.parameters.count, counted.reduce((sum, { count }) => sum + count, 0)); // prettier-ignore
      await classifier.close();
    });

    test('the same seed gives the same bits; another one others; it learns', async () => {
      const [a, b] = [await open(model), await open(model)];
      a.initialise(4);
      b.initialise(4);
      const before = a.evaluate(documents, labels).loss;
      for (const classifier of [a, b]) learn(classifier, 0, 20);
      assert.deepEqual(a.tensors(), b.tensors());
      assert.ok(a.evaluate(documents, labels).loss < before);
      b.initialise(5);
      assert.notDeepEqual(a.tensors(), b.tensors());
      await Promise.all([a.close(), b.close()]);
    });

    test('rows of probabilities sum to 1, and do not depend on the batch', async () => {
      const classifier = await open(model);
      classifier.initialise(6);
      const all = classifier.predict(documents);
      assert.deepEqual(classifier.probabilities(), all);
      for (const [n, ids] of documents.entries()) {
        const row = classifier.predict([ids]);
        assert.deepEqual(row, all.slice(n * CLASSES, (n + 1) * CLASSES));
        assert.ok(Math.abs(row.reduce((sum, p) => sum + p, 0) - 1) < 1e-12);
      }
      await classifier.close();
    });

    test('tensors and optimiser state, loaded elsewhere, go on with the same bits', async () => {
      const [a, b] = [await open(model), await open(model)];
      a.initialise(7);
      learn(a, 0, 3);
      b.load(a.tensors());
      b.loadOptimizerState(a.optimizerState());
      for (const classifier of [a, b]) learn(classifier, 3, 6);
      assert.deepEqual(b.tensors(), a.tensors());
      await Promise.all([a.close(), b.close()]);
    });

    test('what a model folder saves predicts the same within 1e-5', async () => {
      const trained = await open(model);
      trained.initialise(8);
      learn(trained, 0, 5);
      const saved = await open(completeModelOptions(savedOptions(model)), false);
      saved.load(trained.tensors());
      const [want, got] = [trained, saved].map((one) => predictSequences(one, documents));
      for (const [j, p] of want.entries()) assert.ok(Math.abs(p - got[j]) < 1e-5);
      await Promise.all([trained.close(), saved.close()]);
    });

    test('calls after close, and batches that do not fit, are refused', async () => {
      const classifier = await open(model);
      classifier.initialise(9);
      assert.throws(() => classifier.predict('text' as never), /\[predict\] sequences must be a list .* got the text "text"/); // prettier-ignore
      assert.throws(() => classifier.predict([]), /\[predict\] sequences must be .* got an empty list/);
      assert.throws(() => classifier.predict([[1, 2]] as never), /sequences\[0\] must be an Int32Array/);
      assert.throws(() => classifier.predict(documents.concat(documents)), /must fit the capacity of 24 documents/); // prettier-ignore
      assert.throws(() => classifier.evaluate(documents, [1]), /\[evaluate\] labels must be 24/);
      await classifier.close();
      for (const call of [
        () => classifier.predict(documents),
        () => classifier.evaluate(documents, labels),
        () => learn(classifier, 0, 1),
        () => classifier.tensors(),
        () => classifier.initialise(1),
      ]) {
        assert.throws(call, (error) => {
          assert.ok(error instanceof UnsupportedError);
          assert.match(error.message, /the classifier must be open, but it was closed/);
          return true;
        });
      }
      await classifier.close();
    });
  });
}

test('a session on two threads that was closed is refused too, and does not wait for its threads', async () => {
  const model = asRecurrent(completeModelOptions({ type: 'gru', hidden_size: 5, embedding_dim: 5 }));
  assert.ok(model);
  const plan = { engine, capacity, vocabularySize: VOCABULARY, classes: CLASSES, threads: 2 };
  const classifier = await openModel(model, plan);
  classifier.initialise(1);
  await classifier.close();
  assert.throws(() => classifier.predict(documents), /it was closed/);
});

test('an option of another model is refused by its name', () => {
  assert.throws(
    () => completeModelOptions({ type: 'scratch', dropout: 0.5 }),
    /must be left out with model.type scratch/,
  );
  assert.throws(
    () => completeModelOptions({ type: 'lstm', ask: 'every' }),
    /must be left out with model.type lstm/,
  );
});
