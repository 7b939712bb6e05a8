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
  lossOf,
  type Rnn,
  sgdStep,
  softmax,
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
  /** Every number of the gradient is held within ± this. */
  readonly clip_value: number;
  /** At which time steps a text's class is asked for while learning; always at the last when it counts. */
  readonly ask: 'last' | 'every';
}

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
  let net: Rnn = zeroRnn(sizes);
  const grad = zeroGradient(sizes);
  let probabilities = new Float64Array(0); // [B × O] of the batch that came last

  let closed = false;
  const requireOpen = (where: string) => {
    if (closed) throw closedError(where);
  };

  /** Goes through a batch; `visit` gives an example's loss and the outputs [O] of its last step. */
  const batch = (
    where: string,
    {
      sequences,
      labels,
    }: { readonly sequences: readonly Int32Array[]; readonly labels?: ArrayLike<number> | undefined },
    visit: (x: Int32Array, b: number) => { loss: number; y: Float64Array },
  ) => {
    requireOpen(where);
    requireBatch(where, { sequences, ...(labels && { labels }) }, capacity);
    probabilities = new Float64Array(sequences.length * O);
    let sum = 0;
    for (const [b, x] of sequences.entries()) {
      const { loss, y } = visit(x, b);
      probabilities.set(y, b * O);
      sum += loss;
    }
    return { loss: sum / sequences.length, weight: sequences.length };
  };
  const last = (o: Float64Array, T: number) => softmax(o, T * O, O);
  const targets = (x: Int32Array, label: number, asked: 'last' | 'every') =>
    Array.from(x, (_, t) => (asked === 'every' || t === x.length - 1 ? label : null));
  const score = (
    where: string,
    sequences: readonly Int32Array[],
    labels?: ArrayLike<number>,
  ): BatchResult => {
    const result = batch(where, { sequences, labels }, (x, b) => {
      const trace = forward(net, x);
      const y = last(trace.o, trace.T);
      const loss = labels
        ? lossOf(net, trace, targets(x, labels[b], 'last'), 'cross_entropy').loss
        : Number.NaN;
      return { loss, y };
    });
    return { ...result, gradientNorm: Number.NaN };
  };
  const learn = (sequences: readonly Int32Array[], labels: ArrayLike<number>) =>
    batch('step', { sequences, labels }, (x, b) => {
      const example = { x, target: targets(x, labels[b], ask) };
      const { loss, trace } = accumulate(net, example, 'cross_entropy', grad);
      return { loss, y: last(trace.o, trace.T) };
    });

  return {
    plan: { shape: { classes: O }, capacity, ...(training && { training }) },
    kernel: 'from scratch, float64',
    threads: 1,
    parameters: { count: weightNames.reduce((sum, name) => sum + net[name].length, 0) },
    initialise(seed) {
      requireOpen('initialise');
      net = createRnn(sizes, createRandom(seed), { recurrent: RECURRENT, input: INPUT, output: OUTPUT });
    },
    step(sequences, labels, { lr }) {
      const result = learn(sequences, labels);
      const norm = sgdStep(net, grad, { lr, clip, examples: sequences.length });
      return { ...result, loss: Number.isFinite(norm) ? result.loss : Number.NaN, gradientNorm: norm };
    },
    evaluate: (sequences, labels) => score('evaluate', sequences, labels),
    predict(sequences) {
      score('predict', sequences);
      return probabilities;
    },
    probabilities: () => probabilities,
    tensors() {
      requireOpen('tensors');
      return toTensors(net);
    },
    load(tensors) {
      requireOpen('load');
      net = fromTensors(tensors, sizes);
    },
    // plain SGD remembers nothing between two steps
    optimizerState: () => ({}),
    loadOptimizerState() {},
    async close() {
      closed = true;
      net = zeroRnn({ D: 1, H: 1, O: 1 }); // its memory goes, also where somebody keeps the classifier
    },
  };
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

/** The parameters back from {@link toTensors}. @throws ShapeError */
function fromTensors(
  tensors: Readonly<Record<string, Tensor>>,
  sizes: { D: number; H: number; O: number },
): Rnn {
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
