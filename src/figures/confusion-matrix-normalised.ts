/** Confusion matrix of the test documents, each row as percent of its true class. */
import {
  confusionCaption,
  confusionCsv,
  confusionData,
  type Confusions,
  drawConfusions,
} from './confusions.ts';
import { defineFigure } from './figure.ts';

const title = 'Confusion matrix, row-normalised';

/** The figure. */
export const confusionMatrixNormalised = defineFigure<'evaluation', Confusions>({
  type: 'confusion-matrix-normalised',
  title,
  summary: 'Confusion matrix of the test documents, each row as percent of its true class.',
  needs: 'evaluation',
  data: confusionData,
  draw: (data, options, alt) =>
    drawConfusions(data, { type: 'confusion-matrix-normalised', title, alt, normalised: true }, options),
  csv: confusionCsv,
  caption: confusionCaption,
  describe: ({ labels }) =>
    `Table of true against predicted classes, ${labels.length} by ${labels.length}, as percent of each true class.`,
});
