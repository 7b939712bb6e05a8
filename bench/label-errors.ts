/**
 * How well label errors are found: a part of the labels is flipped, at random or between classes that the linear model confuses most,
 * and the ranking of `unroll labels` is judged by average precision, beside two formulas of cleanlab (self-confidence and normalised
 * margin of the label) on the same out-of-fold probabilities. Then the suspects get their suggested label, and the linear model is
 * measured on test documents whose labels are right: trained on clean, flipped and corrected labels. Run it with a labelled file:
 *
 *     npm run -s node -- bench/label-errors.ts DATA --flipped 0.02 --seeds 0,1,2 --tokens 50
 */
import { parseArgs } from 'node:util';
import { type FoldDocuments, scoreFold } from '../src/classifier/fold.ts';
import { resolveConfig } from '../src/config/index.ts';
import { createRng } from '../src/core/rng.ts';
import type { Dataset } from '../src/data/dataset.ts';
import { createFolds } from '../src/data/folds.ts';
import { readDataset } from '../src/data/node.ts';
import { chooseEngine } from '../src/engine/index.ts';
import { argmaxRows } from '../src/evaluate/confusion.ts';
import { findLabelErrors } from '../src/evaluate/label-errors.ts';
import { mean } from '../src/evaluate/sample.ts';
import { plainLayer } from '../src/settings/layer.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    flipped: { type: 'string', default: '0.02' },
    seeds: { type: 'string', default: '0,1,2' },
    tokens: { type: 'string', default: '50' },
  },
});

const dataset = await readDataset(positionals[0]);
const classes = dataset.labelNames.length;
const engine = chooseEngine(() => performance.now());
const settings = resolveConfig(
  plainLayer({ model: { type: 'linear', max_tokens: Number(values.tokens) } }, 'the benchmark'),
);
type Rows = Int32Array<ArrayBuffer>;
const none: Rows = new Int32Array(0);

/** Probabilities of the test rows of a linear model that learned from the training rows. */
async function score(labels: Int32Array, train: Rows, test: Rows): Promise<Float64Array> {
  const documents: FoldDocuments = { texts: dataset.texts, labels, classes };
  const rows = { train, val: none, test };
  const scores = await scoreFold(documents, rows, settings, { engine, now: () => performance.now() });
  if (!scores) throw new Error('nothing interrupts the benchmark');
  return scores.probabilities;
}

/** `[n × C]` of the rows, each from a model that has not seen its label. */
async function outOfFold(labels: Rows, rows: Rows, seed: number): Promise<Float64Array> {
  const part: Dataset = {
    ...dataset,
    texts: Array.from(rows, (i) => dataset.texts[i]),
    labels: rows.map((i) => labels[i]),
    rowIds: rows.map((i) => dataset.rowIds[i]),
  };
  const all = new Float64Array(rows.length * classes);
  for (const { train, test } of createFolds(part, { seed, valFraction: 0 })) {
    const given = await score(
      labels,
      train.map((n) => rows[n]),
      test.map((n) => rows[n]),
    );
    for (const [k, n] of test.entries()) all.set(given.subarray(k * classes, (k + 1) * classes), n * classes);
  }
  return all;
}

/** Mean, over the wrong labels, of the proportion of wrong ones among all that are ranked as high. */
function averagePrecision(order: Int32Array, wrong: ReadonlySet<number>): number {
  let found = 0;
  let sum = 0;
  for (const [k, n] of order.entries()) if (wrong.has(n)) sum += ++found / (k + 1);
  return sum / wrong.size;
}

/** For each row, the class to which its label is flipped: any other one, or the most probable other one. */
type Other = (n: number, label: number) => number;

const [kinds, seeds] = [['random', 'confused'] as const, values.seeds.split(',').map(Number)];
const means = new Map<string, number[]>();
const note = (name: string, value: number) => void means.set(name, [...(means.get(name) ?? []), value]);
for (const seed of seeds) {
  const [{ train, test }] = createFolds(dataset, { seed, valFraction: 0 });
  const clean = dataset.labels.slice();
  const right = (of: Float64Array) =>
    argmaxRows(of, classes).filter((c, k) => c === clean[test[k]]).length / test.length;
  const before = right(await score(clean, train, test));
  const sure = await outOfFold(clean, train, seed);
  for (const kind of kinds) {
    const rng = createRng(seed).fork('flip', kind);
    const others: Readonly<Record<typeof kind, Other>> = {
      random: (_, label) => (label + 1 + rng.int(classes - 1)) % classes,
      // documents that lie between two classes, as a person would confuse them
      confused(n, label) {
        const row = Array.from(sure.subarray(n * classes, (n + 1) * classes), (p, c) =>
          c === label ? -1 : p,
        );
        return row.indexOf(row.reduce((a, b) => Math.max(a, b)));
      },
    };
    const between = (n: number) => sure[n * classes + clean[train[n]]];
    const places = rng.shuffle(Int32Array.from(train, (_, n) => n));
    // confused: of the half that the model is least sure of
    const drawn =
      kind === 'random'
        ? places
        : places.toSorted((a, b) => between(a) - between(b)).slice(0, Math.ceil(train.length / 2));
    const wrong = new Set(rng.shuffle(drawn).slice(0, Math.round(Number(values.flipped) * train.length)));
    const flipped = clean.slice();
    for (const n of wrong) flipped[train[n]] = others[kind](n, clean[train[n]]);
    const probabilities = await outOfFold(flipped, train, seed);
    const given = { probabilities, labels: train.map((i) => flipped[i]), classes };
    const self = findLabelErrors(given, 'self_confidence');
    const margin = findLabelErrors(given, 'normalized_margin');
    // as `unroll labels` lists them: suspects first
    const listed = self.order.toSorted(
      (a, b) => self.suspect[b] - self.suspect[a] || self.score[a] - self.score[b],
    );
    const corrected = flipped.slice();
    for (const [n, suspect] of self.suspect.entries()) if (suspect === 1) corrected[train[n]] = self.suggested[n]; // prettier-ignore
    note(`${kind}: average precision of the list`, averagePrecision(listed, wrong));
    note(`${kind}: of self-confidence alone`, averagePrecision(self.order, wrong));
    note(`${kind}: of the normalised margin alone`, averagePrecision(margin.order, wrong));
    const top = listed.slice(0, Math.round(0.04 * train.length)).filter((n) => wrong.has(n)).length;
    note(`${kind}: found in the first 4 % of the list`, top / wrong.size);
    note(`${kind}: suspects that are flipped`, self.suspect.reduce((sum, is, n) => sum + Number(is === 1 && wrong.has(n)), 0) / Math.max(1, self.suspect.reduce((sum, is) => sum + is, 0))); // prettier-ignore
    note(`${kind}: test accuracy with clean labels`, before);
    note(`${kind}: with flipped labels`, right(await score(flipped, train, test)));
    note(`${kind}: with corrected labels`, right(await score(corrected, train, test)));
  }
}
for (const [name, list] of means)
  console.log(`${name}: ${mean(list).toFixed(4)} (${list.map((one) => one.toFixed(3)).join(', ')})`);
