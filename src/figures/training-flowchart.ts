/** Training as a flowchart: forward pass, loss, backpropagation through time, step, validation, stopping. */
import { drawFlow, type FlowStage } from './chart/flow.ts';
import { csvTable, formatCount, formatNumber, plural } from './chart/format.ts';
import { drawTitle, finish } from './chart/frame.ts';
import { createDrawing, defineFigure } from './figure.ts';
import { lossName, monitorName, optimizerName } from './setting-names.ts';
import { modelTitle, parametersOf } from './model-flowchart.ts';
import type { TrainingFacts } from './sources.ts';

/** Data of the figure. */
export interface TrainingFlowchart {
  readonly model: string;
  readonly stages: readonly FlowStage[];
  readonly parameters: number;
  /** Documents a step. */
  readonly batch_size: number;
  /** At most. */
  readonly epochs: number;
}

/** The training flowchart. */
export const trainingFlowchart = defineFigure<'training', TrainingFlowchart>({
  type: 'training-flowchart',
  title: 'Training',
  summary:
    'Flowchart of training: forward pass, loss, backpropagation through time, step, validation, stopping.',
  needs: 'training',
  data: (facts) => ({
    model: modelTitle(facts.model),
    stages: stagesOf(facts),
    parameters: countOf(facts),
    batch_size: facts.train.batch_size,
    epochs: facts.train.epochs,
  }),
  draw({ model, stages }, options, alt) {
    const drawing = createDrawing('training-flowchart', options);
    const y = drawTitle(drawing, `Training the ${model}`);
    return finish(drawing, drawFlow(drawing, y, stages), { alt });
  },
  csv: ({ stages }) =>
    csvTable(
      ['step', 'name', 'details'],
      stages.flatMap(({ boxes }, i) => boxes.map((box) => [i + 1, box.title, box.lines.join('; ')])),
    ),
  caption: ({ model, parameters, batch_size: batch, epochs }) =>
    `The ${formatCount(parameters)} parameters of the ${model} learn from ${plural(batch, 'document')} a step, for ${plural(epochs, 'epoch')} at most.`,
  describe: ({ stages }) =>
    `Flowchart of ${stages.length} steps with two loops, over batches and over epochs: ${stages
      .flatMap(({ boxes }) => boxes)
      .filter((box) => box.lines.length > 0)
      .map((box) => `${box.title.toLowerCase()} (${box.lines.join(', ')})`)
      .join('; ')}.`,
});

function countOf(facts: TrainingFacts): number {
  return parametersOf(facts).reduce((sum, { count }) => sum + count, 0);
}

function stagesOf(facts: TrainingFacts): FlowStage[] {
  const { train, model, max_length } = facts;
  const parameters = countOf(facts);
  const smoothing =
    train.loss === 'cross_entropy' && train.label_smoothing > 0
      ? [`label smoothing ${formatNumber(train.label_smoothing)}`]
      : [];
  const weights = train.class_weights === 'none' ? [] : ['weighted by class'];
  const clip = train.clip_norm === null ? [] : [`gradient norm at most ${formatNumber(train.clip_norm)}`];
  const decay = train.weight_decay ? [`weight decay ${formatNumber(train.weight_decay)}`] : [];
  const dropout = model.dropout > 0 ? [`dropout ${formatNumber(model.dropout)}`] : [];
  const stop =
    train.patience === null
      ? []
      : [`stops after ${plural(train.patience, 'epoch')} without a better ${monitorName(train.monitor)}`];
  return [
    {
      boxes: [
        {
          title: 'Next batch',
          lines: [`${plural(train.batch_size, 'document')}${train.bucket ? ' of similar length' : ''}`],
          kind: 'data',
        },
      ],
    },
    {
      boxes: [
        {
          title: 'Forward pass',
          lines: [`${modelTitle(model)}, at most ${plural(max_length, 'time step')}`, ...dropout],
          kind: 'layer',
        },
      ],
    },
    {
      boxes: [
        {
          title: 'Loss',
          lines: [[lossName(train.loss), ...smoothing, ...weights].join(', ')],
          kind: 'operation',
        },
      ],
    },
    {
      boxes: [
        {
          title: 'Backpropagation through time',
          lines: [`gradients of ${formatCount(parameters)} parameters`, ...clip],
          kind: 'layer',
        },
      ],
    },
    {
      boxes: [
        {
          title: 'Step',
          lines: [
            [optimizerName(train.optimizer), `learning rate ${formatNumber(train.lr)}`, ...decay].join(', '),
          ],
          kind: 'layer',
        },
      ],
      loop: { to: 0, label: 'until the epoch ends' },
      after: 'at the end of an epoch',
    },
    {
      boxes: [
        { title: 'Validation', lines: ['loss, accuracy and macro F1, without dropout'], kind: 'operation' },
      ],
    },
    {
      boxes: [
        {
          title: 'Learning rate and stopping',
          lines: [`schedule ${describeSchedule(train.schedule)}`, ...stop],
          kind: 'operation',
        },
      ],
      loop: { to: 0, label: `next epoch, at most ${train.epochs}` },
      after: 'in the end',
    },
    {
      boxes: [
        { title: 'Weights of the best epoch', lines: ['measured once on the test documents'], kind: 'data' },
      ],
    },
  ];
}

function describeSchedule({ type, ...options }: TrainingFacts['train']['schedule']): string {
  const named = ['factor', 'patience', 'warmup', 'min_lr', 'max_lr'].flatMap((key) => {
    const value = options[key];
    return typeof value === 'number' && value !== 0
      ? [`${key.replaceAll('_', ' ')} ${formatNumber(value)}`]
      : [];
  });
  return [type.replaceAll('_', ' '), ...named].join(', ');
}
