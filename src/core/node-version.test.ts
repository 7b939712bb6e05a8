import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { nodeProblem, OLDEST_NODE } from './node-version.ts';

test('a Node that is too old is told which it needs; browsers and other runtimes are let through', () => {
  assert.match(
    nodeProblem({ node: '20.20.2' }) ?? '',
    /^unroll needs Node 24 or later, this is 20\.20\.2\. Install/,
  );
  assert.match(nodeProblem({ node: '9.1.0' }) ?? '', /this is 9\.1\.0/);
  for (const versions of [{ node: '24.0.0' }, { node: '100.1.0' }, {}, { node: '22.6.0', bun: '1.2.0' }])
    assert.equal(nodeProblem(versions), undefined);
  assert.equal(nodeProblem(), undefined);
});

test('the oldest version is that of package.json', () => {
  const { engines } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    engines: { node: string };
  };
  assert.equal(engines.node, `>=${OLDEST_NODE}`);
});
