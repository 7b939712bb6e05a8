/** Accuracy on BBC news by a protocol: stratified folds, seeds fixed beforehand, each figure beside the linear model's. */
import { fileURLToPath } from 'node:url';
import { averageOf, chooseModel } from '../src/classifier/choose.ts';
import { readDataset } from '../src/data/node.ts';
import { bbcFile, skipWithoutBbc } from '../test/support/bbc.ts';
import type { Bench, BenchCase, BenchOptions } from './bench.ts';
import { type FoldProbabilities, summarise } from './support/accuracy-figures.ts';
import { type MemberName, type Reading, readings, ScoreBook, type Task } from './support/accuracy-scores.ts';

/** A line of the table. */
interface Line {
  readonly name: string;
  /** What it is made of. */
  readonly of: readonly MemberName[];
  /** How: the mean of all of them, or the average of a network and the linear model that the validation part chooses. */
  readonly how: 'mean' | 'chosen';
  /** Whether the models of all seeds are averaged. Default false. */
  readonly together?: boolean;
  /** Where it differs from another line. Default: everywhere. */
  readonly only?: Reading;
  /** What the project asks of itself. */
  readonly atLeast?: Readonly<Partial<Record<Reading, number>>>;
}

const own = ['linear, windows', 'bag', 'recurrent'] as const;
const best = ['linear, windows', 'recurrent', 'recurrent, GloVe'] as const;

const lines: readonly Line[] = [
  { name: 'linear', of: ['linear'], how: 'mean', atLeast: { 'first 50 tokens': 0.96, 'whole documents': 0.978 } },
  { name: 'linear, windows', of: ['linear, windows'], how: 'mean', only: 'first 50 tokens' },
  { name: 'bag', of: ['bag'], how: 'mean' },
  { name: 'recurrent', of: ['recurrent'], how: 'mean', atLeast: { 'first 50 tokens': 0.962, 'whole documents': 0.976 } },
  { name: 'chosen average', of: ['recurrent', 'linear'], how: 'chosen' },
  { name: 'ensemble', of: own, how: 'mean' },
  { name: 'bag, GloVe', of: ['bag, GloVe'], how: 'mean' },
  { name: 'recurrent, GloVe', of: ['recurrent, GloVe'], how: 'mean', atLeast: { 'first 50 tokens': 0.972, 'whole documents': 0.98 } },
  { name: 'chosen average, GloVe', of: ['recurrent, GloVe', 'linear'], how: 'chosen' },
  { name: 'ensemble, GloVe', of: best, how: 'mean', atLeast: { 'first 50 tokens': 0.977, 'whole documents': 0.985 } },
  { name: 'ensemble, GloVe, no windows', of: ['linear', 'recurrent', 'recurrent, GloVe'], how: 'mean', only: 'first 50 tokens' },
  { name: 'ensemble, GloVe, all seeds', of: best, how: 'mean', together: true, atLeast: { 'first 50 tokens': 0.977, 'whole documents': 0.985 } },
]; // prettier-ignore

/** Probabilities of the test part of a fold; undefined where a member has not been trained there. */
function probabilitiesOf(
  book: ScoreBook,
  { of, how }: Line,
  [reading, fold, seed]: readonly [Reading, number, number],
): Float64Array | undefined {
  const scores = of.flatMap((member) => book.get({ reading, member, fold, seed }) ?? []);
  if (scores.length < of.length) return undefined;
  const [network, linear] = scores;
  if (how === 'mean')
    return Float64Array.from(network.test, (_, i) => scores.reduce((sum, { test }) => sum + test[i], 0) / of.length); // prettier-ignore
  const { labels, labelNames } = book.dataset;
  const { weight } = chooseModel({
    labels: book.folds[fold].val.map((i) => labels[i]),
    classes: labelNames.length,
    network: Float64Array.from(network.validation),
    linear: Float64Array.from(linear.validation),
  });
  const test = { network: Float64Array.from(network.test), linear: Float64Array.from(linear.test) };
  return averageOf(test, weight);
}

const RESULTS = fileURLToPath(new URL('../build/accuracy.jsonl', import.meta.url));

/** Accuracy and calibration of each member and of their averages. */
export const accuracy: Bench = {
  name: 'accuracy',
  claim:
    'On BBC news, what each model and their average reach over stratified folds, beside the linear model.',
  method:
    'Five stratified folds, duplicates of an article in one fold, seeds fixed beforehand; every vocabulary, vector, weight and temperature comes from the ' +
    'training part of its fold, a tenth of which is its validation part. Settings are those that `unroll train` derives from the data, so that a network learns again from the ' +
    'validation part too; where they were chosen on BBC news, it was on folds of the training part of one split. ± is the standard deviation over folds and seeds. “Chosen average”: the average of the recurrent network and the linear model that the validation part ' +
    'chooses, as in `unroll train`. “Recurrent”: its word vectors are learned from the whole documents of the training part first, also where it reads their first 50 tokens. “Linear, windows”: it learns from all windows of 50 words of the training documents (`model.max_tokens: 50`), and reads the first of a test document; the ensembles have it, but for “no windows”. “Ensemble”: the mean of the probabilities of linear, bag and recurrent; with GloVe, of linear and both recurrent networks; with all seeds, of the networks of each. ' +
    'ECE: the calibration error with 15 bins of equal mass, pooled over the folds, before and after a temperature from the out-of-fold scores of the other folds. ' +
    'Abstention: the threshold that promises a precision of 0.99 on the other folds, applied to the fold that it has not seen. ' +
    '“Seconds” are those of the processor for a training. Trainings are kept in `build/accuracy.jsonl` (`--results FILE`) and not repeated; `--folds` and `--seeds` measure a part, ' +
    '`--only TEXT` the lines whose name contains it, and after `--minutes N` no training begins.',
  skip: () => skipWithoutBbc,
  async run(options) {
    const { seeds = [0, 1, 2], folds = [0, 1, 2, 3, 4], results = RESULTS, only } = options;
    const book = new ScoreBook(await readDataset(bbcFile), results);
    const outside = folds.find((fold) => fold >= book.folds.length);
    if (outside !== undefined)
      throw new Error(`[bench] --folds must be from 0 to ${book.folds.length - 1}, but got ${outside}.`);
    const wanted = Object.keys(readings).flatMap((name) => {
      const reading = name as Reading;
      return lines.flatMap((line) => {
        const asked = `${reading}: ${line.name}`.includes(only) && (line.only ?? reading) === reading;
        return asked ? [{ reading, line }] : [];
      });
    });
    const tasks = seeds.flatMap((seed) =>
      wanted.flatMap(({ reading, line }) =>
        folds.flatMap((fold) => line.of.map((member): Task => ({ reading, member, fold, seed }))),
      ),
    );
    await trainAll(book, tasks, options);
    return wanted.flatMap(({ reading, line }) => {
      const own = caseOf(book, { reading, line, seeds, folds });
      if (!own) return [];
      return {
        ...own,
        ...(line !== lines[0] && baselineOf(book, { reading, line: lines[0], seeds, folds })),
      };
    });
  },
};

/** Trains what was not trained before, seed by seed; after `minutes` no training begins. */
async function trainAll(
  book: ScoreBook,
  tasks: readonly Task[],
  { minutes, say }: BenchOptions,
): Promise<void> {
  const began = performance.now();
  for (const task of tasks) {
    if (book.get(task)) continue;
    if (performance.now() - began >= (minutes ?? Infinity) * 60_000) return;
    const { cpuSeconds } = await book.measure(task);
    const { reading, member, fold, seed } = task;
    say(`${reading}, ${member}, fold ${fold}, seed ${seed}: ${cpuSeconds} s of the processor`);
  }
}

interface Wanted {
  readonly reading: Reading;
  readonly line: Line;
  readonly seeds: readonly number[];
  readonly folds: readonly number[];
}

/** The linear model on the same folds, where it was measured. */
function baselineOf(book: ScoreBook, linear: Wanted): Partial<BenchCase> {
  const { test_accuracy: mean, test_accuracy_sd: sd } = caseOf(book, linear) ?? {};
  if (mean === undefined) return {};
  return { peer: 'linear', peer_test_accuracy: mean, ...(sd !== undefined && { peer_test_accuracy_sd: sd }) };
}

/** A line of the table, of the seeds that were trained on all folds; undefined for none. */
function caseOf(book: ScoreBook, { reading, line, seeds, folds }: Wanted): BenchCase | undefined {
  const { labels, labelNames } = book.dataset;
  // the linear model has no seed
  const own = line.of.length === 1 && line.of[0].startsWith('linear') ? seeds.slice(0, 1) : seeds;
  const bySeed = own.flatMap((seed) => {
    const onFolds = folds.flatMap((fold): FoldProbabilities[] => {
      const probabilities = probabilitiesOf(book, line, [reading, fold, seed]);
      return probabilities ? [{ probabilities, labels: book.folds[fold].test.map((i) => labels[i]) }] : [];
    });
    return onFolds.length === folds.length ? [{ seed, onFolds }] : [];
  });
  if (bySeed.length === 0) return undefined;
  const trained = bySeed.map(({ seed }) => seed);
  const measured = bySeed.map(({ onFolds }) => onFolds);
  const cpu = line.of.flatMap((member) =>
    trained.flatMap((seed) =>
      folds.map((fold) => book.get({ reading, member, fold, seed })?.cpuSeconds ?? 0),
    ),
  );
  const least = line.atLeast?.[reading];
  return {
    case: `${reading}: ${line.name}`,
    threads: 1,
    ...{ ours_ms: null, peer: null, peer_ms: null, ratio: null },
    seeds: trained,
    folds,
    ...summarise(line.together ? [meanOf(measured)] : measured, labelNames),
    seconds:
      cpu.reduce((sum, value) => sum + value, 0) / ((line.together ? 1 : trained.length) * folds.length),
    ...(least !== undefined && { least_test_accuracy: least }),
  };
}

/** The mean over seeds, fold by fold. */
function meanOf(bySeed: readonly (readonly FoldProbabilities[])[]): readonly FoldProbabilities[] {
  return bySeed[0].map(({ labels, probabilities }, fold) => ({
    labels,
    probabilities: probabilities.map(
      (_, i) => bySeed.reduce((sum, folds) => sum + folds[fold].probabilities[i], 0) / bySeed.length,
    ),
  }));
}
