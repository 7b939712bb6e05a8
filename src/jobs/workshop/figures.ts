/** The eight figures of the workshop, each with one drawing or several side by side, in one folder. */
import { join } from 'node:path';
import * as z from 'zod';
import {
  accuracyCurve,
  type BoundFigure,
  confusionMatrixCounts,
  type ListedFigure,
  lossCurve,
  lrSchedule,
  modelFlowchart,
  perClassAccuracy,
  type Sources,
  trainingFlowchart,
} from '../../figures/index.ts';
import { fontNotice, type Fonts, openFonts, outlineTexts, svgToPng } from '../../figures/node.ts';
import { composePanels } from '../../figures/panels.ts';
import { makeFolder, readJson, writeFileAtomic, writeJson } from '../../run/index.ts';

interface FigurePlan {
  /** Name of its files, after `figure-N-`. */
  readonly name: string;
  readonly of: 'rnn' | 'bilstm';
  readonly title: string;
  /** The drawings, row by row. */
  readonly panels: readonly (readonly ListedFigure[])[];
}

/** The figures in the order of the workshop's report. */
const plans: readonly FigurePlan[] = [
  {
    name: 'rnn-flowchart',
    of: 'rnn',
    title: 'RNN: the network and its training',
    panels: [[modelFlowchart, trainingFlowchart]],
  },
  { name: 'bilstm-flowchart', of: 'bilstm', title: 'BiLSTM: the network', panels: [[modelFlowchart]] },
  {
    name: 'rnn-training',
    of: 'rnn',
    title: 'RNN: learning curves and test confusions',
    panels: [[lossCurve, accuracyCurve], [confusionMatrixCounts]],
  },
  {
    name: 'rnn-per-class-accuracy',
    of: 'rnn',
    title: 'RNN: test accuracy of each class',
    panels: [[perClassAccuracy]],
  },
  {
    name: 'bilstm-per-class-accuracy',
    of: 'bilstm',
    title: 'BiLSTM: test accuracy of each class',
    panels: [[perClassAccuracy]],
  },
  {
    name: 'bilstm-training',
    of: 'bilstm',
    title: 'BiLSTM: learning curves',
    panels: [[lossCurve, accuracyCurve]],
  },
  {
    name: 'bilstm-confusion-matrix',
    of: 'bilstm',
    title: 'BiLSTM: test confusions',
    panels: [[confusionMatrixCounts]],
  },
  {
    name: 'bilstm-lr-schedule',
    of: 'bilstm',
    title: 'BiLSTM: learning-rate schedule',
    panels: [[lrSchedule]],
  },
];

const FORMAT = { format: 'unroll.figures', version: 1 } as const;
const FILE = 'figures.json';

const figureSchema = z.object({
  number: z.int().min(1),
  title: z.string(),
  caption: z.string(),
  alt: z.string(),
  /** The drawing as SVG first. */
  files: z.array(z.string()).min(1),
});

/** A figure that was written. */
export type WorkshopFigure = z.output<typeof figureSchema>;

/** The figures that a folder holds. Errors as `readJson`. */
export function readFigures(folder: string): readonly WorkshopFigure[] {
  const schema = z.object({
    format: z.literal(FORMAT.format),
    version: z.literal(FORMAT.version),
    figures: z.array(figureSchema),
  });
  return readJson(join(folder, FILE), schema, FORMAT).figures;
}

/** How figures are written. */
export interface WorkshopFiguresOptions {
  readonly folder: string;
  /** Called before each figure; may throw to stop. */
  readonly onFigure?: (number: number) => Promise<void>;
  /** Fonts for characters that the figures' own font lacks. Default those installed. */
  readonly fonts?: Fonts;
  /** Called with a notice of characters that no font has. */
  readonly onNotice?: (sentence: string) => void;
}

/** CSS pixels of a drawing. */
const WIDTH = 400;

/** Writes the figures, and `figures.json` with their captions. Figures that the runs have no data for are left out. */
export async function writeWorkshopFigures(
  sources: Readonly<Record<'rnn' | 'bilstm', Sources>>,
  { folder, onFigure, fonts: given, onNotice }: WorkshopFiguresOptions,
): Promise<WorkshopFigure[]> {
  const fonts = given ?? (await openFonts());
  const boxes = new Map<string, readonly string[]>();
  makeFolder(folder, 'make the folder of the figures');
  const written: WorkshopFigure[] = [];
  for (const [i, plan] of plans.entries()) {
    const number = i + 1;
    await onFigure?.(number);
    const rows = plan.panels
      .map((row) => row.flatMap((figure) => figure.of(sources[plan.of]) ?? []))
      .filter((row) => row.length > 0);
    if (rows.length > 0) written.push(await writeFigure({ number, ...plan, rows, folder, fonts, boxes }));
  }
  const notice = fontNotice(boxes);
  if (notice !== undefined) onNotice?.(notice);
  writeJson(join(folder, FILE), { ...FORMAT, figures: written });
  return written;
}

async function writeFigure({
  number,
  name,
  title,
  rows,
  folder,
  fonts,
  boxes,
}: FigurePlan & {
  readonly number: number;
  readonly rows: readonly (readonly BoundFigure[])[];
  readonly folder: string;
  readonly fonts: Fonts;
  /** Gets the characters that no font has, by the name of the drawing. */
  readonly boxes: Map<string, readonly string[]>;
}): Promise<WorkshopFigure> {
  const base = `figure-${number}-${name}`;
  const panels = rows.flat();
  const caption = panels.map((panel) => panel.caption).join(' ');
  const alt = `${title}. ${panels.map((panel) => panel.alt).join(' ')}`;
  // a figure with one drawing shows that drawing's own title
  const heading = `Figure ${number}. ${panels.length > 1 ? title : title.slice(0, title.indexOf(':'))}`;
  const files: string[] = [];
  const write = (file: string, content: string | Uint8Array) => {
    writeFileAtomic(join(folder, file), content);
    files.push(file);
  };
  const draw = async (file: string, arranged: typeof rows) => {
    const svg = composePanels(arranged, { title: heading, alt, width: WIDTH });
    write(`${file}.svg`, svg);
    const outlined = await outlineTexts(svg, fonts);
    write(`${file}.png`, await svgToPng(outlined.svg));
    if (outlined.lacking.length > 0) boxes.set(file, outlined.lacking);
  };
  await draw(base, rows);
  // for a phone or a narrow column, below each other
  if (rows.some((row) => row.length > 1)) {
    await draw(
      `${base}-narrow`,
      panels.map((panel) => [panel]),
    );
  }
  for (const panel of panels)
    write(panels.length === 1 ? `${base}.csv` : `${base}-${panel.type}.csv`, panel.csv);
  return { number, title, caption, alt, files };
}
