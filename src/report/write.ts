/** Writes a report into a folder: one HTML file, or Markdown or LaTeX with the figures beside it. */
import { join } from 'node:path';
import { fontNotice, type Fonts, openFonts, outlineTexts, svgToPdf, svgToPng } from '../figures/node.ts';
import { makeFolder, writeFileAtomic } from '../run/index.ts';
import { figuresOf, type Report } from './content.ts';
import { writeHtml } from './html.ts';
import { writeLatex } from './latex.ts';
import { writeMarkdown } from './markdown.ts';

/** The formats of reports. */
export const reportFormats = ['html', 'md', 'latex'] as const;
/** A format. */
export type ReportFormat = (typeof reportFormats)[number];

/** Width at which figures are drawn, CSS pixels: that of the text of a page, 160 mm. */
const WIDTH = 605;
/** Pixels of a PNG for each CSS pixel: 288 dots an inch at the size at which it is drawn. */
const SCALE = 3;

const FILES = { html: 'report.html', md: 'report.md', latex: 'report.tex' } as const satisfies Record<
  ReportFormat,
  string
>;

/** How a report is written. */
export interface WriteReportOptions {
  readonly file?: string | undefined;
  readonly fonts?: Fonts | undefined;
  readonly onNotice?: (sentence: string) => void;
}

/**
 * Writes a report into a folder; the pictures stand in `figures`, PNG for Markdown and PDF for LaTeX.
 * @param options The name of the document; fonts for characters that the figures' own font lacks, default those
 *   installed; what to do with a notice of characters that no font has.
 * @returns The files, below the folder; the document itself first.
 * @throws FileError where the folder cannot be written to.
 */
export async function writeReport(
  report: Report,
  folder: string,
  format: ReportFormat,
  { file = FILES[format], fonts, onNotice }: WriteReportOptions = {},
): Promise<string[]> {
  makeFolder(folder, 'make the folder of the report');
  const text = { html: writeHtml, md: writeMarkdown, latex: writeLatex }[format](report);
  const pictures: string[] = [];
  if (format !== 'html') {
    makeFolder(join(folder, 'figures'), 'make the folder of the figures');
    const found = fonts ?? (await openFonts());
    const boxes = new Map<string, readonly string[]>();
    for (const { id, figure } of figuresOf(report.sections)) {
      const { svg, lacking } = await outlineTexts(figure.draw({ width: WIDTH }), found);
      if (lacking.length > 0) boxes.set(id, lacking);
      const name = join('figures', `${id}.${format === 'latex' ? 'pdf' : 'png'}`);
      const picture = format === 'latex' ? await svgToPdf(svg) : await svgToPng(svg, { scale: SCALE });
      writeFileAtomic(join(folder, name), picture);
      pictures.push(name);
    }
    const notice = fontNotice(boxes);
    if (notice !== undefined) onNotice?.(notice);
  }
  // the document last, so that its pictures exist when it does
  writeFileAtomic(join(folder, file), text);
  return [file, ...pictures];
}
