/** Where a report shows the figures of a run or study: where its text mentions them, or at the end of a section. */
import { figures } from '../figures/index.ts';
import type { FigureSources, Sources } from '../figures/sources.ts';
import type { Block } from './content.ts';

/** Figures that a section mentions, and shows there. */
const placed = [
  'toy-loss',
  'toy-predictions',
  'gradient-flow',
  'class-counts',
  'length-histogram',
  'vocabulary-coverage',
  'model-flowchart',
  'training-flowchart',
  'loss-curve',
  'accuracy-curve',
  'lr-schedule',
  'confusion-matrix',
  'confusion-matrix-normalised',
  'per-class-accuracy',
  'per-class-scores',
  'reliability',
  'pareto-front',
  'optimization-history',
  'edf',
  'param-importances',
  'slice',
  'contour',
  'parallel-coordinate',
  'intermediate-values',
  'timeline',
] as const;

/** The block of a figure, by its name; none where there is no such figure of the run or study. */
export type PlacedFigure = (type: (typeof placed)[number]) => Block[];

/** The section, by its id, that shows the figures of a source which no section mentions. */
const SECTIONS: Readonly<Record<keyof FigureSources, string>> = {
  scratch: 'from-scratch',
  audit: 'data',
  model: 'model',
  training: 'training',
  history: 'training',
  evaluation: 'results',
  ngrams: 'results',
  attention: 'results',
  study: 'course',
  comparison: 'comparison',
  folds: 'comparison',
  explained: 'explanation',
  class_words: 'explanation',
  deletion: 'explanation',
  gates: 'explanation',
  through_time: 'explanation',
};

/** The figures of a run or study as blocks. */
export interface FigureBlocks {
  readonly figure: PlacedFigure;
  /** The figures of this section's sources that no section mentions. */
  rest(section: string): Block[];
}

/** Puts the figures that no section mentions among the others, in the order of their numbers. */
export function placeRest(blocks: readonly Block[], rest: readonly Block[]): Block[] {
  const order = (block: Block) =>
    block.kind === 'figure' ? figures.findIndex(({ type }) => type === block.figure.type) : -1;
  return rest.reduce<Block[]>(
    (placed, block) => {
      const next = placed.findIndex((one) => order(one) > order(block));
      return next < 0 ? [...placed, block] : placed.toSpliced(next, 0, block);
    },
    [...blocks],
  );
}

/** @param prefix Keeps the ids of several runs apart. */
export function figureBlocks(sources: Sources, prefix = ''): FigureBlocks {
  const blocks = (chosen: (typeof figures)[number][]) =>
    chosen.flatMap((listed): Block[] => {
      const figure = listed.of(sources);
      return figure ? [{ kind: 'figure', id: prefix + figure.type, figure }] : [];
    });
  const isPlaced = (type: string) => (placed as readonly string[]).includes(type);
  return {
    figure: (type) => blocks(figures.filter((one) => one.type === type)),
    rest: (section) =>
      blocks(figures.filter(({ type, needs }) => SECTIONS[needs] === section && !isPlaced(type))),
  };
}
