/** Writes a report into a folder: one HTML file, or Markdown or LaTeX with the figures beside it. */
import { join } from 'node:path';
import { svgToPng } from '../figures/node.ts';
import { makeFolder, writeFileAtomic } from '../run/index.ts';
import { figuresOf, type Report } from './content.ts';
import { writeHtml } from './html.ts';
import { writeLatex } from './latex.ts';
import { writeMarkdown } from './markdown.ts';

/** The formats of reports. */
export const reportFormats = ['html', 'md', 'latex'] as const;
/** A format. */
export type ReportFormat = (typeof reportFormats)[number];

/** At 0.62 of the text's width, 99 mm, a figure of 420 px then has more than 400 dots an inch. */
const PRINT_SCALE = 4;

const FILES = { html: 'report.html', md: 'report.md', latex: 'report.tex' } as const satisfies Record<
  ReportFormat,
  string
>;

/** How a report is written. */
export interface WriteReportOptions {
  /** False where another format has drawn the pictures into the same folder. Default true. */
  readonly pictures?: boolean;
}

/**
 * Writes a report; the pictures of Markdown and LaTeX stand in `figures`.
 * @returns The files, below the folder; the document itself first.
 * @throws FileError where the folder cannot be written to.
 */
export async function writeReport(
  report: Report,
  folder: string,
  format: ReportFormat,
  { pictures: drawn = true }: WriteReportOptions = {},
): Promise<string[]> {
  makeFolder(folder, 'make the folder of the report');
  const file = FILES[format];
  const text = { html: writeHtml, md: writeMarkdown, latex: writeLatex }[format](report);
  const pictures: string[] = [];
  if (format !== 'html' && drawn) {
    makeFolder(join(folder, 'figures'), 'make the folder of the figures');
    for (const { id, figure } of figuresOf(report.sections)) {
      const name = join('figures', `${id}.png`);
      writeFileAtomic(
        join(folder, name),
        await svgToPng(figure.draw({ width: 420 }), { scale: PRINT_SCALE }),
      );
      pictures.push(name);
    }
  }
  // the document last: where it stands, its pictures do too
  writeFileAtomic(join(folder, file), text);
  return [file, ...pictures];
}
