/** Confusion matrix of the test documents, as counts. */
import {
  confusionCaption,
  confusionCsv,
  confusionData,
  type Confusions,
  drawConfusions,
} from './confusions.ts';
import { defineFigure } from './figure.ts';

const title = 'Confusion matrix';

/** The figure. */
export const confusionMatrixCounts = defineFigure<'evaluation', Confusions>({
  type: 'confusion-matrix',
  title,
  summary: 'Confusion matrix of the test documents, as counts.',
  needs: 'evaluation',
  data: confusionData,
  draw: (data, options, alt) =>
    drawConfusions(data, { type: 'confusion-matrix', title, alt, normalised: false }, options),
  csv: confusionCsv,
  caption: confusionCaption,
  describe: ({ labels }) =>
    `Table of true against predicted classes, ${labels.length} by ${labels.length}, as counts.`,
});
