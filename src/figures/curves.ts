/** What the training curves share: the events of a training, and the plot of a quantity per epoch. */
import { maxOf, minOf } from '../core/lists.ts';
import { axisScale, type AxisOptions, wholeScale } from './chart/axes.ts';
import { listing, plural } from './chart/format.ts';
import { drawLegend, drawNothing, drawTitle, finish, type LegendEntry } from './chart/frame.ts';
import { drawLinePlot, type Curve, type CurvePoint, type Rule } from './chart/line-plot.ts';
import { createDrawing, type DrawOptions } from './figure.ts';
import type { Ending, EpochRecord, History } from './sources.ts';

/** A drop of the learning rate. */
export interface Drop {
  /** The last epoch before it. */
  readonly after_epoch: number;
  readonly from: number | null;
  /** Null where training ended with that epoch. */
  readonly to: number | null;
}

/** A phase of a training. */
export interface Phase {
  /** From 1. */
  readonly phase: number;
  /** Its first epoch. */
  readonly epoch: number;
  /** What distinguishes it from the others. */
  readonly name: string;
}

/** What happened during a training. */
export interface CourseEvents {
  readonly best_epoch: number | null;
  /** Whether the last epoch is kept whatever it gave (`train.keep: last`); `best_epoch` is then that one. */
  readonly keeps_last?: true;
  readonly last_epoch: number | null;
  readonly ending: Ending;
  readonly patience: number | null;
  readonly drops: readonly Drop[];
  /** Left out for a single phase. */
  readonly phases?: readonly Phase[];
}

/** The events of a history. */
export function courseEvents({ epochs, ending, patience }: History): CourseEvents {
  const phases = epochs.flatMap(({ epoch, phase, phase_name: name = '' }, i): Phase[] =>
    typeof phase === 'number' && phase !== epochs.at(i - 1)?.phase ? [{ phase, epoch, name }] : [],
  );
  const best = epochs.findLast((record) => record.best)?.epoch ?? null;
  // where the best is kept, the first epoch is the best so far
  const keepsLast = best !== null && epochs.length > 1 && !epochs[0].best;
  return {
    best_epoch: best,
    ...(keepsLast && { keeps_last: true }),
    last_epoch: epochs.at(-1)?.epoch ?? null,
    ending,
    patience,
    drops: epochs.flatMap((record, i) =>
      record.lr_reduced
        ? [{ after_epoch: record.epoch, from: record.lr, to: epochs.at(i + 1)?.lr ?? null }]
        : [],
    ),
    ...(phases.length > 0 && { phases }),
  };
}

/** Sentences on how often the learning rate fell and how training ended. */
export function eventSentences({
  drops,
  ending,
  last_epoch: last,
  patience,
  best_epoch,
  phases = [],
}: CourseEvents): string[] {
  const said: string[] = [];
  if (phases.length > 0)
    said.push(
      `Phases: ${phases.map(({ phase, epoch, name }) => `${phase} from epoch ${epoch} (${name})`).join(', ')}.`,
    );
  if (drops.length > 0) {
    const epochs = drops.map((drop) => String(drop.after_epoch));
    const named =
      epochs.length <= 6
        ? ` ${epochs.length === 1 ? 'epoch' : 'epochs'} ${listing(epochs)}`
        : ` epoch ${epochs[0]}`;
    said.push(
      `The learning rate fell ${['once', 'twice'].at(drops.length - 1) ?? `${drops.length} times`}, ${epochs.length <= 6 ? 'after' : 'first after'}${named}.`,
    );
  }
  if (last === null) return said;
  switch (ending) {
    case 'early-stopping':
      said.push(
        `Training stopped early after epoch ${last}${patience === null || best_epoch === null ? '' : `, ${plural(last - best_epoch, 'epoch')} after the best`}.`,
      );
      break;
    case 'interrupted':
      said.push(`Training was interrupted after epoch ${last}.`);
      break;
    case 'failed':
      said.push(`Training failed after epoch ${last}.`);
      break;
    case 'running':
      said.push('Training was still running.');
      break;
    case 'all-epochs':
      break;
    default:
      ending satisfies never;
  }
  return said;
}

/** Warnings about missing values and single points. */
export function curveWarnings(
  epochs: readonly { readonly epoch: number; readonly [name: string]: number | null }[],
  names: Readonly<Record<string, string>>,
): string[] {
  const warnings: string[] = [];
  for (const [key, name] of Object.entries(names)) {
    const missing = epochs.filter((point) => point[key] === null).map((point) => String(point.epoch));
    if (missing.length === 0) continue;
    const where =
      missing.length <= 5
        ? listing(missing)
        : `${missing.slice(0, 4).join(', ')} and ${missing.length - 4} more`;
    warnings.push(
      `${name} is not a finite number in epoch${missing.length === 1 ? '' : 's'} ${where} and not drawn there.`,
    );
  }
  if (epochs.length === 1) warnings.push('Only one epoch: points, no curve.');
  return warnings;
}

/** A value of a record that files of other versions may lack: null unless it is a finite number. */
export function finite(value: number | null | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** What {@link drawCourse} draws. */
export interface CoursePlot {
  readonly type: string;
  readonly title: string;
  readonly subtitle: string;
  readonly alt: string;
  readonly yTitle: string;
  readonly yAxis: Omit<AxisOptions, 'range'>;
  readonly epochs: readonly number[];
  readonly curves: readonly Curve[];
  readonly legend: readonly LegendEntry[];
  readonly events: CourseEvents;
  readonly warnings: readonly string[];
}

/** Draws curves over epochs with best epoch, stop and learning-rate drops. */
export function drawCourse(plot: CoursePlot, options: DrawOptions = {}): string {
  const drawing = createDrawing(plot.type, options);
  const { events, epochs } = plot;
  let y = drawTitle(drawing, plot.title, plot.subtitle);
  const drawable = plot.curves.some((curve) => curve.points.some((point) => point.y !== null));
  if (!drawable) {
    const why = epochs.length === 0 ? 'No epoch has been recorded yet.' : 'No epoch has a finite value.';
    return finish(drawing, drawNothing(drawing, y, why), {
      alt: plot.alt,
      warnings: epochs.length === 0 ? [] : plot.warnings,
    });
  }
  const rules: Rule[] = [];
  const legend: LegendEntry[] = [...plot.legend];
  if (events.best_epoch !== null) {
    rules.push({ x: events.best_epoch, rule: 0 });
    legend.push({
      kind: 'rule',
      series: 0,
      label: `${events.keeps_last ? 'kept' : 'best'} epoch, ${events.best_epoch}`,
    });
  }
  if (events.ending !== 'all-epochs' && events.ending !== 'running' && events.last_epoch !== null) {
    const named = { 'early-stopping': 'early stop', interrupted: 'interrupted', failed: 'failed' }[
      events.ending
    ];
    rules.push({ x: events.last_epoch, rule: 1 });
    legend.push({ kind: 'rule', series: 1, label: `${named}, ${events.last_epoch}` });
  }
  if (events.drops.length > 0) legend.push({ kind: 'drop', label: 'learning-rate drop' });
  const { phases = [] } = events;
  for (const { phase, name } of phases) legend.push({ kind: 'phase', series: phase, label: name });
  y = drawLegend(drawing, y, legend);
  y = drawLinePlot(drawing, {
    y,
    xTitle: 'Epoch',
    yTitle: plot.yTitle,
    xScale: wholeScale([minOf(epochs.slice(0, 1)), maxOf(epochs.slice(-1))]),
    yScale: (range) => axisScale({ ...plot.yAxis, range }),
    curves: plot.curves,
    rules,
    drops: events.drops.map((drop) => drop.after_epoch),
    parts: phases.map(({ phase, epoch }) => ({ from: epoch, label: String(phase) })),
  });
  return finish(drawing, y, { alt: plot.alt, warnings: plot.warnings });
}

/** The axis of a loss: from 0; logarithmic where one value dwarfs the others, so that they stay visible. */
export function lossAxis(values: readonly number[]): Omit<AxisOptions, 'range'> {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[0] ?? 0, sorted[sorted.length - 1] ?? 1];
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 1;
  if (low > 0 && high > 20 * middle) return { domain: [low, high], log: true };
  return { domain: [Math.min(0, low), high === 0 ? 1 : high] };
}

/** Training and validation value of an epoch, and the interval of the validation value where there is one. */
export interface CoursePoint {
  readonly epoch: number;
  readonly train: number | null;
  readonly val: number | null;
  readonly val_low?: number | null;
  readonly val_high?: number | null;
}

/**
 * The curves of training and validation, for {@link drawCourse}.
 * @param breaks Epochs whose values cannot be compared with those before.
 */
export function courseCurves(
  points: readonly CoursePoint[],
  breaks: readonly number[] = [],
): Pick<CoursePlot, 'epochs' | 'curves' | 'legend'> {
  // no line leads to a value that does not compare
  const broken = (curve: readonly CurvePoint[]) =>
    curve.flatMap((point) => (breaks.includes(point.x) ? [{ x: point.x - 0.5, y: null }, point] : [point]));
  return {
    epochs: epochNumbers(points),
    curves: [
      {
        name: 'training',
        series: 0,
        points: broken(points.map(({ epoch, train }) => ({ x: epoch, y: train }))),
      },
      {
        name: 'validation',
        series: 1,
        points: broken(
          points.map(({ epoch, val, val_low: low, val_high: high }) => ({
            x: epoch,
            y: val,
            ...(low != null && high != null ? { low, high } : {}),
          })),
        ),
      },
    ],
    legend: [
      { kind: 'line', series: 0, label: 'training' },
      { kind: 'line', series: 1, label: 'validation' },
    ],
  };
}

/** The first point with the best validation value; undefined where none has one. */
export function bestPoint<Point extends CoursePoint>(
  points: readonly Point[],
  best: 'lowest' | 'highest',
): (Point & { readonly val: number }) | undefined {
  const sign = best === 'lowest' ? 1 : -1;
  return points
    .filter((point): point is Point & { readonly val: number } => point.val !== null)
    .reduce<(Point & { readonly val: number }) | undefined>(
      (found, point) => (found && sign * found.val <= sign * point.val ? found : point),
      undefined,
    );
}

/** The epochs of a history as numbers. */
export function epochNumbers(records: readonly Pick<EpochRecord, 'epoch'>[]): number[] {
  return records.map((record) => record.epoch);
}

/** Why a finished run has no curves: the epochs of an ensemble are those of its members. */
export function noEpochs({ epochs, ending }: History): string | undefined {
  const finished = ending === 'all-epochs' || ending === 'early-stopping';
  return finished && epochs.length === 0
    ? 'the run holds no epochs; those of an ensemble are in the folders of its members'
    : undefined;
}
