/** The equations of a run's model and of its loss, as their definitions give them. */
import type { Config } from '../config/schema.ts';
import { describeModel } from '../models/family.ts';
import { describeTraining } from '../train/describe.ts';
import type { Block } from './content.ts';

/** Equations from the text to the probabilities, then of what training lowers, each with a sentence on its symbols. */
export function equationBlocks({ model, train }: Pick<Config, 'model' | 'train'>): Block[] {
  const { loss } = describeTraining(train);
  return [...describeModel(model).equations(loss), ...loss.equations];
}
