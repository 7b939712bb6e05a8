/** Explanations as files, by extension: a figure as SVG, PNG or PDF, its table as CSV or JSON, or an HTML page. */
import { ConfigError } from '../../core/errors.ts';
import type { BoundFigure, ExplainedFacts, Sources, ThemeName } from '../../figures/index.ts';
import { figuresOf } from '../../figures/index.ts';
import { svgToPdf, svgToPng } from '../../figures/node.ts';
import { writeHtml } from '../../report/html.ts';
import { writeFileAtomic } from '../../run/index.ts';
import type { ExplainedText } from './explain.ts';

/** What the page and the figure are about. */
export interface DrawnExplanation {
  /** The run or the model. */
  readonly model: string;
  /** One source: {@link explainedFacts}, or a result of the other jobs. */
  readonly sources: Sources;
}

/** How it is drawn. */
export interface DrawExplanationOptions {
  /** Default light. A page has both. */
  readonly theme?: ThemeName;
  /** CSS pixels. Default 640. */
  readonly width?: number;
}

type Draw = (figure: BoundFigure, model: string, options: DrawExplanationOptions) => string;
type Writer = (...given: Parameters<Draw>) => string | Promise<string | Uint8Array>;

const draw: Draw = (figure, _model, { theme = 'light', width = 640 }) => figure.draw({ theme, width });

const writers: Readonly<Record<string, Writer>> = {
  svg: draw,
  png: async (...given) => svgToPng(draw(...given), { scale: 3 }),
  pdf: async (...given) => svgToPdf(draw(...given)),
  csv: ({ csv }) => csv,
  json: ({ data }) => `${JSON.stringify(data, null, 2)}\n`,
  html: (figure, model) =>
    writeHtml({
      title: figure.title,
      subtitle: `Explanation of ${model}`,
      abstract: [],
      sections: [{ id: 'explanation', title: model, blocks: [{ kind: 'figure', id: figure.type, figure }] }],
    }),
};

/** How to write an explanation to a file of this name. @throws ConfigError for an unknown extension */
export function explanationWriter(
  path: string,
  options: DrawExplanationOptions = {},
): (explanation: DrawnExplanation) => Promise<void> {
  const end = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  if (!Object.hasOwn(writers, end)) {
    throw new ConfigError(
      `[-o] the file must end in .svg, .png, .pdf, .html, .csv or .json, but is ${path}.`,
      { key: 'output' },
    );
  }
  return async ({ model, sources }) => {
    const figure = figuresOf('explanation')
      .map((listed) => listed.of(sources))
      .find((bound) => bound !== undefined);
    if (figure) writeFileAtomic(path, await writers[end](figure, model, options));
  };
}

/** Explained texts as figures take them. */
export function explainedFacts(texts: readonly ExplainedText[]): ExplainedFacts {
  return {
    method: texts.at(0)?.explanation.method ?? 'integrated-gradients',
    documents: texts.map(({ actual, explanation: { label, probability, probabilities, tokens } }) => ({
      ...(actual !== undefined && { actual }),
      predicted: mostProbable(probabilities),
      ...{ label, probability },
      tokens: tokens.map(({ text, weight }) => ({ text, weight })),
    })),
  };
}

function mostProbable(probabilities: Readonly<Record<string, number>>): string {
  return Object.entries(probabilities).reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}
