import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { writeFakeRun } from '../../test/support/run-folder.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import type { ConfigInput } from '../config/schema.ts';
import { auditDataset } from '../data/audit.ts';
import { createDataset } from '../data/dataset.ts';
import { createStudy } from '../tune/index.ts';
import { figuresOf } from './content.ts';
import { readRuns } from './run-facts.ts';
import { hasWorkshopNumbers, isWorkshopData, reported } from './workshop-reported.ts';
import { type SearchedNetwork, searchSection } from './workshop-search.ts';
import { differences, workshopSection, workshopTable } from './workshop-section.ts';

const folder = temporaryFolder();
const labelNames = ['Business', 'Politics'];
const documents = 400;
const rows = Array.from({ length: documents }, (_, row) => ({
  row,
  // every tenth document is a copy of the one before
  text: `document ${row % 10 === 9 ? row - 1 : row} of many words in a row number ${row % 10 === 9 ? row - 1 : row}`,
  label: labelNames[Math.floor(row / 10) % 2],
}));
const dataset = createDataset(rows, { name: 'news', source: 'news.csv' });
const data = {
  dataset,
  audit: auditDataset(dataset, { text: { tokenizer: 'whitespace', vocabulary_size: 5000 } }),
};

/** Runs of 223 test documents of which `right` are right. */
function runsWith(name: string, right: number, config: ConfigInput = {}) {
  const rowIds = Int32Array.from({ length: 223 }, (_, n) => n);
  const labels = rowIds.map((row) => Math.floor(row / 10) % 2);
  const predicted = labels.map((label, n) => (n < right ? label : 1 - label));
  const path = writeFakeRun(join(folder, name), { labelNames, labels, predicted, rowIds, config });
  const [facts] = readRuns([path]);
  return { scratch: facts, rnn: facts, bilstm: facts, data };
}

describe("the workshop's file is known by its classes", () => {
  const counts = [417, 511, 401, 386, 510];
  test('whatever their order and names', () => {
    assert.ok(isWorkshopData(counts));
    assert.ok(isWorkshopData(Int32Array.from([510, 386, 417, 511, 401])));
    assert.ok(!isWorkshopData([417, 511, 401, 386, 509]));
    assert.ok(!isWorkshopData([...counts, 1]));
    assert.equal(
      counts.reduce((sum, n) => sum + n),
      2225,
    );
    assert.equal(
      reported.split.reduce<number>((sum, n) => sum + n, 0),
      2225,
    );
  });
  test('its numbers get its names only where each has its own documents', () => {
    assert.ok(hasWorkshopNumbers(['0', '1', '2', '3', '4'], counts));
    assert.ok(!hasWorkshopNumbers(['0', '1', '2', '3', '4'], [511, 417, 401, 386, 510]));
    assert.ok(!hasWorkshopNumbers(['business', '1', '2', '3', '4'], counts));
  });
});

describe('the table', () => {
  const runs = runsWith('table', 200);
  const cells = new Map(workshopTable(runs, undefined).rows.map(([name, ...rest]) => [name, rest]));
  test("has the report's results with the intervals of its documents", () => {
    // Wilson's interval of 199 of 222 and of 148 of 222
    assert.equal(cells.get('BiLSTM: validation accuracy')?.[0], '89.6 % (84.9 to 93.0)');
    assert.equal(cells.get('RNN: validation accuracy')?.[0], 'about 66.7 % (60.2 to 72.5)');
    assert.equal(cells.get('RNN: test accuracy')?.[0], 'below 80 %');
  });
  test("has the run's own beside", () => {
    assert.match(cells.get('BiLSTM: test accuracy')?.[1] ?? '', /^89\.7 % \(/);
    assert.match(
      cells.get('BiLSTM: most frequent errors')?.[1] ?? '',
      /Politics as Business|Business as Politics/,
    );
    assert.match(cells.get('BiLSTM: stopped')?.[1] ?? '', /^epoch 3, after 1 drop of the learning rate$/);
  });
});

describe('the differences', () => {
  let folders = 0;
  const said = (right: number, config: ConfigInput = {}) =>
    differences(runsWith(`said-${folders++}`, right, config), undefined).join('\n');
  test('an interval apart from that of the report is told from one that overlaps', () => {
    assert.match(said(219), /lies above it: the random choice of documents does not explain the difference/);
    assert.match(said(120), /lies below it/);
    assert.match(said(192), /overlaps with it: the difference may be chance/);
  });
  test('they say what this run did', () => {
    const workshop: ConfigInput = {
      data: { split: 'random', allow_leakage: true, seed: 7 },
      text: { tokenizer: 'whitespace', vocabulary_size: 5000, max_length: 50 },
    };
    assert.match(said(192, workshop), /this one follows from the seed 7/);
    assert.match(said(192, workshop), /Both read the first 50 whitespace tokens/);
    const other = said(192, { text: { max_length: 200, truncation: 'tail' }, train: { epochs: 20 } });
    assert.match(other, /every part the same proportions of the classes/);
    assert.match(other, /copies were kept in the same part of the split/);
    assert.match(other, /here it is the last 200 tokens of the word tokenizer with a vocabulary of 20,000/);
    assert.match(other, /at most 20 epochs here, not 60/);
  });
  test('how often the rate fell is told from this run, with what stopping and schedule watch', () => {
    const waits = (
      patience: number | null,
      monitor: 'val_loss' | 'val_accuracy' = 'val_loss',
    ): ConfigInput => ({
      train: { patience, monitor, schedule: { type: 'plateau', patience: 10, monitor: 'val_loss' } },
    });
    const flat = (runs: ReturnType<typeof runsWith>) => {
      const { history } = runs.bilstm.sources;
      const epochs = (history?.epochs ?? []).map((epoch) => ({ ...epoch, lr_reduced: false }));
      const sources = { ...runs.bilstm.sources, ...(history ? { history: { ...history, epochs } } : {}) };
      return differences({ ...runs, bilstm: { ...runs.bilstm, sources } }, undefined).join('\n');
    };
    assert.match(
      said(192, waits(10, 'val_accuracy')),
      /waits 10 epochs here for a better val_accuracy, the schedule 10 epochs for a better val_loss: the learning rate fell once, after epoch \d, of 3\. The two watch different metrics/,
    );
    assert.match(
      flat(runsWith('flat', 192, waits(4))),
      /the learning rate never fell in 3 epochs\. It waits no longer than the schedule, for the same metric/,
    );
    assert.match(flat(runsWith('patient', 192, waits(20))), /the learning rate never fell in 3 epochs\.$/m);
    assert.match(flat(runsWith('endless', 192, waits(null))), /There is no early stopping here/);
  });
});

describe('the search', () => {
  /** A study of `n` trials, the third of which is the best. */
  async function studyOf(network: 'rnn' | 'bilstm', n: number): Promise<SearchedNetwork> {
    const study = await createStudy({ name: network, direction: 'maximize' });
    await study.setMetricNames(['accuracy']);
    await study.optimize(
      (trial) => {
        trial.suggestFloat('model.dropout', 0, 0.5);
        if (network === 'bilstm') trial.suggestCategorical('model.bidirectional', [false]);
        return trial.number === 2 ? 0.875 : 0.5;
      },
      { trials: n },
    );
    return {
      network,
      study: { ...(await study.view()), metric_names: ['accuracy'], storage: 'sqlite:///search/studies.db' },
    };
  }

  test('is told in numbers beside that of the report, in the table and in words', async () => {
    const studies = [await studyOf('rnn', 4), await studyOf('bilstm', 40)];
    const runs = { ...runsWith('searched', 192), studies };
    const cells = new Map(workshopTable(runs, undefined).rows.map(([name, ...rest]) => [name, rest]));
    assert.deepEqual(cells.get('Trials of the search'), [
      '20 for the RNN, 40 for the BiLSTM',
      '4 for the RNN, 40 for the BiLSTM',
    ]);
    const said = differences(runs, undefined).join('\n');
    assert.match(
      said,
      /4 trials for the RNN, the best, trial 2, with a validation accuracy of 87\.5 % \(the report: 66\.7 % in 20\); 40 trials for the BiLSTM/,
    );
    assert.match(said, /For the RNN that is a shorter search than the report's\./);
    assert.match(said, /reads in one direction only/);
    assert.doesNotMatch(said, /nothing was searched/);
    assert.match(differences(runsWith('none', 192), undefined).join('\n'), /nothing was searched/);
  });

  test('has a section with every trial and figures of its own', async () => {
    const section = searchSection([await studyOf('rnn', 4), await studyOf('bilstm', 5)]);
    const figures = figuresOf([section]).map(({ id }) => id);
    assert.equal(new Set(figures).size, figures.length);
    assert.ok(
      figures.includes('rnn-optimization-history') && figures.includes('bilstm-optimization-history'),
    );
    const log = section.sections?.[1].sections?.find(({ id }) => id === 'bilstm-search-log');
    const table = log?.blocks.find((block) => block.kind === 'table');
    assert.equal(table?.kind === 'table' && table.rows.length, 5);
  });
});

test('the section: copies counted in the split, and a title before each difference', () => {
  const runs = runsWith('section', 192, { data: { allow_leakage: true, split: 'random' } });
  const leaky = {
    ...runs.bilstm,
    splits: { train: Int32Array.of(8, 18, 300), val: Int32Array.of(301), test: Int32Array.of() },
  };
  const section = workshopSection({ ...runs, bilstm: leaky });
  const text = JSON.stringify(section);
  // rows 8 and 18 are trained on themselves here; 9 and 19 are their copies
  assert.match(
    text,
    /in this split 4 test documents have a copy in the training part; on the other 219 the BiLSTM gets/,
  );
  const list = section.blocks.find((block) => block.kind === 'list');
  assert.ok(list?.kind === 'list');
  assert.deepEqual(
    list.items.map((item) => (Array.isArray(item) ? (item[0] as { strong: string }).strong : '')),
    ['The split.', 'Copies.', 'Tokens.', 'Uncertainty.', 'Schedule.', 'Search.', 'Baseline.'],
  );
});
