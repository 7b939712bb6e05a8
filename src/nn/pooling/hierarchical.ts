import { padded } from '../../core/arena.ts';
import { invariant } from '../../core/errors.ts';
import { integer } from '../../core/options.ts';
import type { Engine } from '../../engine/contract.ts';
import { Batch, type Capacity } from '../batch.ts';
import { type Context, threadRange } from '../context.ts';
import { gru } from '../layers/gru.ts';
import {
  createRecurrent,
  recurrentParameters,
  type RecurrentOptions,
  recurrentWorkspace,
} from '../layers/recurrent.ts';
import { attentionParameters, attentionWorkspace, createAttention } from './attention.ts';
import {
  equalParts,
  type Pooling,
  poolingDefinition,
  type PoolingMemory,
  type PoolingShape,
} from './pooling.ts';

/**
 * For long documents: words, segments, document (the hierarchical attention network of Yang et al. 2016). Attention makes one
 * vector of the words of each segment, a GRU reads these vectors one after another, and attention makes one vector of its states:
 *
 *     s_k = Σ_{t in segment k} aʷ_t h_t     aʷ_t = softmax over segment k of v_w · uʷ_t        uʷ_t = tanh(W_w h_t + b_w)
 *     g_k = GRU(s_k, g_{k-1})               in both directions if the states h_t are of both
 *     y = Σ_k aˢ_k g_k                      aˢ_k = softmax over the document of v_s · uˢ_k     uˢ_k = tanh(W_s g_k + b_s)
 *
 * The backward pass is that of the three parts in reverse: from dy attention gives dg, the GRU ds, and attention adds to dh.
 *
 * A segment is no sentence, as most tokenizers leave out full stops: T tokens make K = ⌈T / size⌉ segments one after another, as
 * equal as possible; segment k is ⌊kT / K⌋ ≤ t < ⌊(k + 1) T / K⌋.
 *
 * Shapes: h_t, s_k, g_k, y [directions · H]. The parameters `words.…` and `segments.…` are shaped and start as those of the pooling
 * attention with one head, `rnn.…` as those of a GRU of H for each direction with an input of [directions · H].
 *
 * A token weighs aʷ_t aˢ_k, so that the weights of a document sum to 1.
 */
export const hierarchical = poolingDefinition({
  type: 'hierarchical',
  summary: 'attention over the words of each segment, a GRU over the segments, attention over its states; for long documents', // prettier-ignore
  method: {
    name: 'hierarchical attention networks',
    works: {
      yang2016:
        'Z. Yang, D. Yang, C. Dyer, X. He, A. Smola and E. Hovy. Hierarchical attention networks for document classification. NAACL, 2016.',
    },
  },
  options: {
    size: integer({ min: 1, max: 100_000, default: 25, doc: 'tokens of a segment, at most' }),
    attention_size: integer({
      min: 1,
      max: 8192,
      default: 64,
      doc: 'size of the layers that compute the weights of a token and of a segment',
    }),
  },
  describe: ({ size }) => ({
    title: `Hierarchical, segments of ${size}`,
    symbol: 'p_{hier}',
    equations: ({ bidirectional }) => [
      'u^w_t = \\tanh(W_w h_t + b_w)',
      'a^w_t = \\frac{\\exp(v_w \\cdot u^w_t)}{\\sum_{r \\in \\mathrm{segment } k} \\exp(v_w \\cdot u^w_r)}',
      's_k = \\sum_{t \\in \\mathrm{segment } k} a^w_t h_t',
      bidirectional
        ? 'g_k = [\\overrightarrow{\\mathrm{GRU}}(s_k, g_{k-1}), \\overleftarrow{\\mathrm{GRU}}(s_k, g_{k+1})]'
        : 'g_k = \\mathrm{GRU}(s_k, g_{k-1})',
      'u^s_k = \\tanh(W_s g_k + b_s)',
      'a^s_k = \\frac{\\exp(v_s \\cdot u^s_k)}{\\sum_r \\exp(v_s \\cdot u^s_r)}',
      'p_{hier} = \\sum_{k=1}^{K} a^s_k g_k',
    ],
  }),
  create: ({ size, attention_size }) => {
    const attention = { size: attention_size, heads: 1 };
    return {
      parameters: (shape) => [
        ...attentionParameters(attention, named(shape, 'words')),
        ...recurrentParameters(overSegments(shape)),
        ...attentionParameters(attention, named(shape, 'segments')),
      ],
      workspace: (shape) =>
        Math.max(attentionWorkspace(attention, shape), recurrentWorkspace(overSegments(shape))),
      create: (memory) => createHierarchical({ size, attention }, memory),
    };
  },
});

/** The most tokens of a segment, and the options of both attentions. */
interface Sizes {
  readonly size: number;
  readonly attention: { readonly size: number; readonly heads: number };
}

/** The shape of one of the two attentions. */
function named<Shape extends PoolingShape>(shape: Shape, name: string): Shape {
  return { ...shape, name: `${shape.name}.${name}` };
}

/** The layer that reads the vectors of the segments. */
function overSegments({ name, directions, hiddenSize }: PoolingShape): RecurrentOptions {
  return {
    cell: gru.create({}),
    name: `${name}.rnn`,
    inputSize: hiddenSize,
    inputGroups: directions,
    hiddenSize,
    numLayers: 1,
    bidirectional: directions === 2,
    dropout: 0,
    variational: false,
  };
}

/** The most segments of a batch: ⌈T / size⌉ of each document, and never more than tokens. */
function segmentCapacity({ rows, tokens, steps }: Capacity, size: number): Capacity {
  return {
    rows,
    tokens: Math.min(tokens, Math.floor(tokens / size) + rows),
    steps: Math.ceil(steps / size),
  };
}

/** The segments of the documents of a batch. */
interface Segments {
  /** Sequences of segments: a longer document has no fewer of them, so that they are sorted too. */
  readonly batch: Batch;
  /** Gives `batch` the memory, and writes the segments of `documents` on thread 0. */
  write(ctx: Context): void;
  /** Calls `visit` for each segment of document b, with its tokens, from ≤ t < end, and its row in `batch`. */
  each(documents: Batch, b: number, visit: (from: number, end: number, row: number) => void): void;
}

function createSegments(size: number, { arena, capacity }: PoolingMemory): Segments {
  const { count, begin } = equalParts(size);
  let engine: Engine | undefined;
  const batch = new Batch(arena, segmentCapacity(capacity, size), () => {
    invariant(engine !== undefined, 'segments are written first');
    return engine.i;
  });
  return {
    batch,
    write(ctx) {
      engine = ctx.engine;
      if (ctx.thread > 0) return;
      const { rows } = ctx.batch;
      batch.write(Array.from({ length: rows }, (_, b) => new Int32Array(count(ctx.batch.length(b)))));
    },
    each(documents, b, visit) {
      const T = documents.length(b);
      for (let k = 0; k < count(T); k++) visit(begin(k, T), begin(k + 1, T), batch.start(k) + b);
    },
  };
}

function createHierarchical({ size, attention }: Sizes, memory: PoolingMemory): Pooling {
  const { arena, capacity, name, training, width } = memory;
  const segments = createSegments(size, memory);
  const options = overSegments(memory);
  const inner = { ...memory, capacity: segments.batch.capacity };
  const rows = inner.capacity.tokens;
  /** [segments × width]: s_k and its gradient. */
  const x = arena.alloc(`${name}.x`, rows * width);
  const dx = training ? arena.alloc(`${name}.dx`, rows * width) : -1;
  const zeros = arena.alloc(`${name}.zeros`, Math.max(width, options.cell.gates * padded(memory.hiddenSize)));
  const words = createAttention(attention, named(memory, 'words'), (documents, b, { at, ld }, visit) => {
    segments.each(documents, b, (from, end, row) => visit(from, end, at + row * ld));
  });
  const layer = createRecurrent(options, { ...inner, x, dx, zeros });
  const states = { ...named(inner, 'segments'), h: layer.out, dh: layer.dOut };
  const document = createAttention(attention, states);
  /** [tokens]: aʷ_t aˢ_k. */
  const weights = arena.alloc(`${name}.weights`, capacity.tokens);
  return {
    attention: { at: weights, heads: 1 },
    forward(ctx, to) {
      const over = { ...ctx, batch: segments.batch };
      segments.write(ctx);
      layer.pack(over);
      ctx.barrier();
      words.forward(ctx, { at: x, ld: width });
      ctx.barrier();
      layer.forward(over);
      ctx.barrier();
      document.forward(over, to);
      weighTokens(ctx, segments, { words: words.attention.at, segments: document.attention.at, weights });
    },
    backward(ctx, from) {
      const over = { ...ctx, batch: segments.batch };
      const [first, last] = threadRange(ctx, segments.batch.tokens);
      ctx.engine.f.fill(0, layer.dOut + first * width, layer.dOut + last * width);
      ctx.barrier(); // attention adds to it
      document.backward(over, from);
      ctx.barrier();
      layer.backward(over);
      words.backward(ctx, { at: dx, ld: width });
    },
  };
}

/** aʷ_t aˢ_k of this thread's documents, whose attentions this thread has computed. Word offsets. */
function weighTokens(
  ctx: Context,
  segments: Segments,
  at: { readonly words: number; readonly segments: number; readonly weights: number },
): void {
  const { engine, batch } = ctx;
  const { f } = engine;
  const [first, last] = threadRange(ctx, batch.rows);
  for (let b = first; b < last; b++) {
    segments.each(batch, b, (from, end, segment) => {
      for (let t = from; t < end; t++) {
        const row = batch.start(t) + b;
        f[at.weights + row] = f[at.words + row] * f[at.segments + segment];
      }
    });
  }
}
