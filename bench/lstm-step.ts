/** The claim that the project stands on: a BiLSTM trains faster than in PyTorch on a CPU. */
import type { Bench } from './bench.ts';
import { againstPyTorch, type CaseOf } from './support/against-pytorch.ts';
import type { LstmSpec, StepSpec } from './support/protocol.ts';

const ROWS = 24;
const STEPS = 50;

const equal = (rows: number, steps: number): number[] => new Array<number>(rows).fill(steps);

/** `rows` lengths evenly spread from `most` down to `least`. */
const spreadLengths = (rows: number, least: number, most: number): number[] =>
  Array.from({ length: rows }, (_, b) => Math.round(most - ((most - least) * b) / (rows - 1)));

const lstm: LstmSpec = {
  kind: 'lstm',
  input: 128,
  hidden: 128,
  layers: 2,
  bidirectional: true,
  lengths: equal(ROWS, STEPS),
};

const step: StepSpec = {
  ...lstm,
  kind: 'step',
  vocabulary: 5000,
  pooling: ['last', 'mean', 'max'],
  classes: 5,
  dropout: 0,
  smoothing: 0.1,
  batches: 8,
};

const cases: readonly CaseOf[] = [
  { case: 'LSTM forward + backward', spec: lstm, bars: { 1: 0.77, 2: 0.67 } },
  { case: 'training step', spec: step, bars: { 1: 0.77, 2: 0.77 } },
  { case: 'training step, dropout 0.3', spec: { ...step, dropout: 0.3 } },
  { case: 'LSTM, hidden 64', spec: { ...lstm, hidden: 64 } },
  { case: 'LSTM, hidden 256', spec: { ...lstm, hidden: 256 } },
  { case: 'LSTM, batch 64', spec: { ...lstm, lengths: equal(64, STEPS) } },
  { case: 'LSTM, 200 steps', spec: { ...lstm, lengths: equal(ROWS, 200) } },
  { case: 'LSTM, lengths 10 to 50', spec: { ...lstm, lengths: spreadLengths(ROWS, 10, STEPS) } },
  { case: 'training step, lengths 10 to 50', spec: { ...step, lengths: spreadLengths(ROWS, 10, STEPS) } },
];

/** Forward and backward of an LSTM stack, and whole training steps, beside PyTorch. */
export const lstmStep: Bench = {
  name: 'lstm-step',
  claim: 'A bidirectional LSTM trains faster than in PyTorch on the same processor.',
  method:
    'Two layers, bidirectional, input 128, hidden 128, batch 24, 50 time steps unless the case says otherwise. ' +
    '“LSTM” is forward and backward from a given gradient of the output, weights packed and gradients cleared each time; ' +
    '“training step” adds an embedding of 5,000 words, the poolings last, mean and max, a linear layer, ' +
    'cross-entropy with label smoothing, and Adam (PyTorch: fused). ' +
    '“Peak” is a loop of multiply-adds that touches registers only, on as many threads, measured in the same rounds: ' +
    'where two threads reach no more than one, the machine has given them one core, and neither side can gain from the second.',
  run: (options) => againstPyTorch(cases, options, { rounds: 15, peak: true }),
};
