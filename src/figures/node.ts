/** Figures in Node: reading runs, writing files, PNG. */
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
} from './render.ts';
