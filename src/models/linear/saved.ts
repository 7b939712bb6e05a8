/** What a linear classifier saves in addition to its tensors, and how it is read back. */
import { ShapeError } from '../../core/errors.ts';
import type { Tensor } from '../trainable.ts';
import type { LinearChoice } from './fit.ts';
import { hashNgram, type NgramRange, CHARACTERS, WORDS } from './ngrams.ts';
import { HashTable } from './hash-table.ts';
import type { LinearState } from './linear-classifier.ts';
import type { Feature } from './tfidf.ts';

/** n-grams of one kind and how many training documents hold each. */
interface SavedFeatures {
  /** Shortest and longest; null: none of the kind. */
  readonly ngrams: NgramRange | null;
  readonly texts: readonly string[];
  readonly documents: readonly number[];
}

/** The state of a linear classifier as JSON. */
export interface SavedLinear {
  /** N, the training documents. */
  readonly documents: number;
  readonly words: SavedFeatures;
  readonly characters: SavedFeatures;
  readonly temperature: number;
  /** [C] training documents of each class. */
  readonly class_counts: readonly number[];
  /** What was chosen on held-out folds of the training documents. */
  readonly choice: LinearChoice;
}

/** What is saved of a classifier. */
export function saveState(
  { tfidf, temperature }: LinearState,
  class_counts: readonly number[],
  choice: LinearChoice,
): SavedLinear {
  const { options, documents, features } = tfidf;
  const ofKind = (kind: number, ngrams: NgramRange | null): SavedFeatures => {
    const own = features.filter((feature) => feature.kind === kind);
    return { ngrams, texts: own.map(({ text }) => text), documents: own.map((one) => one.documents) };
  };
  return {
    documents,
    words: ofKind(WORDS, options.words),
    characters: ofKind(CHARACTERS, options.characters),
    temperature,
    class_counts,
    choice,
  };
}

/** The tensors of a classifier: `linear.weight` [C × F] and `linear.bias` [C], as PyTorch's `Linear` has them. */
export function saveTensors({ weights, bias }: LinearState): Record<string, Tensor> {
  const C = bias.length;
  const F = weights.length / C;
  const data = new Float32Array(C * F);
  for (let f = 0; f < F; f++) for (let c = 0; c < C; c++) data[c * F + f] = weights[f * C + c];
  return { 'linear.weight': { shape: [C, F], data }, 'linear.bias': { shape: [C], data: bias.slice() } };
}

/** The classifier that was saved. @throws ShapeError */
export function restoreState(
  tensors: Readonly<Record<string, Tensor>>,
  state: unknown,
): { readonly state: LinearState; readonly saved: SavedLinear } {
  const saved = checkSaved(state);
  const features = [...featuresOf(saved.words, WORDS), ...featuresOf(saved.characters, CHARACTERS)];
  const table = new HashTable(features.length);
  for (const { kind, text } of features) table.add(...hashNgram(kind, text));
  if (table.size !== features.length) refuse('features', 'all be different', `${features.length - table.size} of them occur again`); // prettier-ignore
  const C = saved.class_counts.length;
  const F = features.length;
  const given = tensorOf(tensors, 'linear.weight', [C, F]);
  const weights = new Float32Array(F * C);
  for (let f = 0; f < F; f++) for (let c = 0; c < C; c++) weights[f * C + c] = given[c * F + f];
  const bias = Float32Array.from(tensorOf(tensors, 'linear.bias', [C]));
  const { temperature, documents, words, characters } = saved;
  const options = { words: words.ngrams, characters: characters.ngrams };
  return { state: { weights, bias, temperature, tfidf: { options, documents, features } }, saved };
}

function featuresOf({ texts, documents }: SavedFeatures, kind: number): Feature[] {
  return texts.map((text, f) => ({ kind, text, documents: documents[f] }));
}

function tensorOf(
  tensors: Readonly<Record<string, Tensor>>,
  name: string,
  shape: readonly number[],
): Tensor['data'] {
  const found = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
  if (found?.shape.length === shape.length && shape.every((size, d) => found.shape[d] === size)) return found.data; // prettier-ignore
  return refuse(`tensor ${name}`, `have the shape [${shape.join(', ')}]`, found ? `has [${found.shape.join(', ')}]` : 'is missing'); // prettier-ignore
}

function refuse(what: string, must: string, but: string): never {
  throw new ShapeError(`[linear] the ${what} must ${must}, but ${but}.`);
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function checkSaved(state: unknown): SavedLinear {
  const { words, characters, documents, temperature, class_counts, choice } = (state ??
    {}) as Partial<SavedLinear>;
  if (!isCount(documents)) refuse('number of documents', 'be a whole number from 0', 'is not');
  if (typeof temperature !== 'number' || !(temperature > 0 && temperature < Infinity))
    refuse('temperature', 'be a number above 0', 'is not');
  if (!Array.isArray(class_counts) || class_counts.length === 0 || !class_counts.every(isCount))
    refuse('class counts', 'be whole numbers from 0', 'are not');
  for (const [name, kind] of Object.entries({ words, characters })) checkFeatures(name, kind);
  if (typeof choice !== 'object') refuse('choice', 'be an object', 'is not');
  return state as SavedLinear;
}

function checkFeatures(name: string, kind: SavedFeatures | undefined): void {
  const { ngrams = undefined, texts, documents } = kind ?? {};
  const range = ngrams as readonly unknown[] | null | undefined;
  const isRange =
    Array.isArray(range) &&
    range.length === 2 &&
    range.every(isCount) &&
    range[0] >= 1 &&
    range[0] <= range[1];
  if (range !== null && !isRange) refuse(`n-grams of ${name}`, 'be null or two lengths from 1', 'are not');
  if (!Array.isArray(texts) || !texts.every((text) => typeof text === 'string'))
    refuse(`features of ${name}`, 'be a list of texts', 'are not');
  if (!Array.isArray(documents) || documents.length !== texts?.length || !documents.every(isCount))
    refuse(`document counts of ${name}`, 'be a whole number for each feature', 'are not');
}
