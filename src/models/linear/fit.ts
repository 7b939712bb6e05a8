/**
 * Fits a linear classifier: features, the cost C and the temperature are chosen by cross-validation within the
 * documents given; then one fit on all of them.
 */
import { maxOf } from '../../core/lists.ts';
import type { Rng } from '../../core/rng.ts';
import type { LinearLoss } from './dual-coordinate-descent.ts';
import type { FitProgress } from './each-text.ts';
import { FoldFeatures, type InnerSplit, singleFold } from './fold-features.ts';
import { LinearClassifier } from './linear-classifier.ts';
import { releaseRows } from './sparse.ts';
import {
  chooseCost,
  type CostGrid,
  type HeldOut,
  packWeights,
  solveClasses,
  type SplitProblem,
} from './linear-model.ts';
import type { NgramOptions, NgramRange, TokenizedText } from './ngrams.ts';
import type { LinearModelOptions } from './options.ts';
import { fitTemperature } from '../../evaluate/temperature.ts';
import { fitTfidf, type TfidfOptions } from './tfidf.ts';

/** The options of the model that a fit depends on, from the texts as they are read. */
export type FitOptions = Omit<LinearModelOptions, 'type' | 'max_tokens' | 'windows'>;

/** Documents to fit. */
export interface LinearDocuments {
  readonly texts: readonly TokenizedText[];
  /** [N] class ids. */
  readonly labels: Int32Array;
  /** [N × C] soft labels, in place of the classes. */
  readonly targets?: Float64Array | undefined;
  /** C */
  readonly classes: number;
  /** [C] weight of each class in the loss. */
  readonly classWeights?: readonly number[] | undefined;
  /** [N] documents of equal number are copies: they stay on one side of a split. Default: all differ. */
  readonly groups?: Int32Array;
  /** [N] 0 for a text that is learned from, and never judged. Default: all are judged. */
  readonly judged?: Uint8Array;
}

/** What was chosen, and its accuracy on held-out folds. */
export interface LinearChoice {
  readonly C: number;
  readonly word_ngrams: NgramRange | null;
  readonly char_ngrams: NgramRange | null;
  /** Accuracy of each candidate on the inner folds that chose the cost. */
  readonly candidates: readonly {
    readonly char_ngrams: NgramRange | null;
    readonly C: number;
    readonly accuracy: number;
  }[];
}

/** The costs tried, ascending; larger ones, which few data want and take longest, only while accuracy still rises. */
export const COSTS: Readonly<Record<LinearLoss, Required<CostGrid>>> = {
  squared_hinge: { costs: [0.1, 0.3, 1, 3], larger: [10, 30] },
  logistic: { costs: [1, 3, 10, 30], larger: [100, 300] },
};
/** Index in {@link COSTS} of the cost if no documents can be held out. */
const WITHOUT_FOLDS = 2;
const AUTO_CHARACTERS: NgramRange = [2, 5];
/** Documents longer than this (median, in words) are classified by words alone: n-grams of characters add time, not accuracy. */
const LONG_DOCUMENT = 150;
const FOLDS = 5;
/** For more documents than this, one fold is used instead of all. */
const MANY_DOCUMENTS = 20_000;
/**
 * Documents × classes × folds, where a long document counts as several of {@link SHORT_DOCUMENT} words: of much work,
 * fewer folds are used, but at least one. A fold of 8,000 short documents and 77 classes takes seconds.
 */
const FOLD_WORK = 1.5e6;
const SHORT_DOCUMENT = 50;
/** Held-out documents that are enough for a temperature, where nothing else is chosen. */
const ENOUGH = 1000;
/** Documents × classes beyond which the fold for the cost takes a sample of the documents, of at least `MANY_DOCUMENTS`. */
const MUCH_WORK = 4e6;
/** Proportion of the time that the n-grams of a kind are read, about; the costs are tried in the rest. */
const READING = 0.3;
const TOLERANCE = { choose: 0.1, fit: 0.01 } as const;
const MAX_PASSES = 1000;

/** Progress and interruption of {@link fitLinear}. */
export interface FitControl {
  readonly rng: Rng;
  /** Called with the progress. */
  readonly progress?: FitProgress;
}

/** Fits. The same documents, options and seed give the same bits. */
export async function fitLinear(
  documents: LinearDocuments,
  options: FitOptions,
  { rng, progress = () => undefined }: FitControl,
): Promise<{ classifier: LinearClassifier; choice: LinearChoice }> {
  const { texts, labels, targets, classes, classWeights } = documents;
  const chosen = await choose(documents, options, { rng, progress: (done) => progress(done * 0.8) });
  const again = (from: number) => (done: number) => progress(from + 0.03 * done);
  const tfidf = await fitTfidf(texts, featureOptions(options, chosen.ngrams), again(0.8));
  const x = await (texts.length > MANY_DOCUMENTS
    ? tfidf.counted(texts, again(0.83))
    : tfidf.matrix(texts, again(0.83)));
  const solved = await solveClasses(
    { x, labels, targets, classes, ...(classWeights && { classWeights }) },
    { loss: options.linear_loss, cost: chosen.cost },
    { tolerance: TOLERANCE.fit, maxPasses: MAX_PASSES, rng },
    [],
    (done) => progress(0.86 + done * 0.14),
  );
  releaseRows(x);
  return {
    classifier: new LinearClassifier({
      ...packWeights(solved),
      tfidf: tfidf.state,
      temperature: fitTemperature({ ...chosen.heldOut, classes, doubt: 1 / (labels.length + 1) }),
    }),
    choice: {
      C: chosen.cost,
      word_ngrams: chosen.ngrams.words,
      char_ngrams: chosen.ngrams.characters,
      candidates: chosen.candidates,
    },
  };
}

interface Chosen {
  readonly cost: number;
  readonly ngrams: NgramOptions;
  readonly heldOut: HeldOut;
  readonly candidates: LinearChoice['candidates'];
}

/**
 * Chooses on the inner folds. Of many documents, a sample decides between the kinds of n-grams. The best cost seldom falls
 * when there are more documents: a fold of all chooses it, from the cost below that of the sample on.
 */
async function choose(
  documents: LinearDocuments,
  options: FitOptions,
  { rng, progress }: Required<FitControl>,
): Promise<Chosen> {
  const { labels, classes } = documents;
  const grid = options.C === 'auto' ? COSTS[options.linear_loss] : { costs: [options.C], larger: [] };
  const trial = (candidates: Candidates, size: number, report: FitProgress) => {
    const number = candidates.kinds.length * candidates.costs.length;
    const folds = judgingFolds({ documents: labels.length, words, classes, candidates: number });
    const splits = innerSplits(documents, folds, { size, rng: rng.fork('inner') });
    return tryAll(documents, options, candidates, splits, { rng, progress: report });
  };
  const lengths = Int32Array.from(documents.texts, ({ tokens }) => tokens.length).sort();
  const words = lengths[lengths.length >> 1];
  const kinds = characterCandidates(words, options);
  const all = Math.max(MANY_DOCUMENTS, MUCH_WORK / classes);
  const sampled = kinds.length > 1 && Math.min(all, labels.length) >= 2 * MANY_DOCUMENTS;
  if (!sampled) return trial({ kinds, ...grid }, all, progress);
  const { ngrams, cost, candidates } = await trial({ kinds, ...grid }, MANY_DOCUMENTS, (done) => progress(0.4 * done)); // prettier-ignore
  const likely = candidates.length === 0 ? { kinds, ...grid } : { kinds: [ngrams.characters], ...costsFrom(grid, cost) }; // prettier-ignore
  return trial(likely, all, (done) => progress(0.4 + 0.6 * done));
}

/** The costs from the one below this on. */
function costsFrom({ costs, larger }: Required<CostGrid>, cost: number): Required<CostGrid> {
  const all = [...costs, ...larger];
  const at = all.indexOf(cost);
  const end = Math.max(costs.length, at + 1);
  return { costs: all.slice(Math.max(0, at - 1), end), larger: all.slice(end) };
}

interface Candidates extends Required<CostGrid> {
  readonly kinds: readonly (NgramRange | null)[];
}

/** Tries the kinds of n-grams and the costs on splits. */
async function tryAll(
  documents: LinearDocuments,
  options: FitOptions,
  { kinds, costs, larger }: Candidates,
  splits: readonly InnerSplit[],
  { rng, progress }: Required<FitControl>,
): Promise<Chosen> {
  const { texts, labels, targets, classes, classWeights } = documents;
  let best: (Omit<Chosen, 'candidates'> & { readonly accuracy: number }) | undefined;
  const candidates: LinearChoice['candidates'][number][] = [];
  for (const [k, characters] of splits.length === 0 ? [] : kinds.entries()) {
    const ngrams = { words: options.word_ngrams, characters };
    const report = (done: number) => progress((k + done) / kinds.length);
    const reading = (done: number) => report(READING * done);
    const features = await foldFeatures(texts, featureOptions(options, ngrams), reading);
    const choice = await chooseCost(
      { features, labels, targets, classes, ...(classWeights && { classWeights }) },
      options.linear_loss,
      { costs, larger },
      splits,
      { tolerance: TOLERANCE.choose, maxPasses: MAX_PASSES, rng },
      (done) => report(READING + (1 - READING) * done),
    );
    for (const one of choice.tried) candidates.push({ char_ngrams: characters, ...one });
    const accuracy = maxOf(choice.tried.map((one) => one.accuracy));
    if (best === undefined || accuracy > best.accuracy)
      best = { accuracy, cost: choice.cost, ngrams, heldOut: choice.heldOut };
  }
  if (best !== undefined && best.accuracy > 0) return { ...best, candidates };
  // nothing is held out, or of no class that is learned from: one document of each class tells nothing of the cost
  const cost = costs[Math.min(WITHOUT_FOLDS, costs.length - 1)];
  const heldOut = { scores: new Float64Array(), labels: new Int32Array() };
  return { cost, ngrams: { words: options.word_ngrams, characters: kinds[0] }, heldOut, candidates: [] };
}

/** A single split of many documents is read on its own; several splits of fewer documents share the counts. */
async function foldFeatures(
  texts: readonly TokenizedText[],
  options: TfidfOptions,
  progress: FitProgress,
): Promise<SplitProblem['features']> {
  if (texts.length > MANY_DOCUMENTS) return (split) => singleFold(texts, options, split, progress);
  const folds = await FoldFeatures.read(texts, options, progress);
  return (split) => folds.of(split);
}

function featureOptions({ min_documents, max_features }: FitOptions, ngrams: NgramOptions): TfidfOptions {
  return { ...ngrams, minDocuments: min_documents, maxFeatures: max_features };
}

/** @param words The median of the lengths of the documents. */
function characterCandidates(
  words: number,
  { char_ngrams, word_ngrams }: FitOptions,
): readonly (NgramRange | null)[] {
  if (char_ngrams !== 'auto') return [char_ngrams];
  if (word_ngrams === null) return [AUTO_CHARACTERS];
  return words > LONG_DOCUMENT ? [null] : [null, AUTO_CHARACTERS];
}

/** Numbers, `words` those of a document of median length. */
type FoldWork = Readonly<Record<'documents' | 'words' | 'classes' | 'candidates', number>>;

/** How many of the {@link FOLDS} inner folds are used to compare the candidates; of one candidate, only the temperature follows from them. */
export function judgingFolds({ documents, words, classes, candidates }: FoldWork): number {
  if (documents > MANY_DOCUMENTS) return 1;
  const wanted = candidates > 1 ? FOLDS : Math.min(FOLDS, Math.ceil((ENOUGH * FOLDS) / documents));
  const work = documents * classes * Math.max(1, words / SHORT_DOCUMENT);
  return Math.max(1, Math.min(wanted, Math.floor(FOLD_WORK / work)));
}

/** Fold of a document that the sample leaves out. */
const NO_FOLD = -1;

/** Stratified folds that keep groups together; of many documents or classes only the first ones, of a sample of about `size`. */
function innerSplits(
  { labels, classes, groups, judged }: LinearDocuments,
  folds: number,
  { size, rng }: { readonly size: number; readonly rng: Rng },
): InnerSplit[] {
  const members = new Map<number, number[]>();
  for (let i = 0; i < labels.length; i++) {
    const group = groups?.[i] ?? i;
    const list = members.get(group);
    if (list) list.push(i);
    else members.set(group, [i]);
  }
  const byClass = Array.from({ length: classes }, (): number[][] => []);
  for (const list of members.values()) byClass[labels[list[0]]].push(list);
  const foldOf = new Int32Array(labels.length).fill(NO_FOLD);
  const proportion = Math.min(1, size / labels.length);
  let next = 0;
  for (const list of byClass)
    for (const group of rng.shuffle(list)) {
      // each round assigns one group to each fold; a sample keeps some of the rounds
      const round = Math.floor(next / FOLDS);
      const kept = Math.floor((round + 1) * proportion) > Math.floor(round * proportion);
      if (kept) for (const i of group) foldOf[i] = next % FOLDS;
      next++;
    }
  const sampled = Int32Array.from(labels, (_, i) => i).filter((i) => foldOf[i] !== NO_FOLD);
  return Array.from({ length: folds }, (_, fold) => ({
    fit: sampled.filter((i) => foldOf[i] !== fold),
    judge: sampled.filter((i) => foldOf[i] === fold && judged?.[i] !== 0),
  })).filter(({ fit, judge }) => fit.length > 0 && judge.length > 0);
}
