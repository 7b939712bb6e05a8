/** The pretrained vectors that settings name, for training texts. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { ConfigError, DataError } from '../core/errors.ts';
import { networkOptionsOf, type ModelOptions } from '../models/family.ts';
import type { TextOptions } from '../text/options.ts';
import { streamRows } from '../data/read.ts';
import type { LearningProgress } from './learn/corpus.ts';
import { learnSkipgram } from './learn/skipgram.ts';
import { type Learner, learnFromTexts } from './learned.ts';
import { namedVectors } from './named/index.ts';
import { type GivenVectors, type SourcedVectors, vectorRequest } from './place.ts';
import { readVectors, recogniseVectors, type VectorContext } from './read.ts';

/** The values of `model.vectors` that learn vectors from your own texts: co-occurrence (PPMI and SVD), or skip-gram. */
export const learningMethods = ['learn', 'skipgram'] as const;
/** A name of {@link learningMethods}. */
export type LearningMethod = (typeof learningMethods)[number];

/** The names that `model.vectors` accepts, in addition to files and folders. */
export const vectorNames: readonly string[] = [...namedVectors.names, ...learningMethods];

/** The sections of settings that name files of vectors or texts. */
interface NamedFiles {
  readonly model: ModelOptions;
  readonly train: { readonly warm_up: string; readonly warm_up_texts: string | null };
}

/** Refuses files that settings name and that cannot be read, before the data are. Errors as {@link readVectors}. */
export async function requireVectorFiles({ model, train }: NamedFiles): Promise<void> {
  const { vectors = null, vectors_texts: also = null } = networkOptionsOf(model) ?? {};
  if (vectors !== null && !vectorNames.includes(vectors)) await recogniseVectors(vectors);
  if (also !== null) requireFile('model.vectors_texts', also);
  if (train.warm_up !== 'none' && train.warm_up_texts !== null)
    requireFile('train.warm_up_texts', train.warm_up_texts);
}

/** The vectors that the settings name; undefined where they name none. Errors as `readVectors`. */
export async function vectorsFor(
  texts: readonly string[],
  { model, text }: { readonly model: ModelOptions; readonly text: TextOptions },
  context: LearningContext,
): Promise<GivenVectors | undefined> {
  const options = networkOptionsOf(model);
  if (!options) return undefined;
  const { vectors: source, vectors_texts: also, vectors_freeze, vectors_others } = options;
  const method = learningMethods.find((name) => name === source);
  if (also !== null && method === undefined) {
    throw new ConfigError(
      `[model.vectors_texts] must be left out unless vectors are learned from texts, but model.vectors is ${source ?? 'left out'}. Set model.vectors to ${learningMethods.join(' or ')}.`,
      { key: 'model.vectors_texts' },
    );
  }
  if (source === null) return undefined;
  const own = async (): Promise<readonly string[]> =>
    also === null ? texts : [...texts, ...(await readTexts('model.vectors_texts', also, context))];
  const vectors = method
    ? await learnFrom(await own(), text, context, { method, ...(also !== null && { also }) })
    : await readVectors(source, vectorRequest(texts, text, vectors_others), context);
  return { vectors, freeze: vectors_freeze === true };
}

/** SHA-256 of the vectors that a model names; undefined where it names none, or learns them. Errors as `readVectors`. */
export async function hashOfVectors(
  model: ModelOptions,
  context: VectorContext,
): Promise<string | undefined> {
  const source = networkOptionsOf(model)?.vectors ?? null;
  if (source === null || learningMethods.some((name) => name === source)) return undefined;
  const { sha256 } = await readVectors(source, { wanted: new Set(), others: 0 }, context);
  return sha256;
}

/** The texts that `train.warm_up_texts` names; none without a warm-up. Errors as `streamRows`. */
export async function warmUpTexts(
  { warm_up: kind, warm_up_texts: file }: { readonly warm_up: string; readonly warm_up_texts: string | null },
  context: Pick<LearningContext, 'notice'>,
): Promise<readonly string[]> {
  return kind === 'none' || file === null ? [] : readTexts('train.warm_up_texts', file, context);
}

/** The texts of the file that a key names, with labels or without. */
async function readTexts(
  key: string,
  file: string,
  { notice }: Pick<LearningContext, 'notice'>,
): Promise<string[]> {
  requireFile(key, file);
  const texts: string[] = [];
  try {
    for await (const { text } of streamRows(file, { ...(notice && { onNotice: notice }) })) texts.push(text);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new DataError(`[${key}] ${error.message.replace(`[${file}]`, () => `${file}:`)}`, { cause: error });
  }
  return texts;
}

function requireFile(key: string, file: string): void {
  if (!existsSync(file))
    throw new DataError(`[${key}] the file must exist, but there is no "${file}". Check the path.`);
}

/** The environment for learning vectors. */
export interface LearningContext extends VectorContext {
  /** Default 1. It does not change the vectors. */
  readonly threads?: number;
  /** Told how far it is. */
  readonly progress?: LearningProgress | undefined;
}

/** How vectors are learned. */
export interface LearningRequest {
  readonly method: LearningMethod;
  /** The file that some of the texts come from. */
  readonly also?: string | undefined;
  /** Numbers in a vector. Default 128. */
  readonly dim?: number | undefined;
  /** Passes over the texts of skip-gram. Default: by their number. */
  readonly epochs?: number | undefined;
}

/** Learns vectors from whole texts, even if the model truncates them. */
export async function learnFrom(
  texts: readonly string[],
  text: TextOptions,
  { notice, progress, threads = 1 }: LearningContext,
  { method, also, dim, epochs }: LearningRequest,
): Promise<SourcedVectors> {
  const skipgram: Learner = (corpus, how) =>
    learnSkipgram(corpus, { ...how, threads, ...(epochs !== undefined && { epochs }) });
  return learnFromTexts(texts, text, {
    ...{ name: method, dim, progress, notice },
    ...(also !== undefined && { also: basename(also) }),
    ...(method === 'skipgram' && { learner: skipgram }),
  });
}
