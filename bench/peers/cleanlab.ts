/**
 * cleanlab's ranking of labels, written from what it publishes, to stand beside ours on the same probabilities: the package itself
 * is Python's. Sources: Northcutt, Jiang and Chuang 2021, "Confident learning: estimating uncertainty in dataset labels" (section 3,
 * "prune by noise rate"); Kuan and Mueller 2022, "Model-agnostic label quality scoring to detect real-world label errors"
 * (self-confidence, normalised margin); the documentation of `cleanlab.filter.find_label_issues` 2.x, whose defaults these are.
 * It shares no code with `src/evaluate/label-errors.ts`.
 */

/** N documents: `[N]` labels, `[N]` rows of C probabilities. */
export interface CleanlabInput {
  readonly labels: readonly number[];
  readonly rows: readonly (readonly number[])[];
}

const maxOf = (list: readonly number[]) => list.reduce((a, b) => Math.max(a, b), -Infinity);

/** `get_self_confidence_for_each_label` */
export function selfConfidence({ labels, rows }: CleanlabInput): number[] {
  return rows.map((row, n) => row[labels[n]]);
}

/** `get_normalized_margin_for_each_label`: (p of the label - the largest other + 1) / 2. */
export function normalizedMargin({ labels, rows }: CleanlabInput): number[] {
  return rows.map((row, n) => (row[labels[n]] - maxOf(row.filter((_, c) => c !== labels[n])) + 1) / 2);
}

/** `find_label_issues(filter_by='prune_by_noise_rate', return_indices_ranked_by='self_confidence')`: the issues, worst first. */
export function labelIssues(input: CleanlabInput): number[] {
  const { labels, rows } = input;
  const classes = [...rows[0].keys()];
  const of = classes.map((k) => [...labels.keys()].filter((n) => labels[n] === k));
  const thresholds = of.map((own, k) => own.reduce((sum, n) => sum + rows[n][k], 0) / own.length);
  // joint[k][j]: documents with the label k that are confidently of class j; of several such classes the most probable of all
  const joint = classes.map(() => classes.map(() => 0));
  for (const [n, row] of rows.entries()) {
    const sure = classes.filter((c) => row[c] >= thresholds[c] - 1e-6);
    if (sure.length === 0) continue;
    joint[labels[n]][sure.length > 1 ? row.indexOf(maxOf(row)) : sure[0]]++;
  }
  for (const k of classes) joint[k][k] = Math.max(1, joint[k][k]);
  const issues = new Set<number>();
  for (const k of classes) {
    const total = joint[k].reduce((a, b) => a + b, 0);
    for (const j of classes) {
      const count = Math.round((joint[k][j] / total) * of[k].length);
      if (j === k || count === 0) continue;
      const margin = (n: number) => rows[n][j] - rows[n][k];
      for (const n of of[k].toSorted((a, b) => margin(b) - margin(a)).slice(0, count)) issues.add(n);
    }
  }
  const score = selfConfidence(input);
  return [...issues]
    .filter((n) => rows[n].indexOf(maxOf(rows[n])) !== labels[n])
    .sort((a, b) => score[a] - score[b]);
}
