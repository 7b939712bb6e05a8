/** Word dropout: which tokens of a training batch are replaced by `<UNK>`. */
import { hashKeys } from '../../core/rng.ts';
import { dropoutHash } from '../../engine/reference/dropout.ts';
import type { ClassifierPlan } from './plan.ts';

/** Whether the token in a packed row is replaced in this step; undefined where none ever is. */
export function replacedTokens(
  { shape, training }: Pick<ClassifierPlan, 'shape' | 'training'>,
  step: number,
): ((row: number) => boolean) | undefined {
  const { word_dropout: p } = shape.model;
  if (p === 0) return undefined;
  const key = hashKeys(training?.seed ?? 0, ['word_dropout', step]) | 0;
  return (row) => dropoutHash(row, key) < p * 4294967296;
}
