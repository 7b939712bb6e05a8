/**
 * How well label errors are found. A part of the labels of the training documents is flipped, at random or between classes that the
 * linear model confuses; the rankings of `unroll labels` are judged by average precision and by the flips in the first 4 %, beside
 * cleanlab's formulas (bench/peers/cleanlab.ts) on the same out-of-fold probabilities. Then the suspects get their suggested label,
 * and the linear model is measured on test documents whose labels are right, trained on clean, flipped and corrected labels.
 *
 *     npm run -s node -- bench/label-errors.ts DATA --flipped 0.02 --seeds 0,1,2 --tokens 50 --judges linear,network
 *
 * The network is a BiLSTM of 64 with the recipe that `unroll train` follows; it has the area under the margin too.
 */
import { parseArgs } from 'node:util';
import { type FoldDocuments, scoreFold } from '../src/classifier/fold.ts';
import { resolveConfig } from '../src/config/index.ts';
import { maxOf } from '../src/core/lists.ts';
import { createRng } from '../src/core/rng.ts';
import type { Dataset } from '../src/data/dataset.ts';
import { createFolds } from '../src/data/folds.ts';
import { readDataset } from '../src/data/node.ts';
import { chooseEngine } from '../src/engine/index.ts';
import { argmaxRows } from '../src/evaluate/confusion.ts';
import {
  findLabelErrors,
  type LabelledDocuments,
  labelScores,
  needsMargins,
} from '../src/evaluate/label-errors.ts';
import { mean, variance } from '../src/evaluate/sample.ts';
import { plainLayer } from '../src/settings/layer.ts';
import { labelIssues, normalizedMargin, selfConfidence } from './peers/cleanlab.ts';
import { recipe } from './support/recipe.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    flipped: { type: 'string', default: '0.02' },
    seeds: { type: 'string', default: '0,1,2' },
    tokens: { type: 'string', default: '50' },
    judges: { type: 'string', default: 'linear,network' },
    epochs: { type: 'string', default: '12' },
  },
});

const dataset = await readDataset(positionals[0]);
const classes = dataset.labelNames.length;
const engine = chooseEngine(() => performance.now());
const tokens = Number(values.tokens);
const settings = (sections: object) => resolveConfig(plainLayer(sections, 'the benchmark'));
const size = { embedding_dim: 64, hidden_size: 64, embedding_std: 0.1 };
const judges = {
  // one strength of regularisation and words alone: the choice among several takes twenty times as long
  linear: settings({ model: { type: 'linear', max_tokens: tokens, char_ngrams: null, C: 1 } }),
  network: settings({
    text: { max_length: tokens, min_count: 2 },
    model: { ...size, ...recipe.model },
    train: { ...recipe.train, epochs: Number(values.epochs), keep: 'last' },
  }),
};
type Judge = keyof typeof judges;
type Rows = Int32Array<ArrayBuffer>;

/** Labels that are judged. */
type Judged = LabelledDocuments & { readonly probabilities: Float64Array; readonly labels: Rows };

/** What a model that learned from the training rows says of the test rows, and the margins of the training rows. */
async function score(judge: Judge, labels: Int32Array, train: Rows, test: Rows) {
  const documents: FoldDocuments = { texts: dataset.texts, labels, classes };
  const scores = await scoreFold(documents, { train, val: new Int32Array(), test }, judges[judge], {
    ...{ engine, now: () => performance.now(), margins: true },
  });
  if (!scores) throw new Error('nothing interrupts the benchmark');
  return scores;
}

/** `[n × C]` of the rows, each from a model that has not seen its label, and `[n]` the mean of its margins in the other folds. */
async function outOfFold(judge: Judge, labels: Rows, rows: Rows, seed: number): Promise<Judged> {
  const part: Dataset = {
    ...dataset,
    texts: Array.from(rows, (i) => dataset.texts[i]),
    labels: rows.map((i) => labels[i]),
    rowIds: rows.map((i) => dataset.rowIds[i]),
  };
  const probabilities = new Float64Array(rows.length * classes);
  const margins = new Float64Array(rows.length);
  const folds = createFolds(part, { seed, valFraction: 0 });
  for (const { train, test } of folds) {
    const given = await score(judge, labels, train.map((n) => rows[n]), test.map((n) => rows[n])); // prettier-ignore
    for (const [k, n] of test.entries())
      probabilities.set(given.probabilities.subarray(k * classes, (k + 1) * classes), n * classes);
    for (const [k, n] of train.entries()) margins[n] += (given.margins?.[k] ?? NaN) / (folds.length - 1);
  }
  return { probabilities, labels: part.labels, classes, ...(judge === 'network' && { margins }) };
}

/** Mean, over the wrong labels, of the proportion of wrong ones among all that are ranked as high. */
function averagePrecision(order: Iterable<number>, wrong: ReadonlySet<number>): number {
  let found = 0;
  let sum = 0;
  let k = 0;
  for (const n of order) {
    k++;
    if (wrong.has(n)) sum += ++found / k;
  }
  return sum / wrong.size;
}

const ranked = (score: readonly number[]) => [...score.keys()].sort((a, b) => score[a] - score[b]);
const found = new Map<string, number[]>();
const note = (name: string, value: number) => void found.set(name, [...(found.get(name) ?? []), value]);

/** Which labels are flipped, and to what: any other class; or, of the half that the linear model is least sure of, the likeliest other one. */
function plant(kind: 'random' | 'confused', train: Rows, clean: Rows, sure: Judged, seed: number) {
  const rng = createRng(seed).fork('flip', kind);
  const rowOf = (n: number) => Array.from(sure.probabilities.subarray(n * classes, (n + 1) * classes));
  const places = rng.shuffle(Int32Array.from(train, (_, n) => n));
  const own = (n: number) => rowOf(n)[clean[train[n]]];
  const half = places.toSorted((a, b) => own(a) - own(b)).slice(0, Math.ceil(train.length / 2));
  const drawn = kind === 'random' ? places : rng.shuffle(half);
  const wrong = new Set(drawn.slice(0, Math.round(Number(values.flipped) * train.length)));
  const labels = clean.slice();
  for (const n of wrong) {
    const label = clean[train[n]];
    const others = rowOf(n).map((p, c) => (c === label ? -1 : p));
    labels[train[n]] =
      kind === 'random' ? (label + 1 + rng.int(classes - 1)) % classes : others.indexOf(maxOf(others));
  }
  return { labels, wrong };
}

/** Notes how good each ranking is; returns the suggestions for the suspects. */
function judge(name: string, documents: Judged, wrong: ReadonlySet<number>): ReadonlyMap<number, number> {
  const { labels, probabilities, margins } = documents;
  const first = Math.round(0.04 * labels.length);
  const rank = (ranking: string, order: readonly number[]) => {
    note(`${name}; ${ranking}: average precision`, averagePrecision(order, wrong));
    note(
      `${name}; ${ranking}: flips in the first 4 %`,
      order.slice(0, first).filter((n) => wrong.has(n)).length / wrong.size,
    );
  };
  for (const by of labelScores.filter((by) => margins !== undefined || !needsMargins(by)))
    rank(`ours, ${by}`, [...findLabelErrors(documents, by).order]);
  const input = {
    labels: [...labels],
    rows: Array.from(labels, (_, n) => Array.from(probabilities.subarray(n * classes, (n + 1) * classes))),
  };
  rank('cleanlab, self-confidence', ranked(selfConfidence(input)));
  rank('cleanlab, normalised margin', ranked(normalizedMargin(input)));
  const { suspect, suggested } = findLabelErrors(documents);
  const suspects = [...labels.keys()].filter((n) => suspect[n] === 1);
  for (const [ranking, list] of [
    ['ours', suspects],
    ['cleanlab', labelIssues(input)],
  ] as const) {
    note(`${name}; ${ranking}, suspects`, list.length);
    note(
      `${name}; ${ranking}, suspects that are flipped`,
      list.filter((n) => wrong.has(n)).length / list.length,
    );
  }
  return new Map(suspects.map((n) => [n, suggested[n]]));
}

for (const seed of values.seeds.split(',').map(Number)) {
  const [{ train, test }] = createFolds(dataset, { seed, valFraction: 0 });
  const clean = dataset.labels.slice();
  const accuracy = async (labels: Int32Array) =>
    argmaxRows((await score('linear', labels, train, test)).probabilities, classes).filter(
      (c, k) => c === clean[test[k]],
    ).length / test.length;
  const before = await accuracy(clean);
  const sure = await outOfFold('linear', clean, train, seed);
  for (const kind of ['random', 'confused'] as const) {
    const { labels, wrong } = plant(kind, train, clean, sure, seed);
    note(`${kind}; test accuracy, clean labels`, before);
    note(`${kind}; test accuracy, flipped labels`, await accuracy(labels));
    for (const name of values.judges.split(',') as Judge[]) {
      const suggestions = judge(`${kind}; ${name}`, await outOfFold(name, labels, train, seed), wrong);
      const corrected = labels.slice();
      for (const [n, label] of suggestions) corrected[train[n]] = label;
      note(`${kind}; test accuracy, corrected by ${name}`, await accuracy(corrected));
    }
  }
}
for (const [name, list] of found) {
  const sd = list.length > 1 ? Math.sqrt(variance(list)) : 0;
  console.log(
    `${name}: ${mean(list).toFixed(4)} ± ${sd.toFixed(4)} (${list.map((one) => one.toFixed(3)).join(', ')})`,
  );
}
