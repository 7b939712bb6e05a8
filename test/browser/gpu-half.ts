/** Recurrent weights in half precision on the GPU: what they move, beside the plain loops in float64. */
import { float16Bits, float16ToFloat32Bits } from '../../src/core/float16.ts';
import { chooseEngine } from '../../src/engine/index.ts';
import { createGpuSession } from '../../src/models/recurrent/gpu/session.ts';
import { createSession } from '../../src/models/session.ts';
import type { Tensor } from '../../src/models/trainable.ts';
import { batchOf, bitsOf, differenceOf, type GpuCase, openGpuFor, openPlan } from './gpu-workload.ts';

/** Layers of which no invocation has a single column: their weights come from the cache. */
export const HALF_CASES: Readonly<Record<string, GpuCase>> = {
  'two layers of an lstm': {
    model: { type: 'bilstm', hidden_size: 20, embedding_dim: 6, num_layers: 2, dropout: 0.2 },
    training: { halfWeights: true },
    lengths: [9, 6, 6, 2],
    classes: 3,
    invocations: 64,
  },
  'a gru with weight drop': {
    model: { type: 'gru', hidden_size: 33, embedding_dim: 6, weight_drop: 0.5 },
    training: { halfWeights: true },
    lengths: [7, 4, 1],
    classes: 2,
    invocations: 40,
  },
};

/** Proportions of each array's largest value, the largest of all arrays; relative ones of losses. */
export interface HalfResult {
  /** Outputs, which are computed in float32 where nothing is learned. */
  readonly probabilities: number;
  /** Gradients of weights as they are drawn, and of weights that half precision has. */
  readonly gradients: number;
  readonly exact: number;
  /** Of ten steps. */
  readonly losses: number;
  readonly bits: readonly [string, string];
}

function inHalf(x: number): number {
  return new Float32Array(Int32Array.of(float16ToFloat32Bits(float16Bits(x))).buffer)[0];
}

function rounded(tensors: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const round = ([name, tensor]: [string, Tensor]) =>
    [name, name.includes('weight_hh') ? { ...tensor, data: tensor.data.map(inHalf) } : tensor] as const;
  return Object.fromEntries(Object.entries(tensors).map(round));
}

/** Runs a case. */
export async function runHalf(name: string): Promise<HalfResult> {
  const given = HALF_CASES[name];
  const plan = openPlan(given);
  const { sequences, labels } = batchOf(given);
  const open = (engine: Parameters<typeof chooseEngine>[1]) =>
    createSession({ ...plan, engine: chooseEngine(performance.now.bind(performance), engine) });
  const specification = await open('reference float64');
  const gpu = await createGpuSession(await open('reference float32'), await openGpuFor(given));
  const gradientsDiffer = async () => {
    const { gradients } = await gpu.gradients(sequences, labels, 2);
    specification.gradients(sequences, labels, 2);
    const f = specification.engine.f as Float64Array;
    const { list } = specification.parameters;
    return Math.max(...list.map((p) => differenceOf(gradients[p.name], p.read(f, p.grad))));
  };
  for (const session of [specification, gpu]) session.initialise(3);
  await gpu.evaluate(sequences, labels);
  specification.evaluate(sequences, labels);
  const probabilities = differenceOf(gpu.probabilities(), specification.probabilities());
  const gradients = await gradientsDiffer();
  const start = rounded(specification.tensors());
  for (const session of [specification, gpu]) session.load(start);
  const exact = await gradientsDiffer();
  let losses = 0;
  const run = async () => {
    for (let step = 0; step < 10; step++) {
      const at = { step, lr: 5e-3 };
      const [own, its] = [specification.step(sequences, labels, at), await gpu.step(sequences, labels, at)];
      losses = Math.max(losses, Math.abs(its.loss / own.loss - 1));
    }
    return bitsOf(await gpu.tensors());
  };
  const zero = async () => {
    for (const session of [specification, gpu]) {
      session.load(start);
      const state = Object.entries(await session.optimizerState());
      session.loadOptimizerState(
        Object.fromEntries(state.map(([key, { length }]) => [key, new Float32Array(length)])),
      );
    }
  };
  const first = await run();
  await zero();
  const bits = [first, await run()] as const;
  await gpu.close();
  return { probabilities, gradients, exact, losses, bits };
}
