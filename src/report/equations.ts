/** The equations of a run's model and of its loss, as their definitions give them. */
import type { Config } from '../config/schema.ts';
import { describeModel, fittedAtOnce } from '../models/family.ts';
import { describeTraining } from '../train/describe.ts';
import type { Block } from './content.ts';

/** Equations from the text to the probabilities, then of the loss, each with a sentence on its symbols. */
export function equationBlocks({ model, train }: Pick<Config, 'model' | 'train'>): Block[] {
  const { loss } = describeTraining(train);
  const own = describeModel(model).equations(loss);
  // a model that is fitted at once has a loss of its own
  return fittedAtOnce(model) ? [...own] : [...own, ...loss.equations];
}
