/** Prediction: documents a second in batches, and how long one document takes. */
import { createRng } from '../src/core/rng.ts';
import type { Bench } from './bench.ts';
import { againstPyTorch, type CaseOf } from './support/against-pytorch.ts';
import type { PredictSpec } from './support/protocol.ts';
import { round } from './support/statistics.ts';

/** Lengths of documents, many short and few long, 10 to 256 tokens. */
function documentLengths(count: number): number[] {
  const rng = createRng(11);
  return Array.from({ length: count }, () => Math.round(10 + 246 * rng.float() ** 2));
}

/** The default model. */
const model: Omit<PredictSpec, 'lengths' | 'batchSize'> = {
  kind: 'predict',
  input: 128,
  hidden: 128,
  layers: 1,
  bidirectional: true,
  vocabulary: 20_000,
  pooling: ['last', 'mean', 'max'],
  classes: 5,
};

const cases: readonly (CaseOf & { readonly spec: PredictSpec })[] = [
  { case: '512 documents, batches of 64', spec: { ...model, lengths: documentLengths(512), batchSize: 64 } },
  { case: '16 documents, one at a time', spec: { ...model, lengths: documentLengths(16), batchSize: 1 } },
  { case: 'one document of 50 tokens', spec: { ...model, lengths: [50], batchSize: 1 } },
];

/** Throughput and latency of prediction beside PyTorch in inference mode. */
export const predict: Bench = {
  name: 'predict',
  claim: 'Predicting takes less time than in PyTorch, in batches and one document at a time.',
  method:
    'The default model (bidirectional LSTM, one layer, 128/128, poolings last, mean and max) from token ids to probabilities; ' +
    'documents of 10 to 256 tokens. PyTorch: `eval()` and `inference_mode()`, its batches padded, sorted and turned into tensors beforehand.',
  run: (options) =>
    againstPyTorch(cases, options, {
      rounds: 15,
      finish: (measured, { spec }) => {
        const documents = spec.kind === 'predict' ? spec.lengths.length : NaN;
        const perSecond = (ms: number | null) => (ms === null ? undefined : round((documents / ms) * 1000));
        const [own, theirs] = [perSecond(measured.ours_ms), perSecond(measured.peer_ms)];
        return {
          ...measured,
          ...(own !== undefined && { ours_per_second: own }),
          ...(theirs !== undefined && { peer_per_second: theirs }),
        };
      },
    }),
};
