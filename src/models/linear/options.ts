/** Options of the linear classifier. */
import { choice, either, integer, nothing, number, type OptionsOf, tuple } from '../../core/options.ts';
import { LINEAR_LOSSES } from './dual-coordinate-descent.ts';

const length = integer({ min: 1, max: 16 });
const lengths = tuple([length, length]);

/** The keys of the `model` section, without `type`. */
export const linearOptions = {
  word_ngrams: either([lengths, nothing()], {
    default: [1, 2],
    doc: 'linear: shortest and longest n-gram of words, as in [1, 2]; null: none',
  }),
  char_ngrams: either([choice(['auto']), lengths, nothing()], {
    default: 'auto',
    doc: 'linear: shortest and longest n-gram of characters within words; auto: [2, 5] where documents are short and it is more accurate; null: none',
  }),
  min_documents: integer({
    min: 1,
    default: 1,
    doc: 'linear: n-grams that fewer training documents hold are left out',
  }),
  max_features: integer({
    min: 1,
    max: 10_000_000,
    default: 100_000,
    doc: 'linear: most n-grams of words, and most of characters: those that most documents hold',
  }),
  max_tokens: integer({
    min: 1,
    nullable: true,
    default: null,
    doc: 'linear: how many words of a document it reads, from the beginning; null: all, regardless of text.max_length',
  }),
  windows: choice(['all', 'first'], {
    default: 'all',
    doc: 'linear: with max_tokens, the windows of so many words it learns from: all (50,000 of the data at most), or the first, which is what it reads of a new document',
  }),
  linear_loss: choice(LINEAR_LOSSES, {
    default: 'squared_hinge',
    doc: 'linear: squared_hinge (a linear SVM) or logistic (logistic regression)',
  }),
  C: either([choice(['auto']), number({ above: 0 })], {
    default: 'auto',
    doc: 'linear: the larger, the weaker the regularisation; auto: what is most accurate on held-out folds of the training part',
  }),
};

/** Complete options. */
export type LinearModelOptions = OptionsOf<typeof linearOptions> & { readonly type: 'linear' };
