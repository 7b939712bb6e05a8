/**
 * The outputs of a recurrent classifier along the straight line from a baseline to the vectors of a text, and their gradient
 * with respect to these vectors, without dropout:
 *
 *     x_t(α) = b + α (x_t - b)          z(α) = outputs of x_1(α), …, x_T(α)
 *     d/dα Σ_c dz_c z_c(α) = Σ_t (x_t - b) · ∂/∂x_t Σ_c dz_c z_c(α)
 *
 * The terms of the sum over t are what integrated gradients (Sundararajan et al. 2017) integrates over α.
 */
import { createEngine, type EngineChoice } from '../../engine/choose.ts';
import type { Capacity } from '../../nn/batch.ts';
import type { Context } from '../../nn/context.ts';
import { type Loss, losses } from '../../nn/losses/index.ts';
import { UNK_ID } from '../../text/vocabulary.ts';
import { lossOf, type Tensor } from '../trainable.ts';
import { clearStates, throughVectors } from './backward.ts';
import { forwardVectors } from './forward.ts';
import { createLayout, type Layout } from './layout.ts';
import { loadTensors } from './load-tensors.ts';
import type { ClassifierShape } from './plan.ts';

/** Where the line begins, for every token: the zero vector, or the vector of `<UNK>`. */
export type VectorBaseline = 'pad' | 'unk';

/** The line from the baseline to a text. Needs no close: its memory is garbage-collected. */
export interface VectorPath {
  /** How the outputs become probabilities. */
  readonly loss: Loss;
  /** Most points of the line at once, for a text of T tokens; 0: the text is too long. */
  points(T: number): number;
  /**
   * The outputs at points of the line, `[m × C]` row-major.
   * @param ids T token ids, with the n-grams that the model reads behind them.
   * @param alphas m points α; 0 is the baseline, 1 the text.
   */
  forward(ids: Int32Array, baseline: VectorBaseline, alphas: ArrayLike<number>): Float64Array<ArrayBuffer>;
  /**
   * Σ_d (x_td - b_d) ∂/∂x_td Σ_c dz_c z_c of the points that `forward` had last, `[m × T]` row-major.
   * @param dz `[m × C]`.
   */
  backward(dz: ArrayLike<number>): Float64Array<ArrayBuffer>;
}

/** What a path needs. */
export interface VectorPathOptions {
  /** The network. */
  readonly shape: ClassifierShape;
  /** From `chooseEngine`. */
  readonly engine: EngineChoice;
  /** The largest batch: of `rows` points, with `tokens` tokens in all, each of at most `steps`. */
  readonly capacity: Capacity;
  /** The parameters. */
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** Makes a path, with the memory for gradients, on one thread. */
export function createVectorPath({
  shape,
  engine: choice,
  capacity,
  tensors,
}: VectorPathOptions): VectorPath {
  const plan = { shape, capacity, threads: 1, vectorGradients: true };
  const layout = createLayout(plan);
  const engine = createEngine(choice, { words: layout.words });
  layout.memory.bind(engine);
  loadTensors(layout.parameters, engine, tensors);
  const ctx: Context = {
    ...{ engine, batch: layout.batch, thread: 0, threads: 1, barrier: () => undefined },
    ...{ training: false, seed: 0, step: 0, vectorsOnly: true },
  };
  layout.recurrent.pack(ctx);
  /** [T × width] x_t - b of the current text. */
  let differences = new Float64Array(0);
  return {
    loss: losses.create(lossOf({ shape, capacity }), { classes: shape.classes }),
    points: (T) => (T > capacity.steps ? 0 : Math.min(capacity.rows, Math.floor(capacity.tokens / T))),
    forward(ids, baseline, alphas) {
      layout.batch.write(Array.from({ length: alphas.length }, () => ids));
      layout.embedding.forward(ctx);
      differences = placeOnLine(layout, engine.f, baseline, alphas);
      forwardVectors(layout, ctx);
      return readOutputs(layout, engine.f);
    },
    backward(dz) {
      writeOutputGradients(layout, engine.f, dz);
      clearStates(layout, ctx, ctx);
      throughVectors(layout, ctx);
      return productsOf(layout, engine.f, differences);
    },
  };
}

type Words = Float32Array | Float64Array;

/** X becomes b + α (X - b), each row b of the batch with its own α. @returns `[T × width]` X - b */
function placeOnLine(
  { embedding: { x, width }, batch, parameters }: Layout,
  f: Words,
  baseline: VectorBaseline,
  alphas: ArrayLike<number>,
): Float64Array<ArrayBuffer> {
  const { at: table, ld } = parameters.get('embedding.weight');
  const base = new Float64Array(width);
  if (baseline === 'unk') base.set(f.subarray(table + UNK_ID * ld, table + UNK_ID * ld + width));
  const T = batch.steps;
  const differences = new Float64Array(T * width);
  for (let t = 0; t < T; t++) {
    const first = x + batch.start(t) * width;
    for (let d = 0; d < width; d++) differences[t * width + d] = f[first + d] - base[d];
    for (let b = 0; b < alphas.length; b++)
      for (let d = 0; d < width; d++)
        f[first + b * width + d] = base[d] + alphas[b] * differences[t * width + d];
  }
  return differences;
}

function readOutputs({ linear, batch, plan }: Layout, f: Words): Float64Array<ArrayBuffer> {
  const C = plan.shape.classes;
  const z = new Float64Array(batch.rows * C);
  for (let b = 0; b < batch.rows; b++)
    for (let c = 0; c < C; c++) z[b * C + c] = f[linear.y + b * linear.ld + c];
  return z;
}

function writeOutputGradients({ linear, batch, plan }: Layout, f: Words, dz: ArrayLike<number>): void {
  const C = plan.shape.classes;
  f.fill(0, linear.dy, linear.dy + batch.rows * linear.ld);
  for (let b = 0; b < batch.rows; b++)
    for (let c = 0; c < C; c++) f[linear.dy + b * linear.ld + c] = dz[b * C + c];
}

/** `[m × T]` (x_t - b) · dx_t */
function productsOf(
  { embedding: { dx, width }, batch }: Layout,
  f: Words,
  differences: Float64Array,
): Float64Array<ArrayBuffer> {
  const [m, T] = [batch.rows, batch.steps];
  const products = new Float64Array(m * T);
  for (let t = 0; t < T; t++) {
    for (let b = 0; b < m; b++) {
      const row = dx + (batch.start(t) + b) * width;
      let sum = 0;
      for (let d = 0; d < width; d++) sum += differences[t * width + d] * f[row + d];
      products[b * T + t] = sum;
    }
  }
  return products;
}
