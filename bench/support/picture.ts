/** The picture of docs/benchmarks.md: our time as a proportion of PyTorch's, case by case. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { maxOf } from '../../src/core/lists.ts';
import { Drawing } from '../../src/figures/chart/drawing.ts';
import { drawLegend, drawTitle, finish, type LegendEntry } from '../../src/figures/chart/frame.ts';
import { drawRows } from '../../src/figures/chart/rows.ts';
import { type ThemeName, themes } from '../../src/figures/chart/theme.ts';
import type { BenchCase, BenchResult } from '../bench.ts';
import { machineNames, resultFile } from './result-files.ts';

const WIDTH = 800;
/** Benchmarks whose peer is PyTorch, by the heading of their rows. */
const SHOWN = { 'lstm-step': 'Training', predict: 'Prediction' } as const;
type Shown = keyof typeof SHOWN;

/** A row: a case, with a ratio for each way that it was measured. */
interface Row {
  readonly bench: Shown;
  readonly label: string;
  readonly points: readonly { readonly way: string; readonly ratio: number }[];
}

/** Where the picture is kept. */
export function pictureFile(kind: string, theme: ThemeName): string {
  return fileURLToPath(new URL(`../../docs/images/benchmarks-${kind}-${theme}.svg`, import.meta.url));
}

/** Draws the picture of a kind of machine, from the results kept. Undefined where there are none. */
export function drawPicture(kind: string, themeName: ThemeName): string | undefined {
  const rows = (Object.keys(SHOWN) as Shown[]).flatMap((bench) => rowsOf(bench, kind));
  if (rows.length === 0) return undefined;
  const ways = [...new Set(rows.flatMap(({ points }) => points.map(({ way }) => way)))];
  const theme = { ...themes[themeName], background: 'none' }; // that of the page
  const drawing = new Drawing(`benchmarks-${kind}-${themeName}`, theme, WIDTH);
  const sign = (k: number) => (d: Drawing, x: number, y: number) => d.marker(k, x, y, 4.4, theme.series[k]);
  const legend: LegendEntry[] = [
    ...ways.map((way, k): LegendEntry => ({ kind: 'own', label: way, sign: sign(k) })),
    {
      kind: 'own',
      label: 'PyTorch',
      sign: (d, x, y) => d.line(x, y - 6, x, y + 6, { stroke: theme.text, width: 1.6 }),
    },
  ];
  const subtitle = `${machineNames[kind]}, medians of rounds in turns; left of the line we are faster`;
  const y = drawLegend(
    drawing,
    drawTitle(drawing, "Our time as a proportion of PyTorch's", subtitle),
    legend,
  );
  const ratios = rows.flatMap(({ points }) => points.map(({ ratio }) => ratio));
  const bottom = drawRows(drawing, {
    y,
    labels: rows.map(({ label }) => label),
    notes: rows.map(({ points }) => points.map(({ ratio }) => ratio.toFixed(2)).join(' / ')),
    rowHeight: 24,
    domain: [0, Math.max(1.1, maxOf(ratios) * 1.05)],
    xTitle: 'our time / that of PyTorch',
    unit: 'number',
    headings: new Map(
      rows.flatMap(({ bench }, i): [number, string][] =>
        i === 0 || rows[i - 1].bench !== bench ? [[i, SHOWN[bench]]] : [],
      ),
    ),
    across: (area, scale) =>
      drawing.line(scale(1), area.top, scale(1), area.bottom, { stroke: theme.text, width: 1.6 }),
    mark: (row, middle, scale) => {
      for (const { way, ratio } of rows[row].points) sign(ways.indexOf(way))(drawing, scale(ratio), middle);
    },
  });
  const alt = `Dot chart of our time as a proportion of PyTorch's in ${rows.length} cases, ${listed(rows)}.`;
  return finish(drawing, bottom, { alt });
}

/** Draws the pictures of a kind of machine beside the page. */
export function writePictures(kind: string): void {
  for (const theme of ['light', 'dark'] as const) {
    const svg = drawPicture(kind, theme);
    if (svg !== undefined) writeFileSync(pictureFile(kind, theme), svg);
  }
}

function rowsOf(bench: Shown, kind: string): Row[] {
  const file = resultFile(bench, kind);
  if (!existsSync(file)) return [];
  const { cases } = JSON.parse(readFileSync(file, 'utf8')) as BenchResult;
  const labels = [...new Set(cases.map((one) => one.case))];
  return labels.map((label) => ({
    bench,
    label,
    points: cases.filter((one) => one.case === label).flatMap(pointOf),
  }));
}

function pointOf({ threads, engine, ratio }: BenchCase): Row['points'] {
  if (ratio === null) return [];
  const engines = engine === undefined ? '' : `${engine}, `;
  return [{ way: `${engines}${threads} ${threads === 1 ? 'thread' : 'threads'}`, ratio }];
}

function listed(rows: readonly Row[]): string {
  const ratios = rows.flatMap(({ points }) => points.map(({ ratio }) => ratio)).sort((a, b) => a - b);
  return `from ${ratios[0].toFixed(2)} to ${ratios[ratios.length - 1].toFixed(2)}`;
}
