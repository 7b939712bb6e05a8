/** Every code block of the docs does what the page says; those for contributors are in add-one.test.ts. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { root } from '../../scripts/house.ts';
import { isForContributors, moduleName, playPage, plays, runs } from '../docs/blocks.ts';
import { pages } from '../docs/pages.ts';
import { runProgram } from '../support/process.ts';
import { writeFiles } from '../support/temporary.ts';

describe('the blocks of each page run, in their order', { concurrency: 2 }, () => {
  for (const [file, page] of pages)
    if (!isForContributors(file) && plays(page)) test(file, () => playPage(file, page));
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
