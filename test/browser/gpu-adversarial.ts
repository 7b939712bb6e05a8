/** Adversarial training on the GPU where the pass with perturbed vectors diverges, beside the plain loops in float32. */
import { chooseEngine } from '../../src/engine/index.ts';
import { createGpuSession } from '../../src/models/recurrent/gpu/session.ts';
import { createSession } from '../../src/models/session.ts';
import type { LearningClassifier } from '../../src/models/trainable.ts';
import { batchOf, bitsOf, type GpuCase, openGpuFor, openPlan } from './gpu-workload.ts';

/** What a step came to: whether its loss is finite, and whether the weights moved. */
interface Stepped {
  readonly finite: boolean;
  readonly moved: boolean;
}

/** What the devices came to. */
export interface Diverged {
  /** Whether the loss of the unperturbed vectors is finite. */
  readonly evaluated: boolean;
  readonly cpu: Stepped;
  readonly gpu: Stepped;
}

/** A step of a bag of words without dropout, whose vectors are moved by so much that the second pass has no finite loss. */
export async function diverged(): Promise<Diverged> {
  const given: GpuCase = {
    model: { type: 'rnn', hidden_size: 6, embedding_dim: 6, dropout: 0, pooling: 'mean' },
    layers: 0,
    training: { adversarial: 3e38 },
    lengths: [5, 3, 1],
    classes: 3,
  };
  const plan = openPlan(given);
  const { sequences, labels } = batchOf(given);
  const open = () =>
    createSession({ ...plan, engine: chooseEngine(performance.now.bind(performance), 'reference float32') });
  const cpu = await open();
  const gpu = await createGpuSession(await open(), await openGpuFor(given));
  const step = async (session: LearningClassifier): Promise<Stepped> => {
    const before = bitsOf(await session.tensors());
    const { loss } = await session.step(sequences, labels, { step: 0, lr: 0.1 });
    return { finite: Number.isFinite(loss), moved: bitsOf(await session.tensors()) !== before };
  };
  for (const session of [cpu, gpu]) session.initialise(3);
  const evaluated = Number.isFinite((await gpu.evaluate(sequences, labels)).loss);
  const result = { evaluated, cpu: await step(cpu), gpu: await step(gpu) };
  await gpu.close();
  return result;
}
