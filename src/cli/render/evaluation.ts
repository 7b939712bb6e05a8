/** An evaluation as text for a terminal: overall metrics, the per-class table, the confusion matrix. */
import pc from 'picocolors';
import { maxOf } from '../../core/lists.ts';
import { intervalOf, mostFrequentConfusions, type Evaluation, tableMetrics } from '../../evaluate/index.ts';
import { type Interval, isNoInterval, NO_INTERVAL } from '../../evaluate/intervals.ts';
import { printable } from '../../core/printable.ts';
import { count } from '../../core/words.ts';
import { displayWidth, fit } from '../../report/text/display-width.ts';

/** How to draw. */
export interface RenderOptions {
  /** Colours by terminal codes. Default false. */
  readonly color?: boolean;
  /** Columns of the terminal. Default 80. */
  readonly width?: number;
}

type Colors = ReturnType<typeof pc.createColors>;

/**
 * Draws an evaluation in at most `width` columns (48 at least), ending with a line end. A confusion matrix too wide for
 * them is drawn with numbers for class names, and if it still does not fit, as the list of its most frequent confusions.
 */
export function renderEvaluation(
  evaluation: Evaluation,
  { color = false, width = 80 }: RenderOptions = {},
): string {
  const columns = Math.max(48, width);
  const colors = pc.createColors(color);
  const safe = { ...evaluation, labels: evaluation.labels.map(printable) };
  return [
    renderOverall(safe, columns, colors),
    renderClasses(safe, columns, colors),
    renderConfusion(safe, columns, colors),
  ].join('\n');
}

function renderOverall(evaluation: Evaluation, width: number, { bold, dim }: Colors): string {
  const { documents, confidence } = evaluation;
  const titleWidth = maxOf(tableMetrics, ({ title }) => title.length) + 1;
  const lines = tableMetrics.map(({ type, title }) => {
    const interval = intervalOf(evaluation, type, confidence);
    const range = interval ? dim(`  ${rangeOf(interval, width)}`) : '';
    return `  ${title.padEnd(titleWidth)} ${bold(decimals(evaluation[type]).padStart(7))}${range}`;
  });
  const levels = evaluation.bootstrap_samples > 0 ? dim(`, with ${percent(confidence)} intervals`) : '';
  return `${count(documents, 'document')}${levels}\n${lines.join('\n')}\n`;
}

/** Per class: precision, recall with its interval, F1, support; then the averages. */
function renderClasses(evaluation: Evaluation, width: number, { bold, dim }: Colors): string {
  const { per_class, labels, confidence } = evaluation;
  // the interval is dropped first on a narrow terminal
  const withInterval = width >= 66;
  const numbersWidth = 10 + 8 + (withInterval ? 18 : 0) + 8 + 9;
  const names = [...labels, 'weighted avg'];
  const nameWidth = Math.min(maxOf(names, displayWidth), width - numbersWidth);
  const row = (name: string, values: readonly string[], interval: string) => {
    const [precision, recall, f1, support] = values;
    const between = withInterval ? dim(fit(interval, 18, 'right')) : '';
    return `${fit(name, nameWidth)}${fit(precision, 10, 'right')}${fit(recall, 8, 'right')}${between}${fit(f1, 8, 'right')}${fit(support, 9, 'right')}`.trimEnd();
  };
  const rows = per_class.map((entry, c) => {
    const interval = entry[`recall_ci${Number((confidence * 100).toFixed(6))}`];
    const range = interval ? `${decimals(interval[0], 3)} to ${decimals(interval[1], 3)}` : '';
    const values = [entry.precision, entry.recall, entry.f1].map((value) => decimals(value, 3));
    return row(labels[c], [...values, String(entry.support)], range);
  });
  const average = (kind: 'macro' | 'weighted') => {
    const values = (['precision', 'recall', 'f1'] as const).map((key) =>
      decimals(evaluation[`${kind}_${key}`], 3),
    );
    return row(`${kind} avg`, [...values, String(evaluation.documents)], '');
  };
  const head = row('class', ['precision', 'recall', 'F1', 'support'], `recall ${percent(confidence)}`);
  return `${[bold(head), ...rows, dim(average('macro')), dim(average('weighted'))].join('\n')}\n`;
}

/** Rows are the truth; the diagonal and frequent confusions are highlighted. */
function renderConfusion(evaluation: Evaluation, width: number, colors: Colors): string {
  const { labels, confusion_matrix: matrix } = evaluation;
  const countWidth = maxOf(matrix.flat(), (count) => String(count).length) + 1;
  const longest = maxOf(labels, displayWidth);
  const nameWidth = Math.min(longest, Math.max(8, Math.floor(width / 3)));
  const room = Math.floor((width - nameWidth) / labels.length);
  // names above the columns need a few letters each to be distinct
  const cellWidth = Math.min(room, Math.max(countWidth, longest + 2));
  if (cellWidth >= Math.max(countWidth, Math.min(longest + 2, 8))) {
    return drawMatrix(evaluation, labels, labels, { nameWidth, cellWidth }, colors);
  }
  const digits = String(labels.length).length;
  const numberWidth = Math.max(countWidth, digits + 1);
  const left = width - labels.length * numberWidth - digits - 1;
  if (left >= Math.min(longest, 8)) {
    const numbers = labels.map((_, c) => String(c + 1));
    const names = labels.map((label, c) => `${numbers[c].padStart(digits)} ${label}`);
    const widths = { nameWidth: Math.min(longest, left) + digits + 1, cellWidth: numberWidth };
    return drawMatrix(evaluation, names, numbers, widths, colors);
  }
  return drawConfusions(evaluation, width, colors);
}

function drawMatrix(
  { confusion_matrix: matrix }: Evaluation,
  names: readonly string[],
  heads: readonly string[],
  { nameWidth, cellWidth }: { nameWidth: number; cellWidth: number },
  { bold, dim, green, red }: Colors,
): string {
  // one space between two names
  const head = heads.map((name) => ` ${fit(name, cellWidth - 1, 'right')}`).join('');
  const rows = matrix.map((row, truth) => {
    const support = row.reduce((sum, count) => sum + count, 0);
    const cells = row.map((count, predicted) => {
      const text = fit(count === 0 ? '·' : String(count), cellWidth, 'right');
      if (truth === predicted) return bold(green(text));
      if (count === 0) return dim(text);
      return count >= 0.1 * support ? bold(red(text)) : red(text);
    });
    return fit(names[truth], nameWidth) + cells.join('');
  });
  const title = 'confusion matrix: true rows, predicted columns';
  return `${bold(title)}\n${' '.repeat(nameWidth)}${dim(head)}\n${rows.join('\n')}\n`;
}

function drawConfusions(
  { labels, confusion_matrix: matrix }: Evaluation,
  width: number,
  { bold, dim }: Colors,
): string {
  const found = mostFrequentConfusions(matrix, labels, 15);
  const title = bold('most frequent confusions');
  const note = dim(`(all ${labels.length} × ${labels.length} need a wider terminal)`);
  if (found.length === 0) return `${title}: none\n`;
  const countWidth = String(found[0].count).length + 2;
  const nameWidth = Math.floor((width - countWidth - 6 - 3) / 2);
  const longest = (key: 'truth' | 'predicted') =>
    Math.min(
      nameWidth,
      maxOf(found, (confusion) => displayWidth(confusion[key])),
    );
  const [left, right] = [longest('truth'), longest('predicted')];
  const rows = found.map(
    ({ truth, predicted, count, proportion }) =>
      `${fit(truth, left)} → ${fit(predicted, right)}${fit(String(count), countWidth, 'right')}${fit(percent(proportion, 0), 6, 'right')}`,
  );
  return (
    `${title} ${width >= 72 ? note : ''}`.trimEnd() +
    `\n${dim('truth → predicted, documents, % of the class')}\n${rows.join('\n')}\n`
  );
}

function rangeOf(interval: Interval, width: number): string {
  if (!isNoInterval(interval)) return interval.map((end) => decimals(end)).join(' to ');
  return width >= 72 ? NO_INTERVAL : 'no interval';
}

function decimals(value: number, digits = 4): string {
  return value.toFixed(digits);
}

function percent(share: number, digits = 1): string {
  return `${Number((share * 100).toFixed(digits))} %`;
}
