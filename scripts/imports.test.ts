import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Room } from './house.ts';
import { checkCircles, checkImports, importsOf } from './imports.ts';

const rooms: Room[] = [
  { name: 'core', runs: 'browser', holds: '' },
  { name: 'data', runs: 'browser', nodeOnly: ['readers'], holds: '' },
  { name: 'cli', runs: 'node', holds: '' },
];

/** The complaints about a tree of `path: source` below `src/`. */
function check(tree: Record<string, string>): string[] {
  const sources = new Map(Object.entries(tree).map(([path, source]) => [`src/${path}`, source]));
  return checkImports(sources, { rooms, browserPackages: ['zod'], installedPackages: ['zod', 'yaml'] });
}

/** Asserts exactly one complaint, which matches. */
function refused(tree: Record<string, string>, expected: RegExp): void {
  const problems = check(tree);
  assert.equal(problems.length, 1, problems.join('\n') || 'no complaint');
  assert.match(problems[0], expected);
}

test('a tree that keeps every rule has no complaint', () => {
  const problems = check({
    'core/a.ts': "import { z } from 'zod';\nexport const a = z;",
    'core/a.test.ts': "import fs from 'node:fs';\nimport fc from 'fast-check';\nimport { a } from './a.ts';",
    'data/b.ts': "import { a } from '../core/a.ts';\nimport type { Stats } from 'node:fs';",
    'data/lazy.ts': "export async function open() { return import('node:fs'); }",
    'data/readers/c.ts': "import fs from 'node:fs';\nimport { a } from '../../core/a.ts';",
    'cli/main.ts': "import { b } from '../data/b.ts';\nimport yaml from 'yaml';\nimport 'node:process';",
    'index.ts': "export { a } from './core/a.ts';",
  });
  assert.deepEqual(problems, []);
});

test('an import to a room on the right is refused, types included', () => {
  const b = { 'data/b.ts': 'export const b = 1;' };
  refused(
    { ...b, 'core/a.ts': "import { b } from '../data/b.ts';" },
    /src\/core\/a\.ts:1: imports must point one way.*core imports src\/data\/b\.ts/,
  );
  refused(
    { ...b, 'core/a.ts': "\nimport type { B } from '../data/b.ts';" },
    /a\.ts:2: imports must point one way/,
  );
  refused({ ...b, 'core/a.ts': "export * from '../data/b.ts';" }, /imports must point one way/);
  refused({ ...b, 'core/a.ts': "const f = () => import('../data/b.ts');" }, /imports must point one way/);
  refused({ ...b, 'core/a.ts': "type B = import('../data/b.ts').B;" }, /imports must point one way/);
});

test('a circle is refused, also through a third file and through types', () => {
  const problems = check({
    'core/a.ts': "import { b } from './b.ts';",
    'core/b.ts': "import { c } from './c.ts';",
    'core/c.ts': "import type { A } from './a.ts';",
  });
  assert.deepEqual(problems, [
    'imports must not run in a circle, but src/core/a.ts -> src/core/b.ts -> src/core/c.ts -> src/core/a.ts',
  ]);
});

test('a circle of benchmarks or tests is refused; import() in a function closes none', () => {
  const tree = (last: string) =>
    new Map([
      ['bench/a.ts', "import { b } from './support/b.ts';"],
      ['bench/support/b.ts', last],
    ]);
  assert.deepEqual(checkCircles(tree("import type { A } from '../a.ts';")), [
    'imports must not run in a circle, but bench/a.ts -> bench/support/b.ts -> bench/a.ts',
  ]);
  assert.deepEqual(checkCircles(tree("export const a = () => import('../a.ts');")), []);
});

test('a browser room that needs Node is refused', () => {
  refused(
    { 'core/a.ts': "import { join } from 'node:path';" },
    /must run in a browser, but imports node:path/,
  );
  refused({ 'core/a.ts': "import fs from 'fs';" }, /must run in a browser, but imports fs/);
  refused({ 'core/a.ts': "await import('node:fs');" }, /must run in a browser, but imports node:fs/);
  refused({ 'core/a.ts': "import { parse } from 'yaml';" }, /must run in a browser, but imports yaml.*zod/);
  refused(
    { 'data/a.ts': "import { r } from './readers/r.ts';", 'data/readers/r.ts': 'export const r = 1;' },
    /must run in a browser, but imports src\/data\/readers\/r\.ts/,
  );
});

test('a package that users do not get is refused', () => {
  refused(
    { 'cli/a.ts': "import fc from 'fast-check';" },
    /imports the package fast-check, which users do not get/,
  );
  refused({ 'cli/a.ts': "import x from '@scope/name/sub';" }, /imports the package @scope\/name,/);
});

test('leaving src, naming no ending, importing a test and an unknown folder are refused', () => {
  refused(
    { 'cli/a.ts': "import { x } from '../../bench/x.ts';" },
    /must stay within src\/, but imports bench\/x\.ts/,
  );
  refused({ 'cli/a.ts': "import { x } from './x';" }, /must name the file with its ending/);
  refused({ 'cli/a.ts': "import { x } from './x.test.ts';" }, /must not import a test/);
  refused({ 'cellar/a.ts': '' }, /src\/cellar\/a\.ts: the folder must be a room/);
});

test('imports are found in every form, and not in comments or strings', () => {
  const source =
    "// import 'no'\nconst s = \"import 'no'\";\nimport 'a';\nexport { b } from 'b';\nconst c = () => import('c');";
  assert.deepEqual(
    importsOf('x.ts', source).map(({ specifier, line, lazy }) => [specifier, line, lazy]),
    [
      ['a', 3, false],
      ['b', 4, false],
      ['c', 5, true],
    ],
  );
});
