/** What a report of a study says, and that its numbers are those of the trials. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { studyCases } from '../../test/figures/study-cases.ts';
import { evaluatePredictions } from '../evaluate/index.ts';
import { floatDistribution } from '../tune/index.ts';
import { makeTrial } from '../tune/testing/trials.ts';
import { type Block, figureNumbersOf, figuresOf, type Section } from './content.ts';
import { figureNumbers } from '../figures/index.ts';
import { writeHtml } from './html.ts';
import { writeLatex } from './latex.ts';
import { writeMarkdown } from './markdown.ts';
import {
  courseAnalysis,
  failureAnalysis,
  parameterAnalysis,
  pruningAnalysis,
  testAnalysis,
  trustAnalysis,
} from './study-analysis.ts';
import { judgedDocuments, type StudyReportFacts } from './study-facts.ts';
import { buildStudyReport } from './study-report.ts';

const x = floatDistribution(0, 1);
const facts = (rest: Partial<StudyReportFacts>): StudyReportFacts => ({
  name: 'news',
  directions: ['maximize'],
  trials: [],
  storage: 'sqlite:///runs/studies.db',
  ...rest,
});
const ofCase = (name: string) => facts({ ...studyCases[name].study! });
const search = {
  data: { name: 'bbc', hash: 'abc', documents: 2225 },
  objective: 'accuracy',
  folds: null,
  config: 'data:\n  fractions: [0.8, 0.1, 0.1]\n',
  settings: {},
};

/** Trials of one parameter with these values. */
const valued = (values: readonly number[], rest: Partial<StudyReportFacts> = {}) =>
  facts({
    trials: values.map((value, number) =>
      makeTrial({ number, values: [value], params: { x: [number / 100, x] } }),
    ),
    ...rest,
  });

const textsOf = (sections: readonly Section[]): string =>
  sections
    .flatMap(({ title, blocks, sections: inner = [] }) => [title, ...blocks.map(textOf), textsOf(inner)])
    .join('\n');

function textOf(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
    case 'note':
      return typeof block.text === 'string'
        ? block.text
        : block.text.map((one) => JSON.stringify(one)).join('');
    case 'table':
      return [block.caption, block.head.join('|'), ...block.rows.map((row) => row.join('|'))].join('\n');
    case 'code':
      return block.text;
    case 'figure':
      return `${block.figure.title} ${block.figure.caption}`;
    case 'list':
      return block.items.map((text) => textOf({ kind: 'paragraph', text })).join('\n');
    case 'equations':
      return block.lines.join('\n');
    default:
      return block satisfies never;
  }
}

describe('the report of a study', () => {
  test('has its sections, its figures and a line for each trial', () => {
    const study = ofCase('study');
    const report = buildStudyReport(study);
    assert.deepEqual(
      report.sections.map(({ id }) => id),
      [
        'question',
        'search',
        'best-trials',
        'course',
        'parameters',
        'pruning',
        'trust',
        'time',
        'methods',
        'reproduce',
        'search-log',
      ],
    );
    assert.deepEqual(
      figuresOf(report.sections).map(({ id }) => id),
      [
        'optimization-history',
        'edf',
        'param-importances',
        'slice',
        'contour',
        'parallel-coordinate',
        'intermediate-values',
        'timeline',
      ],
    );
    assert.deepEqual([...figureNumbersOf(report)], [...figureNumbers({ study })], 'those of unroll figures');
    const log = report.sections.at(-1)?.sections?.[0].blocks[0];
    assert.ok(log);
    assert.ok(log.kind === 'table' && log.rows.length === 60);
    const best = study.trials
      .filter(({ state }) => state === 'COMPLETE')
      .reduce((a, b) => ((b.values?.[0] ?? 0) > (a.values?.[0] ?? 0) ? b : a));
    const said = textsOf(report.sections);
    assert.ok(
      said.includes(`Trial ${best.number} has the highest val_accuracy, ${best.values?.[0]}, with lr `),
    );
    assert.match(said, /The search has not ended: 2 trials run or wait/);
    assert.match(said, /momentum\|0 to 0\.99\|\d+/);
    assert.match(said, /lr\|1e-4 to 0\.1, logarithmic\|59/);
    assert.match(said, /unroll report sqlite:\/\/\/runs\/studies\.db --study news-bilstm/);
  });

  test('is written in every format', () => {
    const report = buildStudyReport(ofCase('study'));
    for (const text of [writeHtml(report), writeMarkdown(report), writeLatex(report)]) {
      assert.ok(text.includes('Log of the search'));
      assert.doesNotMatch(text.replace(/<svg.*?<\/svg>/gs, ''), /NaN|undefined|\[object/);
    }
    assert.ok(writeHtml(report).length < 500_000);
  });

  test('every awkward study has a report', () => {
    for (const name of Object.keys(studyCases)) {
      const report = buildStudyReport(ofCase(name));
      assert.ok(report.sections.length >= 4, name);
      assert.doesNotMatch(textsOf(report.sections), /NaN|undefined|Infinity|\[object/, name);
      const ids = figuresOf(report.sections).map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length);
      writeLatex(report);
    }
  });

  test('an empty study says that there is no answer yet', () => {
    const said = textsOf(buildStudyReport(facts({})).sections);
    assert.match(said, /There is no answer yet: no trials\./);
    assert.match(said, /The study has no trials yet\./);
  });

  test('several objectives have a front in place of a best trial', () => {
    const report = buildStudyReport(ofCase('study-two-objectives'));
    assert.ok(report.sections.some(({ title }) => title === 'The Pareto front'));
    assert.ok(report.sections.every(({ id }) => id !== 'trust'));
    assert.match(textsOf(report.sections), /11 trials are on the Pareto front \(50 trials, all complete\)/);
  });

  test('a long log ends where it was told to', () => {
    const log = buildStudyReport(ofCase('study-thousand'), { logged: 100 }).sections.at(-1);
    assert.match(textsOf(log ? [log] : []), /900 later trials are left out here/);
  });

  test('a search of the product names data, sampler, pruner and command', () => {
    const said = textsOf(
      buildStudyReport({
        ...ofCase('study'),
        search: {
          ...search,
          settings: {
            sampler: { type: 'tpe', multivariate: true },
            pruner: { type: 'median', n_warmup_steps: 4 },
            seed: 7,
            command: ['tune', 'my news.csv', '--trials', '60'],
          },
        },
      }).sections,
    );
    assert.match(said, /give the highest val_accuracy on the 2,225 documents of bbc\?/);
    assert.match(said, /sampler tpe \(multivariate true\), seed 7\. .*pruner median \(n_warmup_steps 4\)/);
    assert.match(said, /unroll tune 'my news\.csv' --trials 60/);
    assert.match(said, /fractions: \[0\.8, 0\.1, 0\.1\]/);
  });
});

describe('the analysis', () => {
  test('sets the first ten trials beside those after them', () => {
    const early = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const [said, after] = courseAnalysis(valued([...early, 20, 21, 22], { directions: ['maximize'] }));
    assert.match(
      said,
      /median of 5\.5, those after them 21: later trials were better, not just more of them/,
    );
    assert.match(after, /^The last trial was the best so far/);
    const [worse, left] = courseAnalysis(valued([...early, 1, 2, 3]));
    assert.match(worse, /they were no better overall/);
    assert.match(left, /followed by 3 trials, none of them better, too few/);
    assert.deepEqual(courseAnalysis(valued([1, 2])), []);
  });

  test('warns of the best of many on few documents, with the standard error', () => {
    // 0.9 of 222: sqrt(0.09 / 222) = 2.01 points; 0.89 and 0.885 are within it, 0.87 is not
    const study = valued([0.9, 0.89, 0.87, 0.885], {
      metric_names: ['accuracy'],
      search: { ...search, settings: { judged: 222 } },
    });
    const said = trustAnalysis(study).join(' ');
    assert.match(said, /0\.9 is the best of 4 complete trials/);
    assert.match(
      said,
      /Measured on 222 documents, it has a standard error of 2\.0 points; 2 other trials are within that/,
    );
    // the largest of three normal numbers is 0.87 of their spread above the mean, by Blom (0.85 exactly)
    assert.match(said, /If these 3 were equally good, .* up to about 1\.8 points/);
    assert.equal(judgedDocuments(study), 222);
    assert.equal(judgedDocuments(valued([], { search })), 223, 'by the shares of the split');
    assert.equal(judgedDocuments(valued([], { search: { ...search, folds: 5 } })), 2003);
    assert.equal(judgedDocuments(valued([])), undefined);
    assert.equal(trustAnalysis(valued([0.9, 0.8])).length, 1, 'nothing without documents');
  });

  test('sets the test beside the value that chose the model', () => {
    const evaluation = evaluatePredictions({
      labels: Int32Array.from({ length: 100 }, (_, n) => n % 2),
      probabilities: Float64Array.from({ length: 200 }, (_, i) =>
        Number((i >> 1 < 80 ? (i >> 1) % 2 : 0) === i % 2),
      ),
      labelNames: ['a', 'b'],
    });
    const study = valued([0.5, 0.92], {
      metric_names: ['accuracy'],
      search: { ...search, settings: { judged: 222 } },
      model: { trial: 1, path: 'runs/news', evaluation },
    });
    const said = testAnalysis(study).join(' ');
    // 90 of 100; 1.96 · sqrt(0.92 · 0.08 / 222 + 0.9 · 0.1 / 100) = 6.9 points
    assert.match(
      said,
      /The model of trial 1, .* Of 100 test documents the model classified 90\.0 % correctly/,
    );
    assert.match(said, /That is −2\.0 points compared with the accuracy .* no more than the 6\.9 points/);
    assert.deepEqual(testAnalysis(valued([0.5])), []);
  });

  test('says what pruning saved, and whether it was hasty', () => {
    const at = (seconds: number) => new Date(1000 * seconds);
    const trial = (number: number, seconds: number, reports: readonly number[], pruned: boolean) =>
      makeTrial({
        number,
        reports,
        state: pruned ? 'PRUNED' : 'COMPLETE',
        values: [reports[reports.length - 1]],
        datetimeStart: at(0),
        datetimeComplete: at(seconds),
      });
    const said = pruningAnalysis(
      facts({
        trials: [
          trial(0, 100, [0.1, 0.5, 0.9], false),
          trial(1, 30, [0.2], true),
          trial(2, 20, [0, 0.4], true),
        ],
      }),
    ).join(' ');
    // 50 of 200 s used; the search worked 150 s, and would have worked 300
    assert.match(said, /took 50 s; .* they would have taken 3 min 20 s\. Pruning saved 50 % of/);
    assert.match(said, /1 of 2 pruned trials was ahead of the best trial at the step where it ended/);
  });

  test('names parameters at the end of their range, and reasons of failures', () => {
    const trials = Array.from({ length: 40 }, (_, number) =>
      makeTrial({ number, values: [number], params: { x: [Math.min(1, number / 36), x] } }),
    );
    assert.match(
      parameterAnalysis(facts({ trials })).join(' '),
      /All of the best 4 trials have x at the upper end of its range, 1: better values may lie beyond/,
    );
    const failed = [0, 1, 2].map((number) =>
      makeTrial({
        number,
        state: 'FAIL',
        systemAttrs: { fail_reason: number === 1 ? 'out of memory.' : 'loss' },
      }),
    );
    assert.deepEqual(failureAnalysis(facts({ trials: failed })), [
      '3 trials failed: loss (trials 0, 2); out of memory (trial 1).',
    ]);
  });
});
