/** Comparisons that figures have trouble with, beside an ordinary one: made by hand. */
import type { ComparedModel, ComparisonFacts, Sources } from '../../src/figures/index.ts';

const accuracy: ComparisonFacts['metric'] = { title: 'accuracy', better: 'higher', range: [0, 1] };

const row = (
  name: string,
  value: number | null,
  half: number | null = 0.02,
  rest: Partial<ComparedModel> = {},
): ComparedModel => ({
  name,
  value,
  low: value === null || half === null ? null : value - half,
  high: value === null || half === null ? null : value + half,
  ...rest,
});

const comparison = (
  rows: readonly ComparedModel[],
  rest: Partial<ComparisonFacts> = {},
): { readonly comparison: ComparisonFacts } => ({
  comparison: { metric: accuracy, measured_on: '222 test documents', rows, ...rest },
});

/** What the figure of several models is drawn from, by the name of the case. */
export const comparisonCases = {
  comparison: comparison([
    row('bilstm-1', 0.935, 0.03),
    row('bigru-1', 0.915, 0.035),
    row('rnn-1', 0.74, 0.055),
    row('majority class', 0.3, 0.06, { baseline: true }),
  ]),
  'comparison-groups': comparison(
    ['0.001', '0.003', '0.01'].flatMap((lr, i) =>
      [0, 1, 2].map((seed) =>
        row(`seed ${seed}`, 0.8 + 0.05 * i + 0.01 * seed, 0.025, { group: `learning rate ${lr}` }),
      ),
    ),
    { metric: { title: 'macro F1', better: 'higher', range: [0, 1] } },
  ),
  'comparison-curves': comparison([row('lstm', 0.9), row('rnn', 0.8)], {
    curves: [
      {
        name: 'lstm',
        runs: [
          [1.4, 0.9, 0.5, 0.3],
          [1.2, 0.7, 0.5],
        ],
      },
      { name: 'rnn', runs: [[1.5, null, 1.1, 1.2]] },
    ],
  }),
  'comparison-many-curves': comparison([row('a', 0.9)], {
    curves: Array.from({ length: 6 }, (_, i) => ({ name: `a setting with a name ${i}`, runs: [[0.5 + i]] })),
  }),
  'comparison-one': comparison([row('only-run', 1, 0)]),
  'comparison-bare': comparison([row('a', 0.9, null), row('b', 0.8, null), row('c', null)]),
  'comparison-not-finite': comparison([row('diverged', NaN), row('infinite', Infinity), row('null', null)]),
  'comparison-empty': comparison([]),
  'comparison-baseline-alone': comparison([row('majority class', 0.5, 0.1, { baseline: true })]),
  'comparison-loss': comparison(
    [row('a', 0.21, 0.02), row('b', 0.34, 0.05), row('always the prior', 1.6, null, { baseline: true })],
    {
      metric: { title: 'log loss', better: 'lower', range: [0, Infinity] },
      intervals: 'mean ± sd of 3 seeds',
    },
  ),
  'comparison-long-names': comparison(
    Array.from({ length: 40 }, (_, i) =>
      row(
        `/home/user/projects/classification/runs/2026-11-28/bilstm-two-layers-dropout-0.3-${i}`,
        0.5 + i / 100,
        0.04,
        {
          ...(i % 10 === 0
            ? { group: `体育新闻和其他非常长的类别名称 of a group that has a long name, ${i}` }
            : { group: 'مجموعة' }),
        },
      ),
    ),
  ),
} satisfies Readonly<Record<string, Sources>>;
