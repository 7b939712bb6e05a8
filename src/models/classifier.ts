/**
 * The classifier: token ids → embedding → recurrent stack → poolings side by side → dropout → linear → classes.
 *
 * This file puts the parts together and states the program that every thread runs; `session.ts` gives it a memory and
 * threads. All threads build the same classifier, so that every offset is the same in each.
 */
import { Arena, padded } from '../core/arena.ts';
import type { Engine } from '../engine/contract.ts';
import { Batch, type Capacity } from '../nn/batch.ts';
import { applyDropout, type Context, share } from '../nn/context.ts';
import { createEmbedding, embeddingParameters } from '../nn/layers/embedding.ts';
import { layers } from '../nn/layers/index.ts';
import { createLinear, linearParameters, linearScratch } from '../nn/layers/linear.ts';
import { createRecurrent, recurrentParameters, recurrentScratch } from '../nn/layers/recurrent.ts';
import { type LossContext, losses } from '../nn/losses/index.ts';
import { clipFactor, optimizers } from '../nn/optim/index.ts';
import { Parameters } from '../nn/parameters.ts';
import { poolings } from '../nn/pooling/index.ts';
import type { ModelOptions } from './options.ts';

/** What a classifier is made of. */
export interface ClassifierShape {
  /** Options of the network. */
  readonly model: ModelOptions;
  /** V, entries of the vocabulary including padding and unknown. */
  readonly vocabularySize: number;
  /** C, number of classes. */
  readonly classes: number;
}

/** How a classifier learns. */
export interface TrainingSpec {
  /** A member of the family of losses with its options. */
  readonly loss: { readonly type: string; readonly [option: string]: unknown };
  /** [C] weights of the classes in the loss. */
  readonly classWeights?: readonly number[];
  /** A member of the family of optimisers with its options. */
  readonly optimizer: { readonly type: string; readonly [option: string]: unknown };
  /** Largest norm of the gradient of all parameters; null = no clipping. */
  readonly clipNorm: number | null;
  /** Seed of dropout. */
  readonly seed: number;
}

/** What {@link createClassifier} needs. */
export interface ClassifierPlan {
  /** The network. */
  readonly shape: ClassifierShape;
  /** The largest batch. */
  readonly capacity: Capacity;
  /** From 1. */
  readonly threads: number;
  /** Left out: the classifier only predicts, with a fraction of the memory. */
  readonly training?: TrainingSpec;
}

/** What a run of the program does. */
export const COMMANDS = { predict: 0, evaluate: 1, step: 2, gradients: 3 } as const;
type Command = (typeof COMMANDS)[keyof typeof COMMANDS];

/** Result of one batch. */
export interface BatchResult {
  /** Mean loss of the batch; NaN for a mere prediction. */
  loss: number;
  /** Its weight among batches: Σ loss·weight / Σ weight is the loss over all. */
  weight: number;
  /** Euclidean norm of the gradient before clipping; NaN where nothing asked for it. */
  gradientNorm: number;
}

/** Words per partial sum of the gradient norm: fixed, so that the sum does not depend on threads. */
const NORM_CHUNK = 8192;

/** A classifier laid out in memory. */
export interface Classifier {
  readonly plan: ClassifierPlan;
  readonly words: number;
  readonly parameters: Parameters;
  readonly batch: Batch;
  /** Outputs [rows × ld], before the softmax. */
  readonly logits: { readonly at: number; readonly ld: number };
  /** Thread 0 finds the last batch's result here. */
  readonly result: BatchResult;
  /** Gives the classifier its memory. */
  bind(engine: Engine): void;
  /** The program: one batch. `step` counts optimiser steps from 0. */
  run(command: Command, step: number, lr: number, thread: number, barrier: () => void): void;
  /** Says that the parameters were changed from outside. */
  parametersChanged(): void;
}

/** Lays a classifier out. */
export function createClassifier(plan: ClassifierPlan): Classifier {
  const { shape, capacity, threads, training } = plan;
  const { model } = shape;
  const arena = new Arena();
  let engine: Engine | undefined;
  const memory = (): Engine => {
    if (!engine) throw new Error('a classifier must be bound to an engine first');
    return engine;
  };
  const batch = new Batch(arena, capacity, () => memory().i);

  // shapes
  const cell = layers.create(
    model.type === 'rnn' ? { type: 'rnn', nonlinearity: model.nonlinearity } : { type: model.type },
  );
  const directions = model.bidirectional ? 2 : 1;
  const width = directions * padded(model.hidden_size);
  const features = model.pooling.length * width;
  const dropout = { p: model.dropout, variational: model.variational_dropout };
  const embeddingOptions = {
    name: 'embedding',
    numEmbeddings: shape.vocabularySize,
    embeddingDim: model.embedding_dim,
    dropout: model.embedding_dropout,
    variational: model.variational_dropout,
  };
  const recurrentOptions = {
    cell,
    name: 'rnn',
    inputSize: model.embedding_dim,
    hiddenSize: model.hidden_size,
    numLayers: model.num_layers,
    bidirectional: model.bidirectional,
    dropout: model.dropout,
    variational: model.variational_dropout,
  };
  const linearOptions = {
    name: 'classifier',
    in: { groups: model.pooling.length * directions, size: model.hidden_size },
    outFeatures: shape.classes,
  };

  // parameters, then the memory of each part in the order in which data passes through
  const optimizer = training && optimizers.create(training.optimizer);
  const lossContext: LossContext = {
    classes: shape.classes,
    ...(training?.classWeights && { weights: training.classWeights }),
  };
  const loss = training && losses.create(training.loss, lossContext);
  const specs = [
    ...embeddingParameters(embeddingOptions),
    ...recurrentParameters(recurrentOptions),
    ...linearParameters(linearOptions),
  ];
  const parameters = new Parameters(arena, specs, optimizer?.slots);
  const zeros = arena.alloc(
    'zeros',
    Math.max(features, cell.gates * padded(model.hidden_size), padded(model.embedding_dim)),
  );
  const scratchWords = padded(Math.max(recurrentScratch(recurrentOptions), linearScratch(linearOptions)));
  const scratches = arena.alloc('scratch', training ? scratchWords * threads : 0);
  const scratch = (thread: number) => scratches + thread * scratchWords;
  const common = { arena, parameters, capacity, zeros, scratch, training: training !== undefined };
  const embedding = createEmbedding(embeddingOptions, common);
  const recurrent = createRecurrent(recurrentOptions, { ...common, x: embedding.x, dx: embedding.dx });
  const pools = model.pooling.map((type) =>
    poolings.create(
      { type },
      { h: recurrent.out, dh: recurrent.dOut, width, directions, arena, capacity, name: `pooling.${type}` },
    ),
  );
  const pooled = arena.alloc('pooled', capacity.rows * features);
  const dropped =
    training && dropout.p > 0 ? arena.alloc('pooled.dropped', capacity.rows * features) : pooled;
  const dPooled = training ? arena.alloc('pooled.grad', capacity.rows * features) : -1;
  const linear = createLinear(linearOptions, { ...common, rows: capacity.rows });
  const normChunks = Math.ceil(parameters.words / NORM_CHUNK);
  const norms = training ? arena.alloc('norms', normChunks) : -1;
  /** int32: 1 when the loss of this batch is not finite, and the step is left out. */
  const stop = arena.alloc('stop', 1);
  const headDropout = { ...dropout, name: 'head' };

  /** int32: counts changes of the parameters from outside; `packed` is the count at this thread's last packing. */
  const version = arena.alloc('version', 1);
  let packed = -1;
  const result: BatchResult = { loss: NaN, weight: 0, gradientNorm: NaN };

  const forward = (ctx: Context): void => {
    const { i, k } = ctx.engine;
    if (packed !== i[version]) recurrent.pack(ctx);
    packed = i[version];
    embedding.forward(ctx);
    ctx.barrier();
    recurrent.forward(ctx);
    ctx.barrier();
    const [from, to] = share(ctx, batch.rows);
    for (let b = from; b < to; b++) {
      for (const [p, pool] of pools.entries()) pool.forward(ctx, b, pooled + b * features + p * width);
    }
    ctx.barrier();
    if (ctx.thread !== 0) return;
    if (dropped !== pooled) {
      if (ctx.training) applyDropout(ctx, headDropout, dropped, pooled, features, 0, batch.rows);
      else k.scale(dropped, pooled, 1, batch.rows * features);
    }
    linear.forward(ctx, dropped, batch.rows);
  };

  const backward = (ctx: Context): void => {
    // thread 0: loss, its gradient, the head; the others clear gradients meanwhile
    const { f } = ctx.engine;
    const others = ctx.threads > 1 ? { thread: ctx.thread - 1, threads: ctx.threads - 1 } : ctx;
    if (ctx.threads === 1 || ctx.thread > 0) {
      const [from, to] = share(others, parameters.words, NORM_CHUNK);
      f.fill(0, parameters.grad + from, parameters.grad + to);
      const [first, last] = share(others, batch.tokens);
      f.fill(0, recurrent.dOut + first * width, recurrent.dOut + last * width);
    }
    if (ctx.thread === 0) {
      computeLoss(ctx, linear.dy);
      ctx.engine.i[stop] = Number.isFinite(result.loss) ? 0 : 1;
    }
    ctx.barrier();
    if (ctx.engine.i[stop] !== 0) return;
    if (ctx.thread === 0) {
      linear.backward(ctx, dropped, dPooled, batch.rows);
      if (dropped !== pooled && ctx.training)
        applyDropout(ctx, headDropout, dPooled, dPooled, features, 0, batch.rows);
    }
    ctx.barrier();
    const [from, to] = share(ctx, batch.rows);
    for (let b = from; b < to; b++) {
      for (const [p, pool] of pools.entries()) pool.backward(ctx, b, dPooled + b * features + p * width);
    }
    ctx.barrier();
    recurrent.backward(ctx);
    embedding.backward(ctx);
    ctx.barrier();
  };

  const computeLoss = ({ engine: { f, i } }: Context, dLogits: number): void => {
    if (!loss) throw new Error('a classifier made for prediction has no loss');
    const input = { f, i, logits: linear.y, ld: linear.ld, labels: batch.labels, B: batch.rows };
    Object.assign(result, loss.run(dLogits < 0 ? input : { ...input, dLogits }));
  };

  const update = (ctx: Context, step: number, lr: number): void => {
    if (!training || !optimizer) return;
    const { f, k } = ctx.engine;
    const [from, to] = share(ctx, parameters.words, NORM_CHUNK);
    let clip = 1;
    if (training.clipNorm !== null) {
      for (let at = from; at < to; at += NORM_CHUNK) {
        // the norm of the chunk, not its square, which float32 could not hold for gradients above 1e19
        const squares = k.sumSquares(parameters.grad + at, Math.min(NORM_CHUNK, to - at));
        f[norms + at / NORM_CHUNK] = Math.sqrt(squares);
      }
      ctx.barrier();
      let sum = 0;
      for (let c = 0; c < normChunks; c++) sum += f[norms + c] ** 2;
      result.gradientNorm = Math.sqrt(sum);
      clip = clipFactor(result.gradientNorm, training.clipNorm);
    }
    optimizer.update(k, {
      parameters: parameters.at + from,
      gradients: parameters.grad + from,
      slots: parameters.slots.map((slot) => slot + from),
      words: to - from,
      lr,
      clip,
      step: step + 1,
    });
    packed = -1;
  };

  return {
    plan,
    words: arena.words,
    parameters,
    batch,
    logits: { at: linear.y, ld: linear.ld },
    result,
    bind(bound) {
      engine = bound;
    },
    run(command, step, lr, thread, barrier) {
      const learning = command === COMMANDS.step || command === COMMANDS.gradients;
      const ctx: Context = {
        engine: memory(),
        batch,
        thread,
        threads,
        barrier,
        training: learning,
        seed: training?.seed ?? 0,
        step,
      };
      Object.assign(result, { loss: NaN, weight: 0, gradientNorm: NaN });
      forward(ctx);
      if (command === COMMANDS.evaluate && thread === 0) computeLoss(ctx, -1);
      if (!learning) return;
      backward(ctx);
      if (command === COMMANDS.step && ctx.engine.i[stop] === 0) update(ctx, step, lr);
    },
    parametersChanged() {
      memory().i[version]++;
    },
  };
}
