/**
 * What each ingredient of training brings: accuracy on held-out folds of the training part, with the ingredient and without
 * it. The test part is never read. It goes on where it was stopped, and prints the table of what there is. Run it with a
 * labelled file:
 *
 *     npm run -s node -- bench/ablation.ts DATA --folds 0,1 --seeds 0 --minutes 5 --results build/ablation.jsonl
 *
 * DATA may also be `emoji`, `nouns` or `verbs`, which npm packages hold. `--only TEXT,TEXT` takes the variants whose names
 * contain one of the texts. The recipe begins with word vectors of the training documents; `--vectors none` leaves them out.
 *
 * The difference is that to `the recipe` on the same folds and seeds; p is McNemar's, over all documents tested.
 */
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { scoreFold } from '../src/classifier/fold.ts';
import { createFolds } from '../src/data/folds.ts';
import type { Dataset } from '../src/data/dataset.ts';
import { readDataset } from '../src/data/node.ts';
import { resolveConfig } from '../src/config/index.ts';
import { chooseEngine } from '../src/engine/index.ts';
import { argmaxRows } from '../src/evaluate/confusion.ts';
import { mcnemar } from '../src/evaluate/paired.ts';
import { vectorsFor } from '../src/vectors/for-texts.ts';
import { plainLayer } from '../src/settings/layer.ts';
import { packagedSets } from './support/packaged-sets.ts';
import { recipe, trainingPart } from './support/recipe.ts';

type Section = Readonly<Record<string, unknown>>;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tokens: { type: 'string', default: '50' },
    epochs: { type: 'string', default: '15' },
    size: { type: 'string', default: '64' },
    folds: { type: 'string', default: '0,1' },
    seeds: { type: 'string', default: '0' },
    only: { type: 'string', default: '' },
    vectors: { type: 'string', default: 'learn' },
    minutes: { type: 'string', default: '60' },
    results: { type: 'string', default: 'build/ablation.jsonl' },
  },
});

const BASE = 'the recipe';
const LEARNED = values.vectors !== 'none';
const THIRD = Math.ceil(Number(values.epochs) / 3);

/** What each variant changes in the recipe. */
const variants: Readonly<Record<string, { readonly model?: Section; readonly train?: Section }>> = {
  [BASE]: {},
  'without label smoothing': { train: { label_smoothing: 0 } },
  'without variational dropout': { model: { variational_dropout: false } },
  'without dropout of the pooled vector': { model: { dropout: 0 } },
  'without word dropout': { model: { word_dropout: 0 } },
  'word dropout 0.2': { model: { word_dropout: 0.2 } },
  'word dropout 0.7': { model: { word_dropout: 0.7 } },
  'character n-grams, 8,000 buckets': { model: { ngram_buckets: 8000 } },
  'pooling mean + max': { model: { pooling: 'mean+max' } },
  'attention + max': { model: { pooling: 'attention+max' } },
  'attention of 4 heads + mean + max': {
    model: { pooling: [{ type: 'attention', heads: 4 }, 'mean', 'max'] },
  },
  'windows of 50 + max': { model: { pooling: [{ type: 'windows', size: 50 }, 'max'] } },
  hierarchical: { model: { pooling: 'hierarchical' } },
  'hierarchical + mean + max': { model: { pooling: 'hierarchical+mean+max' } },
  'weight drop 0.1': { model: { weight_drop: 0.1 } },
  'weight drop 0.3': { model: { weight_drop: 0.3 } },
  'moving average of the weights': { train: { average: 'ema' } },
  'mean of the weights of the last quarter': { train: { average: 'swa' } },
  'constant rate': { train: { schedule: 'constant' } },
  'constant rate, moving average': { train: { schedule: 'constant', average: 'ema' } },
  'adversarial 0.05': { train: { adversarial: 0.05 } },
  'adversarial 0.2': { train: { adversarial: 0.2 } },
  'mixup 0.2': { train: { mixup: 0.2 } },
  'mixup 1': { train: { mixup: 1 } },
  'phases: squared error in the first third': {
    train: { phases: [{ epochs: THIRD, loss: 'mse' }, {}] },
  },
  'phases: half of the tokens in the first half': {
    train: {
      phases: [
        { epochs: Math.ceil(Number(values.epochs) / 2), max_length: Math.ceil(Number(values.tokens) / 2) },
        {},
      ],
    },
  },
  'phases: gradual unfreezing': { train: { gradual_unfreezing: 1 } },
  'phases: lower rates in lower layers, 0.385': { train: { layer_lr_decay: 0.385 } },
  'augmentation: swap': { train: { augmentation: 'swap' } },
  'augmentation: delete': { train: { augmentation: 'delete' } },
  'augmentation: replace': { model: { vectors: 'learn' }, train: { augmentation: 'replace' } },
  'warm-up: next words': { train: { warm_up: 'next_words' } },
  'warm-up: autoencoder': { train: { warm_up: 'autoencoder' } },
  ...(LEARNED
    ? {
        'without vectors': { model: { vectors: null } },
        'vectors of skip-gram': { model: { vectors: 'skipgram' } },
        'vectors stay frozen': { model: { vectors_freeze: true } },
        'phases: vectors frozen in the first third': { model: { vectors_freeze: THIRD } },
      }
    : { 'vectors from the texts': { model: { vectors: 'learn' } } }),
  'R-drop 0.5': { train: { r_drop: 0.5 } },
  'R-drop 2': { train: { r_drop: 2 } },
  'word type dropout 0.1': { model: { word_type_dropout: 0.1 } },
  'word type dropout 0.2 for word dropout': { model: { word_type_dropout: 0.2, word_dropout: 0 } },
};

/** The recipe that the settings follow from, for documents of this size; the network is smaller than the default. */
const settingsOf = (seed: number) => ({
  text: { max_length: Number(values.tokens), min_count: 2 },
  model: {
    embedding_dim: Number(values.size),
    hidden_size: Number(values.size),
    embedding_std: 0.1,
    ...recipe.model,
    ...(LEARNED && { vectors: values.vectors }),
  },
  train: {
    ...recipe.train,
    epochs: Number(values.epochs),
    keep: 'last',
    seed,
    threads: 1,
  },
});

/** One training that was measured. */
interface Measured {
  readonly key: string;
  readonly variant: string;
  readonly seconds: number;
  /** Rows of the documents tested, and which of them were labelled right. */
  readonly rows: readonly number[];
  readonly right: readonly boolean[];
}

const [data] = positionals;
const numbers = (list: string) => list.split(',').map(Number);
const keyOf = (variant: string, seed: number, fold: number) =>
  [
    data,
    variant,
    `seed ${seed}`,
    `fold ${fold}`,
    values.tokens,
    values.epochs,
    values.size,
    values.vectors,
  ].join(' | ');
const only = values.only.split(',');
const chosen = Object.keys(variants).filter(
  (name) => name === BASE || only.some((part) => name.includes(part)),
);

const dataset = trainingPart(await read(data));
const folds = createFolds(dataset, { seed: 0, valFraction: 0 });
const engine = chooseEngine(() => performance.now());
mkdirSync(dirname(values.results), { recursive: true });
const done = new Map<string, Measured>();
if (existsSync(values.results)) {
  for (const line of readFileSync(values.results, 'utf8').split('\n').filter(Boolean)) {
    const one = JSON.parse(line) as Measured;
    done.set(one.key, one);
  }
}

async function measure(variant: string, seed: number, fold: number): Promise<Measured> {
  const base = settingsOf(seed);
  const { model = {}, train = {} } = variants[variant];
  const given = { ...base, model: { ...base.model, ...model }, train: { ...base.train, ...train } };
  const settings = resolveConfig(plainLayer(given, 'the benchmark'));
  const { texts, labels, labelNames, rowIds } = dataset;
  const started = performance.now();
  const documents = { texts, labels, classes: labelNames.length };
  const scores = await scoreFold(documents, folds[fold], settings, {
    engine,
    now: () => performance.now(),
    vectors: (texts, own) => vectorsFor(texts, own, {}),
  });
  if (!scores) throw new Error('nothing interrupts the benchmark');
  const { test } = folds[fold];
  const predicted = argmaxRows(scores.probabilities, labelNames.length);
  return {
    key: keyOf(variant, seed, fold),
    variant,
    seconds: (performance.now() - started) / 1000,
    rows: Array.from(test, (i) => rowIds[i]),
    right: Array.from(test, (i, n) => predicted[n] === labels[i]),
  };
}

/** A file, or a data set by its name. */
async function read(named: string): Promise<Dataset> {
  const packaged = packagedSets.find(({ name }) => name === named);
  if (!packaged) return readDataset(named);
  const folder = mkdtempSync(join(tmpdir(), 'unroll-bench-'));
  try {
    const made = packaged.make(folder);
    if ('reason' in made) throw new Error(made.reason);
    return await readDataset(made.data);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const began = performance.now();
for (const fold of numbers(values.folds)) {
  for (const seed of numbers(values.seeds)) {
    for (const variant of chosen) {
      const key = keyOf(variant, seed, fold);
      if (done.has(key) || performance.now() - began > Number(values.minutes) * 60_000) continue;
      const measured = await measure(variant, seed, fold);
      appendFileSync(values.results, `${JSON.stringify(measured)}\n`);
      done.set(key, measured);
      console.error(`${key}: ${proportion(measured.right).toFixed(4)}, ${measured.seconds.toFixed(0)} s`);
    }
  }
}
printTable();

function proportion(right: readonly boolean[]): number {
  return right.filter(Boolean).length / right.length;
}

/** A line for each variant, on the folds and seeds that it and the recipe were both measured on. */
function printTable(): void {
  console.log('| variant | accuracy | difference in points | p | documents | seconds a training |');
  console.log('| --- | --- | --- | --- | --- | --- |');
  for (const variant of chosen) {
    const pairs = numbers(values.folds).flatMap((fold) =>
      numbers(values.seeds).flatMap((seed) => {
        const [own, base] = [variant, BASE].map((name) => done.get(keyOf(name, seed, fold)));
        return own && base ? [{ own, base }] : [];
      }),
    );
    if (pairs.length === 0) continue;
    const own = pairs.flatMap((pair) => pair.own.right);
    const base = pairs.flatMap((pair) => pair.base.right);
    const count = (one: boolean, other: boolean) =>
      own.filter((right, n) => right === one && base[n] === other).length;
    const { p } = mcnemar(count(true, false), count(false, true));
    const difference = 100 * (proportion(own) - proportion(base));
    const seconds = pairs.reduce((sum, pair) => sum + pair.own.seconds, 0) / pairs.length;
    const compared = variant === BASE ? ['', ''] : [difference.toFixed(1), p.toFixed(2)];
    console.log(
      `| ${[variant, proportion(own).toFixed(4), ...compared, own.length, seconds.toFixed(0)].join(' | ')} |`,
    );
  }
}
