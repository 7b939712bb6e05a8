/** Which classes a figure draws where there are too many for one picture. */
import { formatCount } from './chart/format.ts';

/** More classes than this are not drawn one by one. */
const MOST = 50;
/** How many of them are drawn then. */
const CHOSEN = 40;

/** The classes that are drawn, in their order, and the note beneath the figure if these are not all. */
export interface DrawnClasses {
  /** Indices of the classes. */
  readonly drawn: readonly number[];
  /** One sentence, or none. */
  readonly warnings: readonly string[];
}

/**
 * All classes, or of more than 50 the 40 with the highest scores.
 * @param scores One per class.
 * @param which What the chosen ones have in common: `the most misclassified documents`.
 */
export function drawnClasses(scores: readonly number[], which: string): DrawnClasses {
  const all = scores.map((_, c) => c);
  if (all.length <= MOST) return { drawn: all, warnings: [] };
  const drawn = [...all]
    .sort((a, b) => scores[b] - scores[a] || a - b)
    .slice(0, CHOSEN)
    .sort((a, b) => a - b);
  return {
    drawn,
    warnings: [
      `${CHOSEN} of ${formatCount(all.length)} classes, those with ${which}; the table (CSV) has all.`,
    ],
  };
}
