/**
 * What the tests of the GPU run, in a page or in Node: models of odd shapes on ragged batches, compared with the plain loops in
 * float64 and with themselves. Everything that comes back is plain data.
 */
import { createRng } from '../../src/core/rng.ts';
import { chooseEngine } from '../../src/engine/index.ts';
import { type Gpu, openGpu } from '../../src/engine/webgpu/device.ts';
import { createGpuSession } from '../../src/models/recurrent/gpu/session.ts';
import { recurrentOptions } from '../../src/models/options.ts';
import { createSession } from '../../src/models/session.ts';
import { idsWithNgrams } from '../../src/text/ngrams.ts';
import type { Tensor, TrainingSpec, TrainingStep } from '../../src/models/trainable.ts';

/** A case: a model, a training, a batch. */
export interface GpuCase {
  readonly model: Readonly<Record<string, unknown>>;
  /** Recurrent layers where they are not those of the model: 0 for a bag of words. */
  readonly layers?: number;
  readonly training?: Partial<TrainingSpec>;
  /** Tokens of the documents, falling. */
  readonly lengths: readonly number[];
  readonly classes: number;
  /** Documents that there is room for: it decides how many a workgroup has. Default those of the batch. */
  readonly rows?: number;
  /** Invocations of a workgroup, fewer than the adapter's: weights then come from the cache. */
  readonly invocations?: number;
  /** Pretrained rows at the end of the vocabulary, and how many of these are fixed. */
  readonly pretrained?: { readonly from: number; readonly fixed: number };
  /** What differs between steps. */
  readonly at?: Partial<TrainingStep>;
}

const V = 37;
const ADAM = { type: 'adam', betas: [0.9, 0.999], eps: 1e-8, weight_decay: 0 } as const;
const LOSS = { type: 'cross_entropy', label_smoothing: 0, logit_adjustment: 0 } as const;

/** The cases, by what is special about them. */
export const CASES: Readonly<Record<string, GpuCase>> = {
  'lstm, every dropout': {
    model: {
      ...{
        type: 'bilstm',
        hidden_size: 20,
        embedding_dim: 12,
        num_layers: 2,
        dropout: 0.3,
        embedding_dropout: 0.2,
      },
      ...{ word_dropout: 0.1, word_type_dropout: 0.1, pooling: 'last+mean+max' },
    },
    training: { clipNorm: 0.3, classWeights: [1, 2, 0.5], loss: { ...LOSS, label_smoothing: 0.1 } },
    lengths: [7, 7, 4, 1],
    classes: 3,
  },
  'gru, weights from the cache, masks of sequences': {
    model: {
      type: 'bigru',
      hidden_size: 17,
      embedding_dim: 33,
      num_layers: 2,
      dropout: 0.4,
      variational_dropout: true,
      pooling: 'mean',
    },
    training: { optimizer: { ...ADAM, type: 'adamw', weight_decay: 0.1 } },
    lengths: [9, 4, 4, 1],
    classes: 2,
    invocations: 40,
  },
  'rnn, several documents a workgroup, momentum': {
    model: { type: 'rnn', hidden_size: 16, embedding_dim: 5, num_layers: 1, dropout: 0, pooling: 'max+last' },
    training: {
      optimizer: { type: 'sgd', momentum: 0.9, dampening: 0, nesterov: true, weight_decay: 0.01 },
      clipNorm: 1,
    },
    lengths: [9, 5, 5, 3, 1],
    classes: 7,
    rows: 300,
  },
  'relu, logit adjustment, an average, dampened momentum': {
    model: {
      type: 'birnn',
      nonlinearity: 'relu',
      hidden_size: 3,
      embedding_dim: 16,
      dropout: 0.2,
      pooling: 'last',
    },
    training: {
      ...{ loss: { ...LOSS, logit_adjustment: 1 }, classPriors: [0.7, 0.1, 0.1, 0.1], average: true },
      optimizer: { type: 'sgd', momentum: 0.8, dampening: 0.4, nesterov: false, weight_decay: 0 },
    },
    lengths: [6, 5, 1],
    classes: 4,
    at: { averageRate: 0.3 },
  },
  'attention with heads, beside all other poolings': {
    model: {
      ...{ type: 'bigru', hidden_size: 10, embedding_dim: 9, dropout: 0.2 },
      pooling: [
        'max',
        { type: 'attention', size: 21, heads: 3 },
        'mean',
        { type: 'windows', size: 3 },
        'last',
      ],
    },
    training: { clipNorm: 0.5, optimizer: { ...ADAM, weight_decay: 0.05 } },
    lengths: [70, 8, 3, 1],
    classes: 3,
  },
  'attention alone; soft labels': {
    model: { type: 'lstm', hidden_size: 35, embedding_dim: 7, pooling: { type: 'attention', size: 66 } },
    training: {
      ...{ loss: { ...LOSS, label_smoothing: 0.2 }, classWeights: [1, 0.5, 2], softLabels: true },
      optimizer: { ...ADAM, eps: 1e-4 }, // gradients of the scores are small, and Adam divides by their size
    },
    lengths: [7, 2, 1],
    classes: 3,
    at: { targets: Float64Array.of(0.5, 0.25, 0.25, 0, 0.125, 0.875, 1, 0, 0) },
  },
  'windows alone; focal loss, class weights, logit adjustment': {
    model: { type: 'birnn', hidden_size: 5, embedding_dim: 6, pooling: { type: 'windows', size: 4 } },
    training: {
      loss: { type: 'focal', focal_gamma: 1.5, logit_adjustment: 0.5 },
      ...{ classWeights: [0.5, 2, 1], classPriors: [0.5, 0.3, 0.2] },
    },
    lengths: [13, 9, 4, 3, 1],
    classes: 3,
    rows: 9,
  },
  'character n-grams; mean squared error in a phase before a focal loss': {
    model: {
      ...{ type: 'rnn', hidden_size: 8, embedding_dim: 16, ngram_buckets: 29, embedding_dropout: 0.2 },
      ...{ word_dropout: 0.2, word_type_dropout: 0.2 },
    },
    training: {
      loss: { type: 'focal', focal_gamma: 0, logit_adjustment: 0 },
      phaseLosses: [LOSS, { type: 'mse' }],
      ...{ classWeights: [1, 0.5, 2], clipNorm: 1, average: true },
    },
    lengths: [8, 6, 3, 1],
    classes: 3,
    pretrained: { from: 20, fixed: 5 },
    at: { averageRate: 0.5, loss: 2 },
  },
  'a bag of words': {
    model: {
      ...{ type: 'rnn', hidden_size: 18, embedding_dim: 18, embedding_dropout: 0.1, dropout: 0.2 },
      pooling: ['mean', 'max', { type: 'attention', size: 5 }],
    },
    layers: 0,
    training: { clipNorm: 0.1 },
    lengths: [8, 6, 3, 1],
    classes: 3,
  },
  'more parameters than workgroups take at a time': {
    model: { type: 'rnn', hidden_size: 8192, embedding_dim: 8192, ngram_buckets: 260, pooling: 'mean' },
    layers: 0,
    training: {
      optimizer: { type: 'sgd', momentum: 0.9, dampening: 0, nesterov: false, weight_decay: 0 },
      clipNorm: 0.01,
    },
    lengths: [4, 1],
    classes: 2,
  },
  'mixtures of documents; weight drop': {
    model: {
      ...{ type: 'bilstm', hidden_size: 9, embedding_dim: 6, num_layers: 2, dropout: 0.1 },
      ...{ weight_drop: 0.4, pooling: 'mean+max' },
    },
    training: { mixup: 0.7, loss: { ...LOSS, label_smoothing: 0.1 }, classWeights: [1, 2, 0.5], clipNorm: 1 },
    lengths: [6, 4, 4, 2, 1],
    classes: 3,
  },
  'two passes with other masks; weight drop, weights from the cache': {
    model: {
      ...{ type: 'bigru', hidden_size: 20, embedding_dim: 5, num_layers: 2, dropout: 0.3, weight_drop: 0.5 },
      ...{ embedding_dropout: 0.2, word_type_dropout: 0.1, pooling: 'last' },
    },
    training: { rDrop: 2, clipNorm: 0.5 },
    lengths: [6, 4, 4, 2],
    classes: 3,
    invocations: 24,
  },
  'adversarial training': {
    model: { type: 'gru', hidden_size: 6, embedding_dim: 20, embedding_dropout: 0.2, pooling: 'max' },
    training: { adversarial: 0.3, clipNorm: 1 },
    lengths: [9, 4, 4, 2, 1],
    classes: 3,
  },
  'mixtures, two passes, adversarial training, weight drop, n-grams, attention': {
    model: {
      ...{ type: 'gru', hidden_size: 6, embedding_dim: 5, dropout: 0.3, weight_drop: 0.3, ngram_buckets: 11 },
      pooling: ['mean', { type: 'attention', size: 4, heads: 2 }],
    },
    training: { mixup: 1, rDrop: 0.5, adversarial: 0.2, loss: { type: 'mse' } },
    lengths: [6, 4, 4, 2],
    classes: 3,
  },
  'one token; pretrained rows; a frozen layer': {
    model: {
      type: 'lstm',
      hidden_size: 33,
      embedding_dim: 16,
      num_layers: 2,
      dropout: 0,
      pooling: 'mean+max',
    },
    training: { clipNorm: 0.1 },
    lengths: [1],
    classes: 2,
    invocations: 64,
    pretrained: { from: 20, fixed: 5 },
    at: {
      groups: [0.5, 0, 1, 1].map((rate, n) => ({ rate, updates: n })),
      pretrainedRate: 0,
    },
  },
};

/** Largest difference as a proportion of the largest value. */
export function differenceOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [largest, difference] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    largest = Math.max(largest, Math.abs(b[i]));
    difference = Math.max(difference, Math.abs(a[i] - b[i]));
  }
  return largest === 0 ? difference : difference / largest;
}

/** What a case comes to on the GPU, beside the plain loops. */
export interface CaseResult {
  /** Proportions of each array's largest value. */
  readonly probabilities: number;
  readonly gradients: Readonly<Record<string, number>>;
  readonly tensors: number;
  readonly state: number;
  readonly norm: number;
  /** Relative, of ten steps. */
  readonly losses: readonly number[];
  readonly correct: boolean;
  /** Of the parameters after a few steps, run twice. */
  readonly bits: readonly [string, string];
}

/** Steps that are compared, and those after which the bits of two runs are. */
const STEPS = 10;
const AGAIN = 3;

/** What a case's session is made for. */
export function openPlan({ model, layers, training, lengths, classes, rows, pretrained }: GpuCase) {
  const tokens = lengths.reduce((sum, n) => sum + n, 0);
  const given = recurrentOptions({ embedding_std: 1, ...model });
  const options = { ...given, num_layers: layers ?? given.num_layers };
  return {
    shape: { model: options, vocabularySize: V, classes, ...(pretrained && { pretrained }) },
    capacity: { rows: rows ?? lengths.length, tokens: tokens + 3, steps: lengths[0] + 1 },
    training: { loss: LOSS, optimizer: ADAM, clipNorm: null, seed: 9, ...training },
  };
}

/** The batch of a case, the same each time. */
export function batchOf({ model, lengths, classes }: GpuCase) {
  const rng = createRng(5);
  const buckets = Number(model['ngram_buckets'] ?? 0);
  const several = () => Array.from({ length: rng.int(4) }, () => rng.int(buckets));
  const document = (n: number) => {
    const ids = Int32Array.from({ length: n }, () => rng.int(V));
    return buckets === 0 ? ids : idsWithNgrams(ids, Array.from(ids, several));
  };
  return {
    sequences: lengths.map(document),
    labels: Int32Array.from(lengths, () => rng.int(classes)),
  };
}

/** A hash of the bits of all tensors. */
export function bitsOf(tensors: Readonly<Record<string, Tensor>>): string {
  let hash = 0;
  for (const { data } of Object.values(tensors))
    for (const word of new Int32Array(Float32Array.from(data).buffer))
      hash = (Math.imul(hash, 31) + word) | 0;
  return String(hash);
}

/** The GPU with what a case leaves it. */
export async function openGpuFor({ invocations }: GpuCase): Promise<Gpu> {
  const gpu = await openGpu();
  return invocations === undefined ? gpu : { ...gpu, facts: { ...gpu.facts, invocations } };
}

/** Runs a case. */
export async function runCase(name: string): Promise<CaseResult> {
  const given = CASES[name];
  const plan = openPlan(given);
  const { sequences, labels } = batchOf(given);
  const specification = await createSession({
    ...plan,
    engine: chooseEngine(performance.now.bind(performance), 'reference float64'),
  });
  const mirror = await createSession({
    ...plan,
    engine: chooseEngine(performance.now.bind(performance), 'reference float32'),
  });
  const gpu = await createGpuSession(mirror, await openGpuFor(given));
  const { from = 0 } = given.pretrained ?? {};
  const vectors = Float32Array.from({ length: (V - from) * 16 }, (_, n) => Math.fround(Math.sin(n)));
  const initialise = (session: Pick<typeof gpu, 'initialise'>) =>
    session.initialise(3, given.pretrained && { vectors, spread: 0.5 });
  initialise(specification);
  initialise(gpu);
  await gpu.evaluate(sequences, labels);
  specification.evaluate(sequences, labels);
  const probabilities = differenceOf(gpu.probabilities(), specification.probabilities());
  const { gradients } = await gpu.gradients(sequences, labels, 2);
  specification.gradients(sequences, labels, 2);
  const f = specification.engine.f as Float64Array;
  const trained = specification.parameters.list.filter(({ spec }) => !spec.fixed);
  const compared = trained.map((p) => [p.name, differenceOf(gradients[p.name], p.read(f, p.grad))] as const);
  const losses: number[] = [];
  let [correct, norm, bits] = [true, 0, ''];
  for (let step = 0; step < STEPS; step++) {
    if (step === AGAIN) bits = bitsOf(await gpu.tensors());
    // a smaller batch between larger ones
    const first = step > AGAIN && step % 4 === 1 && labels.length > 1 ? 1 : 0;
    const batch = [sequences.slice(first), labels.slice(first)] as const;
    const targets = given.at?.targets?.slice(first * given.classes);
    const at = { step, lr: 5e-3, ...given.at, ...(targets && { targets }) };
    const [own, its] = [specification.step(...batch, at), await gpu.step(...batch, at)];
    losses.push(Math.abs(its.loss / own.loss - 1));
    norm = Math.max(norm, Math.abs(its.gradientNorm - own.gradientNorm) / own.gradientNorm || 0);
    correct &&=
      its.weight === Math.fround(own.weight) &&
      its.correct === countCorrect(specification.probabilities(), batch[1]);
  }
  const [wanted, got] = [specification.tensors(), await gpu.tensors()];
  const [stateWanted, stateGot] = [specification.optimizerState(), await gpu.optimizerState()];
  const worst = (names: string[], of: (name: string) => number) => Math.max(...names.map(of));
  // the same again, with steps that overlap
  initialise(gpu);
  gpu.loadOptimizerState(
    Object.fromEntries(Object.entries(stateGot).map(([key, { length }]) => [key, new Float32Array(length)])),
  );
  await Promise.all(
    Array.from({ length: AGAIN }, async (_, step) =>
      gpu.step(sequences, labels, { step, lr: 5e-3, ...given.at }),
    ),
  );
  const again = await gpu.tensors();
  await gpu.close();
  return {
    ...{ probabilities, losses, norm, correct, gradients: Object.fromEntries(compared) },
    tensors: worst(Object.keys(wanted), (key) => differenceOf(got[key].data, wanted[key].data)),
    state: worst(Object.keys(stateWanted), (key) => differenceOf(stateGot[key], stateWanted[key])),
    bits: [bits, bitsOf(again)],
  };
}

function countCorrect(probabilities: Float64Array, labels: Int32Array): number {
  const C = probabilities.length / labels.length;
  return labels.reduce((sum, y, b) => {
    const row = probabilities.subarray(b * C, (b + 1) * C);
    return sum + (row.indexOf(Math.max(...row)) === y ? 1 : 0);
  }, 0);
}

/** What is said where the GPU is lost, is too small, or cannot train a model. */
export async function gpuErrors(): Promise<Readonly<Record<'lost' | 'small' | 'refused', string>>> {
  const given = CASES['relu, logit adjustment, an average, dampened momentum'];
  const { sequences, labels } = batchOf(given);
  const engine = chooseEngine(performance.now.bind(performance), 'reference float32');
  const session = await createSession({ ...openPlan(given), engine });
  session.initialise(1);
  const messageOf = async (work: () => Promise<unknown>): Promise<string> =>
    work().then(
      () => 'no error',
      (error: unknown) => String(error),
    );
  const gpu = await openGpu();
  const learner = await createGpuSession(session, gpu);
  await learner.step(sequences, labels, { step: 0, lr: 1e-3 });
  (gpu.device as GPUDevice).destroy();
  const lost = await messageOf(async () => learner.step(sequences, labels, { step: 1, lr: 1e-3 }));
  const other = await openGpu();
  const tiny = { ...other, facts: { ...other.facts, bufferBytes: 4096 } };
  const small = await messageOf(() => createGpuSession(session, tiny));
  const model = { ...session.plan.shape.model, pooling: ['sum'] };
  const plan = { ...session.plan, shape: { ...session.plan.shape, model } };
  const refused = await messageOf(() => createGpuSession({ ...session, plan }, other));
  other.close();
  return { lost, small, refused };
}
