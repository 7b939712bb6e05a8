/** The validation loss of several settings, epoch by epoch: which learns faster, and which ends with a lower loss. */
import { maxOf, minOf } from '../core/lists.ts';
import { axisScale, wholeScale } from './chart/axes.ts';
import { csvTable, formatNumber, plural } from './chart/format.ts';
import { drawLegend, drawNothing, drawTitle, finish } from './chart/frame.ts';
import { drawLinePlot } from './chart/line-plot.ts';
import { classText, labelText } from './chart/text.ts';
import { finite } from './curves.ts';
import { createDrawing, defineFigure } from './figure.ts';

/** The curve of a setting: the mean of its seeds, and their range. */
interface SettingCurve {
  readonly name: string;
  readonly seeds: number;
  readonly points: readonly {
    readonly epoch: number;
    readonly mean: number | null;
    readonly low: number | null;
    readonly high: number | null;
  }[];
}

/** Data of the figure. */
export interface CurvesOfSettings {
  /** Those that are drawn, in the order given. */
  readonly settings: readonly SettingCurve[];
  /** How many have a validation loss by epoch. */
  readonly of: number;
  /** How many have none. */
  readonly without: number;
}

const title = 'Validation loss by setting';
/** At most as many as colours and dashes can distinguish. */
const MOST = 4;

/** Validation loss by setting. */
export const curvesOfSettings = defineFigure<'comparison', CurvesOfSettings>({
  type: 'curves-of-settings',
  title,
  summary: 'Validation loss of several settings by epoch: mean over the seeds, and their range.',
  needs: 'comparison',
  refuse: ({ curves = [] }) => (curves.length === 0 ? 'there are no curves' : undefined),
  data({ curves = [] }) {
    const known = curves.filter(({ runs }) => runs.some((run) => run.some((loss) => finite(loss) !== null)));
    return {
      settings: known.slice(0, MOST).map(curveOf),
      of: known.length,
      without: curves.length - known.length,
    };
  },
  draw({ settings, of, without }, options, alt) {
    const drawing = createDrawing('curves-of-settings', options);
    const seeded = settings.some(({ seeds }) => seeds > 1);
    const y = drawTitle(
      drawing,
      title,
      seeded ? 'Mean over the seeds; areas: from the lowest seed to the highest' : '',
    );
    const values = settings
      .flatMap(({ points }) => points.flatMap(({ low, high }) => [low, high]))
      .filter((v) => v !== null);
    if (values.length === 0)
      return finish(drawing, drawNothing(drawing, y, 'No validation loss has been recorded.'), { alt });
    const last = maxOf(settings, ({ points }) => points.length);
    const top = drawLegend(
      drawing,
      y,
      settings.map(({ name }, series) => ({ kind: 'line', series, label: labelText(name) })),
    );
    const room = 0.05 * Math.max(maxOf(values) - minOf(values), 1e-3);
    const bottom = drawLinePlot(drawing, {
      y: top,
      xTitle: 'Epoch',
      yTitle: 'Validation loss',
      xScale: wholeScale([1, Math.max(2, last)]),
      yScale: (range) =>
        axisScale({ domain: [Math.max(0, minOf(values) - room), maxOf(values) + room], range }),
      curves: settings.map(({ name, points, seeds }, series) => ({
        name: `${labelText(name)},`,
        series,
        points: points.map(({ epoch, mean, low, high }) => ({
          x: epoch,
          y: mean,
          ...(seeds > 1 && low !== null && high !== null ? { low, high } : {}),
        })),
      })),
    });
    const warnings = [
      ...(of > settings.length ? [`${settings.length} of ${of} settings are drawn, the best ones.`] : []),
      ...(without > 0
        ? [`${plural(without, 'setting')} without epochs ${without === 1 ? 'is' : 'are'} not drawn.`]
        : []),
    ];
    return finish(drawing, bottom, { alt, warnings });
  },
  csv: ({ settings }) =>
    csvTable(
      ['setting', 'epoch', 'mean', 'low', 'high'],
      settings.flatMap(({ name, points }) =>
        points.map(({ epoch, mean, low, high }) => [name, epoch, mean, low, high]),
      ),
    ),
  caption({ settings }) {
    const ends = settings.flatMap(({ name, points }) => {
      const known = points.flatMap(({ epoch, mean }) => (mean === null ? [] : [{ epoch, mean }]));
      if (known.length === 0) return [];
      return [{ name, ...known.reduce((a, b) => (b.mean < a.mean ? b : a)) }];
    });
    if (ends.length === 0) return 'No validation loss has been recorded.';
    const best = ends.reduce((a, b) => (b.mean < a.mean ? b : a));
    return `The lowest validation loss of ${plural(ends.length, 'setting')} is that of ${classText(best.name)}, ${formatNumber(best.mean)} at epoch ${best.epoch}.`;
  },
  describe: ({ settings }) => `Line chart of the validation loss of ${plural(settings.length, 'setting')}.`,
});

/** Mean and range over the seeds that reached an epoch. */
function curveOf({
  name,
  runs,
}: {
  readonly name: string;
  readonly runs: readonly (readonly (number | null)[])[];
}): SettingCurve {
  const epochs = maxOf(runs, (run) => run.length);
  const points = Array.from({ length: epochs }, (_, i) => {
    const values = runs.flatMap((run) => finite(run.at(i) ?? null) ?? []);
    const [low, high] = values.length === 0 ? [null, null] : [minOf(values), maxOf(values)];
    const mean = values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
    return { epoch: i + 1, mean, low, high };
  });
  return { name, seeds: runs.length, points };
}
