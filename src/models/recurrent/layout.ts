/**
 * The memory layout of a classifier: its parts, and the word offset of every array. The same plan gives the same
 * layout in every thread. `forward.ts`, `backward.ts` and `update.ts` compute on it.
 */
import { invariant } from '../../core/errors.ts';
import { Arena, padded } from '../../core/arena.ts';
import { maxOf } from '../../core/lists.ts';
import type { Engine } from '../../engine/contract.ts';
import { Batch } from '../../nn/batch.ts';
import type { DropoutSite } from '../../nn/context.ts';
import { createEmbedding, type Embedding, embeddingParameters } from '../../nn/layers/embedding.ts';
import { layers } from '../../nn/layers/index.ts';
import { ngramParameters } from '../../nn/layers/ngram-vectors.ts';
import { createLinear, type Linear, linearParameters, linearWorkspace } from '../../nn/layers/linear.ts';
import {
  createRecurrent,
  type Recurrent,
  recurrentParameters,
  recurrentWorkspace,
} from '../../nn/layers/recurrent.ts';
import { type Loss, losses } from '../../nn/losses/index.ts';
import { type Optimizer, optimizers } from '../../nn/optim/index.ts';
import { Parameters } from '../../nn/parameters.ts';
import { type PooledRows, type Pooling, poolingOptions, poolings } from '../../nn/pooling/index.ts';
import { type Groups, layGroups } from './groups.ts';
import { layMixup, type Mixup } from './mixup.ts';
import { cellOptions } from './options.ts';
import type { ClassifierPlan, ClassifierShape } from './plan.ts';
import { layRDrop, type RDrop } from './r-drop.ts';
import type { BatchResult } from '../trainable.ts';

/** Words per partial sum of the gradient norm: fixed, so that the sum does not depend on threads. */
export const NORM_CHUNK = 8192;

/** The memory of a layout, once bound. */
export interface Memory {
  /** Gives the classifier its memory. */
  bind(engine: Engine): void;
  /** @throws Error before `bind` */
  engine(): Engine;
}

/** A pooling and where its vectors are among the features. */
export interface PlacedPooling {
  readonly pooling: Pooling;
  /** Its part of each row of `pooled`, and of `dPooled`. */
  readonly to: PooledRows;
  readonly from: PooledRows;
}

/** A classifier laid out in memory. All numbers are word offsets or words. */
export interface Layout {
  readonly plan: ClassifierPlan;
  readonly memory: Memory;
  /** Words of the whole. */
  readonly words: number;
  readonly parameters: Parameters;
  readonly groups: Groups;
  readonly batch: Batch;
  readonly embedding: Embedding;
  readonly recurrent: Recurrent;
  readonly poolings: readonly PlacedPooling[];
  /** Words of a row of `pooled`. */
  readonly features: number;
  /** [rows × features]: what the poolings write; after dropout; and the gradient. */
  readonly pooled: number;
  readonly dropped: number;
  readonly dPooled: number;
  /** Dropout before the last layer. */
  readonly dropout: DropoutSite;
  readonly linear: Linear;
  readonly mixup: Mixup | undefined;
  /** ε, and where the perturbation of X stands, [tokens × width of X]; 0 and -1 without adversarial training. */
  readonly adversarial: { readonly size: number; readonly direction: number };
  readonly rDrop: RDrop | undefined;
  /** The loss of the plan, then those of its phases; none in a classifier that only predicts. */
  readonly losses: readonly Loss[];
  readonly optimizer: Optimizer | undefined;
  /** [chunks]: norm of each chunk of the gradient. */
  readonly norms: number;
  readonly normChunks: number;
  /** int32: 1 when the loss of this batch is not finite, and the update is left out. */
  readonly stop: number;
  /** int32: counts changes of the parameters from outside. */
  readonly version: number;
  /** Thread 0 writes the last batch's result here. */
  readonly result: BatchResult;
}

/** Lays a classifier out: parameters first, then the memory of each part in the order in which data passes through. */
export function createLayout(plan: ClassifierPlan): Layout {
  const { capacity, training } = plan;
  const arena = new Arena();
  const memory = unboundMemory();
  const batch = new Batch(arena, capacity, () => memory.engine().i, {
    ngrams: plan.shape.model.ngram_buckets > 0,
    softClasses: training?.softLabels === true ? plan.shape.classes : 0,
  });
  const parts = partsOf(plan.shape);
  const optimizer = training && optimizers.create(training.optimizer);
  const backward = training !== undefined || plan.vectorGradients === true;
  // with gradients of the parameters in any case: a pooling may write them
  const slots = optimizer
    ? [...optimizer.slots, ...(training.average ? ['average'] : [])]
    : backward
      ? []
      : undefined;
  const parameters = new Parameters(arena, parts.parameters, slots);
  const zeros = arena.alloc('zeros', parts.zeros);
  const workspace = workspaces(arena, parts.workspace, plan);
  const common = { arena, parameters, capacity, zeros, workspace, training: backward };
  const embedding = createEmbedding(parts.embedding, common);
  const recurrent = createRecurrent(parts.recurrent, { ...common, x: embedding.x, dx: embedding.dx });
  const pools = parts.poolings.map(({ factory, shape }) =>
    factory.create({ ...common, ...shape, h: recurrent.out, dh: recurrent.dOut }),
  );
  const head = layHead(arena, parts, plan);
  const linear = createLinear(parts.linear, { ...common, rows: capacity.rows });
  const { adversarial: size = 0, mixup: alpha = 0, rDrop: both = 0 } = training ?? {};
  const direction = size > 0 ? arena.alloc('adversarial', capacity.tokens * embedding.width) : -1;
  const normChunks = Math.ceil(parameters.words / NORM_CHUNK);
  return {
    plan,
    memory,
    parameters,
    groups: layGroups(arena, parameters, {
      layers: plan.shape.model.num_layers,
      pretrainedAt: embedding.pretrainedAt,
    }),
    batch,
    embedding,
    recurrent,
    poolings: pools.map((pooling, p) => {
      const column = parts.poolings[p].column;
      const rows = (at: number): PooledRows => ({ at: at + column, ld: parts.features });
      return { pooling, to: rows(head.pooled), from: rows(head.dPooled) };
    }),
    features: parts.features,
    ...head,
    linear,
    mixup: layMixup(arena, { alpha, rows: capacity.rows, features: parts.features, ld: linear.ld }),
    adversarial: { size, direction },
    rDrop: layRDrop(
      arena,
      { alpha: both, rows: capacity.rows, ld: linear.ld, classes: plan.shape.classes },
      plan.shape.model,
    ),
    losses: createLosses(plan),
    optimizer,
    norms: training ? arena.alloc('norms', normChunks) : -1,
    normChunks,
    stop: arena.alloc('stop', 1),
    version: arena.alloc('version', 1),
    result: { loss: NaN, weight: 0, gradientNorm: NaN },
    words: arena.words, // read last: everything is laid out by then
  };
}

function unboundMemory(): Memory {
  let bound: Engine | undefined;
  return {
    bind(engine) {
      bound = engine;
    },
    engine() {
      invariant(bound !== undefined, 'a classifier is bound to an engine first');
      return bound;
    },
  };
}

function createLosses({ shape: { classes }, training }: ClassifierPlan): readonly Loss[] {
  if (!training) return [];
  const { classWeights: weights, classPriors: priors, loss, phaseLosses = [] } = training;
  return [loss, ...phaseLosses].map((one) =>
    losses.create(one, { classes, ...(weights && { weights }), ...(priors && { priors }) }),
  );
}

/** The parts of a classifier before they have memory: their options, and the memory that they need. */
function partsOf(shape: ClassifierShape) {
  const { model, classes, vocabularySize, pretrained } = shape;
  const directions = model.bidirectional ? 2 : 1;
  const H = padded(model.hidden_size);
  const width = directions * H;
  const cell = layers.create(cellOptions(model));
  const embedding = {
    name: 'embedding',
    numEmbeddings: vocabularySize,
    embeddingDim: model.embedding_dim,
    std: model.embedding_std,
    dropout: model.embedding_dropout,
    variational: model.variational_dropout,
    typeDropout: model.word_type_dropout,
    ngramBuckets: model.ngram_buckets,
    pretrained,
  };
  const table = embeddingParameters(embedding);
  const recurrent = {
    cell,
    name: 'rnn',
    inputSize: model.embedding_dim,
    hiddenSize: model.hidden_size,
    numLayers: model.num_layers,
    bidirectional: model.bidirectional,
    dropout: model.dropout,
    variational: model.variational_dropout,
    weightDrop: model.weight_drop,
  };
  let vectors = 0;
  const placed = model.pooling.map((given) => {
    const options = poolingOptions(given);
    const factory = poolings.create(options);
    const column = vectors * width;
    vectors += factory.vectors ?? 1;
    const name = `pooling.${options.type}`;
    return { factory, column, shape: { name, directions, hiddenSize: model.hidden_size, width } };
  });
  const linear = {
    name: 'classifier',
    in: { groups: vectors * directions, size: model.hidden_size },
    outFeatures: classes,
  };
  const features = vectors * width;
  return {
    embedding,
    recurrent,
    poolings: placed,
    linear,
    features,
    parameters: [
      ...(pretrained ? [] : table),
      ...ngramParameters(embedding),
      ...recurrentParameters(recurrent),
      ...placed.flatMap(({ factory, shape: own }) => factory.parameters?.(own) ?? []),
      ...linearParameters(linear),
      ...(pretrained ? table : []), // its fixed rows must follow the trained ones
    ],
    zeros: Math.max(features, cell.gates * H, padded(model.embedding_dim)),
    workspace: {
      layers: Math.max(recurrentWorkspace(recurrent), linearWorkspace(linear)),
      poolings: maxOf(placed.map(({ factory, shape: own }) => factory.workspace?.(own) ?? 0)),
    },
  };
}

/** Offset of each thread's temporary memory. To predict, only poolings may need it. */
function workspaces(
  arena: Arena,
  { layers, poolings }: { readonly layers: number; readonly poolings: number },
  { threads, training, vectorGradients }: ClassifierPlan,
): (thread: number) => number {
  const words = padded(training || vectorGradients ? Math.max(layers, poolings) : poolings);
  const at = arena.alloc('workspace', words * threads);
  return (thread) => at + thread * words;
}

/** Between the poolings and the last layer. */
function layHead(
  arena: Arena,
  { features }: { readonly features: number },
  { capacity, training, vectorGradients, shape: { model } }: ClassifierPlan,
): Pick<Layout, 'pooled' | 'dropped' | 'dPooled' | 'dropout'> {
  const alloc = (name: string) => arena.alloc(name, capacity.rows * features);
  const pooled = alloc('pooled');
  const dropped = training && model.dropout > 0 ? alloc('pooled.dropped') : pooled;
  const dPooled = training || vectorGradients ? alloc('pooled.grad') : -1;
  return {
    pooled,
    dropped,
    dPooled,
    dropout: { name: 'head', p: model.dropout, variational: model.variational_dropout },
  };
}
