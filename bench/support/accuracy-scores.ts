/**
 * Probabilities of the members of an ensemble on stratified folds, each training kept in a file as soon as it is done, so that
 * a benchmark goes on where it was stopped.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type FoldRows, type FoldSettings, scoreFold } from '../../src/classifier/fold.ts';
import { resolveConfig } from '../../src/config/index.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { createFolds, type Fold } from '../../src/data/folds.ts';
import { chooseEngine } from '../../src/engine/index.ts';
import { networkOptionsOf } from '../../src/models/family.ts';
import { chooseFromData } from '../../src/settings/from-data.ts';
import { plainLayer } from '../../src/settings/layer.ts';
import { vectorsFor } from '../../src/vectors/for-texts.ts';

/** What is trained: the `model` section; all other keys follow from the data, as in `unroll train`. */
export const members = {
  linear: { type: 'linear' },
  // it is given whole documents to learn from; where whole documents are asked about, it is `linear`
  'linear, windows': { type: 'linear' },
  bag: { type: 'bag' },
  recurrent: { type: 'bilstm' },
  'bag, GloVe': { type: 'bag', vectors: 'glove-100d' },
  'recurrent, GloVe': { type: 'bilstm', vectors: 'glove-100d' },
} as const;
/** A name of {@link members}. */
export type MemberName = keyof typeof members;

/** Which documents are read: their first words, or all of them. */
export const readings = { 'first 50 tokens': 50, 'whole documents': Infinity } as const;
/** A name of {@link readings}. */
export type Reading = keyof typeof readings;

/** A training. */
export interface Task {
  readonly reading: Reading;
  readonly member: MemberName;
  readonly fold: number;
  readonly seed: number;
}

/** What a training gave. */
export interface MemberScores {
  /** `[n × C]` of the test part of the fold. */
  readonly test: readonly number[];
  /** `[m × C]` of its validation part, of which the member has not seen the labels. */
  readonly validation: readonly number[];
  readonly epochs: number | null;
  /** Time of the processor, s. */
  readonly cpuSeconds: number;
}

/** Digits of a probability in the file. */
const DIGITS = 6;
/** Counted on when the settings that follow from the data change: what was measured before is then measured anew. */
const RECIPE = 4;
/** Seed of the folds, and what of their training part validates. */
const [FOLD_SEED, VALIDATION] = [0, 0.1];

/** Trains members on the folds of a data set, or reads what they gave before. */
export class ScoreBook {
  readonly dataset: Dataset;
  /** Copies of a document in one fold. */
  readonly folds: readonly Fold[];
  readonly #file: string;
  readonly #done = new Map<string, MemberScores>();
  readonly #engine = chooseEngine(() => performance.now());

  constructor(dataset: Dataset, file: string) {
    this.dataset = dataset;
    this.folds = createFolds(dataset, { seed: FOLD_SEED, valFraction: VALIDATION });
    this.#file = file;
    mkdirSync(dirname(file), { recursive: true });
    if (!existsSync(file)) return;
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      if (line === '') continue;
      const { key, ...scores } = JSON.parse(line) as MemberScores & { readonly key: string };
      this.#done.set(key, scores);
    }
  }

  /** What a training gave; undefined where it was not done. */
  get(task: Task): MemberScores | undefined {
    return this.#done.get(this.#keyOf(task));
  }

  /** Trains, unless it was done before; what it gave is kept. */
  async measure(task: Task): Promise<MemberScores> {
    const before = this.get(task);
    if (before) return before;
    const scores = await this.#train(task);
    const key = this.#keyOf(task);
    appendFileSync(this.#file, `${JSON.stringify({ key, ...scores })}\n`);
    this.#done.set(key, scores);
    return scores;
  }

  // the content of the data and the settings of the member are in it: other ones are measured anew
  #keyOf({ reading, member, fold, seed }: Task): string {
    const model = modelOf(member, reading);
    const own = model.type === 'linear' ? 0 : seed;
    const settings = model.type === 'linear' ? '' : `|recipe ${RECIPE}`;
    return `${[this.dataset.hash, reading, JSON.stringify(model), `fold ${fold}`, `seed ${own}`].join('|')}${settings}`; // prettier-ignore
  }

  async #train({ reading, member, fold, seed }: Task): Promise<MemberScores> {
    const { labels, labelNames } = this.dataset;
    const cut = this.dataset.texts.map((text) => firstWords(text, readings[reading]));
    const { train, val, test } = this.folds[fold];
    const classes = labelNames.length;
    const model = modelOf(member, reading);
    const texts = 'max_tokens' in model ? this.dataset.texts : cut;
    const layers = [plainLayer({ model, train: { seed, threads: 1 } }, 'the benchmark')];
    const learned = { texts, documents: train.length, classes };
    const choices = chooseFromData(learned, resolveConfig(...layers), layers);
    const settings = choices ? resolveConfig(choices.layer, ...layers) : resolveConfig(...layers);
    const began = process.cpuUsage();
    const score = async (rows: FoldRows) => {
      const whole = new Map([...rows.train, ...rows.val].map((i) => [texts[i], this.dataset.texts[i]]));
      // as where `text.max_length` cuts documents: vectors are learned from all of their words
      const learnedFrom = ({ model }: FoldSettings, own: readonly string[]) =>
        networkOptionsOf(model)?.vectors === 'learn' ? own.map((text) => whole.get(text) ?? text) : own;
      const asked = new Set(rows.test);
      const read = texts.map((text, i) => (asked.has(i) ? cut[i] : text));
      const scores = await scoreFold({ texts: read, labels, classes }, rows, settings, {
        engine: this.#engine,
        now: () => performance.now(),
        vectors: (own, named) => vectorsFor(learnedFrom(named, own), named, {}),
      });
      if (!scores) throw new Error('nothing interrupts the benchmark');
      const { epochs, probabilities, validation } = scores;
      return { epochs, probabilities: rounded(probabilities), validation: validation && rounded(validation) };
    };
    const scores = await score({ train, val, test });
    // another fit, which has not seen them, scores the validation documents; a network does that before it learns again
    const validation =
      scores.validation ?? (await score({ train, val: new Int32Array(), test: val })).probabilities;
    const { user, system } = process.cpuUsage(began);
    return {
      test: scores.probabilities,
      validation,
      epochs: scores.epochs,
      cpuSeconds: Number(((user + system) / 1e6).toPrecision(3)),
    };
  }
}

function rounded(probabilities: Float64Array): number[] {
  return Array.from(probabilities, (p) => Number(p.toPrecision(DIGITS)));
}

/** The `model` section of a member. */
function modelOf(
  member: MemberName,
  reading: Reading,
): { readonly type: string; readonly max_tokens?: number } {
  const words = readings[reading];
  return member === 'linear, windows' && words < Infinity
    ? { ...members[member], max_tokens: words }
    : members[member];
}

/** The first whitespace-separated words of a text. */
function firstWords(text: string, words: number): string {
  return words === Infinity ? text : text.trim().split(/\s+/).slice(0, words).join(' ');
}
