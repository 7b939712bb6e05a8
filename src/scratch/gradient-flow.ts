/**
 * How much of the gradient at the end of a sequence reaches its beginning: ‖∂L/∂h_t‖ for every t, where the loss only
 * depends on h_T. In the plain RNN each step back is one factor W_hhᵀ · diag(1 - h_t²); in the LSTM there is a second
 * way, c_t → c_{t-1}, whose factor is the forget gate.
 */
import { createLstm, lstmBackward, lstmForward } from './lstm.ts';
import { backward, createRandom, createRnn, forward, zeroGradient } from './rnn.ts';
import type { Random } from './rnn.ts';

/** A network to look at. */
interface Flow {
  readonly name: string;
  /** One phrase. */
  readonly summary: string;
  /** ∂L/∂h_t [T+1 × H] for a sequence of vectors [T] of D numbers, from ∂L/∂h_T [H]. */
  create(
    random: Random,
    T: number,
  ): (xs: readonly number[][], dhT: Float64Array<ArrayBuffer>) => Float64Array;
}

const [D, H] = [8, 32];

/** The gradient through an RNN of these weights: ∂L/∂h_T enters as ∂L/∂o_T, with W_hy the identity. */
function throughRnn(random: Random, recurrent: 'random' | 'identity') {
  const net = createRnn({ D, H, O: H }, random, { input: 0.1 });
  net.Why.fill(0);
  for (let j = 0; j < H; j++) net.Why[j * H + j] = 1;
  // uniform in ±1/√H: what frameworks start with
  if (recurrent === 'random') {
    for (let n = 0; n < H * H; n++) net.Whh[n] = (2 * random.uniform() - 1) / Math.sqrt(H);
  }
  return (xs: readonly number[][], dhT: Float64Array<ArrayBuffer>) => {
    const trace = forward(net, xs);
    const dO = new Float64Array(trace.o.length);
    dO.set(dhT, trace.T * H);
    return backward(net, xs, trace, dO, zeroGradient(net));
  };
}

function throughLstm(random: Random, forgetBias: number) {
  const lstm = createLstm({ D, H }, random, { forgetBias });
  return (xs: readonly number[][], dhT: Float64Array<ArrayBuffer>) =>
    lstmBackward(lstm, lstmForward(lstm, xs), dhT).dh;
}

/** The networks, in the order in which they keep more. */
export const flows: readonly Flow[] = [
  {
    name: 'rnn',
    summary: 'RNN, W_hh random',
    create: (random) => throughRnn(random, 'random'),
  },
  {
    name: 'rnn-identity',
    summary: 'RNN, W_hh identity',
    create: (random) => throughRnn(random, 'identity'),
  },
  { name: 'lstm', summary: 'LSTM, forget bias 1', create: (random) => throughLstm(random, 1) },
  {
    name: 'lstm-open',
    summary: 'LSTM, forget bias ln T',
    create: (random, T) => throughLstm(random, Math.log(T)),
  },
];

/** The gradient through one network at one length. */
export interface FlowCurve {
  readonly network: string;
  readonly summary: string;
  /** T. */
  readonly length: number;
  /** [T] ‖∂L/∂h_t‖ / ‖∂L/∂h_T‖ for t = 1 … T, the geometric mean over sequences. */
  readonly norms: readonly number[];
  /** The first of them: what arrives at the beginning. */
  readonly arrives: number;
  /** What is left of the gradient per step back, on average: arrives^(1/(T-1)). */
  readonly perStep: number;
}

/** Gradient norms through time, as plain JSON. */
export interface GradientFlow {
  readonly seed: number;
  readonly sizes: { readonly D: number; readonly H: number };
  readonly sequences: number;
  readonly curves: readonly FlowCurve[];
}

/** The lengths that are shown. */
export const LENGTHS: readonly number[] = [10, 25, 50, 100, 200];
const SEQUENCES = 10;
/** Stands for a norm that is 0, so that its logarithm can be taken. */
const TINY = 1e-300;

/** Measures all networks at all lengths. The same seed gives the same numbers. */
export function measureGradientFlow(seed: number, lengths: readonly number[] = LENGTHS): GradientFlow {
  const curves = flows.flatMap(({ name, summary, create }) =>
    lengths.map((length): FlowCurve => {
      const random = createRandom(seed); // all lengths have the same network, all networks the same sequences
      const gradient = create(createRandom(seed + 1), length);
      const sequences = Array.from({ length: SEQUENCES }, () => ({
        xs: Array.from({ length }, () => Array.from({ length: D }, () => random.normal())),
        dhT: Float64Array.from({ length: H }, () => random.normal()),
      }));
      const logs = new Float64Array(length); // [T]
      for (const { xs, dhT } of sequences) {
        const dh = gradient(xs, dhT);
        const last = norm(dhT, 0);
        for (let t = 1; t <= length; t++) {
          logs[t - 1] += Math.log(Math.max(norm(dh, t * H) / last, TINY)) / SEQUENCES;
        }
      }
      const norms = Array.from(logs, (log) => Math.exp(log));
      const perStep = Math.exp(logs[0] / Math.max(1, length - 1));
      return { network: name, summary, length, norms, arrives: norms[0], perStep };
    }),
  );
  return { seed, sizes: { D, H }, sequences: SEQUENCES, curves };
}

/** Length of the H numbers from `at`. */
function norm(values: Float64Array, at: number): number {
  let squares = 0;
  for (let j = 0; j < H; j++) squares += values[at + j] ** 2;
  return Math.sqrt(squares);
}
