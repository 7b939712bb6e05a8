/** The backward pass: loss, then the gradient through each part in reverse. */
import { invariant } from '../../core/errors.ts';
import { applyDropout, type Context, threadRange } from '../../nn/context.ts';
import type { LossInput } from '../../nn/losses/index.ts';
import { addDirection, rememberDirection } from './adversarial.ts';
import { forward, forwardVectors } from './forward.ts';
import { type Layout, NORM_CHUNK } from './layout.ts';
import { mixedLoss, unmixRows } from './mixup.ts';
import { lossOfBoth, secondPass } from './r-drop.ts';

/** Loss and gradients of the batch whose outputs `forward` left. A loss that is not finite ends it: `stop` is 1 then. */
export function backward(layout: Layout, ctx: Context, loss: number): void {
  const { embedding, recurrent, stop } = layout;
  if (layout.rDrop) secondForward(layout, ctx);
  // thread 0 computes the loss; the others clear gradients meanwhile
  if (ctx.threads === 1) clearGradients(layout, ctx, ctx);
  else if (ctx.thread > 0) clearGradients(layout, ctx, { thread: ctx.thread - 1, threads: ctx.threads - 1 });
  if (ctx.thread === 0) {
    lossOfBatch(layout, ctx, loss);
    ctx.engine.i[stop] = Number.isFinite(layout.result.loss) ? 0 : 1;
  }
  ctx.barrier();
  if (ctx.engine.i[stop] !== 0) return;
  if (layout.rDrop) secondBackward(layout, ctx);
  throughVectors(layout, ctx);
  if (layout.adversarial.size > 0) {
    rememberDirection(layout, ctx);
    ctx.barrier(); // the embedding changes dX
  }
  if (lowestTrained(layout, ctx) === 0) embedding.backward(ctx);
  ctx.barrier();
  if (layout.adversarial.size > 0) adversarialPass(layout, ctx, loss);
  recurrent.maskGradients(ctx);
  ctx.barrier();
}

/** From the gradient of the outputs to that of the token vectors. The gradient of the states must be zero. */
export function throughVectors(layout: Layout, ctx: Context): void {
  if (ctx.thread === 0) headBackward(layout, ctx);
  for (const { pooling, from } of layout.poolings) {
    ctx.barrier(); // all add to the same gradient of the states, one after another
    pooling.backward(ctx, from);
  }
  ctx.barrier();
  // the adversarial direction needs the gradient of the vectors, whatever is trained
  const lowest = layout.adversarial.size > 0 ? 0 : lowestTrained(layout, ctx);
  layout.recurrent.backward(ctx, Math.max(0, lowest - 1));
}

/** The lowest group of parameters that is trained in this step: those below need no gradient. */
function lowestTrained({ groups }: Layout, { engine, pretrainedRate }: Context): number {
  const { names, ranges } = groups;
  if (pretrainedRate !== 0 && ranges.some(({ group }) => group === names.length)) return 0;
  const lowest = names.findIndex((_, group) => groups.rate(engine, group) !== 0);
  return lowest < 0 ? names.length : lowest;
}

/** Saves the outputs of the first pass, then runs a second one with other masks. */
function secondForward(layout: Layout, ctx: Context): void {
  const { rDrop, linear, batch } = layout;
  if (rDrop && ctx.thread === 0)
    ctx.engine.f.copyWithin(rDrop.first, linear.y, linear.y + batch.rows * linear.ld);
  forward(layout, secondPass(ctx));
}

/** The gradients of the second pass; then the first pass again, with the gradient of its outputs. */
function secondBackward(layout: Layout, ctx: Context): void {
  const { rDrop, linear, batch, embedding } = layout;
  const again = secondPass(ctx);
  throughVectors(layout, again);
  if (lowestTrained(layout, ctx) === 0) embedding.backward(again);
  ctx.barrier();
  forward(layout, ctx);
  clearStates(layout, ctx, ctx);
  if (rDrop && ctx.thread === 0)
    ctx.engine.f.copyWithin(linear.dy, rDrop.dFirst, rDrop.dFirst + batch.rows * linear.ld);
  ctx.barrier();
}

/**
 * The pass with perturbed vectors, whose gradients are added. Reported outputs and loss stay those of the first pass.
 */
function adversarialPass(layout: Layout, ctx: Context, loss: number): void {
  const { embedding, linear, batch, result, stop } = layout;
  const { f, i } = ctx.engine;
  const words = batch.rows * linear.ld;
  const first = { ...result };
  const outputs = ctx.thread === 0 ? f.slice(linear.y, linear.y + words) : undefined;
  embedding.forward(ctx);
  ctx.barrier();
  addDirection(layout, ctx);
  ctx.barrier();
  forwardVectors(layout, ctx);
  clearStates(layout, ctx, ctx);
  if (outputs) {
    computeLoss(layout, ctx, loss, linear.dy);
    if (Number.isFinite(result.loss)) Object.assign(result, first);
    else i[stop] = 1;
    f.set(outputs, linear.y);
  }
  ctx.barrier();
  if (i[stop] !== 0) return;
  throughVectors(layout, ctx);
  if (lowestTrained(layout, ctx) === 0) embedding.backward(ctx);
  ctx.barrier();
}

/** The loss of the batch by loss number `loss`; its gradient too if there is an offset for it. */
export function computeLoss(layout: Layout, ctx: Context, number: number, dLogits?: number): void {
  const { losses, result, mixup } = layout;
  const loss = losses[number] as (typeof losses)[number] | undefined;
  invariant(loss !== undefined, 'a classifier made for prediction has no loss');
  const input = lossInput(layout, ctx);
  if (dLogits === undefined) Object.assign(result, loss.run(input));
  else if (mixup) Object.assign(result, mixedLoss(mixup, ctx, loss, { ...input, dLogits }));
  else Object.assign(result, loss.run({ ...input, dLogits }));
}

/** The loss of the batch and the gradients of the outputs, of both passes where there are two. */
function lossOfBatch(layout: Layout, ctx: Context, number: number): void {
  const { losses, linear, result, mixup, rDrop } = layout;
  const loss = losses[number];
  if (!rDrop) return computeLoss(layout, ctx, number, linear.dy);
  const onePass: Parameters<typeof lossOfBoth>[2] = (input) =>
    mixup ? mixedLoss(mixup, ctx, loss, input) : loss.run(input);
  Object.assign(result, lossOfBoth(rDrop, ctx, onePass, { ...lossInput(layout, ctx), dLogits: linear.dy }));
}

function lossInput({ linear, batch }: Layout, { engine: { f, i } }: Context): LossInput {
  return {
    f,
    i,
    logits: linear.y,
    ld: linear.ld,
    labels: batch.labels,
    targets: batch.targets,
    B: batch.rows,
  };
}

/** Zeroes the gradients of the parameters and of the states, the part of this thread. */
function clearGradients(layout: Layout, ctx: Context, thread: Pick<Context, 'thread' | 'threads'>): void {
  const { parameters } = layout;
  const { f } = ctx.engine;
  const [from, to] = threadRange(thread, parameters.words, NORM_CHUNK);
  f.fill(0, parameters.grad + from, parameters.grad + to);
  clearStates(layout, ctx, thread);
}

/** Zeroes the gradient of the states, the part of this thread. */
export function clearStates(
  { recurrent, batch }: Layout,
  { engine: { f } }: Context,
  thread: Pick<Context, 'thread' | 'threads'>,
): void {
  const [first, last] = threadRange(thread, batch.tokens);
  f.fill(0, recurrent.dOut + first * recurrent.width, recurrent.dOut + last * recurrent.width);
}

/** The last layer, the mixtures and the dropout before it: one thread. */
function headBackward(layout: Layout, ctx: Context): void {
  const { linear, batch, pooled, dropped, dPooled, dropout, features, mixup } = layout;
  if (mixup) {
    linear.backward(ctx, mixup.mixed, mixup.dMixed, batch.rows);
    unmixRows(mixup, ctx, dPooled, features);
  } else {
    linear.backward(ctx, dropped, dPooled, batch.rows);
  }
  if (dropped !== pooled && ctx.training)
    applyDropout(ctx, dropout, dPooled, dPooled, features, 0, batch.rows);
}
