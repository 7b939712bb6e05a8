import { family } from '../../core/family.ts';
import { hyperband } from './hyperband.ts';
import { median } from './median.ts';
import { none } from './none.ts';
import { patientOver } from './patient.ts';
import { percentile } from './percentile.ts';
import type { Pruner } from './pruner.ts';
import { successiveHalving } from './successive-halving.ts';
import { threshold } from './threshold.ts';
import { wilcoxon } from './wilcoxon.ts';

export type { PruneDecision, Pruner } from './pruner.ts';

/** The pruners that do not wrap another one. */
const alone = [median, percentile, successiveHalving, hyperband, threshold, wilcoxon, none] as const;

/** The pruners, by the name in `tune.pruner.type`. */
export const pruners = family<[], Pruner>()('pruner', [
  ...alone,
  patientOver(family<[], Pruner>()('pruner', alone)),
]);
