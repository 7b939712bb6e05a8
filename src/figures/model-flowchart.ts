/** The network as a flowchart, drawn from the model itself: its layers, their shapes, their parameters. */
import { append } from '../core/lists.ts';
import { createClassifier } from '../models/recurrent/classifier.ts';
import { poolingOptions, poolings } from '../nn/pooling/index.ts';
import { type FlowBox, type FlowStage, drawFlow } from './chart/flow.ts';
import { csvTable, formatCount, formatNumber, formatPercent } from './chart/format.ts';
import { drawTitle, finish } from './chart/frame.ts';
import { createDrawing, defineFigure } from './figure.ts';
import type { ModelFacts } from './sources.ts';

/** A parameter as PyTorch names and shapes it. */
interface ParameterFact {
  readonly name: string;
  readonly shape: readonly number[];
  readonly count: number;
}

/** Data of the figure. */
export interface ModelFlowchart {
  /** `BiLSTM`. */
  readonly model: string;
  readonly stages: readonly FlowStage[];
  readonly parameters: readonly ParameterFact[];
  readonly total: number;
  /** What holds a vector for each word. */
  readonly words: 'the embedding' | 'W_xh';
}

const CELLS: Readonly<Record<string, string>> = { rnn: 'RNN', lstm: 'LSTM', gru: 'GRU' };
const GATES: Readonly<Record<string, string>> = {
  lstm: 'gates i, f, g, o',
  gru: 'gates r, z, n',
};

/** `BiLSTM`, `RNN`: how texts name a network. */
export function modelTitle({ type, bidirectional }: ModelFacts['model']): string {
  return `${bidirectional ? 'Bi' : ''}${CELLS[type] ?? type}`;
}

/** The parameters of a model, from the model; without those that are not trained. */
export function parametersOf({
  model,
  vocabulary_size,
  classes,
  from_scratch = false,
}: ModelFacts): ParameterFact[] {
  const { parameters } = createClassifier({
    shape: { model, vocabularySize: vocabulary_size, classes },
    capacity: { rows: 1, tokens: 1, steps: 1 }, // offsets alone are laid out: no memory is taken
    threads: 1,
  });
  const trained = parameters.list.filter(({ name }) => !from_scratch || !/_ih_l0$/.test(name));
  return trained.map(({ name, shape, size }) => ({ name, shape, count: size }));
}

/** The model flowchart. */
export const modelFlowchart = defineFigure<'model', ModelFlowchart>({
  type: 'model-flowchart',
  title: 'Model',
  summary: 'Flowchart of the network from the text to the class, with shapes and parameter counts.',
  needs: 'model',
  data(facts) {
    const parameters = parametersOf(facts);
    const total = parameters.reduce((sum, parameter) => sum + parameter.count, 0);
    const words = facts.from_scratch ? 'W_xh' : 'the embedding';
    return { model: modelTitle(facts.model), stages: stagesOf(facts, parameters), parameters, total, words };
  },
  draw({ model, stages, total }, options, alt) {
    const drawing = createDrawing('model-flowchart', options);
    const y = drawTitle(
      drawing,
      `${model} classifier`,
      `${formatCount(total)} parameters. B: documents of a batch, T: tokens`,
    );
    return finish(drawing, drawFlow(drawing, y, stages), { alt });
  },
  csv: ({ parameters }) =>
    csvTable(
      ['parameter', 'shape', 'count'],
      parameters.map(({ name, shape, count }) => [name, shape.join('×'), count]),
    ),
  caption({ model, parameters, total, words }) {
    const embedding = parameters
      .filter(({ name }) => name.startsWith('embedding.'))
      .reduce((sum, { count }) => sum + count, 0);
    return `The ${model} classifier has ${formatCount(total)} parameters, ${formatPercent(embedding / total)} of them in ${words}.`;
  },
  describe: ({ stages }) =>
    `Flowchart from top to bottom: ${stages.map(({ boxes }) => boxes.map((box) => box.title).join(' beside ')).join(', then ')}.`,
});

function stagesOf(facts: ModelFacts, parameters: readonly ParameterFact[]): FlowStage[] {
  const { model, vocabulary_size, classes, max_length } = facts;
  const directions = model.bidirectional ? 2 : 1;
  const width = directions * model.hidden_size;
  const counted = (prefix: RegExp) => {
    const found = parameters.filter(({ name }) => prefix.test(name));
    return `${formatCount(found.reduce((sum, { count }) => sum + count, 0))} parameters`;
  };
  const dropout = (p: number): FlowStage[] =>
    p > 0 ? [{ boxes: [{ title: `Dropout ${formatNumber(p)}`, lines: [], kind: 'operation' }] }] : [];
  const stages: FlowStage[] = [
    {
      boxes: [
        {
          title: 'Text',
          lines: [`tokens as ids, at most ${formatCount(max_length)} of a document`],
          kind: 'data',
        },
      ],
      after: '[B, T]',
    },
    {
      boxes: [
        {
          title: facts.from_scratch ? 'Columns of W_xh' : 'Embedding',
          lines: [`${formatCount(vocabulary_size)} × ${model.embedding_dim}`, counted(/^embedding\./)],
          kind: 'layer',
        },
      ],
      after: `[B, T, ${model.embedding_dim}]`,
    },
    ...dropout(model.embedding_dropout),
  ];
  for (let l = 0; l < model.num_layers; l++) {
    if (l > 0) append(stages, dropout(model.dropout));
    stages.push({ boxes: layerBoxes(facts, parameters, l), after: `[B, T, ${width}]` });
  }
  const features = width * model.pooling.length;
  stages.push({
    boxes: model.pooling.map((given) => ({
      title: poolings.describe(poolingOptions(given)).title,
      lines: [`[B, ${width}]`],
      kind: 'operation',
    })),
    after: `${model.pooling.length > 1 ? 'side by side: ' : ''}[B, ${features}]`,
  });
  append(stages, dropout(model.dropout));
  stages.push(
    {
      boxes: [
        {
          title: 'Linear',
          lines: [`${features} → ${classes}`.replace('→', 'to'), counted(/^classifier\./)],
          kind: 'layer',
        },
      ],
      after: `[B, ${classes}]`,
    },
    { boxes: [{ title: 'Softmax', lines: [`probabilities of ${classes} classes`], kind: 'data' }] },
  );
  // a dropout passes on the shape that entered it
  return stages.map((stage, i) =>
    stage.after === undefined && i > 0 && i < stages.length - 1
      ? { ...stage, after: lastShape(stages, i) }
      : stage,
  );
}

function lastShape(stages: readonly FlowStage[], before: number): string {
  const found = stages.slice(0, before).findLast((stage) => stage.after !== undefined)?.after ?? '';
  return found.slice(found.indexOf('['));
}

function layerBoxes(
  { model, from_scratch }: ModelFacts,
  parameters: readonly ParameterFact[],
  layer: number,
): FlowBox[] {
  const cell = CELLS[model.type] ?? model.type;
  return (model.bidirectional ? ['', '_reverse'] : ['']).map((direction) => {
    const own = parameters.filter(({ name }) => name.endsWith(`_l${layer}${direction}`));
    const shape = (kind: string) => own.find(({ name }) => name.includes(kind))?.shape.join(' × ') ?? '';
    const way = model.bidirectional ? (direction === '' ? ', forward' : ', backward') : '';
    const activation =
      model.type === 'rnn'
        ? `h = ${model.nonlinearity}(${from_scratch ? 'W_xh x + W_hh h + b_h' : 'W x + U h + b'})`
        : GATES[model.type];
    return {
      title: `${cell} ${model.num_layers > 1 ? `layer ${layer + 1}` : 'layer'}${way}`,
      lines: [
        ...(activation === undefined ? [] : [activation]),
        from_scratch ? `W_hh ${shape('weight_hh')}` : `W ${shape('weight_ih')}, U ${shape('weight_hh')}`,
        `${formatCount(own.reduce((sum, { count }) => sum + count, 0))} parameters`,
      ],
      kind: 'layer',
    };
  });
}
