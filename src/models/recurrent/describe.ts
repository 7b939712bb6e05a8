/** The description of the recurrent classifier: sentence, equations, flowchart. */
import { append } from '../../core/lists.ts';
import { groupDigits } from '../../core/words.ts';
import type { EquationBlock } from '../../nn/description.ts';
import { settingsOf } from '../../nn/description.ts';
import { type CellDescription, layers } from '../../nn/layers/index.ts';
import type { LossDescription } from '../../nn/losses/index.ts';
import { poolingName, poolingOptions, poolings } from '../../nn/pooling/index.ts';
import {
  box,
  countOf,
  type FlowBox,
  type FlowchartFacts,
  type FlowLine,
  type FlowStage,
  type ModelDescription,
  type ModelFlowchart,
  type ModelSizes,
  type TrainingDescription,
  trainingInSteps,
} from '../description.ts';
import { createLayout } from './layout.ts';
import { cellOptions, type RecurrentModelOptions } from './options.ts';

/** Describes the model. */
export function describeRecurrent(model: RecurrentModelOptions): ModelDescription {
  const cell = layers.describe(cellOptions(model));
  const { num_layers, hidden_size, bidirectional, ngram_buckets: buckets } = model;
  const ngrams = buckets === 0 ? '' : `, character n-grams in ${groupDigits(buckets)} buckets`;
  const layered = `${num_layers} layer${num_layers === 1 ? '' : 's'} of ${hidden_size}`;
  const kind = cell.kind === undefined ? '' : ` (${cell.kind})`;
  const title = `${bidirectional ? 'Bi' : ''}${cell.title}`;
  return {
    title,
    sentence: `${bidirectional ? 'a bidirectional' : cell.article} ${cell.title}${kind} with ${layered}`,
    settings: {
      'Sequence modelling': `${cell.title}${kind}, ${layered}, embedding ${model.embedding_dim}${ngrams}`,
      Direction: bidirectional ? 'both directions' : 'forward',
      Pooling: model.pooling.map(poolingName).join(' + '),
    },
    regularisation: networkRegularisation(model),
    equations: (loss) => equations(model, cell, loss),
    flowchart: (facts) => networkFlowchart(model, facts),
    training: (facts) =>
      networkTraining(model, facts, { title, unit: 'time step', backward: 'Backpropagation through time' }),
  };
}

/** The training of a network of token vectors, with its dropout. */
export function networkTraining(
  { dropout: p }: Pick<RecurrentModelOptions, 'dropout'>,
  facts: FlowchartFacts,
  names: { readonly title: string; readonly unit: string; readonly backward: string },
): TrainingDescription {
  return trainingInSteps(facts, { ...names, more: { forward: p > 0 ? [[`dropout ${p}`]] : [] } });
}

/** The dropouts that are in use. */
export function networkRegularisation(model: RecurrentModelOptions): ModelDescription['regularisation'] {
  return settingsOf({
    [model.variational_dropout ? 'variational dropout' : 'dropout']: model.dropout,
    'embedding dropout': model.embedding_dropout,
    'word dropout': model.word_dropout,
    'word type dropout': model.word_type_dropout,
    'weight drop': model.weight_drop,
  });
}

function equations(
  model: RecurrentModelOptions,
  cell: CellDescription,
  loss: LossDescription,
): EquationBlock[] {
  return [
    { kind: 'paragraph', text: cellSentence(model, cell) },
    { kind: 'equations', lines: cell.equations },
    ...outputEquations('The states of the last layer', model, loss),
  ];
}

/** From what is pooled, h_t of each token, to the probabilities. */
export function outputEquations(
  pooled: string,
  model: Pick<RecurrentModelOptions, 'pooling' | 'bidirectional'>,
  loss: LossDescription,
): EquationBlock[] {
  const pools = model.pooling.map((given) => poolings.describe(poolingOptions(given)));
  const symbols = pools.map(({ symbol }) => symbol).join(', ');
  const outputs = `W_y ${pools.length === 1 ? symbols : `[${symbols}]`} + b_y`;
  return [
    {
      kind: 'paragraph',
      text: [
        `${pooled} over the `,
        { math: 'T' },
        ' tokens of a document become one vector, from which the last layer computes the probabilities ',
        { math: 'y' },
        ' of the classes:',
      ],
    },
    {
      kind: 'equations',
      lines: [
        ...pools.flatMap((pool) => pool.equations(model)),
        `z = ${outputs}`,
        `y = ${loss.probabilitiesOf('z')}`,
      ],
    },
  ];
}

function cellSentence(
  { num_layers, hidden_size, bidirectional }: RecurrentModelOptions,
  { memory }: CellDescription,
): (string | { math: string })[] {
  return [
    num_layers === 1 ? 'The layer reads the embeddings ' : 'Each layer reads the vectors ',
    { math: 'x_t' },
    num_layers === 1
      ? ' of the tokens one after another and keeps a state '
      : ' of the tokens one after another (the first layer their embeddings, the next ones the states of the layer below) and keeps a state ',
    { math: 'h_t' },
    ` of ${hidden_size} numbers`,
    ...(memory === null ? [] : [' beside a cell ', { math: memory }]),
    bidirectional
      ? '; a second set of weights reads from the end, and the two states are concatenated:'
      : ':',
  ];
}

/** Text, embedding, layers if there are any, poolings, the last layer. */
export function networkFlowchart(model: RecurrentModelOptions, facts: FlowchartFacts): ModelFlowchart {
  const cell = layers.describe(cellOptions(model));
  const { vocabularySize, classes, maxLength, loss } = facts;
  const width = (model.bidirectional ? 2 : 1) * model.hidden_size;
  const sum = (prefix: string) => countOf(facts.parameters.filter(({ name }) => name.startsWith(prefix)));
  const counted = (prefix: string): FlowLine => [sum(prefix), ' parameters'];
  const stages: FlowStage[] = [
    box('data', 'Text', '[B, T]', ['tokens as ids, at most ', maxLength, ' of a document']),
    box(
      'layer',
      'Embedding',
      `[B, T, ${model.embedding_dim}]`,
      [vocabularySize, ` × ${model.embedding_dim}`],
      counted('embedding.'),
    ),
    ...dropout(model.embedding_dropout, `[B, T, ${model.embedding_dim}]`),
  ];
  for (let l = 0; l < model.num_layers; l++) {
    if (l > 0) append(stages, dropout(model.dropout, `[B, T, ${width}]`));
    stages.push({ boxes: layerBoxes(model, cell, facts, l), after: `[B, T, ${width}]` });
  }
  append(stages, poolingStages(model, facts, width));
  append(stages, [
    box('layer', 'Linear', `[B, ${classes}]`, [`${featuresOf(model, width)} to ${classes}`], counted('classifier.')), // prettier-ignore
    box('data', loss.probabilities, undefined, [`probabilities of ${classes} classes`]),
  ]);
  return {
    stages,
    legend: 'B: documents of a batch, T: tokens',
    words: { name: 'the embedding', count: sum('embedding.') },
  };
}

/** A dropout passes on the shape that entered it. */
function dropout(p: number, shape: string): FlowStage[] {
  return p > 0 ? [box('operation', `Dropout ${p}`, shape)] : [];
}

function vectorsOf(given: RecurrentModelOptions['pooling'][number]): number {
  return poolings.create(poolingOptions(given)).vectors ?? 1;
}

function featuresOf({ pooling }: RecurrentModelOptions, width: number): number {
  return pooling.reduce((sum, given) => sum + vectorsOf(given) * width, 0);
}

function poolingStages(
  model: RecurrentModelOptions,
  { parameters }: FlowchartFacts,
  width: number,
): FlowStage[] {
  const features = `[B, ${featuresOf(model, width)}]`;
  const boxes = model.pooling.map((given): FlowBox => {
    const options = poolingOptions(given);
    const count = countOf(parameters.filter(({ name }) => name.startsWith(`pooling.${options.type}.`)));
    return {
      title: poolings.describe(options).title,
      lines: [[`[B, ${vectorsOf(given) * width}]`], ...(count > 0 ? [[count, ' parameters']] : [])],
      kind: count > 0 ? 'layer' : 'operation',
    };
  });
  return [
    { boxes, after: `${boxes.length > 1 ? 'side by side: ' : ''}${features}` },
    ...dropout(model.dropout, features),
  ];
}

function layerBoxes(
  model: RecurrentModelOptions,
  cell: CellDescription,
  { parameters }: FlowchartFacts,
  layer: number,
): FlowBox[] {
  return (model.bidirectional ? ['', '_reverse'] : ['']).map((direction) => {
    const own = parameters.filter(
      ({ name }) => name.startsWith('rnn.') && name.endsWith(`_l${layer}${direction}`),
    );
    const shape = (kind: string) => own.find(({ name }) => name.includes(kind))?.shape.join(' × ') ?? '';
    const way = model.bidirectional ? (direction === '' ? ', forward' : ', backward') : '';
    return {
      title: `${cell.title} ${model.num_layers > 1 ? `layer ${layer + 1}` : 'layer'}${way}`,
      lines: [
        [cell.line],
        [`W ${shape('weight_ih')}, U ${shape('weight_hh')}`],
        [countOf(own), ' parameters'],
      ],
      kind: 'layer',
    };
  });
}

/** The parameters, from the layout itself. */
export function parametersOfRecurrent(
  model: RecurrentModelOptions,
  { vocabularySize, classes, pretrained }: ModelSizes,
): { name: string; shape: readonly number[]; count: number }[] {
  const { parameters } = createLayout({
    shape: { model, vocabularySize, classes, ...(pretrained && { pretrained }) },
    capacity: { rows: 1, tokens: 1, steps: 1 }, // offsets alone are laid out: no memory is taken
    threads: 1,
  });
  return parameters.list
    .filter(({ spec }) => !spec.fixed)
    .map(({ name, shape, size }) => ({ name, shape, count: size }));
}
