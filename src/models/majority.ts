/**
 * The most frequent class, as a baseline: every text gets the class frequencies of the training documents.
 *
 *     y_c = N_c / N          N_c of the N training documents are of class c
 */
import { ShapeError } from '../core/errors.ts';
import { tally } from '../core/lists.ts';
import { box } from './description.ts';
import { modelDefinition, type FittedClassifier } from './model.ts';

/** The most frequent class. */
export const majorityModel = modelDefinition({
  type: 'majority',
  summary: 'the most frequent class, whatever the text; its probabilities are the class frequencies',
  types: ['majority'],
  options: {},
  complete: () => ({ type: 'majority' }),
  parameters: (_model, { classes: C }) => [{ name: 'class_counts', shape: [C], count: C }],
  describe: () => ({
    title: 'Most frequent class',
    sentence: 'a constant answer, the most frequent class',
    settings: {},
    regularisation: [],
    equations: () => [
      {
        kind: 'paragraph',
        text: [
          'Whatever the text, the probability of class ',
          { math: 'c' },
          ' is its frequency among the ',
          { math: 'N' },
          ' training documents, of which ',
          { math: 'N_c' },
          ' are of it:',
        ],
      },
      { kind: 'equations', lines: ['y_c = \\frac{N_c}{N}'] },
    ],
    flowchart: ({ classes }) => ({
      stages: [
        box('data', 'Text', undefined, ['not read']),
        box('operation', 'Class frequencies', `[${classes}]`, ['of the training documents']),
      ],
      legend: 'The same for every document',
      words: { name: 'the class frequencies', count: classes },
    }),
    training: () => ({
      kind: 'at once',
      stages: [box('data', 'Training documents', undefined, ['counted by class'])],
    }),
  }),
  learns: 'at once',
  async fit(_model, { labels, classes }, { progress }) {
    await progress?.(0);
    const counts = tally(labels, classes);
    await progress?.(1);
    return majorityFitted(Float32Array.from(counts));
  },
  restore(_model, { tensors, state }) {
    const counts = tensors['class_counts'];
    const { documents } = (state ?? {}) as { readonly documents?: unknown };
    const fits = counts?.shape.length === 1 && counts.shape[0] > 0 && sumOf(counts.data) === documents;
    if (!fits) {
      throw new ShapeError(
        '[model majority] class_counts must hold one number per class that add up to the documents of the state, but do not.',
      );
    }
    return majorityFitted(Float32Array.from(counts.data));
  },
});

/** @param counts `[C]` training documents of each class. */
function majorityFitted(counts: Float32Array): FittedClassifier {
  const documents = sumOf(counts);
  const frequencies = Float64Array.from(counts, (count) => count / documents);
  const classes = counts.length;
  return {
    classes,
    features: 1,
    parameters: { count: classes },
    decisions: [],
    score(texts) {
      const probabilities = new Float64Array(texts.length * classes);
      for (let n = 0; n < texts.length; n++) probabilities.set(frequencies, n * classes);
      // it has no tokens
      const none = new Int32Array(texts.length);
      return { probabilities, tokens: none, known: none };
    },
    tensors: () => ({ class_counts: { shape: [classes], data: Float32Array.from(counts) } }),
    state: () => ({ documents }),
  };
}

function sumOf(counts: Float32Array | Float64Array): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}
