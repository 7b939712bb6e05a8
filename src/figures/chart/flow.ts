/** A flowchart from top to bottom: stages of one or more boxes side by side, arrows between, loops at the right. */
import { maxOf, minOf } from '../../core/lists.ts';
import { type Drawing, round, SIZES } from './drawing.ts';
import { MARGIN } from './frame.ts';
import { fitText, textWidth, wrapText } from './text.ts';

/** A box. */
export interface FlowBox {
  readonly title: string;
  readonly lines: readonly string[];
  /** `data`: rounded and plain; `layer`: learns, with a thick frame; `operation`: does not learn. */
  readonly kind: 'data' | 'layer' | 'operation';
}

/** A row of boxes; `after` is the label of the arrow that leaves it. */
export interface FlowStage {
  readonly boxes: readonly FlowBox[];
  readonly after?: string;
  /** An arrow at the right, back to an earlier stage. */
  readonly loop?: { readonly to: number; readonly label: string };
}

const LINE = 14.5;
const GAP = 12;
const ARROW = 24;
/** Height for arrows that split or join, with a label beneath. */
const FAN = 31;
const LANE = 24;

interface Placed {
  readonly top: number;
  readonly bottom: number;
  readonly centres: readonly number[];
}

/** Draws the stages; returns the y below. */
export function drawFlow(drawing: Drawing, y: number, stages: readonly FlowStage[]): number {
  const lanes = stages.filter((stage) => stage.loop).length;
  const right = drawing.width - MARGIN - lanes * LANE;
  const placed: Placed[] = [];
  let top = y + 2;
  for (const [i, stage] of stages.entries()) {
    const found = drawStage(drawing, stage, { top, left: MARGIN, right });
    const before = placed.at(-1);
    if (before) drawArrows(drawing, before, found, stages[i - 1].after ?? '', right);
    placed.push(found);
    const next = stages.at(i + 1);
    top = found.bottom + (next && isFan(stage, next) ? FAN : ARROW);
  }
  let lane = 0;
  stages.forEach(({ loop }, i) => {
    if (loop)
      drawLoop(drawing, { from: placed[i], to: placed[loop.to], right, lane: lane++, label: loop.label });
  });
  return (placed.at(-1)?.bottom ?? y) + 6;
}

/** One box leads straight to one box; several lead to all that follow. */
function isFan(from: FlowStage, to: FlowStage): boolean {
  return from.boxes.length > 1 || to.boxes.length > 1;
}

function drawStage(
  drawing: Drawing,
  { boxes }: FlowStage,
  { top, left, right }: { readonly top: number; readonly left: number; readonly right: number },
): Placed {
  const { theme } = drawing;
  const width = (right - left - GAP * (boxes.length - 1)) / boxes.length;
  const room = width - 16;
  const texts = boxes.map((box) => ({
    title: wrapText(box.title, room, SIZES.label, 'bold'),
    lines: box.lines.flatMap((line) => wrapText(line, room, SIZES.tick)),
  }));
  const rows = maxOf(texts, ({ title, lines }) => title.length + lines.length);
  const height = rows * LINE + 11;
  const centres = boxes.map((box, i) => {
    const x = left + i * (width + GAP);
    const frame = { layer: 1.8, operation: 1, data: 1 }[box.kind];
    drawing.rect(x, top, width, height, {
      fill: box.kind === 'data' ? theme.background : theme.panel,
      stroke: box.kind === 'layer' ? theme.series[0] : theme.axis,
      width: frame,
      radius: box.kind === 'data' ? 11 : 3,
      ...(box.kind === 'operation' ? { dash: '4 2' } : {}),
    });
    const { title, lines } = texts[i];
    let at = top + 5 + ((rows - title.length - lines.length) * LINE) / 2;
    for (const line of title)
      drawing.text(x + width / 2, (at += LINE) - 2.5, line, { anchor: 'middle', face: 'bold' });
    for (const line of lines) {
      drawing.text(x + width / 2, (at += LINE) - 2.5, line, {
        anchor: 'middle',
        size: SIZES.tick,
        fill: theme.quiet,
      });
    }
    return x + width / 2;
  });
  return { top, bottom: top + height, centres };
}

function drawArrows(drawing: Drawing, from: Placed, to: Placed, label: string, right: number): void {
  const stroke = drawing.theme.axis;
  const bus = from.bottom + 9;
  const straight = from.centres.length === 1 && to.centres.length === 1;
  if (straight) {
    to.centres.forEach((x) => drawing.line(x, from.bottom, x, to.top - 5, { stroke, width: 1.4 }));
  } else {
    const all = [...from.centres, ...to.centres];
    from.centres.forEach((x) => drawing.line(x, from.bottom, x, bus, { stroke, width: 1.4 }));
    drawing.line(minOf(all), bus, maxOf(all), bus, { stroke, width: 1.4 });
    to.centres.forEach((x) => drawing.line(x, bus, x, to.top - 5, { stroke, width: 1.4 }));
  }
  for (const x of to.centres) drawHead(drawing, x, to.top - 1, 0, 1);
  if (label === '') return;
  // at the right of the arrow, or of the first of several
  const [x] = to.centres.length === 1 ? to.centres : from.centres;
  const fitted = fitText(label, right - x - 8, SIZES.note);
  drawing.text(x + 8, straight ? from.bottom + 16 : bus + 13, fitted, { size: SIZES.note, full: label });
}

/** An arrow head with its tip at (x, y), pointing along (dx, dy). */
function drawHead(drawing: Drawing, x: number, y: number, dx: number, dy: number): void {
  const [bx, by] = [x - 6 * dx, y - 6 * dy];
  const points = [
    [x, y],
    [bx + 3.5 * dy, by + 3.5 * dx],
    [bx - 3.5 * dy, by - 3.5 * dx],
  ];
  drawing.path(`M${points.map(([a, b]) => `${round(a)} ${round(b)}`).join('L')}Z`, {
    fill: drawing.theme.axis,
  });
}

interface Loop {
  readonly from: Placed;
  readonly to: Placed;
  readonly right: number;
  readonly lane: number;
  readonly label: string;
}

function drawLoop(drawing: Drawing, { from, to, right, lane, label }: Loop): void {
  const stroke = drawing.theme.axis;
  const x = right + (lane + 0.5) * LANE - 4;
  const start = (from.top + from.bottom) / 2;
  const end = to.top + ((lane + 1) * (to.bottom - to.top)) / 4;
  drawing.path(`M${round(right)} ${round(start)}H${round(x)}V${round(end)}H${round(right + 5)}`, {
    stroke,
    width: 1.4,
  });
  drawHead(drawing, right + 1, end, -1, 0);
  const room = start - end - 10;
  const fitted = fitText(label, room, SIZES.note);
  drawing.text(x + 12, (start + end) / 2 + textWidth(fitted, SIZES.note) / 2, fitted, {
    size: SIZES.note,
    rotate: -90,
    full: label,
  });
}
