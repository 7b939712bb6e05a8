/**
 * Reports against those that a person has read: every number, sign, column and equation. Where one differs, the new text
 * is left beside the old one as `NAME-changed`; read it, then move it over the old one.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ConfigInput } from '../../src/config/schema.ts';
import { createRng } from '../../src/core/rng.ts';
import { createDataset } from '../../src/data/dataset.ts';
import { auditDataset } from '../../src/data/audit.ts';
import { lossCurve } from '../../src/figures/index.ts';
import { layers } from '../../src/nn/layers/index.ts';
import { buildReport } from '../../src/report/build.ts';
import { buildStudyReport } from '../../src/report/study-report.ts';
import type { Report } from '../../src/report/content.ts';
import { writeHtml } from '../../src/report/html.ts';
import { methods } from '../../src/report/methods.ts';
import { writeLatex } from '../../src/report/latex.ts';
import { writeMarkdown } from '../../src/report/markdown.ts';
import { readRuns, type RunFacts } from '../../src/report/run-facts.ts';
import type { ScratchFile } from '../../src/run/index.ts';
import { usualHistory } from '../figures/cases.ts';
import { studyCases } from '../figures/study-cases.ts';
import { writeFakeRun } from '../support/run-folder.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();
const snapshots = fileURLToPath(new URL('snapshots/', import.meta.url));

function compare(name: string, text: string): void {
  const [stem, ending] = [name.slice(0, name.lastIndexOf('.')), name.slice(name.lastIndexOf('.'))];
  const changed = join(snapshots, `${stem}-changed${ending}`);
  rmSync(changed, { force: true });
  const file = join(snapshots, name);
  const known = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  if (known === text) return;
  mkdirSync(snapshots, { recursive: true });
  writeFileSync(changed, text);
  const [a, b] = [known ?? '', text].map((whole) => whole.split('\n'));
  const line = b.findIndex((one, i) => one !== a[i]);
  assert.fail(`${name}, line ${line + 1}: "${b[line]}", not "${a[line]}". Read ${changed}.`);
}

const rng = createRng(3);
const labels = Int32Array.from({ length: 60 }, () => rng.int(3));
const labelNames = ['news', 'mail', 'spam'];

/** A run on the same documents, with nothing in it that depends on this machine. */
function run(name: string, accuracy: number, seed: number, config: ConfigInput = {}): RunFacts {
  const own = createRng(seed).fork(name);
  const predicted = labels.map((label) => (own.float() < accuracy ? label : (label + 1 + own.int(2)) % 3));
  const path = writeFakeRun(join(folder, name), {
    labelNames,
    labels,
    predicted,
    config: { ...config, data: { seed: 0 }, train: { ...config.train, seed } },
  });
  const [facts] = readRuns([path]);
  const { description } = facts;
  assert.ok(description);
  const machine = {
    ...description.machine,
    platform: 'linux',
    release: '6',
    arch: 'x64',
    cpu: 'CPU',
    cores: 2,
    memory_gib: 8,
  } as const;
  return { ...facts, run: { ...facts.run, path: name }, description: { ...description, machine } };
}

const lstm: ConfigInput = {
  model: { type: 'lstm', bidirectional: true },
  train: { label_smoothing: 0.1, clip_norm: 5 },
};
const gru: ConfigInput = { model: { type: 'gru', num_layers: 2, pooling: ['mean', 'last'] } };
const rnn: ConfigInput = { model: { type: 'rnn', pooling: 'last' } };

test('the report of a run is the one that was read', () => {
  const rows = Array.from({ length: 60 }, (_, n) => ({
    row: n,
    text: `words of document ${n % 50} here`,
    label: labelNames[labels[n]],
  }));
  const dataset = createDataset(rows, { name: 'news', source: 'news.csv' });
  const facts = run('lstm', 0.8, 0, lstm);
  assert.ok(facts.config);
  const audit = auditDataset(dataset, { text: facts.config.text });
  compare('run.md', writeMarkdown(buildReport([facts], { dataOf: () => ({ dataset, audit }) })));
});

test('the report of three settings with seeds is the one that was read', () => {
  const runs = [0, 1].flatMap((seed) => [
    run(`gru-${seed}`, 0.7 + 0.05 * seed, seed, gru),
    run(`lstm-${seed}`, 0.85, seed, lstm),
    run(`rnn-${seed}`, 0.5 - 0.05 * seed, seed, rnn),
  ]);
  compare('settings.md', writeMarkdown(buildReport(runs)));
});

test('the report of two runs is the one that was read', () => {
  compare('two.md', writeMarkdown(buildReport([run('a', 0.9, 0, gru), run('b', 0.6, 0, rnn)])));
});

test('the report of a network from scratch is the one that was read', () => {
  const weights = (['Wxh', 'Whh', 'bh', 'Why', 'by'] as const).map((name, i) => ({
    name,
    shape: [i + 1, 2],
    count: 2 * i + 2,
    largestError: 10 ** (i - 9),
    at: 0,
    analytic: 0.1 * i,
    numeric: 0.1 * i + 1e-9,
  }));
  const check = { sizes: { D: 2, H: 3, O: 1, T: 4 }, step: 1e-5, weights, largestError: 1e-5 };
  const curve = (network: string, summary: string, length: number, arrives: number) => ({
    network,
    summary,
    length,
    norms: [arrives, 1],
    arrives,
    perStep: arrives ** (1 / length),
  });
  const found: ScratchFile = {
    settings: { clip: 5, ask: 'last' },
    task: {
      task: 'adding',
      summary: 'the sum of two marked values',
      seed: 0,
      settings: { hidden: 8, lr: 0.1, clip: 1, epochs: 2 },
      curve: [
        { epoch: 0, loss: 0.5 },
        { epoch: 1, loss: 0.2 },
      ],
      fall: 0.6,
      predictions: [{ x: [[1], [2]], target: [null, 0.5], output: [0.1, 0.4] }],
    },
    gradient_check: [
      { loss: 'mse', ...check },
      { loss: 'cross_entropy', ...check },
    ],
    gradient_flow: {
      seed: 0,
      sizes: { D: 2, H: 8 },
      sequences: 20,
      curves: [
        curve('rnn', 'RNN', 10, 1e-4),
        curve('rnn', 'RNN', 50, 2.1e-20),
        curve('lstm', 'LSTM', 10, 0.5),
        curve('lstm', 'LSTM', 50, 0.02),
      ],
    },
  };
  const facts = run('scratch', 0.7, 0, rnn);
  const report = buildReport([{ ...facts, scratch: found, sources: { ...facts.sources, scratch: found } }]);
  const sections = report.sections.filter(({ id }) => id === 'from-scratch' || id === 'question');
  compare('scratch.md', writeMarkdown({ ...report, sections }));
});

test('the report of a study is the one that was read', () => {
  const { study } = studyCases['study'];
  assert.ok(study);
  compare('study.md', writeMarkdown(buildStudyReport({ ...study, storage: 'sqlite:///runs/studies.db' })));
});

/** The work of that key among those of a method. */
const workOf = (works: Readonly<Record<string, string>>, key: string) => ({ key, text: works[key] });
const gers2000 = workOf(layers.get('lstm').method?.works ?? {}, 'gers2000');

/** Everything that a writer can be given. */
const everything: Report = {
  title: 'All blocks',
  subtitle: 'Report of a test',
  abstract: ['Is it so?', 'It is: 5 % more.'],
  sections: [
    {
      id: 'first',
      title: 'First',
      blocks: [
        {
          kind: 'paragraph',
          text: [
            'An LSTM ',
            { cite: gers2000 },
            ' of ',
            { math: 'h_{t-1} + x^2' },
            ', as ',
            { code: 'a_b' },
            '; +4.2 points, −1.0, a -- b.',
          ],
        },
        {
          kind: 'table',
          caption: 'Numbers.',
          head: ['', 'A', 'B'],
          rows: [
            ['x', '1', '2 (1 to 3)'],
            ['[y]', '+3', '−4'],
          ],
        },
        {
          kind: 'table',
          caption: 'Mixed.',
          head: ['Run', 'Setting', 'Value'],
          wordColumns: [1],
          rows: [['r', 'lstm', '0.5']],
        },
        { kind: 'equations', lines: ['y = W x + b', 'z = 1 - y'] },
        ...(() => {
          const figure = lossCurve.of({ history: usualHistory });
          assert.ok(figure);
          const plain = { ...figure, draw: () => '<svg width="9" height="9"></svg>' };
          return [
            { kind: 'figure', id: 'free', figure: plain, unnumbered: true },
            { kind: 'figure', id: 'numbered', figure: plain },
          ] as const;
        })(),
      ],
    },
    {
      id: 'details',
      title: 'Details',
      appendix: true,
      blocks: [
        {
          kind: 'note',
          text: ['After ', { cite: workOf(methods.holm.works, 'holm1979') }, ' and ', { cite: gers2000 }],
        },
      ],
      sections: [
        {
          id: 'inner',
          title: 'Inner',
          blocks: [
            { kind: 'list', items: ['one', '[two]'] },
            { kind: 'code', language: 'sh', text: 'unroll report --format md' },
          ],
        },
      ],
    },
  ],
};

for (const [format, write] of [
  ['md', writeMarkdown],
  ['tex', writeLatex],
  ['html', (report: Report) => writeHtml(report).replace(/<style>[^]*<\/style>/, '<style>…</style>')],
] as const) {
  test(`every block as ${format} is as it was read`, () => {
    compare(`blocks.${format}`, write(everything));
  });
}
