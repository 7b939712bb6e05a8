import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryFolder, writeFiles } from '../../../test/support/temporary.ts';
import { classCounts } from '../../data/dataset.ts';
import { beginJob } from '../context.ts';
import { loadNewData } from './data.ts';
import { newSettings, searchFor, type WorkshopSettings } from './settings.ts';

const counts = [417, 511, 401, 386, 510];
const table = (names: readonly string[]) =>
  `Text,Label\n${counts.flatMap((n, id) => Array.from({ length: n }, (_, k) => `word ${id} ${k},${names[id]}\n`)).join('')}`;
const path = writeFiles(temporaryFolder(), {
  'numbers.csv': table(['0', '1', '2', '3', '4']),
  'words.csv': table(['politics', 'sport', 'tech', 'arts', 'business']),
  'small.csv': 'Text,Label\na,0\nb,1\n',
});

async function load(file: string, data: Readonly<Record<string, string>> = {}) {
  const events: string[] = [];
  const overrides = Object.entries(data).map(([key, text]) => ({ key: `data.${key}`, text }));
  const job = beginJob({ listener: ({ type }) => void events.push(type) });
  const found = await loadNewData(path(file), overrides, job);
  return {
    ...found,
    events,
    settings: newSettings({ quick: false, overrides, data: found.data }),
  };
}

test("the workshop's file gets the workshop's split and the workshop's names", async () => {
  const { dataset, own, events, settings } = await load('numbers.csv');
  assert.ok(own);
  assert.ok(events.includes('own-data') && events.includes('own-labels'));
  assert.deepEqual(
    Object.fromEntries(dataset.labelNames.map((name, id) => [name, classCounts(dataset)[id]])),
    { Politics: 417, Sport: 511, Technology: 401, Entertainment: 386, Business: 510 },
  );
  for (const { data, text } of Object.values(settings.configs)) {
    assert.deepEqual(
      [data.split, data.allow_leakage, data.label_map],
      ['random', true, { 0: 'Politics', 1: 'Sport', 2: 'Technology', 3: 'Entertainment', 4: 'Business' }],
    );
    assert.deepEqual(text, settings.configs.bilstm.text);
  }
});

test('its own names of the classes are kept, and so is what the command line sets', async () => {
  const words = await load('words.csv');
  assert.ok(words.own);
  assert.deepEqual([...words.dataset.labelNames].sort(), ['arts', 'business', 'politics', 'sport', 'tech']);
  const strict = await load('numbers.csv', { allow_leakage: 'false', split: 'stratified' });
  assert.ok(strict.own);
  assert.deepEqual(
    Object.values(strict.settings.configs).map(({ data }) => [data.split, data.allow_leakage]),
    Array.from({ length: 3 }, () => ['stratified', false]),
  );
});

test('other data keeps copies in the same part', async () => {
  const { own, data, settings } = await load('small.csv');
  assert.ok(!own);
  assert.deepEqual(data, {});
  assert.ok(Object.values(settings.configs).every((config) => !config.data.allow_leakage));
});

test('searches are those of the presets, as long as --trials says; a quick one has none; a key that is set is not searched', () => {
  const settings = (given: { readonly quick?: boolean; readonly trials?: number }) =>
    newSettings({ quick: false, overrides: [{ key: 'train.lr', text: '0.01' }], data: {}, ...given });
  const trials = (given: Parameters<typeof settings>[0]) => {
    const { rnn, bilstm } = settings(given).searches;
    return [rnn?.tune.trials ?? 0, bilstm?.tune.trials ?? 0];
  };
  assert.deepEqual(trials({}), [20, 40]);
  assert.deepEqual(trials({ trials: 5 }), [5, 5]);
  assert.deepEqual(trials({ trials: 0 }), [0, 0]);
  assert.deepEqual(trials({ quick: true }), [0, 0]);
  assert.deepEqual(trials({ quick: true, trials: 3 }), [3, 3]);
  // as the state file keeps it
  const saved = JSON.parse(JSON.stringify(settings({ quick: true, trials: 3 }))) as WorkshopSettings;
  const search = searchFor(saved, 'bilstm');
  const names = search?.space.params.map(({ name }) => name) ?? [];
  assert.ok(names.includes('model.bidirectional') && names.includes('model.pooling'));
  assert.ok(!names.includes('train.lr'));
  assert.equal(search?.example.train.lr, 0.01);
  assert.equal(search.example.train.epochs, 20, 'as many as --quick allows');
});
