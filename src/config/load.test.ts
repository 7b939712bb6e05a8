import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadConfig, parseConfig } from './load.ts';
import { presets } from './presets/index.ts';
import { resolveConfig } from './resolve.ts';

const folder = mkdtempSync(join(tmpdir(), 'unroll-config-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

test('YAML, JSON and modules give the same configuration', async () => {
  const paths = [
    file('a.yaml', '# yaml-language-server: $schema=x.json\ntrain: {lr: 0.5}\n'),
    file('a.json', '{"$schema": "x.json", "train": {"lr": 0.5}}'),
    file('a.config.ts', 'const lr: number = 0.5; export default { train: { lr } };'),
  ];
  for (const path of paths) assert.equal(resolveConfig(await loadConfig(path)).train.lr, 0.5, path);
});

test('an empty file is the defaults', async () => {
  assert.equal(resolveConfig(await loadConfig(file('empty.yaml', '# nothing yet\n'))).train.seed, 0);
});

test('a preset is known by its name, and a wrong name gets the nearest', async () => {
  assert.equal(resolveConfig(await loadConfig('rnn-workshop')).model.type, 'rnn');
  await assert.rejects(
    loadConfig('bilstm-workshp'),
    /presets quickstart, bilstm-workshop, rnn-workshop.*Did you mean "bilstm-workshop"\?/,
  );
  await assert.rejects(
    loadConfig('missing.yaml'),
    /the config file must exist, but there is no file missing\.yaml/,
  );
});

test('a file that is not a configuration is refused with the place', async () => {
  assert.throws(
    () => parseConfig('train:\n  lr: [1\n', 'a.yaml'),
    /a\.yaml must be valid YAML, but line \d+, column \d+/,
  );
  assert.throws(
    () => parseConfig('train: {lr: 1}\ntrain: {lr: 2}\n', 'a.yaml'),
    /line 2, column 1 is not: Map keys must be unique/,
  );
  assert.throws(() => parseConfig('- a\n', 'a.yaml'), /must be a mapping with sections .*, but got a list/);
  assert.throws(() => parseConfig('just words', 'a.yaml'), /but got "just words"/);
  // such as a table given for a configuration
  assert.throws(
    () => parseConfig('text,label '.repeat(1000), 'a.yaml'),
    ({ message }: Error) => message.length < 200,
  );
  const refused = (text: string) => () => resolveConfig(parseConfig(text, 'a.yaml'));
  assert.throws(refused('\nmodle:\n  type: rnn\n'), /modle is not a known section.*a\.yaml line 2\)/);
  assert.throws(refused('train:\n  schedule:\n    typ: cosine\n'), /schedule\.typ.*a\.yaml line 3\)/);
  assert.throws(refused('model:\n  pooling:\n    - last\n    - men\n'), /pooling\.1.*a\.yaml line 4\)/);
  await assert.rejects(
    loadConfig(file('b.ts', 'export const x = 1;')),
    /must have a configuration as its default export/,
  );
  await assert.rejects(loadConfig(file('c.ts', 'export default {')), /must be a module that can be imported/);
});

test('a chain of aliases that would fill the memory is refused', () => {
  const bomb = ['a: &a [1,1,1,1,1,1,1,1,1]'];
  for (let i = 1; i < 9; i++) {
    const [name, before] = [String.fromCharCode(97 + i), String.fromCharCode(96 + i)];
    bomb.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(',')}]`);
  }
  assert.throws(() => parseConfig(bomb.join('\n'), 'bomb.yaml'), /could not be read: Excessive alias count/);
});

test('nothing follows from the data where a preset is named, except in the default search', async () => {
  for (const { name, config } of presets) {
    const layer = await loadConfig(name);
    assert.equal(layer.complete, name !== 'search', name);
    assert.deepEqual(layer.values, config);
  }
  assert.equal((await loadConfig('search', { search: true })).complete, false);
});
