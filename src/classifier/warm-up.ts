/** The warm-up of a network before its training: from texts without labels to its first parameters. */
import { ConfigError, DataError } from '../core/errors.ts';
import { count } from '../core/words.ts';
import type { EngineChoice } from '../engine/index.ts';
import { networkOptionsOf, openModel } from '../models/family.ts';
import { capacityFor } from '../models/predict.ts';
import type { Tensor } from '../models/trainable.ts';
import { optimizers } from '../nn/optim/index.ts';
import { flatOptions } from '../core/family.ts';
import type { Settings } from '../settings/sections.ts';
import type { TrainingCheckpointStore } from '../train/checkpoint.ts';
import { trainClassifier } from '../train/loop.ts';
import { type TrainOptions, trainOptions } from '../train/options.ts';
import { trainingSpec } from '../train/spec.ts';
import type { TrainingRun } from '../train/training-run.ts';
import { createWarmUp } from '../train/warm-up.ts';
import type { FittingEvent, NoticeEvent } from './events.ts';
import { pretrainedOf } from './plan.ts';
import type { EncodedFold } from './parts.ts';
import { knownTokens } from './unknown-texts.ts';

/** What a warm-up computes with, and how it is watched. */
export interface WarmUpContext extends Pick<TrainingRun, 'now' | 'pause' | 'interrupted'> {
  readonly engine: EngineChoice;
  readonly threads: number;
  /** As `openModel` has it. */
  readonly worker?: Parameters<typeof openModel>[1]['worker'];
  /** Where its checkpoints go, and are resumed from. */
  readonly store?: TrainingCheckpointStore | undefined;
  readonly listener?: (event: FittingEvent | NoticeEvent) => void;
}

/** Keys of `train` that a warm-up shares with the training behind it. */
const SHARED = [
  'batch_size',
  'bucket',
  'lr',
  'optimizer',
  'clip_norm',
  'seed',
  'checkpoint_seconds',
] as const;

/**
 * What `train.warm_up` asks for, to be run before the first epoch; undefined without it.
 * @param fold What training learns from.
 * @param others More texts of no class, encoded.
 * @throws ConfigError for a model that has no layers to warm up, DataError where no text of `train.warm_up_texts` can be used
 */
export function warmUpOf(
  { model, train }: Pick<Settings, 'model' | 'train'>,
  {
    train: { sequences },
    vocabularySize,
    vectors,
  }: Pick<EncodedFold, 'train' | 'vocabularySize' | 'vectors'>,
  others: readonly Int32Array[],
  context: WarmUpContext,
): TrainingRun['warmUp'] {
  const { warm_up: kind } = train;
  if (kind === 'none') return undefined;
  // the network from scratch learns from classes alone
  const network = model.type === 'scratch' ? undefined : networkOptionsOf(model);
  if (!network) {
    throw new ConfigError(
      `[train.warm_up] must be none for a model of type ${model.type}, but is ${kind}. Leave it out, or name a recurrent model such as bilstm.`,
      { key: 'train.warm_up' },
    );
  }
  unusedTexts({ model, train }, others);
  return async () => {
    const options = warmUpOptions(train);
    const task = createWarmUp(kind, [...sequences, ...others], options, {
      ngrams: network.ngram_buckets > 0,
    });
    if (!task) return {};
    const { classes, part, documents } = task;
    const { engine, threads, worker, listener, store, ...watch } = context;
    const lengths = part.sequences.map((ids) => ids.length);
    const session = await openModel(model, {
      ...{ engine, threads, worker, vocabularySize, classes },
      capacity: capacityFor([{ lengths, batchSize: options.batch_size }]),
      training: trainingSpec(options, part.labels, classes, true),
      ...(vectors && { pretrained: vectors.pretrained }),
    });
    const losses: number[] = [];
    try {
      const pretrained = vectors && pretrainedOf({ model }, { vectors });
      const frozen = (pretrained?.frozenEpochs ?? 0) > 0;
      const { reason } = await trainClassifier({
        ...{ session, train: part, documents, options, ...watch },
        ...(store && { store, resume: true }),
        val: { sequences: [], labels: new Int32Array() },
        pretrained: pretrained && { ...pretrained, frozenEpochs: frozen ? options.epochs : 0 },
        listener(event) {
          if (event.type === 'epoch') losses.push(event.train_loss);
          if (event.type !== 'step') return;
          const done = event.step / (event.epochs * event.batches);
          listener?.({ type: 'fitting', what: 'warm-up', done });
        },
      });
      if (reason === 'interrupted') return undefined;
      const [first, last] = [losses[0], losses[losses.length - 1]];
      if (losses.length > 1)
        listener?.({
          type: 'notice',
          text: `warm-up on ${count(part.sequences.length, 'text')}: the loss of the words went from ${first.toFixed(3)} to ${last.toFixed(3)} in ${options.epochs} epochs`,
        });
      return withoutLast(session.tensors());
    } finally {
      await session.close();
    }
  };
}

/**
 * A sentence on the texts of `train.warm_up_texts` from which nothing can be learned; undefined where there are none.
 * @throws DataError where all are such
 */
export function unusedTexts(
  { model, train: { warm_up: kind, warm_up_texts: file } }: Pick<Settings, 'model' | 'train'>,
  texts: readonly Int32Array[],
): string | undefined {
  if (kind === 'none' || file === null) return undefined;
  const known = knownTokens(texts, networkOptionsOf(model)?.ngram_buckets ?? 0);
  const unused = texts.filter(({ length }, n) => length < 2 || known[n] === 0).length;
  if (unused === texts.length) {
    throw new DataError(
      `[train.warm_up_texts] ${file} must hold a text of two tokens or more, at least one of them in the vocabulary, but has none among its ${count(texts.length, 'text')}. Name another file, or leave the key out.`,
    );
  }
  if (unused === 0) return undefined;
  return `${unused} of ${count(texts.length, 'text')} in ${file} not used: a warm-up needs two tokens or more, at least one of them in the vocabulary`;
}

/** All but the last layer, which has other classes. */
function withoutLast(tensors: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(tensors).filter(([name]) => !name.startsWith('classifier.')));
}

/** The training of the warm-up: its own epochs, down to a rate of zero, and none of what is meant for classes. */
function warmUpOptions(train: TrainOptions): TrainOptions {
  const keys = [...SHARED, ...Object.keys(flatOptions(optimizers))] as (keyof TrainOptions)[];
  const shared = Object.fromEntries(keys.filter((key) => key in train).map((key) => [key, train[key]]));
  return trainOptions.parse({
    ...shared,
    epochs: train.warm_up_epochs,
    schedule: 'cosine',
    keep: 'last',
    patience: null,
    label_smoothing: 0,
  });
}
