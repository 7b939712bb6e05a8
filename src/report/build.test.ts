import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeFakeRun } from '../../test/support/run-folder.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { figureNumbers, figures } from '../figures/index.ts';
import { buildReport } from './build.ts';
import { compareRuns } from './compare.ts';
import { type Block, figureNumbersOf, figuresOf, type Section } from './content.ts';
import { placeRest } from './figure-blocks.ts';
import { referencesOf } from './references.ts';
import { readRuns } from './run-facts.ts';
import { settingsTable } from './run-sections.ts';

const labels = Int32Array.from({ length: 40 }, (_, n) => n % 2);
const [facts] = readRuns([
  writeFakeRun(join(temporaryFolder(), 'run'), { labelNames: ['ham', 'spam'], labels, predicted: labels }),
]);

test('sections of the caller stand between the question and the run, and before the environment', () => {
  const own = (id: string): Section => ({ id, title: id, blocks: [] });
  const ids = buildReport([facts], { before: [own('opening')], after: [own('closing')] }).sections.map(
    ({ id }) => id,
  );
  assert.deepEqual(ids.slice(0, 3), ['question', 'opening', 'data']);
  assert.deepEqual(ids.slice(-5), ['comparison', 'closing', 'methods', 'environment', 'reproduce']);
});

test('the title names the data and what was trained, unless the caller has one', () => {
  assert.equal(buildReport([facts, { ...facts, name: 'two' }]).title, 'news: 2 text classifiers compared');
  assert.ok(facts.description);
  const mails = { ...facts.description, data: { ...facts.description.data, name: 'mails' } };
  assert.equal(
    buildReport([facts, { ...facts, description: mails }]).title,
    'news, mails: 2 text classifiers compared',
  );
  assert.equal(buildReport([facts], { title: 'Workshop' }).title, 'Workshop');
});

test('every figure of a run stands in its report once, with the number that unroll figures gives it', () => {
  const numbers = figureNumbers(facts.sources);
  assert.ok(numbers.has('loss-curve') && numbers.has('reliability'));
  const report = buildReport([facts]);
  assert.deepEqual(new Map(figureNumbersOf(report)), new Map(numbers));
  assert.deepEqual(
    figuresOf(report.sections).flatMap(({ id, unnumbered }) => (unnumbered ? [id] : [])),
    ['at-a-glance'],
  );
});

test('labels that were corrected before training are part of the data', () => {
  const config = facts.config;
  assert.ok(config);
  const corrected = {
    ...facts,
    config: { ...config, data: { ...config.data, corrections: '/data/patch.csv' } },
  };
  const said = (run: typeof facts) =>
    JSON.stringify(buildReport([run]).sections.find(({ id }) => id === 'data'));
  assert.match(
    said(corrected),
    /labels of the training and the validation part were corrected with .*patch\.csv/,
  );
  assert.doesNotMatch(said(facts), /corrected with/);
});

test('a figure that no section speaks of stands among the others by the order of the list', () => {
  const block = (type: string): Block => {
    const figure = figures.find((one) => one.type === type)?.of(facts.sources);
    assert.ok(figure);
    return { kind: 'figure', id: type, figure };
  };
  const said: Block = { kind: 'paragraph', text: 'said' };
  const placed = placeRest(
    [block('loss-curve'), said, block('lr-schedule'), said],
    [block('accuracy-curve'), block('reliability')],
  );
  assert.deepEqual(
    placed.map((one) => (one.kind === 'figure' ? one.id : '')),
    ['loss-curve', '', 'accuracy-curve', 'lr-schedule', '', 'reliability'],
  );
});

test('how word vectors were learned is a setting of the training, with its sources', () => {
  const told = (vectors: string | null, vectors_texts: string | null = null) => {
    const model = { type: 'gru', vectors, vectors_texts };
    const path = writeFakeRun(join(temporaryFolder(), 'run'), {
      ...{ labelNames: ['ham', 'spam'], labels, predicted: labels },
      config: { model },
    });
    const [run] = readRuns([path]);
    const report = buildReport([run]);
    const rows = settingsTable(run).flatMap((block) => (block.kind === 'table' ? block.rows : []));
    return {
      setting: rows.find(([name]) => name === 'Word vectors')?.[1],
      works: ['levy2015', 'halko2011', 'mikolov2013'].filter((key) =>
        referencesOf(report).some((work) => work.key === key),
      ),
    };
  };
  assert.deepEqual(told('learn'), {
    setting: 'learned from the training texts by co-occurrence',
    works: ['levy2015', 'halko2011'],
  });
  assert.deepEqual(told('skipgram', 'data/more.txt'), {
    setting: 'learned from the training texts and more.txt by skip-gram',
    works: ['mikolov2013'],
  });
  assert.deepEqual(told('vectors/own.vec'), { setting: 'own.vec', works: [] });
  assert.deepEqual(told(null), { setting: undefined, works: [] });
});

test('early stopping is a setting, with its source, unless the last epoch is kept', () => {
  const told = (keep: 'best' | 'last') => {
    const path = writeFakeRun(join(temporaryFolder(), 'run'), {
      ...{ labelNames: ['ham', 'spam'], labels, predicted: labels },
      config: { train: { keep, patience: 10 } },
    });
    const [run] = readRuns([path]);
    const rows = settingsTable(run).flatMap((block) => (block.kind === 'table' ? block.rows : []));
    const named = rows.find(([name]) => name === 'Regularisation')?.[1].includes('early stopping');
    return [named, referencesOf(buildReport([run])).some(({ key }) => key === 'prechelt1998')];
  };
  assert.deepEqual(told('best'), [true, true]);
  assert.deepEqual(told('last'), [false, false]);
});

test('a run that has chosen the linear model has no epochs: those were of the network that it did not keep', () => {
  const path = writeFakeRun(join(temporaryFolder(), 'run'), {
    ...{ labelNames: ['ham', 'spam'], labels, predicted: labels },
    config: { model: { type: 'linear' } },
  });
  const [run] = readRuns([path]);
  const { runs } = compareRuns([{ ...run, summary: { ...run.summary, epochs: 34, best_epoch: 34 } }]);
  assert.deepEqual([runs[0].epochs, runs[0].best_epoch, runs[0].steps], [null, null, null]);
});

test('a model that is no better than the majority class is said to be so, as after its training', () => {
  const often = Int32Array.from({ length: 40 }, (_, n) => Number(n % 4 === 0));
  const said = (predicted: Int32Array, type = 'gru') => {
    const path = writeFakeRun(join(temporaryFolder(), 'run'), {
      ...{ labelNames: ['ham', 'spam'], labels: often, predicted },
      config: { model: { type } },
    });
    return buildReport(readRuns([path])).abstract.join(' ');
  };
  const useless = new Int32Array(40);
  assert.match(said(useless), /Always predicting "ham" is correct for 75\.0 % of the 40 documents, the model for 75\.0 %: it is no better/); // prettier-ignore
  assert.doesNotMatch(said(useless), /would be correct in/);
  assert.doesNotMatch(said(useless, 'majority'), /no better/);
  assert.match(said(often), /Always predicting ham would be correct in 75\.0 %/);
});
