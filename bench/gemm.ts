/** How much of one core the matrix product gets out. */
import type { Bench } from './bench.ts';
import { againstPyTorch, type CaseOf } from './support/against-pytorch.ts';
import type { GemmSpec } from './support/protocol.ts';

/** A product that occurs in the step of `lstm-step`. */
function product(what: string, op: GemmSpec['op'], M: number, K: number, N: number): CaseOf {
  return { case: `${what}: ${M}×${K}·${K}×${N}`, spec: { kind: 'gemm', op, M, K, N } };
}

const cases: readonly CaseOf[] = [
  product('input of layer 1', 'nn', 1200, 128, 512),
  product('input of layer 2', 'nn', 1200, 256, 512),
  product('recurrent, one time step', 'nn', 24, 128, 512),
  product('recurrent, backward', 'nn', 24, 512, 128),
  product('gradient of the input', 'nn', 1200, 512, 256),
  product('gradient of the weights', 'tn', 256, 1200, 512),
  product('large', 'nn', 1008, 1024, 1024),
];

/** Rates of the products of a training step, as a proportion of what one core can do. */
export const gemm: Bench = {
  name: 'gemm',
  claim: 'The matrix product, which is most of a training step, runs near the limit of a core.',
  method:
    'One thread. The limit is measured in the same rounds by a loop of multiply-adds that touches registers only, in the same vectors as the kernels. ' +
    'PyTorch multiplies with `torch.mm` into a matrix that is there already. Weight gradients include packing both sides.',
  run: (options) => againstPyTorch(cases, { ...options, threads: [1] }, { rounds: 15, peak: true }),
};
