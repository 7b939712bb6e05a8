import { integer } from '../../core/options.ts';
import { padded } from '../../core/arena.ts';
import { exp } from '../../core/math.ts';
import { gemmTNWorkspace } from '../../engine/contract.ts';
import type { Batch } from '../batch.ts';
import { type Context, threadColumns, threadRange } from '../context.ts';
import type { Parameter, ParameterSpec } from '../parameters.ts';
import {
  type PooledRows,
  type Pooling,
  poolingDefinition,
  type PoolingMemory,
  type PoolingShape,
} from './pooling.ts';

/**
 * Additive self-attention (Bahdanau et al., 2015; Yang et al., 2016); with several heads r the structured one of Lin et al.
 * (2017), whose vectors are concatenated:
 *
 *     u_t = tanh(W h_t + b)      a_tr = softmax_t(v_r · u_t)      y_r = Σ_t a_tr h_t
 *
 *     da_tr = h_t · dy_r         ds_tr = a_tr (da_tr - Σ_t' a_t'r da_t'r)
 *     dg_t = (1 - u_t²) ⊙ Σ_r ds_tr v_r
 *     dh_t += Σ_r a_tr dy_r + Wᵀ dg_t      dW += Σ_t dg_t h_tᵀ      db += Σ_t dg_t      dv_r += Σ_t ds_tr u_t
 *
 * Shapes: h_t [directions · H], weight W [A × directions · H], bias b [A], context v [heads × A], y [heads · directions · H].
 * They start as those of `torch.nn.Linear`: uniform in ±1/√(directions · H), and v in ±1/√A.
 */
export const attention = poolingDefinition({
  type: 'attention',
  summary: 'weighted mean, with weights computed from the tokens themselves',
  method: {
    name: 'self-attention pooling',
    works: {
      bahdanau2015:
        'D. Bahdanau, K. Cho and Y. Bengio. Neural machine translation by jointly learning to align and translate. ICLR, 2015.',
      yang2016:
        'Z. Yang, D. Yang, C. Dyer, X. He, A. Smola and E. Hovy. Hierarchical attention networks for document classification. NAACL, 2016.',
      lin2017:
        'Z. Lin, M. Feng, C. N. dos Santos, M. Yu, B. Xiang, B. Zhou and Y. Bengio. A structured self-attentive sentence embedding. ICLR, 2017.',
    },
  },
  options: {
    size: integer({
      min: 1,
      max: 8192,
      default: 64,
      doc: 'size of the layer that computes the weight of a token',
    }),
    heads: integer({
      min: 1,
      max: 64,
      default: 1,
      doc: 'vectors side by side, each with weights of its own',
    }),
  },
  describe: ({ heads }) => ({
    title: heads === 1 ? 'Attention' : `Attention, ${heads} heads`,
    symbol: 'p_{att}',
    equations: () =>
      heads === 1
        ? [
            'u_t = \\tanh(W_a h_t + b_a)',
            'a_t = \\frac{\\exp(v \\cdot u_t)}{\\sum_s \\exp(v \\cdot u_s)}',
            'p_{att} = \\sum_{t=1}^{T} a_t h_t',
          ]
        : [
            'u_t = \\tanh(W_a h_t + b_a)',
            'a_{r,t} = \\frac{\\exp(v_r \\cdot u_t)}{\\sum_s \\exp(v_r \\cdot u_s)}',
            `p_{att} = [\\sum_{t=1}^{T} a_{1,t} h_t, \\dots, \\sum_{t=1}^{T} a_{${heads},t} h_t]`,
          ],
  }),
  create: ({ size, heads }) => ({
    vectors: heads,
    parameters: (shape) => attentionParameters({ size, heads }, shape),
    workspace: (shape) => attentionWorkspace({ size }, shape),
    create: (memory) => createAttention({ size, heads }, memory),
  }),
});

/** Size of the layer that computes the weights, and vectors side by side. */
interface AttentionOptions {
  readonly size: number;
  readonly heads: number;
}

/** Declares W, b and v. */
export function attentionParameters(
  { size, heads }: AttentionOptions,
  { name, directions, hiddenSize }: PoolingShape,
): ParameterSpec[] {
  const init = { kind: 'uniform', bound: 1 / Math.sqrt(directions * hiddenSize) } as const;
  const out = { groups: 1, size };
  return [
    { name: `${name}.weight`, out, in: { groups: directions, size: hiddenSize }, transposed: true, init },
    { name: `${name}.bias`, out, transposed: false, init },
    {
      name: `${name}.context`,
      out: { groups: 1, size: heads },
      in: out,
      transposed: false,
      init: { kind: 'uniform', bound: 1 / Math.sqrt(size) },
    },
  ];
}

/** Words of temporary memory for each thread. */
export function attentionWorkspace(
  { size }: Pick<AttentionOptions, 'size'>,
  { width }: Pick<PoolingShape, 'width'>,
): number {
  return gemmTNWorkspace(width, padded(size));
}

/**
 * Calls `visit` for each part of document b that gets weights of its own, which sum to 1: with its tokens, from ≤ t < end, and
 * the word offset of its vectors.
 */
type VisitParts = (
  batch: Batch,
  b: number,
  rows: PooledRows,
  visit: (from: number, end: number, at: number) => void,
) => void;

/** The document as a whole. */
const wholeDocument: VisitParts = (batch, b, { at, ld }, visit) => {
  visit(0, batch.length(b), at + b * ld);
};

/** Attention over each document, or over each part of it. */
export function createAttention(
  { size, heads }: AttentionOptions,
  memory: PoolingMemory,
  parts = wholeDocument,
): Pooling & Required<Pick<Pooling, 'attention'>> {
  const state = allocate(memory, padded(size), heads);
  const pooled = weighting(state, parts);
  return {
    attention: { at: state.a, heads },
    forward(ctx, to) {
      score(state, ctx);
      ctx.barrier(); // a document's tokens were scored by any thread
      pooled.forward(ctx, to);
    },
    backward(ctx, from) {
      weightsBackward(state, pooled, ctx, from);
    },
  };
}

/** Offsets; R is the number of heads, A the padded size. */
interface State {
  readonly memory: PoolingMemory;
  readonly A: number;
  readonly R: number;
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly context: Parameter;
  /** W packed [width × A]; in the backward pass its transpose. */
  readonly packed: number;
  /** [tokens × A]: sums before the tanh, then their gradient dg; and u. */
  readonly g: number;
  readonly u: number;
  /** [tokens × R]: scores, then weights; and the gradient of the scores. */
  readonly a: number;
  readonly ds: number;
}

function allocate(memory: PoolingMemory, A: number, R: number): State {
  const { arena, capacity, name, parameters, training, width } = memory;
  const { tokens } = capacity;
  return {
    memory,
    A,
    R,
    weight: parameters.get(`${name}.weight`),
    bias: parameters.get(`${name}.bias`),
    context: parameters.get(`${name}.context`),
    packed: arena.alloc(`${name}.packed`, width * A),
    g: arena.alloc(`${name}.g`, tokens * A),
    u: arena.alloc(`${name}.u`, tokens * A),
    a: arena.alloc(`${name}.a`, tokens * R),
    ds: training ? arena.alloc(`${name}.ds`, tokens * R) : -1,
  };
}

/** u_t = tanh(W h_t + b), and the scores v_r · u_t, for this thread's tokens. */
function score({ memory, A, R, weight, bias, context, packed, g, u, a }: State, ctx: Context): void {
  const { h, width } = memory;
  const { f, k } = ctx.engine;
  if (ctx.thread === 0) k.packB(weight.at, A, packed, width, A);
  ctx.barrier();
  const [from, to] = threadRange(ctx, ctx.batch.tokens);
  const rows = to - from;
  if (rows === 0) return;
  const first = { a: h + from * width, c: g + from * A };
  k.gemm({ ...first, lda: width, bp: packed, ldc: A, init: bias.at, ldi: 0, M: rows, K: width, N: A });
  k.rnnTanhForward({ g: first.c, h: u + from * A, ldh: A, rows, H: A });
  for (let t = from; t < to; t++)
    for (let r = 0; r < R; r++) f[a + t * R + r] = dot(f, u + t * A, context.at + r * A, A);
}

/** From scores to weights and the weighted mean, by documents; and the gradients of the scores. */
function weighting({ memory: { h, dh, width }, R, a, ds }: State, parts: VisitParts): Pooling {
  const forward = ({ engine: { f, k }, batch }: Context, b: number, r: number, [from, end, to]: Part) => {
    const at = (t: number) => a + (batch.start(t) + b) * R + r;
    let [largest, sum] = [-Infinity, 0];
    for (let t = from; t < end; t++) largest = Math.max(largest, f[at(t)]);
    for (let t = from; t < end; t++) sum += f[at(t)] = exp(f[at(t)] - largest);
    f.fill(0, to, to + width);
    for (let t = from; t < end; t++) {
      f[at(t)] /= sum;
      k.addScaled(to, h + (batch.start(t) + b) * width, f[at(t)], width);
    }
  };
  const backward = ({ engine: { f, k }, batch }: Context, b: number, r: number, [from, end, dy]: Part) => {
    let mean = 0;
    for (let t = from; t < end; t++) {
      const row = batch.start(t) + b;
      const at = row * R + r;
      f[ds + at] = dot(f, h + row * width, dy, width);
      mean += f[a + at] * f[ds + at];
      k.addScaled(dh + row * width, dy, f[a + at], width);
    }
    for (let t = from; t < end; t++) {
      const at = (batch.start(t) + b) * R + r;
      f[ds + at] = f[a + at] * (f[ds + at] - mean);
    }
  };
  const each = (pass: typeof forward) => (ctx: Context, rows: PooledRows) => {
    const [first, last] = threadRange(ctx, ctx.batch.rows);
    for (let b = first; b < last; b++) {
      parts(ctx.batch, b, rows, (from, end, at) => {
        for (let r = 0; r < R; r++) pass(ctx, b, r, [from, end, at + r * width]);
      });
    }
  };
  return { forward: each(forward), backward: each(backward) };
}

/** Tokens from ≤ t < end of a document, and the word offset of their vector or its gradient. */
type Part = readonly [from: number, end: number, vector: number];

/** By documents, then by tokens, then by columns of W. */
function weightsBackward(state: State, pooled: Pooling, ctx: Context, rows: PooledRows): void {
  const { memory, A, R, weight, bias, context, packed, g, u, ds } = state;
  const { h, dh, width } = memory;
  const { engine, batch } = ctx;
  const { f, k } = engine;
  if (ctx.thread === 0) k.packBt(weight.at, A, packed, A, width);
  pooled.backward(ctx, rows);
  ctx.barrier();
  const [from, to] = threadRange(ctx, batch.tokens);
  for (let t = from; t < to; t++) {
    for (let j = 0; j < A; j++) {
      let du = 0;
      for (let r = 0; r < R; r++) du += f[ds + t * R + r] * f[context.at + r * A + j];
      f[g + t * A + j] = du * (1 - f[u + t * A + j] ** 2);
    }
  }
  const c = dh + from * width;
  if (to > from)
    k.gemm({ a: g + from * A, lda: A, bp: packed, c, ldc: width, init: c, ldi: width, M: to - from, K: A, N: width }); // prettier-ignore
  ctx.barrier();
  if (ctx.vectorsOnly) return;
  const [first, last] = threadColumns(ctx, A);
  const n = last - first;
  if (n === 0) return;
  const part = { a: h, lda: width, index: 0, M: width, c: weight.grad + first, ldc: A };
  k.gemmTN([part], g + first, A, batch.tokens, n, memory.workspace(ctx.thread));
  k.sumRows(bias.grad + first, g + first, A, batch.tokens, n);
  for (let t = 0; t < batch.tokens; t++)
    for (let r = 0; r < R; r++)
      k.addScaled(context.grad + r * A + first, u + t * A + first, f[ds + t * R + r], n);
}

function dot(f: Float32Array | Float64Array, x: number, y: number, n: number): number {
  let sum = 0;
  for (let j = 0; j < n; j++) sum += f[x + j] * f[y + j];
  return sum;
}
