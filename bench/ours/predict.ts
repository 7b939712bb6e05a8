/** Prediction from token ids to probabilities: many documents in batches, or one at a time. */
import { createRng } from '../../src/core/rng.ts';
import type { EngineChoice } from '../../src/engine/choose.ts';
import { capacityFor, predictSequences } from '../../src/models/predict.ts';
import { createSession } from '../../src/models/session.ts';
import type { PredictSpec } from '../support/protocol.ts';
import type { Work } from '../support/serve.ts';
import { writeData } from './data.ts';
import { lstmFlop } from './flop.ts';
import { joined, modelOf, randomSequences } from './step.ts';

const SEED = 7;

/** Sets prediction up on so many threads. One step predicts all documents once. */
export async function preparePredict(
  spec: PredictSpec,
  engine: EngineChoice,
  threads: number,
): Promise<Work> {
  const { lengths, vocabulary, classes, batchSize } = spec;
  const session = await createSession({
    engine,
    threads,
    shape: { model: modelOf(spec), vocabularySize: vocabulary, classes },
    capacity: capacityFor([{ lengths, batchSize }]),
  });
  session.initialise(SEED);
  const sequences = randomSequences(createRng(SEED).fork('documents'), lengths, vocabulary);
  const ids = joined(sequences);
  const data = writeData([
    ...Object.entries(session.tensors()).map(([name, tensor]) => ({ name, ...tensor })),
    { name: 'ids', shape: [ids.length], data: ids },
  ]);
  const all = (): Float64Array => {
    if (batchSize > 1) return predictSequences(session, sequences);
    return Float64Array.from(sequences.flatMap((sequence) => [...session.predict([sequence])]));
  };
  return {
    variants: { ours: { step: () => void all(), check: [all().reduce((sum, p) => sum + p * p, 0)] } },
    data,
    flop: lstmFlop(spec, 1),
    async release() {
      data.remove();
      await session.close();
    },
  };
}
