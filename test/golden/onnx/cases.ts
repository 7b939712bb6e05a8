/** Small networks and a linear model with drawn weights, as graphs, with documents for them. */
import { createRng } from '../../../src/core/rng.ts';
import { linearGraph } from '../../../src/export/onnx/linear.ts';
import { featureInput } from '../../../src/export/onnx/linear-features.ts';
import { type OnnxModel, writeOnnx } from '../../../src/export/onnx/model.ts';
import { idsInput } from '../../../src/export/onnx/read-back.ts';
import { recurrentGraph } from '../../../src/export/onnx/recurrent.ts';
import type { Value } from '../../../src/export/onnx/values.ts';
import { quantise } from '../../../src/models/files/index.ts';
import { parametersOf, recurrentOptions } from '../../../src/models/index.ts';

/** A graph with a batch. */
export interface OnnxCase {
  readonly model: OnnxModel;
  readonly inputs: Readonly<Record<string, Value>>;
}

const [V, C] = [12, 3];
const LABELS = ['a', 'b', 'ç'];
const SEQUENCES = [[2, 3, 4, 5, 1, 6, 7], [8], [1, 1, 1], [11, 10, 9, 2]].map((ids) => Int32Array.from(ids));

type Given = Parameters<typeof recurrentOptions>[0];

const NETWORKS: Readonly<Record<string, { readonly given: Given; readonly int8?: boolean }>> = {
  'bilstm of two layers, last + mean + max': { given: { type: 'bilstm', num_layers: 2 } },
  'gru, mean': { given: { type: 'gru', pooling: 'mean' } },
  'bigru, attention of two heads + max': {
    given: { type: 'bigru', pooling: [{ type: 'attention', size: 6, heads: 2 }, 'max'] },
  },
  'birnn, windows of 2 + mean': { given: { type: 'birnn', pooling: [{ type: 'windows', size: 2 }, 'mean'] } },
  'bilstm, hierarchical with segments of 3 + max': {
    given: { type: 'bilstm', pooling: [{ type: 'hierarchical', size: 3, attention_size: 6 }, 'max'] },
  },
  'gru in 8 bits, hierarchical with segments of 2': {
    given: { type: 'gru', pooling: [{ type: 'hierarchical', size: 2 }] },
    int8: true,
  },
  'rnn with relu, last': { given: { type: 'rnn', nonlinearity: 'relu', pooling: 'last' } },
  'birnn, last': { given: { type: 'birnn', pooling: 'last' } },
  'bilstm in 8 bits': { given: { type: 'bilstm' }, int8: true },
};

function network(name: string): OnnxModel {
  const { given, int8 = false } = NETWORKS[name];
  const model = recurrentOptions({ embedding_dim: 9, hidden_size: 8, ...given });
  const rng = createRng(1).fork(name);
  const drawn = Object.fromEntries(
    parametersOf(model, { vocabularySize: V, classes: C }).map(({ name: tensor, shape, count }) => [
      tensor,
      { shape, data: Float32Array.from({ length: count }, () => rng.uniform(-1, 1)) },
    ]),
  );
  return recurrentGraph({
    model,
    tensors: int8 ? quantise(drawn) : drawn,
    labelNames: LABELS,
    calibrated: { temperature: 1.5 },
    frequencies: Float64Array.of(0.5, 0.3, 0.2),
  });
}

function linear(): OnnxModel {
  const rng = createRng(2);
  const features = Array.from({ length: 7 }, (_, f) => ({
    kind: f < 4 ? 0 : 1,
    text: `f${f}`,
    documents: f + 1,
  }));
  const tfidf = { options: { words: [1, 2], characters: [2, 5] }, documents: 20, features } as const;
  const weights = Float32Array.from({ length: 7 * C }, () => rng.uniform(-2, 2));
  const state = { tfidf, weights, bias: Float32Array.of(0.1, -0.2, 0.3), temperature: 0.4 };
  return linearGraph({
    state,
    labelNames: LABELS,
    thresholds: undefined,
    frequencies: Float64Array.of(0.5, 0.3, 0.2),
  });
}

const DOCUMENTS = [
  { features: [0, 2, 5], counts: [1, 3, 2] },
  { features: [], counts: [] },
  { features: [4, 6], counts: [1, 1] },
];

/** Every case by name. */
export const onnxCases: Readonly<Record<string, () => OnnxCase>> = {
  ...Object.fromEntries(
    Object.keys(NETWORKS).map((name) => [
      name,
      () => ({ model: network(name), inputs: idsInput(SEQUENCES) }),
    ]),
  ),
  linear: () => ({ model: linear(), inputs: featureInput(DOCUMENTS) }),
};

/** A case as `onnxruntime_side.py` takes it. */
export function forPython({ model, inputs }: OnnxCase): unknown {
  const typeOf = (name: string) => {
    const found = model.inputs.find((port) => port.name === name)?.type;
    return found === 'float' ? 'float32' : 'int64';
  };
  return {
    onnx: Buffer.from(writeOnnx(model)).toString('base64'),
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([name, { dims, data }]) => [
        name,
        { type: typeOf(name), dims, data: Array.from(data) },
      ]),
    ),
  };
}
