/** The description of the linear classifier: sentence, equations, flowchart. */
import type { EquationBlock } from '../../nn/description.ts';
import {
  box,
  countOf,
  type FlowchartFacts,
  type ModelDescription,
  type ModelFlowchart,
} from '../description.ts';
import type { LinearModelOptions } from './options.ts';
import { ngramWords } from './fitted.ts';

/** Describes the model. */
export function describeLinear(model: LinearModelOptions): ModelDescription {
  const { word_ngrams, char_ngrams, linear_loss, C } = model;
  const kind = linear_loss === 'logistic' ? 'logistic regression' : 'linear SVM';
  const features = ngramWords(word_ngrams, char_ngrams === 'auto' ? null : char_ngrams);
  const chosen = char_ngrams === 'auto' ? ' (of characters where that is more accurate)' : '';
  const what = `${features}${chosen}`.replace(/^ /, '') || 'n-grams of characters';
  return {
    title: kind === 'linear SVM' ? 'Linear SVM' : 'Logistic regression',
    sentence: `a ${kind} on TF-IDF of ${what}`,
    settings: {},
    regularisation: [['L2 regularisation', C === 'auto' ? '(C chosen on held-out folds)' : `(C = ${C})`]],
    equations: () => equations(model),
    flowchart: (facts) => flowchart(kind, what, facts),
    training: () => ({ kind: 'at once', stages: training(model, kind, what) }),
  };
}

function equations({ linear_loss }: LinearModelOptions): EquationBlock[] {
  const logistic = linear_loss === 'logistic';
  const loss = logistic ? '\\log(1 + e^{-m})' : '\\max(0, 1 - m)^2';
  return [
    {
      kind: 'paragraph',
      text: [
        'A document is a vector ',
        { math: 'x' },
        ' with a number for each n-gram ',
        { math: 'f' },
        ' that occurs in it: its count ',
        { math: 'n_f' },
        ', weighted by how rare it is in the ',
        { math: 'N' },
        ' training documents, of which ',
        { math: 'd_f' },
        ' hold it; then the vector is scaled to length 1:',
      ],
    },
    {
      kind: 'equations',
      lines: ['x_f = (1 + \\log n_f)(1 + \\log \\frac{1 + N}{1 + d_f})'],
    },
    {
      kind: 'paragraph',
      text: [
        'Each class ',
        { math: 'c' },
        ' has a score, and the scores become probabilities with a temperature ',
        { math: '\\tau' },
        ' that fits documents which took no part in the fit:',
      ],
    },
    { kind: 'equations', lines: ['z_c = w_c \\cdot x + b_c', 'y = \\mathrm{softmax}(z / \\tau)'] },
    {
      kind: 'paragraph',
      text: [
        'The weights of a class tell it from all others (',
        { math: 's_i' },
        ' is 1 for its documents and -1 for others); they minimise',
      ],
    },
    {
      kind: 'equations',
      lines: [
        `L = \\frac{1}{2} \\lVert w_c \\rVert^2 + C \\sum_i \\ell(m_i)`,
        'm_i = s_i (w_c \\cdot x_i + b_c)',
        `\\ell(m) = ${loss}`,
      ],
    },
  ];
}

function flowchart(
  kind: string,
  what: string,
  { vocabularySize: F, classes, parameters }: FlowchartFacts,
): ModelFlowchart {
  return {
    stages: [
      box('data', 'Text', undefined, ['normalised, whole']),
      box('operation', 'TF-IDF', `[${F}]`, [what], [F, ' features']),
      box('layer', kind.charAt(0).toUpperCase() + kind.slice(1), `[${classes}]`, [F, ` to ${classes}`], [countOf(parameters), ' parameters']), // prettier-ignore
      box('data', 'Softmax with temperature', undefined, [`probabilities of ${classes} classes`]),
    ],
    legend: 'Each document by itself',
    words: { name: 'the weights of features', count: F * classes },
  };
}

function training({ C }: LinearModelOptions, kind: string, what: string): ModelFlowchart['stages'] {
  return [
    box('data', 'Training documents', undefined, ['all of them at once']),
    box('operation', 'Features', undefined, [`counted: ${what}`]),
    ...(C === 'auto'
      ? [box('operation', 'Inner folds', undefined, ['C by the accuracy on held-out folds'])]
      : []),
    box('layer', `Fit of the ${kind}`, undefined, ['dual coordinate descent, one class against the rest']),
    box('operation', 'Temperature', undefined, ['by the log loss on the held-out folds']),
  ];
}
