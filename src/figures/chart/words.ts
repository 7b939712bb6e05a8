/** The words of a text in lines, each with its own background. */
import { dashOf, type Drawing, SIZES } from './drawing.ts';
import { MARGIN } from './frame.ts';
import { fitText, labelText, textWidth } from './text.ts';
import { inkOn } from './theme.ts';

/** A word as it is drawn. */
export interface DrawnWord {
  readonly text: string;
  /** Its background, `#rrggbb`. */
  readonly ground: string;
  /** Underline: the series whose dash it has. Default none. */
  readonly underline?: number;
}

const LINE = 19;
const GAP = 4;

/** A heading in bold, and the words in lines; returns the y below. */
export function drawWords(
  drawing: Drawing,
  top: number,
  heading: string,
  words: readonly DrawnWord[],
): number {
  const [left, right] = [MARGIN, drawing.width - MARGIN];
  const size = SIZES.tick;
  let y = top + 18;
  drawing.text(left, y - 4, fitText(heading, right - left, size, 'bold'), {
    size,
    face: 'bold',
    full: heading,
  });
  let x = left;
  for (const { text, ground, underline } of words) {
    const shown = fitText(labelText(text), right - left - GAP, size);
    const width = textWidth(shown, size) + GAP;
    if (x > left && x + width > right) {
      x = left;
      y += LINE;
    }
    const fill = inkOn(ground);
    drawing.rect(x, y, width, LINE - 2, { fill: ground, radius: 2 });
    drawing.text(x + GAP / 2, y + 12.5, shown, { size, fill, full: text });
    if (underline !== undefined)
      drawing.line(x + GAP / 2, y + 15.5, x + width - GAP / 2, y + 15.5, {
        stroke: fill,
        width: 1,
        dash: dashOf(underline),
      });
    x += width + 1;
  }
  return y + LINE + 6;
}
