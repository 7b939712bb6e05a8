/** The lengths of the documents in tokens, and what `text.max_length` truncates. */
import { maxOf } from '../core/lists.ts';
import { axisScale, drawXAxis, drawYAxis, labelRoom, type PlotArea } from './chart/axes.ts';
import { csvTable, formatCount, formatPercent, plural } from './chart/format.ts';
import { drawLegend, drawNothing, drawTitle, finish, MARGIN, RULES } from './chart/frame.ts';
import { createDrawing, defineFigure } from './figure.ts';

/** Data of the figure, in tokens. */
export interface LengthHistogram {
  readonly documents: number;
  /** Bins of equal width; the last one reaches to the longest document. */
  readonly bins: readonly { readonly from: number; readonly to: number; readonly documents: number }[];
  readonly min: number;
  readonly median: number;
  readonly mean: number;
  readonly p90: number;
  readonly max: number;
  readonly max_length: number;
  /** Proportions that `max_length` cuts, in [0, 1]. */
  readonly documents_cut: number;
  readonly tokens_cut: number;
}

const title = 'Document lengths';

/** The length histogram. */
export const lengthHistogram = defineFigure<'audit', LengthHistogram>({
  type: 'length-histogram',
  title,
  summary: 'Histogram of document lengths in tokens, with the median and text.max_length.',
  needs: 'audit',
  data({ documents, lengths: { tokens }, truncation }) {
    const { min, median, mean, p90, max, histogram } = tokens;
    return {
      documents,
      bins: histogram.map(({ from, to, documents: n }) => ({ from, to, documents: n })),
      min,
      median,
      mean,
      p90,
      max,
      max_length: truncation.max_length,
      documents_cut: truncation.documents_cut_share,
      tokens_cut: truncation.tokens_cut_share,
    };
  },
  draw(data, options, alt) {
    const drawing = createDrawing('length-histogram', options);
    const { bins, median, max, max_length: limit, documents } = data;
    const y = drawTitle(
      drawing,
      title,
      documents === 0 ? '' : `${plural(documents, 'document')}, maximum ${formatCount(max)} tokens`,
    );
    if (bins.length === 0)
      return finish(drawing, drawNothing(drawing, y, 'There are no documents.'), { alt });
    // the last bin is open, and drawn as wide as the others
    const width = bins.length > 1 ? bins[1].from - bins[0].from : bins[0].to - bins[0].from + 1;
    const end = bins[0].from + width * bins.length;
    const open = max >= end;
    const legendEnd = drawLegend(drawing, y, [
      { kind: 'rule', series: 0, label: `median, ${formatCount(median)}` },
      {
        kind: 'rule',
        series: 2,
        label: `max_length, ${formatCount(limit)}${limit > end ? ' (beyond the plot)' : ''}`,
      },
    ]);
    const top = legendEnd + 22;
    const bottom = top + Math.min(220, Math.max(140, drawing.width * 0.4));
    const most = maxOf(bins, (bin) => bin.documents);
    const yScale = axisScale({ domain: [0, most], range: [bottom, top], whole: true });
    const left = MARGIN + Math.ceil(labelRoom(yScale.ticks.map((tick) => tick.label))) + 7;
    const area: PlotArea = { left, right: drawing.width - MARGIN - 8, top, bottom };
    const xScale = axisScale({
      domain: [bins[0].from, end],
      range: [area.left, area.right],
      ticks: Math.floor((area.right - area.left) / 60),
      nice: false,
      whole: true,
    });
    drawYAxis(drawing, area, yScale, 'Documents');
    bins.forEach(({ from, documents: n }, i) => {
      const [x1, x2] = [xScale(from) + 0.75, xScale(from + width) - 0.75];
      const fill = open && i === bins.length - 1 ? drawing.fillOf(1) : drawing.fillOf(0);
      drawing.rect(x1, yScale(n), x2 - x1, bottom - yScale(n), { fill });
    });
    const ends = drawXAxis(
      drawing,
      area,
      xScale,
      open ? `Tokens (hatched: ${formatCount(bins[bins.length - 1].from)} and more)` : 'Tokens',
    );
    for (const [value, rule] of [
      [median, 0],
      [limit, 2],
    ] as const) {
      if (value > end) continue;
      const x = xScale(value);
      // a light edge keeps the rule visible on the bars
      drawing.line(x, top - 4, x, bottom, { stroke: drawing.theme.background, width: 4 });
      drawing.line(x, top - 4, x, bottom, { stroke: drawing.theme.text, width: 1.4, dash: RULES[rule] });
      if (rule === 0) drawing.marker(0, x, top - 4, 4, drawing.theme.text);
    }
    return finish(drawing, ends, { alt });
  },
  csv: ({ bins }) =>
    csvTable(
      ['tokens_from', 'tokens_to', 'documents'],
      bins.map((b) => [b.from, b.to, b.documents]),
    ),
  caption({ documents, median, mean, p90, max, max_length, documents_cut, tokens_cut }) {
    if (documents === 0) return 'There are no documents.';
    return (
      `Tokens per document: median ${formatCount(median)}, mean ${formatCount(mean)}, 90th percentile ${formatCount(p90)}, maximum ${formatCount(max)}. ` +
      (documents_cut === 0
        ? `text.max_length ${formatCount(max_length)} truncates none.`
        : `text.max_length ${formatCount(max_length)} truncates ${formatPercent(documents_cut)} of the documents and drops ${formatPercent(tokens_cut)} of all tokens.`)
    );
  },
  describe: ({ bins }) => `Histogram of document lengths in ${plural(bins.length, 'bin')}.`,
});
