/**
 * What balancing brings where a class is rare: one class is cut to a part of its training documents, the test part of each fold
 * stays as it is. Macro F1 of every option over the same folds; each option has the usual value of its paper, none was chosen
 * on test folds. Run it with a labelled file:
 *
 *     npm run -s node -- bench/imbalance.ts DATA --class tech --keep 0.05 --tokens 50 --epochs 10 --folds 0,1,2,3,4
 */
import { parseArgs } from 'node:util';
import { browserPlatform } from '../src/classifier/platform.ts';
import { trainOn } from '../src/classifier/train.ts';
import { resolveConfig } from '../src/config/index.ts';
import { createRng } from '../src/core/rng.ts';
import { createFolds } from '../src/data/folds.ts';
import { readDataset } from '../src/data/node.ts';
import { mean, variance } from '../src/evaluate/sample.ts';
import { plainLayer } from '../src/settings/layer.ts';
import { recipe } from './support/recipe.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    class: { type: 'string' },
    keep: { type: 'string', default: '0.05' },
    tokens: { type: 'string', default: '50' },
    epochs: { type: 'string', default: '10' },
    hidden: { type: 'string', default: '64' },
    folds: { type: 'string', default: '0,1,2,3,4' },
    seed: { type: 'string', default: '0' },
    variants: { type: 'string' },
  },
});

/** The options beside each other: keys of the `train` section, and of the model. */
const variants: Readonly<
  Record<string, { readonly train: object; readonly model?: object; readonly val?: number }>
> = {
  plain: { train: {} },
  balanced: { train: { class_weights: 'balanced' } },
  effective: { train: { class_weights: 'effective' } },
  'logit adjustment': { train: { logit_adjustment: 1 } },
  focal: { train: { loss: 'focal', label_smoothing: 0 } },
  oversample: { train: { sampling: 'oversample' } },
  // a fifth of the training documents chooses the thresholds, and nothing is learned from them
  thresholds: { train: { thresholds: 'macro_f1' }, val: 0.2 },
  'linear plain': { train: {}, model: { type: 'linear' } },
  'linear balanced': { train: { class_weights: 'balanced' }, model: { type: 'linear' } },
  'linear thresholds': { train: { thresholds: 'macro_f1' }, model: { type: 'linear' }, val: 0.2 },
};

const hidden = Number(values.hidden);
const network = { embedding_dim: hidden, hidden_size: hidden, embedding_std: 0.1, ...recipe.model };

function settingsOf(variant: string) {
  const { train, model = network } = variants[variant];
  const shared = {
    ...recipe.train,
    epochs: Number(values.epochs),
    seed: Number(values.seed),
    threads: 1,
    calibrate: false,
  };
  return resolveConfig(
    plainLayer(
      {
        text: { max_length: Number(values.tokens), min_count: 2 },
        model,
        train: { ...shared, ...train },
        evaluate: { bootstrap_samples: 0 },
      },
      'the benchmark',
    ),
  );
}

const [source] = positionals;
const dataset = await readDataset(source);
const rare = values.class === undefined ? dataset.labelNames.length - 1 : dataset.labelNames.indexOf(values.class); // prettier-ignore
if (rare < 0) throw new Error(`--class must be one of ${dataset.labelNames.join(', ')}`);
const folds = createFolds(dataset, { seed: 0, valFraction: 0 });

/** The training part of a fold with the class cut: the same documents for every option. */
function cut(train: Int32Array<ArrayBuffer>, fold: number): Int32Array<ArrayBuffer> {
  const own = train.filter((i) => dataset.labels[i] === rare);
  const kept = createRng(0).fork('cut', fold).shuffle(own).slice(0, Math.max(2, Math.round(own.length * Number(values.keep)))); // prettier-ignore
  return Int32Array.from([...train.filter((i) => dataset.labels[i] !== rare), ...kept]).sort();
}

/** A proportion of each class as validation part. */
function parted(rows: Int32Array<ArrayBuffer>, proportion: number, fold: number) {
  const val = dataset.labelNames.flatMap((_, c) => {
    const own = createRng(0)
      .fork('val', fold, c)
      .shuffle(rows.filter((i) => dataset.labels[i] === c));
    return [...own.slice(0, Math.round(own.length * proportion))];
  });
  const held = new Set(val);
  return { train: rows.filter((i) => !held.has(i)), val: Int32Array.from(val).sort() };
}

const plain = new Map<number, number>();
for (const variant of values.variants?.split(',') ?? Object.keys(variants)) {
  const scores: number[] = [];
  const gains: number[] = [];
  for (const fold of values.folds.split(',').map(Number)) {
    const { train, val } = parted(cut(folds[fold].train, fold), variants[variant].val ?? 0, fold);
    const none = { exact: 0, normalised: 0, near: 0, leakedVal: 0, leakedTest: 0 };
    const splits = { train, test: folds[fold].test, val, notices: [], duplicates: { ...none, grouped: true } }; // prettier-ignore
    const classifier = await trainOn({ dataset, splits, settings: settingsOf(variant) }, {}, { ...browserPlatform, threads: () => 1 }); // prettier-ignore
    const { macro_f1 } = classifier.evaluation;
    if (variant === 'plain') plain.set(fold, macro_f1);
    scores.push(macro_f1);
    gains.push(100 * (macro_f1 - (plain.get(fold) ?? NaN)));
    await classifier.close();
  }
  const sd = (list: readonly number[]) => (list.length > 1 ? Math.sqrt(variance(list)) : 0);
  console.log(
    `${variant}: macro F1 ${mean(scores).toFixed(4)} ± ${sd(scores).toFixed(4)}, ${mean(gains).toFixed(1)} ± ${sd(gains).toFixed(1)} points over plain (${scores.length} folds)`,
  );
}
