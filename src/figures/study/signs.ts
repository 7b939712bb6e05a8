/** What all figures of a study share: the title, the symbols of trials in plots and legends, one plot per objective. */
import { coarse, type Drawing } from '../chart/drawing.ts';
import { drawTitle, type LegendEntry } from '../chart/frame.ts';
import { countsText, type TrialCounts } from './trials.ts';

/** Draws the title of a figure, and which trials the study has; returns the y below. */
export function drawStudyTitle(drawing: Drawing, title: string, counts: TrialCounts, more = ''): number {
  return drawTitle(drawing, title, counts.trials === 0 ? '' : `${countsText(counts)}${more}`);
}

/** Draws a symbol about a point. */
export type Sign = (drawing: Drawing, x: number, y: number) => void;

/** A trial among others. */
export const restSign: Sign = (drawing, x, y) => drawing.dots([{ x, y }], 2.8, drawing.theme.quiet);

/** A trial that violates a constraint. */
export const ringSign: Sign = (drawing, x, y) => drawing.rings([{ x, y }], 2.8, drawing.theme.quiet);

/** The entry of a legend for {@link ringSign}, where there is such a trial. */
export function infeasibleEntry({ infeasible }: TrialCounts): LegendEntry[] {
  return infeasible > 0 ? [{ kind: 'own', label: 'infeasible', sign: ringSign }] : [];
}

/** The best trials: a line with a mark. */
export const bestSign: Sign = (drawing, x, y) => {
  const colour = drawing.theme.series[0];
  drawing.line(x - 11, y, x + 11, y, { stroke: colour, width: 2 });
  drawing.marker(0, x, y, 3.4, colour);
};

/** The best trial alone: a disc in a ring. */
export const starSign: Sign = (drawing, x, y) => drawStar(drawing, x, y);

/** A disc in a ring: the best trial. */
export function drawStar(drawing: Drawing, x: number, y: number): void {
  const { theme } = drawing;
  drawing.dots([{ x, y }], 6.4, theme.background);
  drawing.rings([{ x, y }], 5.4, theme.text, 1.4);
  drawing.dots([{ x, y }], 3, theme.series[0]);
}

/** A pruned trial without a value: a short upright line. */
export const prunedSign: Sign = (drawing, x, y) => drawPruned(drawing, [x], y);

/** A failed trial: a cross. */
export const failedSign: Sign = (drawing, x, y) => drawFailed(drawing, [x], y);

/** Short upright lines at one height. */
export function drawPruned(drawing: Drawing, xs: readonly number[], y: number): void {
  const d = xs.map((x) => `M${coarse(x)} ${coarse(y - 3.5)}v7`).join('');
  drawing.path(d, { stroke: drawing.theme.series[1], width: 1.4 });
}

/** Crosses at one height. */
export function drawFailed(drawing: Drawing, xs: readonly number[], y: number): void {
  const d = xs.map((x) => `M${coarse(x - 3)} ${coarse(y - 3)}l6 6m0 -6l-6 6`).join('');
  drawing.path(d, { stroke: drawing.theme.series[3], width: 1.6 });
}

/**
 * Draws the plots of the objectives below each other; returns the y below.
 * @param draw Draws the plot of one objective, with its name, from a y on; returns the y below it.
 */
export function drawObjectives<Objective>(
  y: number,
  objectives: readonly Objective[],
  draw: (objective: Objective, index: number, y: number) => number,
): number {
  return objectives.reduce((top, objective, i) => draw(objective, i, top + (i === 0 ? 0 : 8)), y);
}
