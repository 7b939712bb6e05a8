/** The numbers behind the figures, and what captions say of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cases, usualHistory } from '../../test/figures/cases.ts';
import { createDataset } from '../../test/figures/data.ts';
import { type Audit, auditDataset } from '../data/audit.ts';
import { evaluatePredictions } from '../evaluate/index.ts';
import {
  accuracyCurve,
  classCounts,
  confusionMatrixCounts,
  confusionMatrixNormalised,
  curvesOfSettings,
  dataFacts,
  getFigure,
  lengthHistogram,
  lossCurve,
  lrSchedule,
  modelFlowchart,
  perClassAccuracy,
  perClassScores,
  reliability,
  strongestNgrams,
  toyLoss,
  toyPredictions,
  gradientFlow,
  trainingFlowchart,
  vocabularyCoverage,
} from './index.ts';
import { minOf } from '../core/lists.ts';
import { completeModelOptions } from '../models/options.ts';

/** Six documents of three classes: a is always found, b once of two, c never. */
const evaluation = evaluatePredictions({
  labels: Int32Array.of(0, 0, 0, 1, 1, 2),
  probabilities: Float64Array.from(
    [
      [0.9, 0.1, 0],
      [0.8, 0.1, 0.1],
      [0.7, 0.2, 0.1],
      [0.2, 0.7, 0.1],
      [0.6, 0.3, 0.1],
      [0.1, 0.8, 0.1],
    ].flat(),
  ),
  labelNames: ['a', 'b', 'c'],
});

test('the loss curve knows best epoch, drops and stop', () => {
  const data = lossCurve.data(usualHistory);
  assert.equal(data.points.length, 24);
  assert.deepEqual(data.points[0], { epoch: 1, train: 1.62, val: 1.6 });
  assert.deepEqual(data.events, {
    best_epoch: 14,
    last_epoch: 24,
    ending: 'early-stopping',
    patience: 10,
    drops: [
      { after_epoch: 17, from: 0.004, to: 0.002 },
      { after_epoch: 21, from: 0.002, to: 0.001 },
    ],
  });
  const caption = lossCurve.caption(data);
  assert.match(
    caption,
    /lowest in epoch 14 of 24: 0\.515; the training loss there was 0\.108, a gap of 0\.407/,
  );
  assert.match(
    caption,
    /fell twice, after epochs 17 and 21\. Training stopped early after epoch 24, 10 epochs after/,
  );
  assert.match(
    lossCurve.csv(data),
    /^epoch,train_loss,val_loss,best,lr_reduced\r\n1,1\.62,1\.6,false,false\r\n/,
  );
});

test('where the last epoch is kept, it is not called the best', () => {
  const { epochs } = usualHistory;
  const last = epochs.map((record, i) => ({ ...record, best: i === epochs.length - 1 }));
  const legend = (history: typeof usualHistory) =>
    /(?:best|kept) epoch, \d+/.exec(lossCurve.draw(lossCurve.data(history)))?.[0];
  assert.equal(legend(usualHistory), 'best epoch, 14');
  assert.equal(legend({ ...usualHistory, epochs: last, ending: 'all-epochs' }), 'kept epoch, 24');
});

test('values that are not finite are gaps with a warning', () => {
  const data = lossCurve.data(cases['not-finite'].history ?? usualHistory);
  assert.deepEqual(
    data.points.map((point) => point.val === null),
    [false, false, false, true, false, false, true, true],
  );
  assert.match(data.warnings.join(' '), /validation loss is not a finite number in epochs 4, 7 and 8/);
  assert.match(lossCurve.draw(data), /validation loss is not a/);
  const nan = lossCurve.data({ ...usualHistory, epochs: [{ ...usualHistory.epochs[0], val_loss: NaN }] });
  assert.equal(nan.points[0].val, null);
});

test('the accuracy curve has the interval of its documents', () => {
  const data = accuracyCurve.data({
    ...usualHistory,
    val_documents: 100,
    epochs: [{ ...usualHistory.epochs[0], val_accuracy: 0.9 }],
  });
  const [{ val_low, val_high }] = data.points;
  assert.equal(val_low?.toFixed(4), '0.8256'); // Wilson, 90 of 100
  assert.equal(val_high?.toFixed(4), '0.9448');
  assert.equal(accuracyCurve.data({ ...usualHistory, val_documents: null }).points[0].val_low, null);
});

test('the learning-rate schedule tells what the validation loss did at each drop', () => {
  const { effects } = lrSchedule.data(usualHistory);
  const loss = (epoch: number) => usualHistory.epochs[epoch - 1].val_loss;
  assert.deepEqual(effects, [
    { after_epoch: 17, before: loss(17), lowest_after: loss(18) },
    { after_epoch: 21, before: loss(21), lowest_after: loss(22) },
  ]);
  const fallen = {
    ...usualHistory,
    epochs: usualHistory.epochs.map((e) => (e.epoch > 17 ? { ...e, val_loss: 0.4 } : e)),
  };
  assert.match(
    lrSchedule.caption(lrSchedule.data(fallen)),
    /After epoch 17 it fell from 0\.004 to 0\.002; the validation loss, 0\.5\d* before, then fell to 0\.4\./,
  );
});

test('the confusion matrix has counts, proportions and the most frequent confusions', () => {
  const data = confusionMatrixCounts.data(evaluation);
  assert.deepEqual(data.matrix, [
    [3, 0, 0],
    [1, 1, 0],
    [0, 1, 0],
  ]);
  assert.deepEqual(data.proportions[1], [0.5, 0.5, 0]);
  assert.equal(data.correct, 4);
  assert.match(
    confusionMatrixCounts.caption(data),
    /^4 of 6 documents \(66\.7 %\) are classified correctly, 2 are misclassified\. The most frequent confusions: c predicted as b \(1\) and b predicted as a \(1\)\.$/,
  );
  assert.match(confusionMatrixCounts.csv(data), /\r\nb,a,1,0\.5\r\n/);
});

test('the two matrices tell what each shows: counts rank by documents, proportions by the part of the class', () => {
  // 8 of 100 x are predicted as y, 2 of 4 y as x: the most documents are not the largest proportion
  const labels = Int32Array.from({ length: 104 }, (_, n) => Number(n >= 100));
  const said = labels.map((label, n) => (n < 8 || n > 101 ? 1 - label : label));
  const probabilities = Float64Array.from({ length: 208 }, (_, i) => Number(said[i >> 1] === i % 2));
  const found = evaluatePredictions({ labels, probabilities, labelNames: ['x', 'y'] });
  const data = confusionMatrixCounts.data(found);
  assert.equal(
    confusionMatrixCounts.caption(data),
    '94 of 104 documents (90.4 %) are classified correctly, 10 are misclassified. The most frequent confusions: x predicted as y (8, 2 the other way round) and y predicted as x (2, 8 the other way round).',
  );
  assert.equal(
    confusionMatrixNormalised.caption(data),
    'Each row sums to 100 %: from 50.0 % of y to 92.0 % of x are classified correctly. The largest proportions off the diagonal: 50.0 % of y predicted as x and 8.0 % of x predicted as y.',
  );
});

test('per-class figures take their intervals from the evaluation', () => {
  const accuracy = perClassAccuracy.data(evaluation);
  assert.deepEqual(
    accuracy.classes.map((c) => [c.label, c.documents, c.accuracy]),
    [
      ['a', 3, 1],
      ['b', 2, 0.5],
      ['c', 1, 0],
    ],
  );
  const interval = evaluation.per_class[0].recall_ci95;
  assert.deepEqual([accuracy.classes[0].low, accuracy.classes[0].high], interval);
  assert.equal(
    perClassAccuracy.caption(accuracy),
    'The accuracy is highest for a (100.0 %, interval 43.9 % to 100.0 %) and lowest for c (0.0 %, interval 0.0 % to 79.3 %); over all documents it is 66.7 %. The two intervals overlap.',
  );
  const scores = perClassScores.data(evaluation);
  assert.deepEqual(scores.classes[2].precision, { value: null, low: null, high: null }); // never predicted
  assert.equal(scores.classes[0].precision.value, 0.75);
  assert.match(scores.warnings.join(' '), /1 class never predicted/);
});

test('the reliability diagram has the bins that hold documents', () => {
  const data = reliability.data(evaluation);
  assert.equal(
    data.bins.reduce((sum, bin) => sum + bin.documents, 0),
    6,
  );
  assert.ok(data.bins.every((bin) => bin.documents > 0 && bin.interval[0] <= bin.accuracy));
  assert.equal(data.overconfidence.toFixed(4), (4.5 / 6 - 4 / 6).toFixed(4));
  assert.equal(
    reliability.caption(data),
    "The expected calibration error is 27.0 % over 6 documents; on average the model is overconfident by 8.3 points. The confidence lies outside the accuracy's interval in no bin. The one document above 87 % confidence is correct.",
  );
});

test('the facts of a data set are those of its audit', () => {
  const dataset = createDataset(['x', 'y'], 20, 12);
  const text = { vocabulary_size: 50, max_length: 10 };
  const facts = dataFacts(dataset, text);
  const audit = auditDataset(dataset, { text });
  for (const key of ['name', 'documents', 'classes', 'truncation'] as const)
    assert.deepEqual(facts[key], audit[key]);
  const lengths = ({ histogram, ...rest }: Audit['lengths']['tokens']) => ({
    ...rest,
    counted: histogram.reduce((sum, bin) => sum + bin.documents, 0),
  });
  assert.deepEqual(lengths(facts.lengths.tokens), lengths(audit.lengths.tokens));
  const [found, expected] = [facts.vocabularies[0], audit.vocabularies[0]];
  for (const key of ['tokenizer', 'tokens', 'distinct_tokens', 'seen_once'] as const)
    assert.equal(found[key], expected[key]);
  const at = (list: typeof found.coverage) => list.find((point) => point.vocabulary_size === 50);
  assert.deepEqual(at(found.coverage), at(expected.coverage));
  assert.ok(found.coverage.length > expected.coverage.length);
});

test('the figures of the data count what is there', () => {
  const facts = dataFacts(createDataset(['x', 'y'], 20, 12), { vocabulary_size: 50, max_length: 10 });
  assert.deepEqual(classCounts.data(facts).classes, [
    { label: 'x', documents: 20, proportion: 0.5 },
    { label: 'y', documents: 20, proportion: 0.5 },
  ]);
  const lengths = lengthHistogram.data(facts);
  assert.equal(
    lengths.bins.reduce((sum, bin) => sum + bin.documents, 0),
    40,
  );
  const coverage = vocabularyCoverage.data(facts);
  assert.equal(coverage.chosen?.vocabulary_size, 50);
  const last = coverage.points[coverage.points.length - 1];
  assert.deepEqual(last, {
    vocabulary_size: coverage.distinct_tokens + 2,
    type_coverage: 1,
    token_coverage: 1,
  });
  for (const key of ['vocabulary_size', 'type_coverage', 'token_coverage'] as const) {
    assert.ok(
      coverage.points.every((point, i) => i === 0 || point[key] >= coverage.points[i - 1][key]),
      key,
    );
  }
});

test('the model flowchart counts the parameters of the model itself', () => {
  const facts = (options: object, classes = 5) => ({
    model: completeModelOptions(options),
    vocabulary_size: 5000,
    classes,
    max_length: 50,
  });
  const bilstm = modelFlowchart.data(facts({ type: 'bilstm', num_layers: 2 }));
  // embedding 5000·128; layer 1: 2·4·128·(128+128+2); layer 2: 2·4·128·(256+128+2); linear 768·5+5
  assert.equal(bilstm.total, 640_000 + 264_192 + 395_264 + 3_845);
  const titles = bilstm.stages.map(({ boxes }) => boxes.map((box) => box.title));
  assert.deepEqual(titles.slice(1, 5), [
    ['Embedding'],
    ['LSTM layer 1, forward', 'LSTM layer 1, backward'],
    ['Dropout 0.3'],
    ['LSTM layer 2, forward', 'LSTM layer 2, backward'],
  ]);
  assert.equal(bilstm.stages[2].boxes[0].lines[1], 'W 512 × 128, U 512 × 128');
  assert.equal(bilstm.stages[2].after, '[B, T, 256]');
  const rnn = modelFlowchart.data(facts({ type: 'rnn', pooling: 'last', dropout: 0 }));
  assert.deepEqual(
    rnn.stages.flatMap(({ boxes }) => boxes.map((box) => box.title)),
    ['Text', 'Embedding', 'RNN layer', 'Last state', 'Linear', 'Softmax'],
  );
  const gru = modelFlowchart.data(
    facts({ type: 'gru', hidden_size: 8, embedding_dim: 4, pooling: 'hierarchical', dropout: 0 }),
  );
  // the layer alone, not that of the pooling: 3·8·(4+8+2); both attentions 8·64+64+64 and a GRU of 3·8·(8+8+2)
  assert.deepEqual(gru.stages[2].boxes[0].lines[2], '336 parameters');
  assert.equal(gru.stages[3].boxes[0].title, 'Hierarchical, segments of 25');
  assert.equal(gru.stages[3].boxes[0].lines[1], '1,712 parameters');
});

test('the training flowchart says how the run was trained', () => {
  const data = trainingFlowchart.data(cases.usual.training as never);
  assert.equal(
    trainingFlowchart.caption(data),
    'The 1,303,301 parameters of the BiLSTM learn from 32 documents a step, for 20 epochs at most.',
  );
  const said = trainingFlowchart.alt(data);
  for (const part of [
    'label smoothing 0.13',
    'gradient norm at most 5',
    'weight decay 1e-4',
    '1,303,301 parameters',
  ])
    assert.ok(said.includes(part), part);
  const facts = cases.usual.training as { train: object };
  const lines = (keep: string) =>
    JSON.stringify(
      trainingFlowchart.data({ ...facts, train: { ...facts.train, keep, patience: 3 } } as never),
    );
  assert.match(lines('best'), /stops after 3 epochs[^]*Weights of the best epoch/);
  assert.match(lines('last'), /Weights of the last epoch/);
  assert.doesNotMatch(lines('last'), /stops after|best/, 'a training that keeps the last runs all epochs');
});

test('the warm-up: what is not finite is no number of the caption, and a loss that rose has not fallen', () => {
  const facts = (name: string) => cases[name].scratch as never;
  const loss = (name: string) => toyLoss.caption(toyLoss.data(facts(name)));
  assert.match(
    loss('scratch'),
    /from 0\.9 before the first step to 0\.00196 after epoch 12, 459 times smaller\.$/,
  );
  assert.match(loss('not-finite'), /from 0\.4 after epoch 1 to 3 after epoch 4, 7\.5 times larger\.$/);
  assert.match(loss('one-point'), /was 0\.5 before the first step\.$/);
  const predictions = toyPredictions.data(facts('not-finite'));
  assert.match(
    toyPredictions.caption(predictions),
    /On 1 step not used in training, the absolute error is 0\.1\.$/,
  );
  assert.match(predictions.warnings.join(' '), /not a finite number in 2 of 3 steps/);
  const flow = gradientFlow.data(facts('not-finite'));
  assert.match(
    gradientFlow.caption(flow),
    /4 steps back, relative to the last step: RNN explodes not measured; LSTM is gone 0\.$/,
  );
  assert.deepEqual(flow.warnings, [
    'RNN explodes: the norm is not a finite number at 2 steps.',
    'LSTM is gone: below 1e-20 from 2 steps back on, not drawn.',
  ]);
});

test('an unknown figure is refused with the names', () => {
  assert.throws(
    () => getFigure('loss_curve'),
    /must be one of .*class-counts, .* but got "loss_curve"\. Did you mean "loss-curve"\?/,
  );
});

test('of each class the strongest n-grams are drawn, fewer where classes are many, and the table has all', () => {
  const features = Array.from({ length: 10 }, (_, k) => ({ feature: k === 0 ? ' wi' : `word${k}`, weight: 2 - k / 10 })); // prettier-ignore
  const classes = (count: number) =>
    Array.from({ length: count }, (_, c) => ({ label: `class ${c}`, features: c === 1 ? [] : features }));
  const few = strongestNgrams.data({ of: 'the model', classes: classes(3) });
  assert.deepEqual([few.drawn, few.each, few.warnings], [2, 10, []]);
  assert.equal(
    strongestNgrams.caption(few),
    'The largest weights of the model: “·wi” (2) for class 0, “·wi” (2) for class 2.',
  );
  assert.match(strongestNgrams.csv(few), /^class,rank,ngram,weight\r\nclass 0,1, wi,2\r\n/);
  const many = strongestNgrams.data({ of: 'the model', classes: classes(41) });
  assert.deepEqual([many.drawn, many.each], [12, 5]);
  assert.match(many.warnings[0], /^12 of 40 classes, the first ones; the table \(CSV\) has all\.$/);
  assert.equal(strongestNgrams.csv(many).trim().split('\r\n').length, 1 + 400);
  const bars = [...strongestNgrams.draw(few).matchAll(/<rect [^>]*width="([\d.]+)"/g)].map(([, w]) =>
    Number(w),
  );
  assert.ok(bars.length >= 20 && Math.max(...bars.slice(1)) > 0);
  assert.equal(strongestNgrams.draw(few).split('word9').length, 3, 'a label for each class');
});

test('a finished run without epochs, as an ensemble is, has no empty curves; one that has just begun does', () => {
  for (const figure of [lossCurve, accuracyCurve, lrSchedule]) {
    const of = (ending: 'all-epochs' | 'early-stopping' | 'running') =>
      figure.of({ history: { ...usualHistory, epochs: [], ending } });
    assert.equal(of('all-epochs'), undefined);
    assert.equal(of('early-stopping'), undefined);
    assert.ok(of('running'));
  }
});

test('curves of settings: one without epochs is not among the best that are drawn', () => {
  const runs = (loss: number) => [[loss, loss / 2]];
  const draw = (...curves: { name: string; runs: number[][] }[]) => {
    const figure = curvesOfSettings.of({
      comparison: { metric: { title: 'accuracy', better: 'higher', range: [0, 1] }, rows: [], curves },
    });
    return figure?.draw() ?? '';
  };
  const drawn = draw({ name: 'a', runs: runs(2) }, { name: 'linear', runs: [[]] });
  assert.match(drawn, /1 setting without epochs is not drawn\./);
  assert.doesNotMatch(drawn, /the best ones/);
});

test('phases of different losses: no line joins their values, and the caption compares those of the last', () => {
  const names = ['mean squared error, 8 tokens', 'cross-entropy, 400 tokens'];
  const epochs = [0.25, 0.2, 1.3, 1.1, 1.2].map((val_loss, i) => ({
    ...usualHistory.epochs[0],
    ...{ epoch: i + 1, val_loss, train_loss: val_loss, best: i === 4 },
    ...(i < 2 ? { phase: 1, phase_name: names[0] } : { phase: 2, phase_name: names[1] }),
  }));
  const data = lossCurve.data({ ...usualHistory, epochs });
  assert.deepEqual(data.losses, [
    { epoch: 1, loss: 'mean squared error' },
    { epoch: 3, loss: 'cross-entropy' },
  ]);
  assert.match(
    lossCurve.caption(data),
    /losses of the phases do not compare\. With cross-entropy, from epoch 3 on, the validation loss was lowest in epoch 4 of 5: 1\.1;.*By epoch 5 it had risen to 1\.2\./,
  );
  const { losses: _apart, ...joined } = data;
  const starts = (drawn: string) => drawn.match(/M-?[\d.]+/g)?.length ?? 0;
  assert.ok(starts(lossCurve.draw(data)) > starts(lossCurve.draw(joined)), 'the line begins again');
  // the numbers of the phases are above all markers, whatever the values
  const drawn = lossCurve.draw(data);
  const numbers = Array.from(
    drawn.matchAll(/<text[^>]* y="([\d.]+)"[^>]*font-weight[^>]*>[12]<\/text>/g),
    ([, y]) => Number(y),
  );
  const markers = Array.from(drawn.matchAll(/<circle[^>]* cy="([\d.]+)"/g), ([, y]) => Number(y));
  assert.ok(
    numbers.length >= 4 && markers.length > 0,
    `${numbers.length} of 2 in the legend and 2 in the plot`,
  );
  assert.ok(
    numbers.slice(-2).every((y) => y < minOf(markers.slice(-5))),
    'numbers above',
  );
  const alike = epochs.map((record) => ({ ...record, phase_name: 'embedding frozen' }));
  assert.equal(lossCurve.data({ ...usualHistory, epochs: alike }).losses, undefined);
});

test('the flowchart of training names the methods in use', () => {
  const facts = cases.usual.training as never as { readonly train: object };
  const lines = (train: object) => {
    const { stages } = trainingFlowchart.data({ ...facts, train: { ...facts.train, ...train } } as never);
    return stages
      .flatMap(({ boxes }) => boxes.flatMap(({ title, lines: own }) => [title, ...own]))
      .join('\n');
  };
  for (const [train, said] of [
    [{ r_drop: 1 }, /twice, with different dropout masks[^]*R-drop 1/],
    [{ mixup: 0.2 }, /mixup 0\.2: pooled vectors/],
    [{ adversarial: 0.1 }, /adversarial training 0\.1/],
    [
      { average: { type: 'ema', decay: 0.99, start: 0 } },
      /moving average, decay 0\.99[^]*Average of the weights/,
    ],
    [{ gradual_unfreezing: 2 }, /gradual unfreezing: a part more every 2 epochs/],
    [{ augmentation: [{ type: 'swap', proportion: 0.1 }] }, /augmentation: swap 0\.1/],
    [
      {
        phases: [
          { loss: 'mse', freeze: [], lr_factor: 1 },
          { freeze: [], lr_factor: 1 },
        ],
      },
      /mean squared error, then cross-entropy[^]*in 2 phases/,
    ],
  ] as const) {
    assert.match(lines(train), said);
    assert.doesNotMatch(lines({}), said);
  }
});

test('captions of curves: a training loss above the validation loss, and a later epoch that is as good', () => {
  const [first, second] = usualHistory.epochs;
  const epochs = [
    { ...first, train_loss: 2, val_loss: 1.5, val_accuracy: 0.85, best: false },
    { ...second, train_loss: 1.2, val_loss: 1.6, train_accuracy: 0.88, val_accuracy: 0.85, best: true },
  ];
  const history = { ...usualHistory, epochs };
  assert.match(lossCurve.caption(lossCurve.data(history)), /epoch 1 of 2: 1\.5; the training loss there was 2, 0\.5 higher\. By epoch 2/); // prettier-ignore
  assert.match(
    accuracyCurve.caption(accuracyCurve.data(history)),
    /highest in epoch 1 of 2: 85\.0 % .*Epoch 2, whose weights are kept, was as good; the training accuracy there was 88\.0 %/,
  );
});
