/** Training as a flowchart: forward pass, loss, backpropagation through time, step, validation, stopping. */
import { countOf } from '../models/description.ts';
import { describeModel, fittedAtOnce } from '../models/family.ts';
import { augmentationWords } from '../train/augmentation/index.ts';
import { describeTraining } from '../train/describe.ts';
import { drawFlow, type FlowStage } from './chart/flow.ts';
import { csvTable, formatCount, formatNumber, plural } from './chart/format.ts';
import { drawTitle, finish } from './chart/frame.ts';
import { createDrawing, defineFigure } from './figure.ts';
import { describedFlowchart, flowBox } from './model-flowchart.ts';
import { lossTitles, monitorName, settingTexts } from './setting-names.ts';
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
    parameters: countOf(describedFlowchart(facts).parameters),
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
  const { loss, optimizer, average } = describeTraining(train);
  const weights = train.class_weights === 'none' ? [] : ['weighted by class'];
  const clip = train.clip_norm === null ? [] : [`gradient norm at most ${formatNumber(train.clip_norm)}`];
  const [forward, backward] = [flowBox(training.forward), flowBox(training.backward)];
  const { r_drop: drop, mixup, adversarial: moved } = train;
  const augmented =
    train.augmentation.length > 0 ? [`augmentation: ${augmentationWords(train.augmentation)}`] : [];
  const passes = [
    ...(drop > 0 ? ['twice, with different dropout masks'] : []),
    ...(mixup > 0 ? [`mixup ${formatNumber(mixup)}: pooled vectors of two documents mixed`] : []),
  ];
  const apart = drop > 0 ? [`R-drop ${formatNumber(drop)}: and how far the two predictions are apart`] : [];
  const adversarial =
    moved > 0 ? [`adversarial training ${formatNumber(moved)}: once more with moved token vectors`] : [];
  const averaged =
    average.title === null ? [] : [[average.title, ...settingTexts(average.settings)].join(', ')];
  const batch = `${plural(train.batch_size, 'document')}${train.bucket ? ' of similar length' : ''}`;
  const update = [
    optimizer.title,
    `learning rate ${formatNumber(train.lr)}`,
    ...settingTexts(optimizer.settings),
  ];
  return [
    stage('data', 'Next batch', batch, ...augmented),
    { boxes: [{ ...forward, lines: [...forward.lines, ...passes] }] },
    stage(
      'operation',
      'Loss',
      [lossTitles(train).join(', then '), ...settingTexts(loss.settings), ...weights].join(', '),
      ...apart,
    ),
    { boxes: [{ ...backward, lines: [...backward.lines, ...clip, ...adversarial] }] },
    {
      ...stage('layer', 'Step', update.join(', '), ...averaged),
      loop: { to: 0, label: 'until the epoch ends' },
      after: 'at the end of an epoch',
    },
    ...epochStages(train),
  ];
}

/** The stages after the last batch of an epoch, and after the last epoch. */
function epochStages(train: TrainingFacts['train']): FlowStage[] {
  const { schedule: described, average } = describeTraining(train);
  const { title, settings } = described;
  const schedule = [title, ...settingTexts(settings)].join(', ');
  const last = train.keep === 'last';
  const unfreezing = train.gradual_unfreezing;
  const course = [
    ...(train.phases.length > 0 ? [`in ${plural(train.phases.length, 'phase')}`] : []),
    ...(unfreezing > 0 ? [`gradual unfreezing: a part more every ${plural(unfreezing, 'epoch')}`] : []),
  ];
  const stop =
    train.patience === null || last
      ? []
      : [`stops after ${plural(train.patience, 'epoch')} without a better ${monitorName(train.monitor)}`];
  return [
    stage('operation', 'Validation', 'loss, accuracy and macro F1, without dropout'),
    {
      ...stage('operation', 'Learning rate and stopping', `schedule ${schedule}`, ...course, ...stop),
      loop: { to: 0, label: `next epoch, at most ${train.epochs}` },
      after: 'in the end',
    },
    stage(
      'data',
      `${average.title === null ? 'Weights' : 'Average of the weights'} of the ${last ? 'last' : 'best'} epoch`,
      'measured once on the test documents',
    ),
  ];
}

function stage(
  kind: FlowStage['boxes'][number]['kind'],
  title: string,
  ...lines: readonly string[]
): FlowStage {
  return { boxes: [{ title, lines, kind }] };
}
