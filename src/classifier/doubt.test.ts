import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeDoubt, doubtOf } from './doubt.ts';
import type { ClassifierEvent } from './events.ts';
import { train } from './train.ts';

const of = (ham: number, spam: number) => [
  { label: 'ham', support: ham },
  { label: 'spam', support: spam },
];
const measured = { per_class: of(9, 1), log_loss: 0.1 };
const doubtAfter = (model: Parameters<typeof doubtOf>[1], type = 'bilstm') => doubtOf(type, model, [90, 10]);

test('a model that is right no more often than the majority class is doubted', () => {
  const doubt = doubtAfter({ ...measured, accuracy: 0.9 });
  assert.deepEqual(doubt, {
    ...{ type: 'doubt', why: 'majority', label: 'ham', value: 0.9, baseline: 0.9, documents: 10 },
  });
  assert.equal(doubtAfter({ ...measured, accuracy: 1 }), undefined);
  assert.ok(doubt);
  // whatever weights the training had: it may have been balanced already
  assert.match(describeDoubt(doubt), /where classes differ in size, other train\.class_weights$/);
});

test('the majority class itself is not doubted', () => {
  assert.equal(doubtAfter({ ...measured, accuracy: 0.9 }, 'majority'), undefined);
});

test('the majority class is that of the training part, not of the documents measured', () => {
  const per_class = of(1, 3);
  assert.equal(doubtAfter({ ...measured, per_class, accuracy: 0.5 }), undefined);
  assert.equal(doubtAfter({ ...measured, per_class, accuracy: 0.25 })?.why, 'majority');
});

test('probabilities that are worse than the class frequencies are doubted', () => {
  // -0.9 ln(91/102) - 0.1 ln(11/102) = 0.3254 nats
  const doubt = doubtAfter({ ...measured, accuracy: 1, log_loss: 9.2 });
  assert.equal(doubt?.why, 'uninformative');
  assert.ok(Math.abs(doubt.baseline - 0.3254) < 1e-3, `${doubt.baseline}`);
  assert.equal(doubtAfter({ ...measured, accuracy: 1, log_loss: 0.32 }), undefined);
});

test('a doubt about probabilities names both losses, and what to try', () => {
  const doubt = doubtAfter({ ...measured, accuracy: 1, log_loss: 9.2 });
  assert.ok(doubt);
  const said = describeDoubt({ ...doubt, model: 'B' });
  assert.match(said, /^the log loss of B, 9\.200, is worse than that of the class frequencies, 0\.325: /);
  assert.match(said, /or train\.thresholds has shifted them/, 'thresholds divide the probabilities');
  assert.match(said, /try more data, or for a network more epochs or a lower train\.lr$/);
});

test('a model that has learned the majority class alone is told so, though its loss is a little worse than the frequencies', () => {
  assert.equal(doubtAfter({ ...measured, accuracy: 0.9, log_loss: 0.34 })?.why, 'majority');
  // up to one and a half times theirs
  for (const [log_loss, why] of [[0.53, 'majority'], [0.55, 'uninformative']] as const)
    assert.equal(doubtAfter({ ...measured, accuracy: 0.9, log_loss })?.why, why); // prettier-ignore
  assert.equal(doubtAfter({ ...measured, accuracy: 1, log_loss: 0.34 })?.why, 'uninformative');
});

test('nothing is said of no documents', () => {
  assert.equal(doubtAfter({ ...measured, per_class: of(0, 0), accuracy: NaN, log_loss: NaN }), undefined);
});

test('training in a program doubts a model as the command line does, in an event and among its notices', async () => {
  const texts = Array.from({ length: 60 }, (_, n) => `word${n} word${(n * 7) % 60}`);
  const heard: ClassifierEvent[] = [];
  const classifier = await train(
    { texts, labels: texts.map((_, n) => (n % 10 === 0 ? 'rare' : 'frequent')) },
    {
      model: { hidden_size: 2, embedding_dim: 2 },
      train: { epochs: 1, lr: 1e-4 },
      evaluate: { bootstrap_samples: 0 },
      listener: (event) => void heard.push(event),
    },
  );
  await classifier.close();
  const [doubt] = heard.filter(({ type }) => type === 'doubt');
  assert.equal(doubt?.type === 'doubt' && doubt.label, 'frequent');
  assert.match(
    classifier.notices.at(-1) ?? '',
    /no better than the majority class|do not rely on its probabilities/,
  );
});
