/** How much each parameter decides whether a trial is among the best, by PED-ANOVA. */
import { maxOf, minOf } from '../../core/lists.ts';
import { csvTable, formatPercent, listing, plural } from '../chart/format.ts';
import { type Drawing, SIZES } from '../chart/drawing.ts';
import { drawNothing, finish, MARGIN } from '../chart/frame.ts';
import { drawRows, drawWhisker } from '../chart/rows.ts';
import { fitName } from '../chart/text.ts';
import { createDrawing, defineFigure } from '../figure.ts';
import { type Importance, importancesOf } from './importances.ts';
import { drawnParams, paramsOf, paramText } from './params.ts';
import { drawObjectives, drawStudyTitle } from './signs.ts';
import { countTrials, noValues, objectivesOf, type TrialCounts } from './trials.ts';

/** Data of the figure. */
export interface ParamImportances {
  readonly counts: TrialCounts;
  /** Parameters that were not asked for. */
  readonly left_out: number;
  readonly objectives: readonly {
    readonly name: string;
    /** Complete trials with a finite value that satisfy all constraints. */
    readonly trials: number;
    /** Of those that are drawn, the most important first; null where they cannot be ranked. */
    readonly importances: readonly Importance[] | null;
  }[];
}

const title = 'Importance of the parameters';

/** The parameters of a study by importance. */
export const paramImportances = defineFigure<'study', ParamImportances>({
  type: 'param-importances',
  title,
  summary: 'How much each parameter of a study influences whether a trial is among the best (PED-ANOVA).',
  needs: 'study',
  data(study) {
    return {
      counts: countTrials(study.trials),
      left_out: paramsOf(study.trials).length - drawnParams(study).length,
      objectives: objectivesOf(study).map(({ name, scored }, k) => ({
        name,
        trials: scored.filter(({ feasible }) => feasible).length,
        importances: importancesOf(study, k) ?? null,
      })),
    };
  },
  draw({ counts, left_out: leftOut, objectives }, options, alt) {
    const drawing = createDrawing('param-importances', options);
    const shown = objectives.flatMap(({ name, importances }) => (importances ? [{ name, importances }] : []));
    const intervals = shown.some(({ importances }) => importances.some(({ low }) => low !== null));
    const y = drawStudyTitle(drawing, title, counts, intervals ? '; lines: 95 % intervals' : '');
    if (shown.length === 0) {
      const any = objectives.some(({ trials }) => trials > 0);
      return finish(drawing, drawNothing(drawing, y, any ? TOO_FEW : none(counts)), { alt });
    }
    const bottom = drawObjectives(y, shown, ({ name, importances }, _, top) =>
      drawRows(drawing, {
        y: shown.length === 1 ? top : drawName(drawing, top, name),
        labels: importances.map((one) => paramText(one)),
        notes: importances.map(({ importance }) => formatPercent(importance, 0)),
        rowHeight: importances.length > 12 ? 18 : 24,
        domain: [0, maxOf(importances, ({ importance, high }) => Math.max(importance, high ?? 0), 0.1)],
        xTitle: 'Proportion of the importance',
        mark(row, middle, scale) {
          const { importance, low, high } = importances[row];
          const height = importances.length > 12 ? 9 : 12;
          drawing.rect(scale(0), middle - height / 2, scale(importance) - scale(0), height, {
            fill: drawing.theme.series[0],
          });
          if (low !== null && high !== null)
            drawWhisker(drawing, middle, scale(low), scale(high), drawing.theme.text);
        },
      }),
    );
    return finish(drawing, bottom, { alt, warnings: warningsOf(objectives, leftOut) });
  },
  csv: ({ objectives }) =>
    csvTable(
      ['objective', 'parameter', 'importance', 'ci_low', 'ci_high', 'trials'],
      objectives.flatMap(({ name, importances }) =>
        (importances ?? []).map((one) => [name, one.name, one.importance, one.low, one.high, one.trials]),
      ),
    ),
  caption({ counts, left_out: leftOut, objectives }) {
    const among = leftOut > 0 ? ', among those asked for,' : '';
    const said = objectives.flatMap(({ name, trials, importances }) => {
      if (!importances) return [];
      const [first, ...rest] = importances;
      const of = objectives.length > 1 ? ` for ${name}` : '';
      const proportion = ({ name: param, importance }: Importance) =>
        `${paramText({ name: param })} ${formatPercent(importance, 0)}`;
      const range =
        first.low !== null && first.high !== null
          ? ` (95 % interval ${formatPercent(first.low, 0)} to ${formatPercent(first.high, 0)})`
          : '';
      const next = rest.length > 0 ? `, then ${listing(rest.slice(0, 3).map(proportion))}` : '';
      return [
        `Over ${plural(trials, 'complete trial')}, ${paramText(first)}${among} has the most influence on whether a trial is among the best${of}: ${formatPercent(first.importance, 0)} of the importance${range}${next}. ${sureness(importances)}`,
      ];
    });
    if (said.length > 0) return said.join(' ');
    return objectives.some(({ trials }) => trials > 0) ? TOO_FEW : none(counts);
  },
  describe: ({ objectives }) =>
    `Bar chart of the importance of ${plural(objectives.at(0)?.importances?.length ?? 0, 'parameter')}.`,
});

/** The name of an objective above its rows; returns the y below. */
function drawName(drawing: Drawing, y: number, name: string): number {
  const fitted = fitName(name, drawing.width - 2 * MARGIN, SIZES.label, 'bold');
  drawing.text(MARGIN, y + 14, fitted, { face: 'bold', full: name });
  return y + 18;
}

function none(counts: TrialCounts): string {
  return counts.infeasible > 0 ? 'No trial with a value satisfies the constraints.' : noValues(counts);
}

const TOO_FEW = 'Too few trials, or values too similar, to rank the parameters.';

/** Whether the order of the first two is more than chance. */
function sureness([first, second]: readonly (Importance | undefined)[]): string {
  if (!first || !second) return 'There is no other parameter to compare it with.';
  if (first.low === null || second.high === null) return 'With so few trials the order may be chance.';
  return first.low > second.high
    ? 'That is more than chance: its interval lies above that of the next.'
    : `Its interval overlaps with that of ${paramText(second)}: which of the two matters more is uncertain.`;
}

function warningsOf(objectives: ParamImportances['objectives'], leftOut: number): string[] {
  const fewest = minOf(objectives.flatMap(({ importances, trials }) => (importances ? [trials] : [])));
  return [
    ...(leftOut > 0
      ? [`Proportions among these parameters only; left out: ${plural(leftOut, 'parameter')}.`]
      : []),
    ...(fewest < 30
      ? [`Only ${plural(fewest, 'trial')}: another search may rank the parameters differently.`]
      : []),
  ];
}
