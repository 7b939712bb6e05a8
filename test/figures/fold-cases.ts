/** Cross-validations that figures have trouble with, beside an ordinary one: made by hand. */
import type { FoldFacts, FoldsOfConfiguration } from '../../src/figures/index.ts';

const row = (
  name: string,
  folds: readonly (number | null)[],
  half: number | null = 0.02,
): FoldsOfConfiguration => {
  const values = folds.filter((value) => value !== null);
  const mean = values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
  const known = mean !== null && half !== null;
  return { name, folds, mean, low: known ? mean - half : null, high: known ? mean + half : null };
};

const folds = (
  configurations: readonly FoldsOfConfiguration[],
  rest: Partial<FoldFacts> = {},
): { readonly folds: FoldFacts } => ({
  folds: {
    metric: { title: 'accuracy', better: 'higher', range: [0, 1] },
    measured_on: '5 folds of 2,225 documents',
    configurations,
    ...rest,
  },
});

/** What the figure of folds is drawn from, by the name of the case. */
export const foldCases = {
  folds: folds([
    row('quickstart', [0.951, 0.962, 0.944, 0.971, 0.958]),
    row('bilstm-workshop', [0.921, 0.944, 0.917, 0.935, 0.939], 0.03),
    row('rnn-workshop', [0.68, 0.75, 0.71, 0.73, 0.66], 0.06),
  ]),
  'folds-loss': folds([row('a', [0.21, 0.34, 0.28], 0.2), row('b', [0.31, 0.3, 0.29], 0.05)], {
    metric: { title: 'log loss', better: 'lower', range: [0, Infinity] },
    intervals: '90 % intervals',
  }),
  'folds-equal': folds([row('default', [1, 1, 1, 1], 0)]),
  'folds-missing': folds([
    row('a configuration with a name that is longer than the figure is wide', [null, 0.5, NaN], null),
    row('none', []),
    row('🙂 <b>&', [0, 1], 0.5),
  ]),
  'folds-empty': folds([]),
};
