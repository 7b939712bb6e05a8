/** Training as a flowchart: forward pass, loss, backpropagation through time, step, validation, stopping. */
import { describeModel, fittedAtOnce } from '../models/family.ts';
import { describeTraining } from '../train/describe.ts';
import { drawFlow, type FlowStage } from './chart/flow.ts';
import { csvTable, formatCount, formatNumber, plural } from './chart/format.ts';
import { drawTitle, finish } from './chart/frame.ts';
import { createDrawing, defineFigure } from './figure.ts';
import { describedFlowchart, flowBox } from './model-flowchart.ts';
import { monitorName, settingTexts } from './setting-names.ts';
import type { TrainingFacts } from './sources.ts';

/** Data of the figure. */
export interface TrainingFlowchart {
  readonly model: string;
  readonly stages: readonly FlowStage[];
  readonly parameters: number;
  /** Documents a step. */
  readonly batch_size: number;
  /** At most; 0 for a model that is fitted at once. */
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
    model: describeModel(facts.model).title,
    stages: stagesOf(facts),
    parameters: describedFlowchart(facts).parameters.reduce((sum, { count }) => sum + count, 0),
    batch_size: facts.train.batch_size,
    epochs: fittedAtOnce(facts.model) ? 0 : facts.train.epochs,
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
    epochs === 0
      ? `The ${formatCount(parameters)} parameters of the ${model} are fitted to all training documents at once.`
      : `The ${formatCount(parameters)} parameters of the ${model} learn from ${plural(batch, 'document')} a step, for ${plural(epochs, 'epoch')} at most.`,
  describe: ({ stages, epochs }) =>
    `Flowchart of ${stages.length} steps${epochs === 0 ? '' : ' with two loops, over batches and over epochs'}: ${stages
      .flatMap(({ boxes }) => boxes)
      .filter((box) => box.lines.length > 0)
      .map((box) => `${box.title.toLowerCase()} (${box.lines.join(', ')})`)
      .join('; ')}.`,
});

function stagesOf(facts: TrainingFacts): FlowStage[] {
  const { train } = facts;
  const { training } = describedFlowchart(facts);
  if (training.kind === 'at once') {
    return training.stages.map(({ boxes, ...rest }) => ({ ...rest, boxes: boxes.map(flowBox) }));
  }
  const { loss, optimizer } = describeTraining(train);
  const weights = train.class_weights === 'none' ? [] : ['weighted by class'];
  const clip = train.clip_norm === null ? [] : [`gradient norm at most ${formatNumber(train.clip_norm)}`];
  const backward = flowBox(training.backward);
  const batch = `${plural(train.batch_size, 'document')}${train.bucket ? ' of similar length' : ''}`;
  const update = [
    optimizer.title,
    `learning rate ${formatNumber(train.lr)}`,
    ...settingTexts(optimizer.settings),
  ];
  return [
    stage('data', 'Next batch', batch),
    { boxes: [flowBox(training.forward)] },
    stage('operation', 'Loss', [loss.title, ...settingTexts(loss.settings), ...weights].join(', ')),
    { boxes: [{ ...backward, lines: [...backward.lines, ...clip] }] },
    {
      ...stage('layer', 'Step', update.join(', ')),
      loop: { to: 0, label: 'until the epoch ends' },
      after: 'at the end of an epoch',
    },
    ...epochStages(train),
  ];
}

/** The stages after the last batch of an epoch, and after the last epoch. */
function epochStages(train: TrainingFacts['train']): FlowStage[] {
  const { title, settings } = describeTraining(train).schedule;
  const schedule = [title, ...settingTexts(settings)].join(', ');
  const last = train.keep === 'last';
  const stop =
    train.patience === null || last
      ? []
      : [`stops after ${plural(train.patience, 'epoch')} without a better ${monitorName(train.monitor)}`];
  return [
    stage('operation', 'Validation', 'loss, accuracy and macro F1, without dropout'),
    {
      ...stage('operation', 'Learning rate and stopping', `schedule ${schedule}`, ...stop),
      loop: { to: 0, label: `next epoch, at most ${train.epochs}` },
      after: 'in the end',
    },
    stage('data', `Weights of the ${last ? 'last' : 'best'} epoch`, 'measured once on the test documents'),
  ];
}

function stage(
  kind: FlowStage['boxes'][number]['kind'],
  title: string,
  ...lines: readonly string[]
): FlowStage {
  return { boxes: [{ title, lines, kind }] };
}
