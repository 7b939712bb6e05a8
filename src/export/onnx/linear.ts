/**
 * The linear classifier as an ONNX graph: TF-IDF of the features of a document, scores, probabilities. Inputs are the
 * numbers of its distinct features and their counts, [B × K]; a count of 0 is padding.
 */
import type { LinearState } from '../../models/linear/linear-classifier.ts';
import { WORDS } from '../../models/linear/ngrams.ts';
import { inverseFrequency } from '../../models/linear/weighting.ts';
import { GraphBuilder } from './graph.ts';
import { outputPorts, probabilitiesOf } from './head.ts';
import type { OnnxModel, Port } from './model.ts';

/** What is exported. */
export interface LinearParts {
  readonly state: LinearState;
  readonly labelNames: readonly string[];
  /** [C] thresholds of the classes; undefined where none were chosen. */
  readonly thresholds: readonly number[] | undefined;
  /** [C] proportions of the classes in training, for a document without a feature. */
  readonly frequencies: Float64Array | undefined;
}

const INPUTS: readonly Port[] = [
  {
    name: 'features',
    type: 'int64',
    dims: ['documents', 'features'],
    doc: 'numbers of the distinct n-grams of a document: their places in features.json, words first, then characters',
  },
  {
    name: 'counts',
    type: 'float',
    dims: ['documents', 'features'],
    doc: 'how often each of them occurs in the document; 0 fills up',
  },
];

/** The graph of a linear classifier. */
export function linearGraph({ state, labelNames, thresholds, frequencies }: LinearParts): OnnxModel {
  const graph = new GraphBuilder();
  const { weights, bias, temperature, tfidf } = state;
  const C = bias.length;
  const F = tfidf.features.length;
  const present = graph.op('Greater', ['counts', graph.floats('zero', [], [0])], {}, 'present');
  const x = tfidfNode(graph, state, present);
  const table = graph.floats('linear.weight', [F, C], weights);
  const rows = graph.op('Gather', [table, 'features'], { axis: 0 }); // [B × K × C]
  const row = graph.op('Unsqueeze', [x, graph.ints([1])]); // [B × 1 × K]
  const product = graph.op('Squeeze', [graph.op('MatMul', [row, rows]), graph.ints([1])]);
  const logits = graph.op('Add', [product, graph.floats('linear.bias', [C], bias)], {}, 'logits');
  const counted = graph.op('Cast', [present], { to: 1 });
  const most = graph.op('ReduceMax', [counted], { axes: [1], keepdims: 1 });
  const known = graph.op('Greater', [most, graph.floats('half', [], [0.5])], {}, 'known');
  probabilitiesOf(graph, logits, { temperature, thresholds, frequencies, known });
  return graph.finish(INPUTS, outputPorts(labelNames), { labels: JSON.stringify(labelNames) });
}

/** x_f = (1 + ln count_f) · idf_f, the values of each kind scaled to one length; [B × K]. */
function tfidfNode(graph: GraphBuilder, { tfidf }: LinearState, present: string): string {
  const { features, documents: N, options } = tfidf;
  const words = features.filter(({ kind }) => kind === WORDS).length;
  const idf = graph.floats('idf', [features.length], features.map(({ documents }) => inverseFrequency(documents, N))); // prettier-ignore
  const one = graph.floats('one', [], [1]);
  const zero = graph.floats('zero', [], [0]);
  const sublinear = graph.op('Add', [graph.op('Log', [graph.op('Max', ['counts', one])]), one]);
  const weighted = graph.op('Mul', [sublinear, graph.op('Gather', [idf, 'features'], { axis: 0 })]);
  const values = graph.op('Where', [present, weighted, zero]);
  const isWord = graph.op('Less', ['features', graph.ints([words], [])]);
  const scale = options.words && options.characters ? Math.SQRT1_2 : 1;
  const kinds = [graph.op('Where', [isWord, values, zero]), graph.op('Where', [isWord, zero, values])];
  const [ofWords, ofCharacters] = kinds.map((kind) => {
    const squares = graph.op('ReduceSum', [graph.op('Mul', [kind, kind]), graph.ints([1])], { keepdims: 1 });
    const length = graph.op('Sqrt', [squares]);
    const none = graph.op('Equal', [length, zero]);
    const divisor = graph.op('Where', [none, one, length]);
    return graph.op('Mul', [graph.op('Div', [kind, divisor]), graph.floats('kind_scale', [], [scale])]);
  });
  return graph.op('Add', [ofWords, ofCharacters]);
}
