/**
 * Draws the picture at the head of the README: two mails and what the quickstart's model says of them.
 *
 *     npm run quickstart && node scripts/with-node.mjs scripts/readme-picture.ts
 *
 * Writes docs/images/task-light.svg and task-dark.svg from the probabilities of runs/quickstart.
 */
import { writeFileSync } from 'node:fs';
import { maxOf } from '../src/core/lists.ts';
import { Drawing, SIZES } from '../src/figures/chart/drawing.ts';
import { wrapText } from '../src/figures/chart/text.ts';
import { type ThemeName, themes } from '../src/figures/chart/theme.ts';
import { loadClassifier } from '../src/run/index.ts';
import { root } from './house.ts';
import { MAILS } from './quickstart-mails.ts';

const WIDTH = 800;
const ROW = 96;
const TOP = 34;
const GAP = 14;
/** Where the columns begin, and how wide the texts and the bars are. */
const TEXT = { x: 12, width: 420 };
const MODEL = { x: 462, width: 92 };
const BARS = { x: 588, width: 140 };

const classifier = await loadClassifier(`${root}runs/quickstart`);
const { labelNames } = classifier;
const probabilities = classifier.predictProba(MAILS);
await classifier.close();

for (const name of ['light', 'dark'] as const) {
  writeFileSync(`${root}docs/images/task-${name}.svg`, draw(name));
}

function draw(name: ThemeName): string {
  const theme = { ...themes[name], background: 'none' }; // that of the page, whichever it is
  const d = new Drawing(`task-${name}`, theme, WIDTH);
  const heading = { size: SIZES.label, fill: theme.quiet };
  d.text(TEXT.x, 22, 'new mails', heading);
  d.text(BARS.x, 22, 'probability of each class', heading);
  const bottom = TOP + MAILS.length * ROW + (MAILS.length - 1) * GAP;
  d.rect(MODEL.x, TOP, MODEL.width, bottom - TOP, { fill: theme.panel, stroke: theme.series[0], radius: 8 });
  const middle = MODEL.x + MODEL.width / 2;
  d.text(middle, 22, 'a trained BiLSTM', { ...heading, anchor: 'middle' });
  const stages = ['words', 'vectors', 'LSTM → ←', 'pooling', 'classes'];
  for (const [k, line] of stages.entries()) {
    const y = TOP + ((k + 0.5) * (bottom - TOP)) / stages.length + 4;
    d.text(middle, y, line, { anchor: 'middle', size: SIZES.label });
  }
  for (const [m, mail] of MAILS.entries()) drawMail(d, mail, m);
  const said = MAILS.map((mail, m) => `“${mail}” is ${describe(m)}`).join(' ');
  return d.toSvg(bottom + 12, `Two new mails and what a trained classifier says of them. ${said}`);
}

function drawMail(d: Drawing, mail: string, m: number): void {
  const { theme } = d;
  const top = TOP + m * (ROW + GAP);
  d.rect(TEXT.x, top, TEXT.width, ROW, { fill: theme.panel, radius: 8 });
  const lines = wrapText(mail, TEXT.width - 28, SIZES.title);
  for (const [n, line] of lines.entries()) {
    d.text(TEXT.x + 14, top + ROW / 2 + 5 + (n - (lines.length - 1) / 2) * 20, line, { size: SIZES.title });
  }
  for (const from of [TEXT.x + TEXT.width, MODEL.x + MODEL.width]) {
    const y = top + ROW / 2;
    d.path(`M${from + 6} ${y}h18m-6 -5l6 5l-6 5`, { stroke: theme.axis, width: 1.6 });
  }
  for (const [c, label] of labelNames.entries()) {
    const p = probabilities[m * labelNames.length + c];
    const y = top + 24 + c * 34;
    d.text(BARS.x, y + 12, label, { face: p > 0.5 ? 'bold' : 'regular', size: SIZES.title });
    const x = BARS.x + 46;
    d.rect(x, y, BARS.width - 46 + 20, 16, { fill: theme.panel, radius: 2 });
    d.rect(x, y, Math.max(2, p * (BARS.width - 46 + 20)), 16, { fill: theme.series[c], radius: 2 });
    d.text(x + BARS.width - 46 + 28, y + 12.5, p.toFixed(3), { size: SIZES.label });
  }
}

function describe(m: number): string {
  const row = Array.from(probabilities.subarray(m * labelNames.length, (m + 1) * labelNames.length));
  const best = row.indexOf(maxOf(row));
  return `${labelNames[best]} with probability ${row[best].toFixed(3)}.`;
}
