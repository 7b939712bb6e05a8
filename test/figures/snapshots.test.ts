/**
 * Drawings against those that were looked at. Numbers are compared rounded to whole pixels. Where one differs, the new
 * drawing is left beside the old one as `NAME-changed.svg`; README.md says how to accept it.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { figures } from '../../src/figures/index.ts';
import { cases } from './cases.ts';

const folder = fileURLToPath(new URL('snapshots/', import.meta.url));
/** The run and the study of which all drawings are kept. */
const whole = ['usual', 'study', 'comparison', 'folds', 'explained'];
/** The awkward ones whose drawings are kept, and which. */
const kept: Readonly<Record<string, readonly string[]>> = {
  empty: [
    'loss-curve',
    'confusion-matrix',
    'length-histogram',
    'model-flowchart',
    'training-flowchart',
    'toy-loss',
  ],
  scratch: ['toy-loss', 'toy-predictions', 'gradient-flow'],
  'one-epoch': ['loss-curve'],
  'one-class': ['confusion-matrix', 'reliability'],
  'one-point': ['toy-loss', 'toy-predictions', 'gradient-flow'],
  'not-finite': ['loss-curve', 'accuracy-curve', 'toy-loss', 'toy-predictions', 'gradient-flow'],
  'many-epochs': ['lr-schedule', 'toy-predictions'],
  'long-labels': ['confusion-matrix-normalised', 'per-class-scores', 'class-counts'],
  'study-empty': ['optimization-history', 'param-importances'],
  'study-none-complete': ['optimization-history', 'intermediate-values', 'timeline'],
  'study-not-finite': ['optimization-history', 'intermediate-values', 'contour'],
  'study-one-trial': ['optimization-history', 'slice', 'timeline'],
  'study-long-names': ['slice', 'contour', 'parallel-coordinate', 'param-importances'],
  'study-twenty': ['parallel-coordinate', 'param-importances'],
  'study-thousand': ['optimization-history', 'edf'],
  'study-two-objectives': ['optimization-history', 'pareto-front', 'param-importances', 'slice'],
  'study-three-objectives': ['pareto-front'],
  'study-infeasible': ['optimization-history', 'slice', 'contour'],
  'comparison-curves': ['curves-of-settings'],
  'comparison-groups': ['models-with-intervals'],
  'comparison-one': ['models-with-intervals'],
  'comparison-loss': ['models-with-intervals'],
  'comparison-long-names': ['models-with-intervals'],
  'folds-missing': ['fold-scores'],
  scripts: ['confusion-matrix', 'per-class-accuracy'],
  'six-hundred-classes': ['confusion-matrix', 'class-counts'],
  'explained-empty': ['explained-texts', 'gates'],
  'explained-long': ['explained-texts', 'class-words', 'gates', 'gradient-through-time'],
  'without-documents': ['confusion-matrix-normalised', 'per-class-accuracy', 'per-class-scores'],
};

/** Numbers within the markup as whole ones: the last bits of an engine's logarithm move nothing that one sees. */
const rounded = (svg: string) =>
  svg.replace(/(?<=[ "MLHVCAZ,(-])\d+\.\d+/g, (digits) => String(Math.round(Number(digits))));

function compare(name: string, svg: string): void {
  const file = `${folder}${name}.svg`;
  const changed = `${folder}${name}-changed.svg`;
  rmSync(changed, { force: true });
  if (existsSync(file) && rounded(readFileSync(file, 'utf8')) === rounded(svg)) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(changed, svg);
  assert.fail(
    `the drawing ${name} is ${existsSync(file) ? 'not what it was' : 'new'}: look at ${changed}, then accept it as test/figures/README.md says`,
  );
}

for (const figure of figures) {
  for (const [name, sources] of Object.entries(cases)) {
    const found = figure.of(sources);
    if (!found || (!whole.includes(name) && !kept[name]?.includes(figure.type))) continue;
    test(`${name}: ${figure.type} looks as before`, () => {
      compare(`${name}-${figure.type}`, found.draw());
    });
  }
}

for (const type of ['loss-curve', 'confusion-matrix']) {
  test(`usual: ${type} looks as before in dark`, () => {
    const figure = figures.find((listed) => listed.type === type)?.of(cases.usual);
    compare(`usual-${type}-dark`, figure?.draw({ theme: 'dark' }) ?? '');
  });
}

test('no drawing is kept for a figure that is gone', () => {
  const expected = new Set([
    ...whole.flatMap((name) =>
      figures.filter((figure) => figure.of(cases[name])).map((figure) => `${name}-${figure.type}.svg`),
    ),
    ...Object.entries(kept).flatMap(([name, types]) => types.map((type) => `${name}-${type}.svg`)),
    'usual-loss-curve-dark.svg',
    'usual-confusion-matrix-dark.svg',
  ]);
  const found = readdirSync(folder).filter((file) => !file.endsWith('-changed.svg'));
  assert.deepEqual(
    found.filter((file) => !expected.has(file)),
    [],
  );
});
