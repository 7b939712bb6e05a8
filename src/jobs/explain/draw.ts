/** Explanations as files, by extension: a figure as SVG, PNG or PDF, its table as CSV or JSON, or an HTML page. */
import { ConfigError } from '../../core/errors.ts';
import type { BoundFigure, ExplainedFacts, Sources, ThemeName } from '../../figures/index.ts';
import { figuresOf } from '../../figures/index.ts';
import { fontNotice, openFonts, outlineTexts, svgToPdf, svgToPng } from '../../figures/node.ts';
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
  /** A font file for characters that the font of PNG and PDF lacks. Default: the installed fonts. */
  readonly font?: string | undefined;
}

/** What a writer takes: the figure, its drawing as SVG, and the model's name. */
interface ToWrite {
  readonly figure: BoundFigure;
  readonly svg: string;
  readonly model: string;
}

const writers: Readonly<Record<string, (given: ToWrite) => string | Promise<string | Uint8Array>>> = {
  svg: ({ svg }) => svg,
  png: async ({ svg }) => svgToPng(svg, { scale: 3 }),
  pdf: async ({ svg }) => svgToPdf(svg),
  csv: ({ figure }) => figure.csv,
  json: ({ figure }) => `${JSON.stringify(figure.data, null, 2)}\n`,
  html: ({ figure, model }) =>
    writeHtml({
      title: figure.title,
      subtitle: `Explanation of ${model}`,
      abstract: [],
      sections: [{ id: 'explanation', title: model, blocks: [{ kind: 'figure', id: figure.type, figure }] }],
    }),
};

/**
 * How to write an explanation to a file of this name. What it writes with returns what the reader should know of the
 * file, if anything.
 * @throws ConfigError for an unknown extension; FileError, CorruptFileError for a font that cannot be used
 */
export async function explanationWriter(
  path: string,
  { theme = 'light', width = 640, font }: DrawExplanationOptions = {},
): Promise<(explanation: DrawnExplanation) => Promise<string | undefined>> {
  const end = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  if (!Object.hasOwn(writers, end)) {
    throw new ConfigError(
      `[-o] the file must end in .svg, .png, .pdf, .html, .csv or .json, but is ${path}.`,
      { key: 'output' },
    );
  }
  const fonts = await openFonts({ font });
  return async ({ model, sources }) => {
    const figure = figuresOf('explanation')
      .map((listed) => listed.of(sources))
      .find((bound) => bound !== undefined);
    if (!figure) return undefined;
    const drawn = figure.draw({ theme, width });
    const { svg, lacking } =
      end === 'png' || end === 'pdf' ? await outlineTexts(drawn, fonts) : { svg: drawn, lacking: [] };
    writeFileAtomic(path, await writers[end]({ figure, svg, model }));
    return lacking.length === 0 ? undefined : fontNotice(new Map([[path, lacking]]));
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
