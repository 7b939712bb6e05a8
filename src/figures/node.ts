/** Figures in Node: reading runs, writing files, PNG and PDF. */
export { type FontFile } from './fonts/font-file.ts';
export { type FontOptions, type Fonts, openFonts } from './fonts/find.ts';
export { type Outlined, outlineTexts } from './fonts/outlines.ts';
export { svgToPdf } from './pdf.ts';
export { svgToPng } from './png.ts';
export { readRunSources, type RunSources } from './read-run.ts';
export {
  type FigureFormat,
  figureFormats,
  fontNotice,
  type RenderedFigure,
  type Rendering,
  renderFigures,
  type RenderOptions,
  renderSources,
  usualFormats,
} from './render.ts';
