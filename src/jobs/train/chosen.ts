/** The configuration of a new run: the given settings, and those that follow from the training documents. */
import { trainingTexts } from '../../classifier/parts.ts';
import { resolveConfig } from '../../config/resolve.ts';
import type { ConfigLayer } from '../../config/index.ts';
import type { Config } from '../../config/schema.ts';
import { ConfigError } from '../../core/errors.ts';
import type { Dataset } from '../../data/dataset.ts';
import type { Splits } from '../../data/splits.ts';
import { describeGpu } from '../../engine/webgpu/device.ts';
import { networkOptionsOf } from '../../models/family.ts';
import { type Choices, chooseFromData, type TrainingDocuments } from '../../settings/from-data.ts';
import { requireAugmentable } from '../../train/augmentation/index.ts';
import { vectorsAtHand } from '../../vectors/at-hand.ts';
import { beginJob, type Job, type JobContext } from '../context.ts';
import { correctLabelled, readLabelled, splitLabelled, withAbsolutePaths } from '../read-data.ts';
import { requireVectors } from '../vector-files.ts';
import { configLayers, type Settings } from './start.ts';

interface Documents {
  readonly dataset: Dataset;
  readonly splits: Splits;
}

/** What the data decides, and the configuration with it. */
interface ChosenConfig {
  readonly settings: Config;
  readonly choices: Choices | null;
}

/**
 * The configuration completed by the settings that follow from the data.
 * @param config The layers resolved without those.
 * @param options `auto`: whether the caller can choose between models. Default false.
 */
export function chooseConfig(
  { dataset, splits }: Documents,
  config: Config,
  layers: readonly ConfigLayer[],
  { auto = false, vectors }: Pick<TrainingDocuments, 'vectors'> & { readonly auto?: boolean } = {},
): ChosenConfig {
  const learned = { ...trainingTexts(dataset, splits), vectors };
  const choices = chooseFromData(learned, config, layers, { auto });
  const settings = choices ? withAbsolutePaths(resolveConfig(choices.layer, ...layers)) : config;
  return { settings, choices };
}

/** The same where models may be chosen between; the network among them has the vectors that are at hand. */
async function chooseWithVectors(
  documents: Documents,
  config: Config,
  layers: readonly ConfigLayer[],
  job: Pick<Job, 'cacheDir' | 'notice'>,
): Promise<ChosenConfig> {
  const found = chooseConfig(documents, config, layers, { auto: true });
  if (!found.choices || !found.settings.train.auto) return found;
  const { texts } = trainingTexts(documents.dataset, documents.splits);
  const vectors = await vectorsAtHand(texts, found.settings.text, job);
  return vectors ? chooseConfig(documents, config, layers, { auto: true, vectors }) : found;
}

/** The documents of a run, and its configuration. */
export interface Opened extends Documents {
  readonly config: Config;
  /** The settings that follow from the data; null for none. */
  readonly choices: Choices | null;
}

/**
 * The settings that a training would choose for these documents, without training; null where nothing follows from
 * the data. Errors as `train`.
 */
export async function explainSettings(
  { source, ...request }: Settings & { readonly source: string },
  context: JobContext = {},
): Promise<Choices | null> {
  const { choices } = await openNew(source, request, beginJob(context));
  return choices;
}

/** Reads and splits the documents of a new run, and completes its configuration. */
export async function openNew(source: string, request: Settings, job: Job): Promise<Opened> {
  const layers = await configLayers(request);
  const config = withAbsolutePaths(resolveConfig(...layers));
  await requireVectors(config, layers, job);
  job.emit({ type: 'working', on: 'reading' });
  const read = await readLabelled(source, config, job);
  job.emit({ type: 'working', on: 'splitting' });
  const splits = await splitLabelled(read, config, job);
  const dataset = await correctLabelled(read, splits, config, job);
  const { settings, choices } = await chooseWithVectors({ dataset, splits }, config, layers, job);
  // before word vectors are learned, which may take minutes
  requireWarmUp(settings);
  await requireGpu(settings, job);
  requireAugmentable(settings.model, settings.train.augmentation);
  return { dataset, splits, config: settings, choices };
}

/** @throws UnsupportedError where the GPU is to train a network and there is none */
async function requireGpu({ model, train }: Config, { notice }: Job): Promise<void> {
  if (train.device !== 'gpu') return;
  if (networkOptionsOf(model)) await describeGpu();
  else notice(`--device gpu has no effect: the model "${model.type}" is fitted on the CPU`);
}

/** @throws ConfigError for texts of a warm-up without one, which would not be read */
function requireWarmUp({ train: { warm_up: kind, warm_up_texts: file } }: Config): void {
  if (kind !== 'none' || file === null) return;
  throw new ConfigError(
    '[train.warm_up_texts] must be left out unless the network is warmed up, but train.warm_up is none. Set it to next_words or autoencoder.',
    { key: 'train.warm_up_texts' },
  );
}

/** Reads and splits the documents of a run that is resumed: its own configuration holds. */
export async function openResumed(source: string, config: Config, job: Job): Promise<Opened> {
  job.emit({ type: 'working', on: 'reading' });
  const read = await readLabelled(source, config, job);
  job.emit({ type: 'working', on: 'splitting' });
  const splits = await splitLabelled(read, config, job);
  return { dataset: await correctLabelled(read, splits, config, job), splits, config, choices: null };
}
