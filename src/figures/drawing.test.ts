/** What figures say and where their marks stand, for small sources whose numbers were worked out by hand. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cases, usualHistory } from '../../test/figures/cases.ts';
import { elements, parseSvg, type SvgElement, textBoxes } from '../../test/figures/svg.ts';
import { evaluatePredictions } from '../evaluate/index.ts';
import {
  accuracyCurve,
  classCounts,
  confusionMatrixCounts,
  type DataFacts,
  figureNumbers,
  lengthHistogram,
  lossCurve,
  perClassAccuracy,
  perClassScores,
  reliability,
  vocabularyCoverage,
} from './index.ts';

/** Of 100 documents of `a` 20 are predicted as `b`; all 25 of `b` are found. The confidence is 0.9 or 0.6. */
const evaluation = evaluatePredictions(
  {
    labels: Int32Array.from({ length: 125 }, (_, n) => Number(n >= 100)),
    probabilities: Float64Array.from({ length: 250 }, (_, i) => {
      const n = i >> 1;
      const sure = n < 20 || n >= 100 ? 0.6 : 0.9;
      return (n < 20 || n >= 100 ? 1 : 0) === i % 2 ? sure : 1 - sure;
    }),
    labelNames: ['a', 'b'],
  },
  { bootstrap_samples: 50 },
);

const facts: DataFacts = {
  name: 'made up',
  documents: 10,
  classes: [
    { label: 'few', documents: 2, share: 0.2, median_tokens: 3 },
    { label: 'many', documents: 8, share: 0.8, median_tokens: 9 },
  ],
  lengths: {
    tokens: {
      min: 1,
      median: 6,
      mean: 7,
      p90: 12,
      max: 40,
      histogram: [
        { from: 0, to: 4, documents: 3 },
        { from: 5, to: 9, documents: 5 },
        { from: 10, to: 40, documents: 2 },
      ],
    },
    characters: { min: 0, median: 0, mean: 0, p90: 0, max: 0, histogram: [] },
  },
  vocabularies: [
    {
      tokenizer: 'word',
      tokens: 1000,
      distinct_tokens: 200,
      seen_once: 50,
      min_count: 1,
      coverage: [
        { vocabulary_size: 12, type_coverage: 0.05, token_coverage: 0.5 },
        { vocabulary_size: 102, type_coverage: 0.5, token_coverage: 0.9 },
      ],
    },
  ],
  truncation: {
    max_length: 10,
    truncation: 'head',
    documents_cut: 2,
    documents_cut_share: 0.2,
    tokens_cut_share: 0.05,
  },
  vocabulary_size: 102,
};

const drawn = <Data>(figure: { draw(data: Data, options?: { width: number }): string }, data: Data) =>
  parseSvg(figure.draw(data, { width: 600 }));

/** Where a value stands on an axis, from two of its labels. */
function axis(root: SvgElement, key: 'x' | 'y', labels: Readonly<Record<string, number>>) {
  const [[a, at], [b, bt]] = Object.entries(labels).map(([label, value]): [number, number] => {
    // the labels of the vertical axis stand before those of the horizontal one
    const found = elements(root, 'text').filter((one) => one.text === label);
    const text = found.at(key === 'y' ? 0 : -1);
    assert.ok(text, `no label ${label}`);
    return [value, Number(text.attributes[key]) - (key === 'y' ? 4 : 0)];
  });
  return (value: number) => at + ((value - a) / (b - a)) * (bt - at);
}

const near = (actual: string | undefined, expected: number, what: string) =>
  assert.ok(Math.abs(Number(actual) - expected) < 0.6, `${what}: ${actual} instead of ${expected}`);

/** The points of a path of straight lines. */
const pointsOf = (path: SvgElement | undefined) =>
  Array.from(path?.attributes['d']?.matchAll(/([\d.]+),([\d.]+)/g) ?? [], ([, x, y]) => [
    Number(x),
    Number(y),
  ]);

describe('the reliability diagram', () => {
  const data = reliability.data(evaluation);

  test('has the accuracy of each bin over its confidence, and the interval of the accuracy', () => {
    assert.deepEqual(
      data.bins.map(({ documents, accuracy }) => [documents, accuracy]),
      [
        [45, 25 / 45],
        [80, 1],
      ],
    );
    const root = drawn(reliability, data);
    const y = axis(root, 'y', { '20 %': 0.2, '80 %': 0.8 });
    const x = axis(root, 'x', { '40 %': 0.4, '60 %': 0.6 });
    const [, first, second] = elements(root, 'circle'); // the first is the legend's
    near(first.attributes['cx'], x(0.6), 'confidence');
    near(first.attributes['cy'], y(25 / 45), 'accuracy');
    near(second.attributes['cx'], x(0.9), 'confidence');
    near(second.attributes['cy'], y(1), 'accuracy');
    const bars = elements(root, 'rect').slice(-2);
    near(bars[0].attributes['height'], (42 * 45) / 80, 'documents of the first bin');
  });
});

describe('the lengths', () => {
  const data = lengthHistogram.data(facts);

  test('are told by their median, mean, percentile and maximum, with what is truncated', () => {
    assert.equal(
      lengthHistogram.caption(data),
      'Tokens per document: median 6, mean 7, 90th percentile 12, maximum 40. text.max_length 10 truncates 20.0 % of the documents and drops 5.0 % of all tokens.',
    );
    assert.match(
      lengthHistogram.caption({ ...data, documents_cut: 0 }),
      /text\.max_length 10 truncates none\.$/,
    );
  });

  test('have bins of one width, the open one hatched, the median solid and max_length dashed', () => {
    const root = drawn(lengthHistogram, data);
    const x = axis(root, 'x', { '0': 0, '10': 10 });
    const bars = elements(root, 'rect').filter(
      ({ attributes }) => attributes['height'] !== undefined && Number(attributes['width']) < 200,
    );
    const [a, b, c] = bars.slice(-3);
    for (const [bar, from] of [
      [a, 0],
      [b, 5],
      [c, 10],
    ] as const) {
      near(bar.attributes['x'], x(from) + 0.75, 'left edge');
      near(bar.attributes['width'], x(5) - x(0) - 1.5, 'width');
    }
    assert.match(c.attributes['fill'], /^url\(#/);
    assert.doesNotMatch(b.attributes['fill'], /url/);
    const rules = elements(root, 'line').filter(({ attributes }) => attributes['stroke-width'] === '1.4');
    assert.deepEqual(
      rules.map(({ attributes }) => attributes['stroke-dasharray'] ?? 'solid'),
      ['solid', '2 2'],
    );
    near(rules[0].attributes['x1'], x(6), 'median');
    near(rules[1].attributes['x1'], x(10), 'max_length');
    assert.ok(elements(root, 'text').some(({ text }) => text === 'Tokens (hatched: 10 and more)'));
  });
});

describe('the vocabulary coverage', () => {
  const data = vocabularyCoverage.data(facts);

  test('knows two points without counting: tokens seen more than once, and all; two are special tokens', () => {
    assert.deepEqual(data.points, [
      { vocabulary_size: 12, type_coverage: 0.05, token_coverage: 0.5 },
      { vocabulary_size: 102, type_coverage: 0.5, token_coverage: 0.9 },
      { vocabulary_size: 152, type_coverage: 0.75, token_coverage: 0.95 },
      { vocabulary_size: 202, type_coverage: 1, token_coverage: 1 },
    ]);
    assert.deepEqual(vocabularyCoverage.data({ ...facts, vocabulary_size: 152 }).chosen, data.points[2]);
    assert.equal(
      vocabularyCoverage.caption(data),
      'The documents contain 1,000 tokens, 200 of them distinct. A vocabulary of 102 covers 50.00 % of the distinct tokens (type coverage) and 90.0 % of the running text (token coverage). Of the sizes shown, 152 is the smallest to cover at least 95 % of the running text.',
    );
  });

  test('has tokens as the first curve and types as the second, as its legend says', () => {
    const root = drawn(vocabularyCoverage, data);
    const y = axis(root, 'y', { '20 %': 0.2, '80 %': 0.8 });
    const [tokens, types] = elements(root, 'path')
      .filter(({ attributes }) => attributes['stroke-width'] === '2')
      .map(pointsOf);
    assert.ok(Math.abs(tokens[0][1] - y(0.5)) < 0.6 && Math.abs(types[0][1] - y(0.05)) < 0.6);
    const legend = elements(root, 'text').map(({ text }) => text);
    assert.ok(
      legend.indexOf('token coverage (running text)') < legend.indexOf('type coverage (distinct tokens)'),
    );
  });
});

describe('the confusion matrix', () => {
  test('has the truth in rows and the prediction in columns', () => {
    const boxes = textBoxes(drawn(confusionMatrixCounts, confusionMatrixCounts.data(evaluation)));
    const at = (text: string) => boxes.filter((box) => box.text === text);
    const [[correct], [wrong]] = [at('80'), at('20')];
    assert.ok(Math.abs(wrong.top - correct.top) < 1, 'the 20 documents of a stand in the row of a');
    assert.ok(wrong.left > correct.right, 'in the column of b');
  });
});

describe('the accuracy per class', () => {
  test('has bars, whiskers from end to end, and a warning below 20 documents', () => {
    const data = perClassAccuracy.data(evaluation);
    const [{ low, high }] = data.classes;
    assert.ok(low !== null && high !== null);
    const root = drawn(perClassAccuracy, data);
    const x = axis(root, 'x', { '20 %': 0.2, '80 %': 0.8 });
    const [whisker] = elements(root, 'line').filter(
      ({ attributes: a }) => a['y1'] === a['y2'] && a['stroke-width'] === '1.5',
    );
    near(whisker.attributes['x1'], x(low), 'low');
    near(whisker.attributes['x2'], x(high), 'high');
    const withDocuments = (support: number) =>
      perClassAccuracy.data({
        ...evaluation,
        per_class: evaluation.per_class.map((found) => ({ ...found, support })),
      }).warnings;
    assert.deepEqual(withDocuments(20), []);
    assert.deepEqual(withDocuments(19), ['2 classes with fewer than 20 test documents: wide intervals.']);
  });

  test('precision, recall and F1 stand from top to bottom in the order of the legend', () => {
    const data = perClassScores.data(evaluation);
    assert.deepEqual(
      [data.classes[0].precision.value, data.classes[0].recall.value, data.classes[0].f1.value],
      [1, 0.8, evaluation.per_class[0].f1],
    );
    assert.deepEqual([data.classes[0].f1.low, data.classes[0].f1.high], evaluation.per_class[0].f1_ci95);
    const root = drawn(perClassScores, data);
    const x = axis(root, 'x', { '60 %': 0.6, '80 %': 0.8 });
    const mark = (name: string) =>
      elements(root, name).filter(({ attributes }) => Number(attributes['y'] ?? attributes['cy'] ?? 0) > 80);
    const [precision] = mark('circle');
    const recall = mark('rect').find(({ attributes }) => Number(attributes['width']) < 12);
    near(precision.attributes['cx'], x(1), 'precision of a');
    near(recall?.attributes['x'], x(0.8) - Number(recall?.attributes['width']) / 2, 'recall of a');
    assert.ok(
      Number(precision.attributes['cy']) < Number(recall?.attributes['y']),
      'precision stands above recall',
    );
  });
});

describe('curves', () => {
  test('of training and of validation are both drawn, and the band from low to high', () => {
    const root = drawn(accuracyCurve, accuracyCurve.data(usualHistory));
    const curves = elements(root, 'path')
      .filter(({ attributes }) => attributes['stroke-width'] === '2')
      .map(pointsOf);
    assert.deepEqual(
      curves.map(({ length }) => length),
      [24, 24],
    );
    assert.ok(curves[0][23][1] < curves[1][23][1], 'training ends above validation');
  });

  test('the highest accuracy is the best, and a rise of the loss after its lowest is told', () => {
    const epochs = [1, 2, 3].map((epoch) => ({
      ...usualHistory.epochs[0],
      epoch,
      best: epoch === 2,
      train_loss: 1 / epoch,
      val_loss: [0.9, 0.5, 0.7][epoch - 1],
      train_accuracy: epoch / 3,
      val_accuracy: [0.5, 0.75, 0.6][epoch - 1],
      lr_reduced: false,
    }));
    const history = { ...usualHistory, epochs, ending: 'all-epochs' as const, val_documents: null };
    assert.equal(
      lossCurve.caption(lossCurve.data(history)),
      'The validation loss was lowest in epoch 2 of 3: 0.5; the training loss there was 0.5, a gap of 0. By epoch 3 it had risen to 0.7.',
    );
    assert.equal(
      accuracyCurve.caption(accuracyCurve.data(history)),
      'The validation accuracy was highest in epoch 2 of 3: 75.0 %. The training accuracy there was 66.7 %; these weights are kept.',
    );
  });
});

describe('many classes', () => {
  const labels = (count: number) => Array.from({ length: count }, (_, c) => `class ${c}`);

  test('up to 50 are all drawn; of more, the largest and the smallest 20', () => {
    const classes = (count: number) =>
      labels(count).map((label, c) => ({ label, documents: c + 1, share: 0, median_tokens: 1 }));
    assert.equal(classCounts.data({ ...facts, classes: classes(50) }).drawn.length, 50);
    const { drawn: chosen, warnings } = classCounts.data({ ...facts, classes: classes(51) });
    assert.deepEqual(chosen, [...Array(20).keys(), ...Array.from({ length: 20 }, (_, i) => 31 + i)]);
    assert.equal(
      warnings[0],
      '40 of 51 classes, those with the most and the fewest documents; the table (CSV) has all.',
    );
  });

  test('the confusion matrix draws those with the most misclassified documents, predicted or true', () => {
    const count = 60;
    const matrix = labels(count).map((_, r) => labels(count).map((_unused, c) => Number(r === c)));
    matrix[3][57] = 3; // both 3 and 57 are confused
    for (let c = 10; c < 50; c++) matrix[c][c + 1] = 1;
    const data = confusionMatrixCounts.data({
      ...evaluation,
      labels: labels(count),
      confusion_matrix: matrix,
    });
    assert.equal(data.drawn.length, 40);
    assert.ok(data.drawn.includes(3) && data.drawn.includes(57) && !data.drawn.includes(0));
    const texts = elements(drawn(confusionMatrixCounts, data), 'text').map(({ text }) => text);
    assert.ok(texts.includes('class 57') && !texts.includes('class 0'));
    assert.equal(confusionMatrixCounts.csv(data).split('\r\n').length, 2 + count * count);
  });

  test('the classes with the lowest accuracy and F1 are drawn', () => {
    const per_class = labels(60).map((label, c) => ({
      ...evaluation.per_class[0],
      label,
      recall: c / 60,
      f1: c / 60,
      support: 30,
      predicted: 30,
    }));
    const many = { ...evaluation, labels: labels(60), per_class };
    for (const figure of [perClassAccuracy, perClassScores])
      assert.deepEqual(figure.data(many).drawn, [...Array(40).keys()]);
  });

  test('a class three times as large as another is warned of', () => {
    assert.deepEqual(classCounts.data(facts).warnings, [
      'The largest class has 4.0 times as many documents as the smallest: accuracy alone is misleading.',
    ]);
    const [few, many] = facts.classes;
    const ratio = (documents: number) =>
      classCounts.data({ ...facts, classes: [few, { ...many, documents }] });
    assert.equal(ratio(6).warnings.length, 1);
    assert.equal(ratio(5).warnings.length, 0);
  });
});

test('figures are numbered from 1 in the order of the list, without those that cannot be drawn', () => {
  const { history, evaluation: found } = cases.usual;
  assert.ok(history && found);
  const numbers = figureNumbers({ history, evaluation: found });
  assert.deepEqual([...numbers].slice(0, 4), [
    ['loss-curve', 1],
    ['accuracy-curve', 2],
    ['lr-schedule', 3],
    ['confusion-matrix', 4],
  ]);
  assert.ok(!numbers.has('class-counts'));
  assert.equal(figureNumbers({}).size, 0);
});
