/** Figures in Node: reading runs, writing files, PNG and PDF. */
export { svgToPdf } from './pdf.ts';
export { svgToPng } from './png.ts';
export { readRunSources, type RunSources } from './read-run.ts';
export {
  type FigureFormat,
  figureFormats,
  type RenderedFigure,
  type Rendering,
  renderFigures,
  type RenderOptions,
  renderSources,
  usualFormats,
} from './render.ts';
