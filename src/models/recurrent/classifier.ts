/**
 * The recurrent classifier as the program that every thread runs on one batch. `layout.ts` computes the offsets;
 * `session.ts` provides memory and threads. All threads build the same classifier, so all offsets are equal.
 */
import type { Engine } from '../../engine/contract.ts';
import type { Batch } from '../../nn/batch.ts';
import type { Context } from '../../nn/context.ts';
import type { Parameters } from '../../nn/parameters.ts';
import type { Pooling } from '../../nn/pooling/index.ts';
import { backward, computeLoss } from './backward.ts';
import { forward } from './forward.ts';
import type { Groups } from './groups.ts';
import { createLayout, type Layout } from './layout.ts';
import type { ClassifierPlan } from './plan.ts';
import type { BatchResult } from '../trainable.ts';
import { update } from './update.ts';

/** Commands of the program. */
export const COMMANDS = { predict: 0, evaluate: 1, step: 2, gradients: 3 } as const;
type Command = (typeof COMMANDS)[keyof typeof COMMANDS];

/**
 * [command, step, lr, pretrainedRate, averageRate, loss]: what to do, optimiser updates so far, the learning rate, the factor on
 * it for pretrained rows of the embedding, the weight of the new parameters in their average, and the number of the loss.
 */
export type ProgramArguments = ArrayLike<number>;

/** A classifier laid out in memory. */
export interface Classifier {
  readonly plan: ClassifierPlan;
  readonly words: number;
  readonly parameters: Parameters;
  readonly groups: Groups;
  readonly batch: Batch;
  /** Outputs [rows × ld], before they are probabilities. */
  readonly logits: { readonly at: number; readonly ld: number };
  /** Weights of the tokens, `[tokens × heads]` packed as the batch says; undefined without attention pooling. */
  readonly attention: Pooling['attention'];
  /** Thread 0 finds the last batch's result here. */
  readonly result: BatchResult;
  /** Gives the classifier its memory. */
  bind(engine: Engine): void;
  /** The program: one batch. All threads run it with the same arguments. */
  run(args: ProgramArguments, thread: number, barrier: () => void): void;
  /** Reports that the parameters were changed from outside. */
  parametersChanged(): void;
}

/** Lays a classifier out. */
export function createClassifier(plan: ClassifierPlan): Classifier {
  const layout = createLayout(plan);
  const { memory, parameters, groups, batch, linear, result, words } = layout;
  const run = createProgram(layout);
  return {
    plan,
    words,
    parameters,
    groups,
    batch,
    logits: { at: linear.y, ld: linear.ld },
    attention: layout.poolings.find(({ pooling }) => pooling.attention)?.pooling.attention,
    result,
    bind: (engine) => memory.bind(engine),
    run,
    parametersChanged() {
      memory.engine().i[layout.version]++;
    },
  };
}

function createProgram(layout: Layout): Classifier['run'] {
  const { plan, memory, batch, recurrent, stop, version, result } = layout;
  /** The count of outside changes when this thread last packed the weights; -1: changed since. */
  let packed = -1;
  return (args, thread, barrier) => {
    const [command, step, lr, pretrainedRate, averageRate = 0, loss = 0] = Array.from(args) as [
      Command,
      ...number[],
    ];
    const engine = memory.engine();
    const training = command === COMMANDS.step || command === COMMANDS.gradients;
    const seed = plan.training?.seed ?? 0;
    const pass = { training, seed, step, pretrainedRate };
    const ctx: Context = { engine, batch, thread, threads: plan.threads, barrier, ...pass };
    Object.assign(result, { loss: NaN, weight: 0, gradientNorm: NaN });
    // each training batch drops different weights
    const drops = training && plan.shape.model.weight_drop > 0;
    if (drops || packed !== engine.i[version]) recurrent.pack(ctx);
    packed = drops ? -1 : engine.i[version];
    forward(layout, ctx);
    if (command === COMMANDS.evaluate && thread === 0) computeLoss(layout, ctx, loss);
    if (!training) return;
    backward(layout, ctx, loss);
    if (command !== COMMANDS.step || engine.i[stop] !== 0) return;
    update(layout, ctx, lr, averageRate);
    packed = -1;
  };
}
