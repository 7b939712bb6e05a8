/** Every code block of the docs does what the page says. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { root } from '../../scripts/house.ts';
import { runProgram } from '../support/process.ts';
import { writeFiles } from '../support/temporary.ts';
import { isQuick, matchesOutput, moduleName, playPage, plays, runs } from './blocks.ts';
import { pages } from './pages.ts';

/** Blocks that nothing runs; each gives its reason on the page. */
const UNRUN_AT_MOST = 6;

describe('the blocks of README and guide run, in their order', { concurrency: 2 }, () => {
  // the others: test/slow/docs.test.ts and test/slow/add-one.test.ts
  for (const [file, page] of pages) if (isQuick(file) && plays(page)) test(file, () => playPage(file, page));
});

test('TypeScript blocks pass the compiler', async () => {
  const folder = `${root}build/docs-types`;
  after(() => rmSync(folder, { recursive: true, force: true }));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const blocks = [...pages].flatMap(([file, { blocks }]) =>
    blocks
      .filter((block) => block.language === 'ts' && runs(block) && block.attributes.file === undefined)
      .map((block) => [`${moduleName(file, block)}.ts`, block.text]),
  );
  assert.ok(blocks.length > 0, 'no block was found');
  const compilerOptions = {
    customConditions: ['unrolled-source'],
    noUnusedLocals: false,
    moduleDetection: 'force',
  };
  writeFiles(folder, {
    ...Object.fromEntries(blocks),
    'tsconfig.json': JSON.stringify({
      extends: '../../tsconfig.json',
      compilerOptions,
      include: ['*.ts', '../../src/**/*.d.ts'],
    }),
  });
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { code, stdout } = await runProgram(process.execPath, [tsc, '-p', folder], { cwd: root });
  assert.equal(code, 0, stdout);
});

test('blocks that run elsewhere name a test that runs them, and few do not run at all', () => {
  const all = [...pages].flatMap(([file, { blocks }]) => blocks.map((block) => ({ file, ...block })));
  for (const { file, line, attributes, text } of all) {
    const test = attributes['run-by'];
    if (test === undefined) continue;
    assert.ok(existsSync(root + test), `${file}:${line}: ${test} does not exist`);
    const [, name] = /^(?:npm (?:run )?(?:-s )?|npx unrolled |python )(\S+)/m.exec(text) ?? [];
    assert.ok(name !== undefined, `${file}:${line}: run-by is for npm, npx unrolled and python`);
    assert.ok(
      readFileSync(root + test, 'utf8').includes(name),
      `${file}:${line}: ${test} does not run ${name}`,
    );
  }
  const unrun = all.filter(({ attributes }) => attributes['no-run'] !== undefined);
  for (const { file, line, attributes } of unrun) {
    assert.ok(attributes['no-run'].length > 10, `${file}:${line}: no-run must give its reason`);
  }
  assert.ok(unrun.length <= UNRUN_AT_MOST, `${unrun.length} blocks do not run`);
});

test('shown output matches with … for what changes, and nothing else', () => {
  assert.ok(matchesOutput('a  1.… s\n…\nend', 'a  1.25 s\nx\ny\nend\n'));
  assert.ok(matchesOutput('…\nend', 'end\n'));
  assert.ok(matchesOutput('a (b)* ', 'a (b)*'));
  assert.ok(!matchesOutput('a  1.… s', 'a  2.25 s\n'));
  assert.ok(!matchesOutput('a', 'a\nb\n'));
  assert.ok(!matchesOutput('a…b', 'a\nb\n'));
});
