import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readModelSpecs } from './specs.ts';

test('a model is called as its folder, or as it is named; versions count up', () => {
  const specs = readModelSpecs([
    'runs/spam-1',
    'runs/spam-2/model',
    'a=x/y',
    'a=x/z',
    'a@2024-05=b=c',
    './odd=name/r',
  ]);
  assert.deepEqual(
    specs.map(({ name, version, path }) => `${name} ${version} ${path}`),
    [
      'spam-1 1 runs/spam-1',
      'spam-2 1 runs/spam-2/model',
      'a 1 x/y',
      'a 2 x/z',
      'a 2024-05 b=c',
      'r 1 ./odd=name/r',
    ],
  );
});

test('two models of one name and version are refused', () => {
  assert.throws(() => readModelSpecs(['a@1=x', 'a@1=y']), /x and y are both a@1/);
  assert.throws(() => readModelSpecs(['a@2=x', 'a=y', 'a@2=z']), /both a@2/);
});

test('a name that requests cannot have is refused, not taken for a folder', () => {
  for (const given of ['two words=x', 'a@b@c=x', 'ä=runs/x'])
    assert.throws(
      () => readModelSpecs([given]),
      /must be of letters, digits and \. _ -, but are not\. Write NAME=RUN/,
    );
});
