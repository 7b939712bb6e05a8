/**
 * The value over the plane of two parameters (by default the two most important): a smoothed map, and the trials on
 * it.
 */
import { maxOf, minOf } from '../../core/lists.ts';
import type { PlotArea } from '../chart/axes.ts';
import { coarse, type Drawing, type Point, SIZES } from '../chart/drawing.ts';
import { csvTable, plural } from '../chart/format.ts';
import { drawLegend, drawNothing, finish, MARGIN } from '../chart/frame.ts';
import { drawPlot } from '../chart/plot.ts';
import { fitText, textWidth } from '../chart/text.ts';
import { mixColours } from '../chart/theme.ts';
import { createDrawing, defineFigure } from '../figure.ts';
import type { StudyFacts } from '../sources.ts';
import { paramsByImportance } from './importances.ts';
import {
  drawnParams,
  internalOf,
  type Param,
  paramCell,
  paramScale,
  paramText,
  paramValue,
  positionOf,
} from './params.ts';
import { drawObjectives, drawStar, drawStudyTitle, infeasibleEntry, starSign } from './signs.ts';
import {
  countTrials,
  evenly,
  formatValue,
  hasValues,
  noValues,
  type Objective,
  objectivesOf,
  type TrialCounts,
  sentenceStart,
  valueWarnings,
} from './trials.ts';
import { axisTitle, valueAxis } from './value-axis.ts';

/** A trial that has both parameters. */
interface PlanePoint {
  readonly trial: number;
  /** Internal values of the parameters. */
  readonly x: number;
  readonly y: number;
  readonly value: number;
  readonly feasible: boolean;
}

/** Data of the figure. */
export interface Contour {
  readonly counts: TrialCounts;
  /** Names of all parameters. */
  readonly parameters: number;
  readonly objectives: readonly (Objective & {
    /** The two parameters; null where there are not two with more than one value. */
    readonly pair: readonly [Param, Param] | null;
    readonly points: readonly PlanePoint[];
    /** What the values are mapped to: `log` before smoothing. */
    readonly log: boolean;
    /** Lowest and highest smoothed value; null without a map. */
    readonly map: {
      readonly low: number;
      readonly high: number;
      readonly cells: readonly (number | null)[];
    } | null;
  })[];
}

const title = 'Value over two parameters';
/** Cells of the map along each side. */
const CELLS = 36;
const LEVELS = 6;
/** Width of the smoothing, as a proportion of the side of the plane. */
const WIDTH = 0.09;
const MOST = 600;

/** The contour map of a study. */
export const contour = defineFigure<'study', Contour>({
  type: 'contour',
  title,
  summary: 'The value over the plane of two parameters of a study: those that matter most, or were chosen.',
  needs: 'study',
  data(study) {
    const params = drawnParams(study);
    return {
      counts: countTrials(study.trials),
      parameters: params.length,
      objectives: objectivesOf(study).map((objective, k) => ({
        ...objective,
        ...planeOf(study, params, objective, k),
      })),
    };
  },
  draw(data, options, alt) {
    const { counts, objectives } = data;
    const drawing = createDrawing('contour', options);
    let y = drawStudyTitle(drawing, title, counts);
    const shown = objectives.filter(({ pair, points }) => pair !== null && points.length > 0);
    if (shown.length === 0) return finish(drawing, drawNothing(drawing, y, noMap(data)), { alt });
    y = drawLegend(drawing, y, [
      { kind: 'own', label: 'trial', sign: trialSign },
      { kind: 'own', label: 'best', sign: starSign },
      ...infeasibleEntry(counts),
      { kind: 'own', label: 'no trial near', sign: emptySign },
    ]);
    y = drawObjectives(y, shown, (objective, _, top) => drawMap(drawing, top, objective));
    const thinned = shown.some(({ points }) => points.length > MOST);
    return finish(drawing, y, {
      alt,
      warnings: [
        ...valueWarnings(objectives),
        ...(thinned ? ['Only some of the trials are marked, evenly spread; the map uses all.'] : []),
      ],
    });
  },
  csv: ({ objectives }) =>
    csvTable(
      ['objective', 'trial', 'x_parameter', 'x', 'y_parameter', 'y', 'value', 'feasible'],
      objectives.flatMap(({ name, pair, points }) =>
        pair === null
          ? []
          : points.map(({ trial, x, y, value, feasible }) => [
              name,
              trial,
              pair[0].name,
              paramCell(pair[0], x),
              pair[1].name,
              paramCell(pair[1], y),
              value,
              feasible,
            ]),
      ),
    ),
  caption(data) {
    const said = data.objectives.flatMap(({ name, pair, points, best, map, direction }) => {
      if (pair === null || points.length === 0) return [];
      const [a, b] = pair;
      const own = points.find(({ trial }) => trial === best?.trial);
      const where = own
        ? ` The best, ${formatValue(own.value)}, is trial ${own.trial} at ${paramText(a)} ${paramValue(a, own.x)} and ${paramText(b)} ${paramValue(b, own.y)}.`
        : '';
      const spread = map
        ? `: averaged over neighbours, from ${formatValue(direction === 'minimize' ? map.high : map.low)} (worst) to ${formatValue(direction === 'minimize' ? map.low : map.high)} (best)`
        : '';
      return [
        `${sentenceStart(name)} over ${paramText(a)} and ${paramText(b)} in ${plural(points.length, 'trial')}${spread}.${where}`,
      ];
    });
    return said.length > 0 ? said.join(' ') : noMap(data);
  },
  describe: ({ objectives }) => {
    const pairs = objectives.flatMap(({ pair }) =>
      pair ? [`${paramText(pair[0])} and ${paramText(pair[1])}`] : [],
    );
    return `Map of the value over ${pairs.length === 0 ? 'two parameters' : pairs.join(', and over ')}.`;
  },
});

/** Why there is no map. */
function noMap({ counts, parameters, objectives }: Contour): string {
  if (!hasValues(objectives)) return noValues(counts);
  return parameters < 2 ? 'A map needs two parameters.' : 'No two parameters have more than one value each.';
}

/** The plane of the two chosen or most important parameters, and the smoothed map where there are enough trials on it. */
function planeOf(
  study: StudyFacts,
  params: readonly Param[],
  { scored }: Objective,
  k: number,
): Pick<Contour['objectives'][number], 'pair' | 'points' | 'log' | 'map'> {
  const known = new Map(scored.map((one) => [one.trial, one]));
  const trials = study.trials.filter(({ number }) => known.has(number));
  const varied = params.filter(
    (param) => new Set(trials.flatMap((trial) => internalOf(trial, param) ?? [])).size > 1,
  );
  const chosen = study.params ? varied : paramsByImportance(study, k, varied);
  const [a, b] = chosen as readonly (Param | undefined)[];
  if (!a || !b) return { pair: null, points: [], log: false, map: null };
  const points = trials.flatMap((trial): PlanePoint[] => {
    const [x, y] = [internalOf(trial, a), internalOf(trial, b)];
    const one = known.get(trial.number);
    return x === undefined || y === undefined || !one
      ? []
      : [{ trial: trial.number, x, y, value: one.value, feasible: one.feasible }];
  });
  const axis = valueAxis(
    points.map(({ value }) => value),
    study.directions[k],
  );
  const level = (value: number) => (axis.log ? Math.log(axis.clamp(value)) : axis.clamp(value));
  const cells =
    points.length < 8
      ? null
      : smooth(
          [a, b],
          points.map((point) => ({ ...point, value: level(point.value) })),
        );
  const found = cells?.filter((value) => value !== null) ?? [];
  const back = (value: number) => (axis.log ? Math.exp(value) : value);
  return {
    pair: [a, b],
    points,
    log: axis.log,
    map:
      cells && found.length > 0
        ? {
            low: back(minOf(found)),
            high: back(maxOf(found)),
            cells: cells.map((value) => (value === null ? null : back(value))),
          }
        : null,
  };
}

/** Where a parameter's value is on its axis; choices are half a step from the ends. */
function placeOf(param: Param, internal: number): number {
  return param.kind === 'choice' ? (internal + 0.5) / param.choices.length : positionOf(param, internal);
}

/** Squared distance of two places; choices have no order, so two different choices are infinitely far apart. */
function squared(param: Param, a: number, b: number): number {
  if (param.kind === 'number') return (a - b) ** 2;
  const choice = (at: number) => Math.floor(at * param.choices.length);
  return choice(a) === choice(b) ? 0 : Infinity;
}

/**
 * Mean of the trials near each cell, weighted by exp(−d² / 2w²) of their distance d; null where hardly any is near.
 * Rows from low to high y, cells from low to high x.
 */
function smooth([a, b]: readonly [Param, Param], points: readonly PlanePoint[]): (number | null)[] {
  const placed = points.map(({ x, y, value }) => ({ x: placeOf(a, x), y: placeOf(b, y), value }));
  const places = Array.from({ length: CELLS }, (_, i) => (i + 0.5) / CELLS);
  // the weight of a trial factors into that of its column and that of its row
  const weights = (param: Param, at: (point: (typeof placed)[number]) => number) =>
    places.map((place) =>
      placed.map((point) => Math.exp(-squared(param, place, at(point)) / (2 * WIDTH * WIDTH))),
    );
  const columns = weights(a, (point) => point.x);
  const rows = weights(b, (point) => point.y);
  return rows.flatMap((row) =>
    columns.map((column) => {
      let [sum, weight] = [0, 0];
      placed.forEach(({ value }, i) => {
        const w = row[i] * column[i];
        sum += w * value;
        weight += w;
      });
      return weight < 0.25 ? null : sum / weight;
    }),
  );
}

function trialSign(drawing: Drawing, x: number, y: number): void {
  drawing.dots([{ x, y }], 3.2, drawing.theme.background);
  drawing.dots([{ x, y }], 2.2, drawing.theme.text);
}

function emptySign(drawing: Drawing, x: number, y: number): void {
  drawing.rect(x - 8, y - 6, 16, 12, { fill: drawing.theme.panel, stroke: drawing.theme.axis, width: 0.5 });
}

type Plane = Contour['objectives'][number];

/** The colour of a level: the better, the stronger. */
function levelColour({ theme }: Drawing, level: number): string {
  return mixColours(theme.heat[0], theme.heat[1], 0.16 + (0.84 * level) / (LEVELS - 1));
}

/** The map of one objective with its colour scale; returns the y below. */
function drawMap(drawing: Drawing, y: number, plane: Plane): number {
  const { pair, points, best, map } = plane;
  if (pair === null) return y;
  const [a, b] = pair;
  const top = map ? drawScale(drawing, y, plane, map) : y;
  return drawPlot(drawing, {
    y: top,
    height: Math.min(320, Math.max(190, drawing.width * 0.62)),
    inset: [0, 0],
    xTitle: axisTitle(paramText(a), a),
    yTitle: axisTitle(paramText(b), b),
    xScale: (range) => paramScale(a, range, { ticks: Math.max(2, Math.floor((range[1] - range[0]) / 60)) }),
    yScale: (range) => paramScale(b, range, { ticks: 5, room: drawing.width * 0.22 }),
    marks(area, x, scale) {
      drawing.rect(area.left, area.top, area.right - area.left, area.bottom - area.top, {
        fill: drawing.theme.panel,
      });
      if (map) drawCells(drawing, area, plane, map.cells);
      const at = (point: PlanePoint): Point => ({ x: x(point.x), y: scale(point.y) });
      const shown = evenly(points, MOST);
      const radius = shown.length > 200 ? 1.5 : 2.2;
      const feasible = shown.filter((point) => point.feasible).map(at);
      drawing.dots(feasible, radius + 1, drawing.theme.background);
      drawing.dots(feasible, radius, drawing.theme.text);
      const infeasible = shown.filter((point) => !point.feasible).map(at);
      drawing.rings(infeasible, radius + 0.6, drawing.theme.background, 3.2);
      drawing.rings(infeasible, radius + 0.6, drawing.theme.text);
      for (const one of shown) {
        const [x1, y1] = [paramValue(a, one.x), paramValue(b, one.y)];
        const words = () =>
          `trial ${one.trial}: ${paramText(a)} ${x1}, ${paramText(b)} ${y1}, ${plane.name} ${formatValue(one.value)}`;
        drawing.spot(at(one).x, at(one).y, words);
      }
      const star = points.find(({ trial }) => trial === best?.trial);
      if (star) drawStar(drawing, at(star).x, at(star).y);
    },
  });
}

/** Cells of one level as one path, neighbours in a row as one rectangle. */
function drawCells(drawing: Drawing, area: PlotArea, plane: Plane, cells: readonly (number | null)[]): void {
  const [width, height] = [(area.right - area.left) / CELLS, (area.bottom - area.top) / CELLS];
  const levels = cells.map((value) => (value === null ? -1 : levelOf(plane, value)));
  const paths = Array.from({ length: LEVELS }, () => '');
  for (let row = 0; row < CELLS; row++) {
    const y = area.bottom - (row + 1) * height;
    let from = 0;
    while (from < CELLS) {
      const level = levels[row * CELLS + from];
      let to = from + 1;
      while (to < CELLS && levels[row * CELLS + to] === level) to++;
      // half a unit of overlap hides the seams
      if (level >= 0)
        paths[level] +=
          `M${coarse(area.left + from * width)} ${coarse(y)}H${coarse(area.left + to * width)}V${coarse(y + height + 0.4)}H${coarse(area.left + from * width)}Z`;
      from = to;
    }
  }
  paths.forEach((d, level) => {
    drawing.path(d, { fill: levelColour(drawing, level) });
  });
}

/** The level of a value, the best ones highest. */
function levelOf({ map, log, direction }: Plane, value: number): number {
  if (!map || map.high === map.low) return LEVELS - 1;
  const at = (v: number) => (log ? Math.log(v) : v);
  const proportion = (at(value) - at(map.low)) / (at(map.high) - at(map.low));
  const good = direction === 'minimize' ? 1 - proportion : proportion;
  return Math.min(LEVELS - 1, Math.max(0, Math.floor(good * LEVELS)));
}

/** The colour scale, from the worst to the best, with the values of both ends. */
function drawScale(
  drawing: Drawing,
  y: number,
  { name, direction, log }: Plane,
  map: NonNullable<Plane['map']>,
): number {
  const { theme } = drawing;
  const [worst, best] = direction === 'minimize' ? [map.high, map.low] : [map.low, map.high];
  const style = { size: SIZES.tick, fill: theme.quiet };
  const low = formatValue(worst);
  let x = MARGIN + 4;
  drawing.text(x, y + 14, low, style);
  x += textWidth(low, SIZES.tick) + 6;
  for (let level = 0; level < LEVELS; level++) {
    drawing.rect(x + 16 * level, y + 4, 16, 12, {
      fill: levelColour(drawing, level),
      stroke: theme.axis,
      width: 0.5,
    });
  }
  x += 16 * LEVELS + 6;
  const high = formatValue(best);
  drawing.text(x, y + 14, high, style);
  x += textWidth(high, SIZES.tick) + 10;
  const said = `${name}, averaged${log ? ' on a logarithmic scale' : ''}`;
  const beside = x + textWidth(said, SIZES.tick) <= drawing.width - MARGIN;
  if (beside) drawing.text(x, y + 14, said, style);
  else {
    const fitted = fitText(said, drawing.width - 2 * MARGIN - 4, SIZES.tick);
    drawing.text(MARGIN + 4, y + 30, fitted, { ...style, full: said });
  }
  return beside ? y + 24 : y + 40;
}
