import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { createRng } from '../../core/rng.ts';
import { evaluatePredictions, type Evaluation } from '../../evaluate/index.ts';
import { printable } from '../../core/printable.ts';
import { cut, displayWidth, fit } from '../../report/text/display-width.ts';
import { renderEvaluation } from './evaluation.ts';

/** An evaluation of `documents` documents of which one in five is mistaken for the next class. */
function evaluation(labelNames: string[], documents = 200, bootstrap_samples = 50): Evaluation {
  const classes = labelNames.length;
  const rng = createRng(4);
  const labels = Int32Array.from({ length: documents }, (_, n) => n % classes);
  const probabilities = new Float32Array(documents * classes).fill(classes > 1 ? 0.25 / (classes - 1) : 1);
  labels.forEach((label, n) => {
    if (classes > 1) probabilities[n * classes + ((label + (rng.float() < 0.2 ? 1 : 0)) % classes)] = 0.75;
  });
  return evaluatePredictions({ labels, probabilities, labelNames }, { bootstrap_samples, rng: createRng(0) });
}

const numbered = (count: number, name: string) => Array.from({ length: count }, (_, c) => `${name}${c}`);

describe('renderEvaluation', () => {
  it('claims no interval of a metric that is the same in every resample, as without an error', () => {
    const labels = Int32Array.from({ length: 24 }, (_, n) => n % 3);
    const probabilities = Float64Array.from(
      [...labels].flatMap((c) => [0, 1, 2].map((k) => Number(k === c))),
    );
    const perfect = evaluatePredictions({ labels, probabilities, labelNames: ['a', 'b', 'c'] });
    const lines = (width: number) => renderEvaluation(perfect, { width }).split('\n');
    const [, accuracy, macro, , mcc] = lines(80);
    assert.match(accuracy, /^ {2}accuracy +1\.0000 {2}0\.86\d\d to 1\.0000$/);
    assert.match(macro, /^ {2}macro F1 +1\.0000 {2}no interval: the same in every resample$/);
    assert.match(mcc, /^ {2}MCC +1\.0000 {2}no interval: /);
    const narrow = lines(48);
    assert.match(narrow[2], /1\.0000 {2}no interval$/);
    assert.ok(narrow.every((line) => displayWidth(line) <= 48));
  });

  it('draws figures, classes and the matrix', () => {
    const labels = Int32Array.from([0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
    const probabilities = Float64Array.from([0, 0, 0, 1, 1, 1, 1, 1, 1, 1].flatMap((c) => [1 - c, c]));
    const text = renderEvaluation(
      evaluatePredictions({ labels, probabilities, labelNames: ['ham', 'spam'] }, { bootstrap_samples: 0 }),
    );
    assert.equal(
      text,
      `10 documents
  accuracy            0.9000
  macro F1            0.8901
  weighted F1         0.8967
  MCC                 0.8018
  log loss            3.6044
  Brier score         0.2000
  calibration error   0.1000

class        precision  recall       recall 95 %      F1  support
ham              1.000   0.750    0.301 to 0.954   0.857        4
spam             0.857   1.000    0.610 to 1.000   0.923        6
macro avg        0.929   0.875                     0.890       10
weighted avg     0.914   0.900                     0.897       10

confusion matrix: true rows, predicted columns
       ham  spam
ham      3     1
spam     ·     6
`,
    );
  });

  it('shows the bootstrap intervals with their level', () => {
    const found = evaluation(['a', 'b'], 100);
    const [low, high] = found.accuracy_ci95 ?? [NaN, NaN];
    const text = renderEvaluation(found);
    assert.match(text, /^100 documents, with 95 % intervals$/m);
    assert.ok(text.includes(`${low.toFixed(4)} to ${high.toFixed(4)}`));
  });

  it('stays within the width and names every class, whatever their number and length', () => {
    const names = [
      ['only'],
      ['ham', 'spam'],
      numbered(5, 'class '),
      numbered(14, 'a rather long name of a class '),
      numbered(50, 'intent_'),
      numbered(200, 'i'),
      ['日本語の経済', 'emoji 🎉🎉🎉', 'größe'],
      numbered(3, 'x'.repeat(500)),
    ];
    for (const labelNames of names) {
      for (const width of [48, 65, 66, 80, 120, 220]) {
        const text = renderEvaluation(evaluation(labelNames, 400, 0), { width });
        for (const line of text.split('\n')) {
          assert.ok(displayWidth(line) <= width, `${labelNames.length} classes, ${width} columns: ${line}`);
          assert.equal(line, line.trimEnd());
        }
        for (const label of labelNames) assert.ok(text.includes(label.slice(0, 10)), `${label} at ${width}`);
      }
    }
  });

  it('draws a wide matrix with numbers, and lists confusions where even that does not fit', () => {
    const fourteen = renderEvaluation(evaluation(numbered(14, 'a rather long name ')), { width: 80 });
    assert.match(fourteen, /^ +1 +2 +3 .* 14$/m);
    assert.match(fourteen, /^ 1 a rather long name 0 +\d+ +\d+ +·/m);
    const fifty = renderEvaluation(evaluation(numbered(50, 'intent_'), 2000), { width: 80 });
    assert.match(fifty, /most frequent confusions \(all 50 × 50 need a wider terminal\)/);
    const row = /^(intent_\d+) +→ (intent_\d+) +(\d+) +(\d+) %$/m.exec(fifty);
    assert.ok(row);
    assert.equal(Number(row[2].slice(7)), (Number(row[1].slice(7)) + 1) % 50);
    assert.match(
      renderEvaluation(evaluation(numbered(50, 'intent_'), 2000), { width: 200 }),
      /confusion matrix/,
    );
  });

  it('colours change nothing but the colours', () => {
    const found = evaluation(['a', 'b', 'c']);
    const plain = renderEvaluation(found);
    const coloured = renderEvaluation(found, { color: true });
    assert.notEqual(coloured, plain);
    assert.equal(stripVTControlCharacters(coloured), plain);
    assert.equal(stripVTControlCharacters(plain), plain);
  });

  it('lets no class name drive the terminal', () => {
    const text = renderEvaluation(evaluation(['\u001b[2J', 'a\nb\r', '\u202eevil']));
    // eslint-disable-next-line no-control-regex -- control characters are what must be absent
    assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u202e]/);
  });
});

describe('columns', () => {
  it('count wide characters twice and clusters once', () => {
    const widths: [string, number][] = [
      ['', 0],
      ['abc', 3],
      ['größe', 5],
      ['e\u0301', 1],
      ['日本', 4],
      ['🎉', 2],
      ['👩‍👩‍👧', 2],
      ['한', 2],
    ];
    for (const [text, width] of widths) assert.equal(displayWidth(text), width, text);
  });

  it('cut and fill to the width', () => {
    assert.equal(cut('entertainment', 8), 'enterta…');
    assert.equal(cut('sport', 5), 'sport');
    assert.equal(cut('日本語', 4), '日…');
    assert.equal(fit('日本語', 5), '日本…');
    assert.equal(fit('日本語', 4), '日… ');
    assert.equal(fit('ab', 4, 'right'), '  ab');
    assert.equal(printable('a\u0007b'), 'a\ufffdb');
  });
});
