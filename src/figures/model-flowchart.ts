/** The model as a flowchart: its layers, their shapes, their parameters, as its definition describes them. */
import * as described from '../models/description.ts';
import { describeModel, flowchartOf } from '../models/family.ts';
import { losses } from '../nn/losses/index.ts';
import { type FlowStage, drawFlow } from './chart/flow.ts';
import { csvTable, formatCount, formatNumber, formatPercent } from './chart/format.ts';
import { drawTitle, finish } from './chart/frame.ts';
import { createDrawing, defineFigure } from './figure.ts';
import type { ModelFacts } from './sources.ts';

/** Data of the figure. */
export interface ModelFlowchart {
  /** `BiLSTM`. */
  readonly model: string;
  readonly stages: readonly FlowStage[];
  readonly parameters: readonly described.ParameterFact[];
  readonly total: number;
  /** What the letters of shapes mean. */
  readonly legend: string;
  /** What holds numbers for each word. */
  readonly words: { readonly name: string; readonly count: number };
}

/** The flowchart of a model as its definition gives it. */
export function describedFlowchart({
  model,
  vocabulary_size,
  pretrained,
  classes,
  max_length,
  loss,
}: ModelFacts) {
  return flowchartOf(model, {
    vocabularySize: vocabulary_size,
    ...(pretrained && { pretrained }),
    classes,
    maxLength: max_length,
    loss: losses.describe(loss ?? { type: 'cross_entropy' }),
  });
}

/** Numbers of a box's lines as figures write them. */
export function flowBox({ title, lines, kind }: described.FlowBox): FlowStage['boxes'][number] {
  const number = (part: number) => (Number.isInteger(part) ? formatCount(part) : formatNumber(part));
  return {
    title,
    lines: lines.map((line) => line.map((part) => (typeof part === 'number' ? number(part) : part)).join('')),
    kind,
  };
}

/** The model flowchart. */
export const modelFlowchart = defineFigure<'model', ModelFlowchart>({
  type: 'model-flowchart',
  title: 'Model',
  summary: 'Flowchart of the network from the text to the class, with shapes and parameter counts.',
  needs: 'model',
  data(facts) {
    const { stages, parameters, legend, words } = describedFlowchart(facts);
    return {
      model: describeModel(facts.model).title,
      stages: stages.map(({ boxes, ...rest }) => ({ ...rest, boxes: boxes.map(flowBox) })),
      parameters,
      total: described.countOf(parameters),
      legend,
      words,
    };
  },
  draw({ model, stages, total, legend }, options, alt) {
    const drawing = createDrawing('model-flowchart', options);
    const y = drawTitle(drawing, `${model} classifier`, `${formatCount(total)} parameters. ${legend}`);
    return finish(drawing, drawFlow(drawing, y, stages), { alt });
  },
  csv: ({ parameters }) =>
    csvTable(
      ['parameter', 'shape', 'count'],
      parameters.map(({ name, shape, count }) => [name, shape.join('×'), count]),
    ),
  caption: ({ model, total, words }) =>
    `The ${model} classifier has ${formatCount(total)} parameters, ${formatPercent(words.count / total)} of them in ${words.name}.`,
  describe: ({ stages }) =>
    `Flowchart from top to bottom: ${stages.map(({ boxes }) => boxes.map((box) => box.title).join(' beside ')).join(', then ')}.`,
});
