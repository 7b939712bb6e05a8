/** Which configurations of a cross-validation are of no use, by their out-of-fold predictions. */
import { doubtOf } from '../../classifier/doubt.ts';
import type { DoubtEvent } from '../../classifier/events.ts';
import type { CvState } from './state.ts';

/** The configurations that do no better than the class frequencies of the data, in their order. */
export function doubtsOf({ configurations, repeats, seeds }: CvState): readonly DoubtEvent[] {
  return configurations.flatMap(({ name, config, results }) => {
    if (results === null) return [];
    const { per_class, accuracy, log_loss } = results.out_of_fold;
    // folds are stratified: their training parts have the class frequencies of the data, which every repetition tests whole
    const own = per_class.map(({ label, support }) => ({ label, support: support / (repeats * seeds) }));
    const counts = own.map(({ support }) => support);
    const doubt = doubtOf(config.model.type, { per_class: own, accuracy, log_loss }, counts);
    return doubt ? [{ ...doubt, ...(configurations.length > 1 && { model: name }) }] : [];
  });
}
