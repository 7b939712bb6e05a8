/** The code blocks of the docs are accounted for; test/slow/docs.test.ts runs them. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { root } from '../../scripts/house.ts';
import { matchesOutput } from './blocks.ts';
import { pages } from './pages.ts';

/** Blocks that nothing runs; each gives its reason on the page. */
const UNRUN_AT_MOST = 11;

test('blocks that run elsewhere name a test that runs them, and few do not run at all', () => {
  const all = [...pages].flatMap(([file, { blocks }]) => blocks.map((block) => ({ file, ...block })));
  for (const { file, line, attributes, text } of all) {
    const test = attributes['run-by'];
    if (test === undefined) continue;
    assert.ok(existsSync(root + test), `${file}:${line}: ${test} does not exist`);
    const command = /^(?:npm (?:run )?(?:-s )?|npx unrolled |unroll |python (?:\S+\/)?)(\S+)/m.exec(text);
    const [, name] = command ?? /([\w-]+\.js)\b/.exec(text) ?? [];
    assert.ok(
      name !== undefined,
      `${file}:${line}: run-by is for npm, npx unrolled, python and a page's .js`,
    );
    // build:studio is scripts/build-studio.ts
    const runs = readFileSync(root + test, 'utf8');
    assert.ok(
      runs.includes(name) || runs.includes(name.replaceAll(':', '-')),
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
