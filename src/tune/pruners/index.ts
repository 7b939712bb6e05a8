import { type Family, family } from '../../core/family.ts';
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

/** Those that stand alone. */
const plain = family<[], Pruner>('pruner', [
  median,
  percentile,
  successiveHalving,
  hyperband,
  threshold,
  wilcoxon,
  none,
]);

/** The pruners, by the name in `tune.pruner.type`. */
export const pruners: Family<[], Pruner> = family<[], Pruner>('pruner', [
  ...plain.members,
  patientOver(plain),
]);
