/** Runs that figures have trouble with, beside ordinary ones: made by hand, the same each time. */
import { evaluatePredictions, type Evaluation, scaleProbabilities } from '../../src/evaluate/index.ts';
import { createRng } from '../../src/core/rng.ts';
import type {
  AttendedDocument,
  DataFacts,
  EpochRecord,
  History,
  ModelFacts,
  NgramFacts,
  Sources,
} from '../../src/figures/index.ts';
import { completeModelOptions } from '../../src/models/options.ts';
import { trainOptions } from '../../src/train/options.ts';
import { dataFacts } from '../../src/figures/data-facts.ts';
import { createDataset } from './data.ts';
import { comparisonCases } from './comparison-cases.ts';
import { explanationCases } from './explanation-cases.ts';
import { foldCases } from './fold-cases.ts';
import { studyCases } from './study-cases.ts';

const NEWS = ['Politics', 'Sport', 'Technology', 'Entertainment', 'Business'];

/** An epoch with losses and accuracies; the rest follows. */
function epoch(
  n: number,
  train: number | null,
  val: number | null,
  rest: Partial<EpochRecord> = {},
): EpochRecord {
  const accuracy = (loss: number | null) => (loss === null ? null : Math.max(0, Math.min(1, 1 - loss / 2)));
  return {
    epoch: n,
    step: n * 56,
    lr: 0.004,
    train_loss: train,
    train_accuracy: accuracy(train),
    val_loss: val,
    val_accuracy: accuracy(val),
    val_macro_f1: accuracy(val),
    best: false,
    lr_reduced: false,
    seconds: 1.5,
    ...rest,
  };
}

/** A training of 24 epochs that falls, overfits, lowers its rate twice and stops early. */
export const usualHistory: History = {
  epochs: Array.from({ length: 24 }, (_, i) =>
    epoch(i + 1, 1.6 * 0.8 ** i + 0.02, 0.5 + 1.1 * 0.72 ** i + 0.008 * Math.max(0, i - 13), {
      lr: i < 17 ? 0.004 : i < 21 ? 0.002 : 0.001,
      best: i <= 13,
      lr_reduced: i === 16 || i === 20,
    }),
  ),
  ending: 'early-stopping',
  patience: 10,
  monitor: 'val_loss',
  schedule: 'plateau',
  val_documents: 222,
};

const history = (epochs: readonly EpochRecord[], rest: Partial<History> = {}): History => ({
  ...usualHistory,
  ending: 'all-epochs',
  epochs,
  ...rest,
});

/** An evaluation of `documents` in the given classes; the model is right in about `skill` of the cases. */
function evaluation(
  labelNames: readonly string[],
  documents: number,
  skill = 0.8,
  samples = 100,
  temperature = 1,
): Evaluation {
  const rng = createRng(7);
  const classes = labelNames.length;
  const labels = Int32Array.from({ length: documents }, (_, n) => n % classes);
  const probabilities = new Float64Array(documents * classes);
  for (let n = 0; n < documents; n++) {
    const said = rng.uniform(0, 1) < skill ? labels[n] : rng.int(classes);
    const sure = 1 / classes + (1 - 1 / classes) * rng.uniform(0.3, 1);
    for (let c = 0; c < classes; c++)
      probabilities[n * classes + c] = c === said ? sure : (1 - sure) / Math.max(1, classes - 1);
    if (classes === 1) probabilities[n] = 1;
  }
  return evaluatePredictions(
    {
      ...{ labels, labelNames, probabilities: scaleProbabilities(probabilities, classes, temperature) },
      ...(temperature !== 1 && { unscaled: { temperature, probabilities } }),
    },
    { bootstrap_samples: samples },
  );
}

function model(options: Record<string, unknown> = {}, classes = 5): ModelFacts {
  return { model: completeModelOptions(options), vocabulary_size: 5000, classes, max_length: 50 };
}

const training = (facts: ModelFacts, train: Record<string, unknown> = {}) => ({
  ...facts,
  train: trainOptions.parse(train),
});

const long = [
  'Customer complaints about late deliveries and damaged parcels',
  'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft',
  '<script>alert("&")</script>',
  '体育新闻和其他非常长的类别名称体育新闻和其他非常长的类别名称',
  'two\nlines\tand \u0007 a bell',
  '',
];
/** Names in many scripts, with emoji of several code points, marks, and names that differ in the middle alone. */
const scripts = [
  '体育',
  'スポーツとエンターテインメント',
  '스포츠',
  'الرياضة والترفيه',
  'ספורט ובידור',
  'กีฬา',
  'खेल और मनोरंजन',
  '👩‍👩‍👧‍👦 family',
  '🇨🇭🎿⛷️',
  'Ǎ̧̂ccent'.normalize('NFD'),
  'Account_management_of_the_European_union_for_retail',
  'Account_management_of_the_American_union_for_retail',
];
const fifty = Array.from({ length: 50 }, (_, c) => `class ${String(c + 1).padStart(2, '0')} of fifty`);

const many = Array.from({ length: 600 }, (_, c) => `intent ${c}`);

const workshop = model({ type: 'bilstm', num_layers: 2, dropout: 0.35 });
const plain = model({ type: 'rnn', pooling: 'last', dropout: 0, hidden_size: 64 });

const facts = (labels: readonly string[], perClass: number, words: number): DataFacts =>
  dataFacts(createDataset(labels, perClass, words), { vocabulary_size: 100, max_length: 20 });

/** Words and parts of words of each label, the weights falling. */
function ngrams(labels: readonly string[]): NgramFacts {
  const of = (label: string) => [
    label,
    `${label} of the`,
    ` ${label.slice(0, 3)}`,
    `${label.slice(-2)} `,
    '<b>',
  ];
  return {
    of: 'the linear baseline',
    classes: labels.map((label, c) => ({
      label,
      features: [...of(label), 'the', 'minister', 'won the', '\u0007', 'x'].map((feature, k) => ({
        feature,
        weight: 3.4 / (1 + k / 4 + c / 10),
      })),
    })),
  };
}

/** A document of each label; the weights of each head fall from another word on. */
function attended(labels: readonly string[], heads = 1, tokens = 24): readonly AttendedDocument[] {
  return labels.map((label, n) => ({
    label,
    predicted: labels[n % 3 === 2 ? 0 : n],
    tokens: Array.from(
      { length: tokens },
      (_, t) => [label, 'the', 'minister', 'won', '<b>', '\u0007', 'x'][t % 7],
    ),
    heads: Array.from({ length: heads }, (_, r) => {
      const raw = Array.from({ length: tokens }, (_, t) => 0.8 ** Math.abs(t - n - 3 * r));
      const sum = raw.reduce((total, weight) => total + weight, 0);
      return raw.map((weight) => weight / sum);
    }),
  }));
}

type ScratchFacts = NonNullable<Sources['scratch']>;

/** Losses per epoch, answers per sequence (or none), and norms per network of one length. */
const scratch = (
  losses: readonly (number | null)[],
  predictions: ScratchFacts['task']['predictions'],
  networks: Readonly<Record<string, readonly (number | null)[]>>,
  words = { task: 'echo', summary: 'say what was heard three steps ago' },
): ScratchFacts => ({
  task: { ...words, curve: losses.map((loss, epoch) => ({ epoch, loss })), predictions },
  gradient_flow: {
    curves: Object.entries(networks).map(([summary, norms]) => ({
      network: summary.split(' ')[0],
      summary,
      length: norms.length,
      norms,
    })),
  },
});

/** What is left of 1 after each of `steps` steps, the last one first. */
const fading = (proportion: number, steps = 20) =>
  Array.from({ length: steps }, (_, t) => proportion ** (steps - 1 - t));

/** A toy task that is learned, and a gradient that fades in one network and lasts in the other. */
const learned = scratch(
  Array.from({ length: 13 }, (_, i) => 0.9 * 0.6 ** i),
  [
    { target: [null, null, null, 0.5, -0.25, 1], output: [0.1, 0, 0.05, 0.45, -0.2, 0.9] },
    { target: [null, null, null, -1, 0.75, 0.25], output: [0.1, 0.02, 0, -0.95, 0.7, 0.3] },
  ],
  { 'RNN fades': fading(0.6), 'LSTM lasts': fading(0.97) },
);

/** What figures are drawn from, by the name of the case. */
export const cases: Readonly<Record<string, Sources>> = {
  scratch: { scratch: learned },
  usual: {
    history: usualHistory,
    evaluation: {
      ...evaluation(NEWS, 223, 0.8, 100, 0.6),
      tokens_read: Object.entries({ 5: 88, 10: 121, 20: 153, 50: 176, 100: 181, 200: 180, 400: 187 }).map(
        ([tokens, correct]) => ({ tokens: Number(tokens), documents: 223, correct }),
      ),
    },
    audit: facts(NEWS, 30, 40),
    model: workshop,
    ngrams: ngrams(NEWS),
    attention: attended(NEWS),
    training: training(workshop, { clip_norm: 5, label_smoothing: 0.13, weight_decay: 1e-4 }),
  },
  empty: {
    history: history([], { ending: 'running' }),
    evaluation: {
      ...evaluation(['a', 'b'], 2),
      documents: 0,
      labels: [],
      per_class: [],
      confusion_matrix: [],
      calibration_bins: [],
      risk_coverage: [],
      tokens_read: [],
    },
    ngrams: { of: 'the model', classes: [{ label: 'a', features: [] }] },
    attention: [],
    audit: {
      ...facts(['a', 'b'], 2, 4),
      documents: 0,
      classes: [],
      lengths: { tokens: none(), characters: none() },
      vocabularies: [
        { tokenizer: 'word', tokens: 0, distinct_tokens: 0, seen_once: 0, min_count: 1, coverage: [] },
      ],
    },
    model: plain,
    scratch: scratch([], [], {}),
    training: training(plain, { schedule: 'constant', patience: null, optimizer: 'sgd', loss: 'mse' }),
  },
  'one-epoch': { history: history([epoch(1, 1.2, 1.1, { best: true })]) },
  'one-point': { scratch: scratch([0.5], [{ target: [1], output: [0.8] }], { 'RNN of one step': [1] }) },
  'nothing-asked': {
    scratch: scratch([0, 0], [{ target: [null, null], output: [0, 0] }], { RNN: fading(1, 2) }),
  },
  'one-class': { evaluation: evaluation(['only'], 30), audit: facts(['only'], 30, 12) },
  'not-finite': {
    scratch: scratch([null, 0.4, 0.2, null, 3, null], [{ target: [0.5, 1, -1], output: [0.4, null, null] }], {
      'RNN explodes': [null, null, 1e12, 1e6, 1],
      'LSTM is gone': [0, 0, 1e-24, 1e-3, 1],
    }),
    history: history(
      Array.from({ length: 8 }, (_, i) =>
        i === 3 || i > 5
          ? epoch(i + 1, null, null)
          : epoch(i + 1, 1.4 ** (i * i), 1.5 ** (i * i), { best: i === 0 }),
      ),
      { ending: 'failed' },
    ),
  },
  'no-finite-value': {
    history: history([epoch(1, null, null), epoch(2, null, null)], { ending: 'failed' }),
    scratch: scratch([null, null], [{ target: [1, 0], output: [null, null] }], { RNN: [null, null, null] }),
  },
  'many-epochs': {
    scratch: scratch(
      Array.from({ length: 300 }, (_, i) => 0.9 * 0.97 ** i),
      Array.from({ length: 200 }, (_, i) => ({
        target: [null, null, (i % 7) / 7],
        output: [0, 0, (i % 7) / 7 + 0.02],
      })),
      { 'RNN, sequences of 200': fading(0.9, 200), 'LSTM, sequences of 200': fading(0.999, 200) },
    ),
    history: history(
      Array.from({ length: 300 }, (_, i) =>
        epoch(i + 1, 1.6 * 0.985 ** i, 0.4 + 1.2 * 0.98 ** i, {
          lr: 0.01 * 0.97 ** i,
          best: true,
          lr_reduced: false,
        }),
      ),
      { schedule: 'one_cycle' },
    ),
  },
  'long-labels': {
    scratch: scratch(
      [1, 0.1],
      learned.task.predictions,
      { [long[0]]: fading(0.6), [long[1]]: fading(0.9) },
      {
        task: long[1],
        summary: long.join(' '),
      },
    ),
    evaluation: evaluation(long, 120),
    ngrams: ngrams(long),
    attention: attended(long, 4, 90),
    audit: facts(long, 15, 30),
    model: model({ type: 'bigru', num_layers: 3, pooling: ['last', 'mean', 'max'] }, 6),
  },
  scripts: {
    ngrams: ngrams(scripts),
    attention: attended(scripts),
    evaluation: evaluation(scripts, 240),
    audit: facts(scripts, 4, 12),
    model: model({}, 12),
  },
  'hundred-classes': {
    evaluation: evaluation(
      Array.from({ length: 104 }, (_, c) => `${['🙂', '体育', 'رياضة', 'Label'][c % 4]} ${c}`),
      1500,
      0.6,
      0,
    ),
  },
  'six-hundred-classes': {
    ngrams: ngrams(many),
    evaluation: evaluation(many, 3000, 0.4, 0),
    audit: facts(many, 2, 5),
  },
  'fifty-classes': { evaluation: evaluation(fifty, 1000), audit: facts(fifty, 6, 10) },
  ...studyCases,
  ...comparisonCases,
  ...foldCases,
  ...explanationCases,
  'without-documents': { evaluation: withAbsentClass(), audit: facts(['much', 'little'], 5, 10) },
};

/** A class without test documents that is never predicted either, and no bootstrap. */
function withAbsentClass(): Evaluation {
  const labels = Int32Array.from({ length: 12 }, (_, n) => n % 2);
  const probabilities = Float64Array.from({ length: 36 }, (_, i) => [0.6, 0.4, 0][i % 3]);
  return evaluatePredictions(
    { labels, probabilities, labelNames: ['a', 'b', 'absent'] },
    { bootstrap_samples: 0 },
  );
}

function none() {
  return { min: 0, median: 0, mean: 0, p90: 0, max: 0, histogram: [] };
}
