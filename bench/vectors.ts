/**
 * What pretrained word vectors and parts of words bring: accuracy on held-out folds of the training part, with and without
 * them. The test part is never read. Run it with a labelled file:
 *
 *     npm run -s node -- bench/vectors.ts DATA --tokens 50 --epochs 25 --folds 0,1 --seeds 0 --variants none,glove-100d
 *
 * A variant is `none` or what `model.vectors` takes, with options behind it: `glove-100d:vectors_freeze=true`,
 * `none:text.tokenizer="bpe"`. `--words 50` cuts each text after its first 50 words (white space between them) before the
 * tokenizer sees it, so that all tokenizers get the same text.
 */
import { parseArgs } from 'node:util';
import { readDataset } from '../src/data/node.ts';
import { createFolds } from '../src/data/folds.ts';
import type { ClassifierEvent } from '../src/classifier/events.ts';
import type { Platform } from '../src/classifier/platform.ts';
import { trainOn } from '../src/classifier/train.ts';
import { resolveConfig } from '../src/config/index.ts';
import { plainLayer } from '../src/settings/layer.ts';
import { vectorsFor } from '../src/vectors/for-texts.ts';
import { recipe, trainingPart } from './support/recipe.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tokens: { type: 'string', default: '50' },
    words: { type: 'string' },
    epochs: { type: 'string', default: '25' },
    folds: { type: 'string', default: '0,1' },
    seeds: { type: 'string', default: '0' },
    variants: { type: 'string', default: 'none,glove-100d' },
  },
});

function firstWords(text: string): string {
  return values.words === undefined
    ? text
    : text.trim().split(/\s+/).slice(0, Number(values.words)).join(' ');
}

/** The recipe: everything but the vectors. */
const settingsOf = (seed: number) => ({
  text: { max_length: Number(values.tokens), min_count: 2 },
  model: recipe.model,
  train: {
    ...recipe.train,
    epochs: Number(values.epochs),
    seed,
    threads: 1,
  },
  evaluate: { bootstrap_samples: 0 },
});

/** The options of a variant; those of the model need no name of a section. */
function variantOf(variant: string): Record<'model' | 'text', Record<string, unknown>> {
  const [vectors, ...options] = variant.split(':');
  const sections = { model: vectors === 'none' ? {} : { vectors }, text: {} };
  for (const [key, value] of options.map((option) => option.split('='))) {
    const section = key.startsWith('text.') ? 'text' : 'model';
    Object.assign(sections[section], { [key.replace('text.', '')]: JSON.parse(value) as unknown });
  }
  return sections;
}

const platform: Platform = {
  threads: () => 1,
  vectors: (texts, settings) => vectorsFor(texts, settings, {}),
};

const [source] = positionals;
const dataset = trainingPart(await readDataset(source), firstWords);
const folds = createFolds(dataset, { seed: 0, valFraction: 0 });
for (const variant of values.variants.split(',')) {
  const scores: number[] = [];
  for (const seed of values.seeds.split(',').map(Number)) {
    for (const fold of values.folds.split(',').map(Number)) {
      const base = settingsOf(seed);
      const given = variantOf(variant);
      const model = { ...base.model, ...given.model };
      const text = { ...base.text, ...given.text };
      const settings = resolveConfig(plainLayer({ ...base, model, text }, 'the benchmark'));
      const { train, test } = folds[fold];
      const none = { exact: 0, normalised: 0, near: 0, leakedVal: 0, leakedTest: 0 };
      const duplicates = { ...none, grouped: true };
      const splits = { train, test, val: new Int32Array(0), notices: [], duplicates };
      const started = performance.now();
      let told = '';
      const listener = (event: ClassifierEvent) => {
        if (event.type === 'prepared' && event.reading?.vectors)
          told = `, ${(100 * event.reading.vectors.tokenCoverage).toFixed(1)} % of tokens have a vector`;
      };
      const classifier = await trainOn({ dataset, splits, settings }, { listener }, platform);
      scores.push(classifier.evaluation.accuracy);
      const seconds = ((performance.now() - started) / 1000).toFixed(0);
      const bytes = classifier.files().get('model.safetensors')?.length ?? 0;
      console.log(
        `${variant} seed ${seed} fold ${fold}: ${classifier.evaluation.accuracy.toFixed(4)}${told}, ${(bytes / 1e6).toFixed(1)} MB, ${seconds} s`,
      );
      await classifier.close();
    }
  }
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  console.log(`${variant} mean ${mean.toFixed(4)} of ${scores.length}`);
}
