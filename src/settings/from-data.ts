/** Completes the given settings by the recipe: keys that are not set follow from the data. */
import { networkTypes } from '../models/family.ts';
import { createTokenize, createTokenizer } from '../text/pipeline.ts';
import { type ConfigLayer, isMapping, valueAt } from './layer.ts';
import { MAX_LENGTH, recipe, type RecipeFacts } from './recipe.ts';
import type { Settings } from './sections.ts';

/** A key with the value that the recipe gives it. */
export interface ChosenSetting {
  /** Dotted path of the key. */
  readonly key: string;
  /** Its value. */
  readonly value: unknown;
  /** Why, in a phrase without a full stop. */
  readonly why: string;
  /** Whether it depends on the data, rather than being the same for all. */
  readonly varies: boolean;
  /** Where the user set it, which overrides the recipe; undefined if not set. */
  readonly setBy?: string;
}

/** What the recipe chose for a training. */
export interface Choices {
  /** The facts that it was based on. */
  readonly facts: RecipeFacts;
  /** Every applicable key of the recipe, including those that were set. */
  readonly settings: readonly ChosenSetting[];
  /** The chosen values, as the lowest layer. */
  readonly layer: ConfigLayer;
}

/** Most documents whose tokens are counted; more would take long and change nothing. */
const COUNTED = 2000;

/** The training part of labelled documents. */
export interface TrainingDocuments {
  /** The documents whose lengths count. */
  readonly texts: readonly string[];
  /** How many are trained on. Default: all of them. */
  readonly documents?: number;
  readonly classes: number;
  /** Word vectors that are at hand. Default none. */
  readonly vectors?: RecipeFacts['vectors'];
}

/**
 * What the recipe chooses for these documents; null where a layer is complete, such as a preset, or the model is no
 * network of token vectors.
 * @param settings The layers resolved without the recipe.
 * @param options `auto`: whether the caller can choose between models, as `train.auto` says. Default false.
 */
export function chooseFromData(
  { texts, documents = texts.length, classes, vectors }: TrainingDocuments,
  settings: Pick<Settings, 'text' | 'model'>,
  layers: readonly ConfigLayer[],
  { auto = false }: { readonly auto?: boolean } = {},
): Choices | null {
  if (layers.some(({ complete }) => complete === true)) return null;
  const { type } = settings.model;
  if (!networkTypes.includes(type)) return null;
  const set = (key: string) => layers.findLast(({ values }) => valueAt(values, key.split('.')) !== undefined);
  const valueOf = (key: string) => valueAt(set(key)?.values, key.split('.'));
  const batchSize = valueOf('train.batch_size');
  const facts: RecipeFacts = {
    documents,
    classes,
    type,
    ...(vectors && { vectors }),
    ...countTokens(texts, settings.text),
    ...(typeof batchSize === 'number' && batchSize >= 1 && { batchSize }),
    ...phaseEpochsOf(valueOf('train.phases')),
  };
  const keys = layers.flatMap(({ values }) => keysIn(values));
  const fitting = recipe.filter(
    ({ key, fits }) => (auto || key !== 'train.auto') && (fits?.(valueOf, keys, facts) ?? true),
  );
  const chosen = fitting.map(({ key, value, why, fixed }): ChosenSetting => {
    const varies = fixed === undefined;
    const by = set(key);
    const path = key.split('.');
    return by
      ? { key, varies, value: valueAt(by.values, path), why: '', setBy: by.where(path) }
      : { key, varies, value: value(facts), why: why(facts) };
  });
  const values: Record<string, Record<string, unknown>> = {};
  for (const { key, value, setBy } of chosen) {
    const [section, name] = key.split('.');
    if (setBy === undefined) (values[section] ??= {})[name] = value;
  }
  return { facts, settings: chosen, layer: { values, where: () => 'the recipe' } };
}

/** The sum of the epochs of phases, if all specify theirs. */
function phaseEpochsOf(phases: unknown): Pick<RecipeFacts, 'phaseEpochs'> {
  if (!Array.isArray(phases) || phases.length === 0) return {};
  const epochs = phases.map((phase: unknown) => valueAt(phase, ['epochs']));
  const counts = epochs.filter((one) => typeof one === 'number');
  return counts.length === epochs.length ? { phaseEpochs: counts.reduce((sum, one) => sum + one, 0) } : {};
}

/** The dotted paths of the keys of sections. */
function keysIn(values: unknown): readonly string[] {
  if (!isMapping(values)) return [];
  return Object.entries(values).flatMap(([section, own]) =>
    isMapping(own)
      ? Object.entries(own).flatMap(([key, value]) => (value === undefined ? [] : [`${section}.${key}`]))
      : [],
  );
}

function countTokens(
  texts: readonly string[],
  text: Settings['text'],
): Pick<RecipeFacts, 'medianLength' | 'meanRead' | 'wordsToLearn'> {
  const step = Math.max(1, Math.ceil(texts.length / COUNTED));
  const some = texts.filter((_, n) => n % step === 0);
  const { tokenize } = createTokenize(text, some);
  const lengths: number[] = [];
  const counts = new Map<string, number>();
  for (const one of some) {
    const tokens = tokenize(one);
    lengths.push(Math.max(1, tokens.length));
    for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  const enough = Math.max(2, text.min_count);
  const words = [...counts.values()].filter((count) => count >= enough).length;
  lengths.sort((a, b) => a - b);
  const read = lengths.reduce((sum, length) => sum + Math.min(length, MAX_LENGTH), 0);
  return {
    medianLength: lengths[Math.floor(lengths.length / 2)] ?? 1,
    meanRead: lengths.length === 0 ? 1 : read / lengths.length,
    wordsToLearn: createTokenizer(text).split === undefined ? 0 : words,
  };
}
