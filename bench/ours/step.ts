/** A whole training step: from token ids to changed weights. */
import { createRng, type Rng } from '../../src/core/rng.ts';
import type { EngineChoice } from '../../src/engine/choose.ts';
import { recurrentOptions, type RecurrentModelOptions } from '../../src/models/options.ts';
import { capacityFor } from '../../src/models/predict.ts';
import { createSession } from '../../src/models/session.ts';
import type { PredictSpec, StepSpec } from '../support/protocol.ts';
import type { Work } from '../support/serve.ts';
import { writeData } from './data.ts';
import { lstmFlop } from './flop.ts';

const SEED = 7;
const LR = 1e-3;
/** Steps whose losses must agree on both sides. */
const CHECKED = 3;

/** The model of a spec. */
export function modelOf(spec: StepSpec | PredictSpec): RecurrentModelOptions {
  return recurrentOptions({
    type: spec.bidirectional ? 'bilstm' : 'lstm',
    embedding_dim: spec.input,
    hidden_size: spec.hidden,
    num_layers: spec.layers,
    dropout: spec.kind === 'step' ? spec.dropout : 0,
    embedding_dropout: spec.kind === 'step' ? (spec.embeddingDropout ?? 0) : 0,
    pooling: [...spec.pooling],
  });
}

/** Sequences of random ids, never the padding's. */
export function randomSequences(rng: Rng, lengths: readonly number[], vocabulary: number): Int32Array[] {
  return lengths.map((n) => Int32Array.from({ length: n }, () => 1 + rng.int(vocabulary - 1)));
}

/** Ids side by side, sequence after sequence. */
export function joined(sequences: readonly Int32Array[]): Int32Array {
  return Int32Array.from(sequences.flatMap((ids) => [...ids]));
}

/** Sets a training step up on so many threads. */
export async function prepareStep(spec: StepSpec, engine: EngineChoice, threads: number): Promise<Work> {
  const { lengths, vocabulary, classes, smoothing, dropout, embeddingDropout = 0, weightDecay = 0 } = spec;
  const rows = lengths.length;
  const session = await createSession({
    engine,
    threads,
    shape: { model: modelOf(spec), vocabularySize: vocabulary, classes },
    capacity: capacityFor([{ lengths, batchSize: rows }]),
    training: {
      loss: { type: 'cross_entropy', label_smoothing: smoothing },
      optimizer: { type: 'adam', weight_decay: weightDecay },
      clipNorm: null,
      seed: SEED,
    },
  });
  session.initialise(SEED);
  const rng = createRng(SEED).fork('batches');
  const batches = Array.from({ length: spec.batches }, () => ({
    sequences: randomSequences(rng, lengths, vocabulary),
    labels: Int32Array.from({ length: rows }, () => rng.int(classes)),
  }));
  const data = writeData([
    ...Object.entries(session.tensors()).map(([name, tensor]) => ({ name, ...tensor })),
    ...batches.map(({ sequences }, b) => {
      const ids = joined(sequences);
      return { name: `ids.${b}`, shape: [ids.length], data: ids };
    }),
    ...batches.map(({ labels }, b) => ({ name: `labels.${b}`, shape: [rows], data: labels })),
  ]);
  let n = 0;
  const step = (): number => {
    const { sequences, labels } = batches[n % batches.length];
    return session.step(sequences, labels, { step: n++, lr: LR }).loss;
  };
  // masks of dropout differ: there only the network without them can be compared
  const before = session.evaluate(batches[0].sequences, batches[0].labels).loss;
  const losses = Array.from({ length: CHECKED }, step);
  return {
    variants: {
      ours: { step: () => void step(), check: dropout + embeddingDropout === 0 ? losses : [before] },
    },
    data,
    flop: lstmFlop(spec, 3),
    async release() {
      data.remove();
      await session.close();
    },
  };
}
