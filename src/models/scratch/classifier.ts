/**
 * The network from scratch as a classifier that the training loop, the evaluation and the run folder can work with.
 *
 * A text is a sequence of words; x_t is 1 at the place of word t and 0 elsewhere, so that W_xh x_t is one column of
 * W_xh. As a model file this is an embedding W_xhᵀ before a recurrent layer whose weight_ih is the identity: every
 * command that reads models reads this one too.
 */
import { ShapeError } from '../../core/errors.ts';
import {
  accumulate,
  createRandom,
  createRnn,
  forward,
  type Gradient,
  lossOf,
  type Rnn,
  sgdStep,
  type Sizes,
  softmax,
  type Trace,
  weightNames,
  zeroGradient,
  zeroRnn,
} from '../../scratch/rnn.ts';
import { closedError, requireBatch } from '../arguments.ts';
import type { ModelPlan } from '../model.ts';
import type { BatchResult, Tensor, TrainableClassifier } from '../trainable.ts';

/** The options of the network, as the `model` section has them. */
interface ScratchClassifierOptions {
  /** H, numbers in the state. */
  readonly hidden_size: number;
  /** Every number of the gradient is clipped to ± this. */
  readonly clip_value: number;
  /** At which time steps a text's class is asked for while learning; always at the last when it counts. */
  readonly ask: Asked;
}

type Asked = 'last' | 'every';

/** W_hh starts as this much of the identity: a state fades to a half in 7 words, until W_hh learns otherwise. */
const RECURRENT = 0.9;
/** Standard deviation of W_xh at the start. */
const INPUT = 0.1;
/** And of W_hy: large enough that small differences of the state tell classes apart. */
const OUTPUT = 0.4;

const names = {
  embedding: 'embedding.weight',
  ih: 'rnn.weight_ih_l0',
  hh: 'rnn.weight_hh_l0',
  biasIh: 'rnn.bias_ih_l0',
  biasHh: 'rnn.bias_hh_l0',
  weight: 'classifier.weight',
  bias: 'classifier.bias',
} as const;

interface State {
  readonly sizes: Sizes;
  net: Rnn;
  /** [B × O] probabilities of the last batch. */
  probabilities: Float64Array;
  closed: boolean;
}

interface Batch {
  readonly sequences: readonly Int32Array[];
  readonly labels?: ArrayLike<number> | undefined;
}

/** Creates a classifier; its parameters are zero until `initialise` or `load`. */
export function createScratchClassifier(
  { hidden_size: H, clip_value: clip, ask }: ScratchClassifierOptions,
  {
    vocabularySize: D,
    classes: O,
    capacity,
    training,
  }: Pick<ModelPlan, 'vocabularySize' | 'classes' | 'capacity' | 'training'>,
): TrainableClassifier {
  const sizes = { D, H, O };
  const state: State = { sizes, net: zeroRnn(sizes), probabilities: new Float64Array(0), closed: false };
  const grad = zeroGradient(sizes);
  const requireUsable = (where: string, { sequences, labels }: Batch) => {
    requireOpen(where, state);
    requireBatch(where, { sequences, ...(labels && { labels }) }, capacity);
  };
  return {
    plan: { shape: { classes: O }, capacity, ...(training && { training }) },
    kernel: 'from scratch, float64',
    threads: 1,
    parameters: { count: weightNames.reduce((sum, name) => sum + state.net[name].length, 0) },
    initialise(seed) {
      requireOpen('initialise', state);
      state.net = createRnn(sizes, createRandom(seed), {
        recurrent: RECURRENT,
        input: INPUT,
        output: OUTPUT,
      });
    },
    step(sequences, labels, { lr }) {
      requireUsable('step', { sequences, labels });
      const result = learn(state, grad, ask, sequences, labels);
      const norm = sgdStep(state.net, grad, { lr, clip, examples: sequences.length });
      return { ...result, loss: Number.isFinite(norm) ? result.loss : Number.NaN, gradientNorm: norm };
    },
    evaluate(sequences, labels) {
      requireUsable('evaluate', { sequences, labels });
      return score(state, { sequences, labels });
    },
    predict(sequences) {
      requireUsable('predict', { sequences });
      score(state, { sequences });
      return state.probabilities;
    },
    probabilities: () => state.probabilities,
    tensors() {
      requireOpen('tensors', state);
      return toTensors(state.net);
    },
    load(tensors) {
      requireOpen('load', state);
      state.net = fromTensors(tensors, sizes);
    },
    // plain SGD has no state
    optimizerState: () => ({}),
    loadOptimizerState() {},
    async close() {
      state.closed = true;
      state.net = zeroRnn({ D: 1, H: 1, O: 1 }); // frees the memory even if the classifier is still referenced
    },
  };
}

function requireOpen(where: string, { closed }: State): void {
  if (closed) throw closedError(where);
}

/** Loss of a batch at the last time step; NaN without labels. */
function score(state: State, { sequences, labels }: Batch): BatchResult {
  const { net } = state;
  const result = goThrough(state, sequences, (x, b) => {
    const trace = forward(net, x);
    const loss = labels
      ? lossOf(net, trace, targets(x, labels[b], 'last'), 'cross_entropy').loss
      : Number.NaN;
    return { loss, trace };
  });
  return { ...result, gradientNorm: Number.NaN };
}

/** Loss of a batch; `grad` += its gradient. */
function learn(
  state: State,
  grad: Gradient,
  ask: Asked,
  sequences: readonly Int32Array[],
  labels: ArrayLike<number>,
) {
  return goThrough(state, sequences, (x, b) =>
    accumulate(state.net, { x, target: targets(x, labels[b], ask) }, 'cross_entropy', grad),
  );
}

/** Visits the documents of a batch; keeps their probabilities. */
function goThrough(
  state: State,
  sequences: readonly Int32Array[],
  visit: (x: Int32Array, b: number) => { readonly loss: number; readonly trace: Trace },
) {
  const { O } = state.sizes;
  state.probabilities = new Float64Array(sequences.length * O);
  let sum = 0;
  for (const [b, x] of sequences.entries()) {
    const { loss, trace } = visit(x, b);
    state.probabilities.set(softmax(trace.o, trace.T * O, O), b * O);
    sum += loss;
  }
  return { loss: sum / sequences.length, weight: sequences.length };
}

/** The class at each time step at which it is asked for, null at the others. */
function targets(x: Int32Array, label: number, asked: Asked) {
  return Array.from(x, (_, t) => (asked === 'every' || t === x.length - 1 ? label : null));
}

/** The parameters by PyTorch's names, and in its layout. */
export function toTensors({ D, H, O, Wxh, Whh, bh, Why, by }: Rnn): Record<string, Tensor> {
  const identity = Float64Array.from({ length: H * H }, (_, n) => (n % (H + 1) === 0 ? 1 : 0));
  return {
    [names.embedding]: { shape: [D, H], data: Wxh.slice() },
    [names.ih]: { shape: [H, H], data: identity },
    [names.hh]: { shape: [H, H], data: Whh.slice() },
    [names.biasIh]: { shape: [H], data: bh.slice() },
    [names.biasHh]: { shape: [H], data: new Float64Array(H) },
    [names.weight]: { shape: [O, H], data: Why.slice() },
    [names.bias]: { shape: [O], data: by.slice() },
  };
}

/** The parameters from the tensors of {@link toTensors}. @throws ShapeError */
function fromTensors(tensors: Readonly<Record<string, Tensor>>, sizes: Sizes): Rnn {
  const net = zeroRnn(sizes);
  const arrays = [
    [names.embedding, net.Wxh],
    [names.hh, net.Whh],
    [names.biasIh, net.bh],
    [names.weight, net.Why],
    [names.bias, net.by],
  ] as const;
  for (const [name, to] of arrays) {
    const tensor = tensors[name] as Tensor | undefined;
    if (tensor?.data.length !== to.length) {
      throw new ShapeError(
        `[model] tensor "${name}" must hold ${to.length} numbers, but holds ${tensor?.data.length ?? 'none'}.`,
      );
    }
    to.set(tensor.data);
  }
  return net;
}
