/** Every link of the docs leads somewhere. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/house.ts';
import { anchorOf, readPage } from '../support/markdown.ts';
import { isForContributors } from './blocks.ts';
import { pages } from './pages.ts';

/** What is wrong with a link from `file`, or undefined. */
function problem(file: string, target: string): string | undefined {
  if (/^(https?:|mailto:)/.test(target)) return undefined; // the tests stay off the network
  const [path, anchor] = target.split('#');
  const found = path === '' ? file : posix.join(posix.dirname(file), decodeURI(path));
  // the API reference is made by `npm run docs`
  if (found.startsWith('docs/api/')) return undefined;
  if (!existsSync(root + found)) return `${found} does not exist`;
  if (anchor === undefined) return undefined;
  return pages.get(found)?.anchors.has(anchor) ? undefined : `${found} has no heading for #${anchor}`;
}

test('links and anchors within the repository exist', () => {
  const broken = [...pages].flatMap(([file, { links }]) =>
    links
      .map(({ target, line }) => [`${file}:${line}: ${target}`, problem(file, target)] as const)
      .filter(([, reason]) => reason !== undefined),
  );
  assert.deepEqual(broken, []);
  assert.ok(
    [...pages.values()].some(({ links }) => links.length > 5),
    'no links were found at all',
  );
});

test('CONTRIBUTING.md leads to every page on adding one', () => {
  const linked = pages.get('CONTRIBUTING.md')?.links.map(({ target }) => target);
  assert.deepEqual(
    [...pages.keys()].filter((file) => isForContributors(file) && !linked?.includes(file)),
    [],
  );
});

test('anchors are named as GitHub names them', () => {
  assert.equal(anchorOf('The `train` command: options, & more'), 'the-train-command-options--more');
  assert.equal(anchorOf('See [the guide](x.md)'), 'see-the-guide');
  assert.deepEqual([...readPage('# A\n## B b\n# A\n').anchors], ['a', 'b-b', 'a-1']);
});

test('links and headings in code are not links and headings', () => {
  const page = readPage('text `[a](b)` [c](d)\n```sh x="1 2" y\n# [e](f)\n```\n');
  assert.deepEqual(page.links, [{ target: 'd', line: 1 }]);
  assert.deepEqual(page.blocks, [
    { language: 'sh', attributes: { x: '1 2', y: '' }, text: '# [e](f)', line: 2 },
  ]);
  assert.throws(() => readPage('```\nx'), /begins in line 1 must end/);
});
