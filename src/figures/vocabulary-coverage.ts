/** The proportion of the distinct tokens, and of the running text, that a vocabulary of a given size covers. */
import { axisScale } from './chart/axes.ts';
import { csvTable, formatCount, formatPercent, plural } from './chart/format.ts';
import { drawLegend, drawNothing, drawTitle, finish, type LegendEntry } from './chart/frame.ts';
import { drawLinePlot } from './chart/line-plot.ts';
import { createDrawing, defineFigure } from './figure.ts';

/** A vocabulary size with its coverages in [0, 1]. */
interface CoveragePoint {
  readonly vocabulary_size: number;
  readonly type_coverage: number;
  readonly token_coverage: number;
}

/** Data of the figure. */
export interface VocabularyCoverage {
  readonly tokenizer: string;
  readonly tokens: number;
  readonly distinct_tokens: number;
  readonly points: readonly CoveragePoint[];
  /** `text.vocabulary_size`, or the whole vocabulary where that is smaller; null where it is not known. */
  readonly chosen: CoveragePoint | null;
}

const title = 'Vocabulary coverage';
/** `<PAD>` and `<UNK>`. */
const SPECIAL = 2;

/** The vocabulary coverage curve. */
export const vocabularyCoverage = defineFigure<'audit', VocabularyCoverage>({
  type: 'vocabulary-coverage',
  title,
  summary: 'Type and token coverage against the size of the vocabulary.',
  needs: 'audit',
  data({ vocabularies, vocabulary_size: configured }) {
    const found = vocabularies.at(0);
    if (found === undefined || found.distinct_tokens === 0)
      return { tokenizer: found?.tokenizer ?? '', tokens: 0, distinct_tokens: 0, points: [], chosen: null };
    const { tokenizer, tokens, distinct_tokens: distinct, seen_once: once } = found;
    const bySize = new Map(found.coverage.map((point) => [point.vocabulary_size, point]));
    // two ends need no search: all tokens, and all that occur more than once
    const frequent = distinct - once;
    const near = found.coverage.some((point) => Math.abs(point.vocabulary_size / frequent - 1) < 0.1);
    if (frequent > 0 && !near) {
      bySize.set(frequent + SPECIAL, {
        vocabulary_size: frequent + SPECIAL,
        type_coverage: frequent / distinct,
        token_coverage: 1 - once / tokens,
      });
    }
    const whole = distinct + SPECIAL;
    bySize.set(whole, { vocabulary_size: whole, type_coverage: 1, token_coverage: 1 });
    const points = [...bySize.values()]
      .filter((point) => point.vocabulary_size <= whole)
      .sort((a, b) => a.vocabulary_size - b.vocabulary_size);
    const chosen = configured === undefined ? undefined : bySize.get(Math.min(configured, whole));
    return { tokenizer, tokens, distinct_tokens: distinct, points, chosen: chosen ?? null };
  },
  draw(data, options, alt) {
    const drawing = createDrawing('vocabulary-coverage', options);
    const { points, chosen, tokens, distinct_tokens: distinct, tokenizer } = data;
    const subtitle = `${formatCount(distinct)} distinct of ${formatCount(tokens)} tokens, tokenizer ${tokenizer}`;
    let y = drawTitle(drawing, title, points.length === 0 ? '' : subtitle);
    if (points.length === 0)
      return finish(drawing, drawNothing(drawing, y, 'The documents contain no tokens.'), { alt });
    const legend: LegendEntry[] = [
      { kind: 'line', series: 0, label: 'token coverage (running text)' },
      { kind: 'line', series: 1, label: 'type coverage (distinct tokens)' },
    ];
    if (chosen)
      legend.push({
        kind: 'rule',
        series: 2,
        label: `vocabulary_size, ${formatCount(chosen.vocabulary_size)}`,
      });
    y = drawLegend(drawing, y, legend);
    const sizes = points.map((point) => point.vocabulary_size);
    const curve = (series: number, key: 'type_coverage' | 'token_coverage') => ({
      name: key === 'type_coverage' ? 'type' : 'token',
      series,
      points: points.map((point) => ({ x: point.vocabulary_size, y: point[key] })),
    });
    y = drawLinePlot(drawing, {
      y,
      xTitle: 'Vocabulary size (logarithmic)',
      yTitle: 'Coverage',
      xScale: (range) =>
        axisScale({
          domain: [sizes[0], sizes[sizes.length - 1]],
          range,
          log: true,
          nice: false,
        }),
      yScale: (range) => axisScale({ domain: [0, 1], range, unit: 'percent' }),
      curves: [curve(0, 'token_coverage'), curve(1, 'type_coverage')],
      rules: chosen ? [{ x: chosen.vocabulary_size, rule: 2 }] : [],
    });
    return finish(drawing, y, { alt });
  },
  csv: ({ points }) =>
    csvTable(
      ['vocabulary_size', 'type_coverage', 'token_coverage'],
      points.map((p) => [p.vocabulary_size, p.type_coverage, p.token_coverage]),
    ),
  caption({ points, chosen, tokens, distinct_tokens: distinct }) {
    if (points.length === 0) return 'The documents contain no tokens.';
    const enough = points.find((point) => point.token_coverage >= 0.95);
    const all = `The documents contain ${formatCount(tokens)} tokens, ${formatCount(distinct)} of them distinct.`;
    const own = chosen
      ? ` A vocabulary of ${formatCount(chosen.vocabulary_size)} covers ${formatPercent(chosen.type_coverage, 2)} of the distinct tokens (type coverage) and ${formatPercent(chosen.token_coverage)} of the running text (token coverage).`
      : '';
    const reach = enough
      ? ` Of the sizes shown, ${formatCount(enough.vocabulary_size)} is the smallest to cover at least 95 % of the running text.`
      : '';
    return `${all}${own}${reach}`;
  },
  describe: ({ points }) => `Line chart of two coverages at ${plural(points.length, 'vocabulary size')}.`,
});
