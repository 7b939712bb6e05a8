/**
 * The recipe: the value of each key that is not set, derived from the data, and why. They were chosen by accuracy on
 * validation documents, never on test documents. The defaults of the schema are those of PyTorch; presets build on
 * them.
 */
import { groupDigits } from '../core/words.ts';
import { AUTO_MODEL } from '../models/options.ts';
import { losses } from '../nn/losses/index.ts';
import { isMapping } from './layer.ts';
import { asksForNetwork } from './shared-keys.ts';

/** The facts that the settings follow from: the training documents, and the requested classifier. */
export interface RecipeFacts {
  /** N, training documents. */
  readonly documents: number;
  /** C, classes. */
  readonly classes: number;
  /** Median number of tokens of a document. */
  readonly medianLength: number;
  /** Words that occur often enough to learn vectors of: twice and `text.min_count` times; 0 where tokens are not whole words. */
  readonly wordsToLearn: number;
  /** Mean number of tokens that are read of a document, of at most {@link MAX_LENGTH}. */
  readonly meanRead: number;
  /** `model.type`. */
  readonly type: string;
  /** `train.batch_size` where it is set. */
  readonly batchSize?: number | undefined;
  /** Word vectors that are at hand, and the proportion of the tokens that they know; only where `train.auto` may choose. */
  readonly vectors?: { readonly name: string; readonly coverage: number } | undefined;
  /** Epochs of `train.phases` where they say them. */
  readonly phaseEpochs?: number | undefined;
}

/** A key that follows from the data. */
export interface RecipeRule {
  /** Dotted path of the key. */
  readonly key: string;
  /** Its value. */
  value(facts: RecipeFacts): unknown;
  /** Its value if it is the same for all data; left out if it depends on them. */
  readonly fixed?: unknown;
  /** Why, in a phrase without a full stop. */
  why(facts: RecipeFacts): string;
  /**
   * Whether it applies to the given settings; left out if it always does.
   * @param set Returns the value that a key was set to; undefined if not set.
   * @param keys Dotted paths of all keys that were set.
   */
  fits?(set: (key: string) => unknown, keys: readonly string[], facts: RecipeFacts): boolean;
}

/** Tokens of a document that are read. */
export const MAX_LENGTH = 400;
/** Tokens of all passes together: what two cores read in one to two minutes. */
const TOKENS = 8e6;
/** Classes for which that is enough; long documents of more need it in proportion, up to so many times. */
const [FEW_CLASSES, MOST_TIMES] = [5, 3];
/** Passes that are enough, those that long documents of many classes gain from, and the fewest. */
const [MOST_EPOCHS, MOST_OF_LONG, FEWEST_EPOCHS] = [20, 30, 4];
/** Tokens from which on documents are long. */
const LONG = 100;
/** Documents below which they are few, and tokens below which a document is short. */
const [FEW, SHORT] = [1000, 4];
/** Fewest updates in which a network learns, and the most passes that few documents get to reach them. */
const [UPDATES, EPOCHS_OF_FEW] = [400, 60];

/** Training documents below which vectors are learned from them first: measured up to 17,000, with no smaller gain there. */
const LEARNED_FROM = 50_000;
/** Fewest words of which vectors are learned: as many as a vector has numbers. */
const WORDS = 128;

/** Training documents below which a network learns again from the validation documents too. */
const REFITTED = 10_000;

const plain = ({ type }: RecipeFacts) => type === 'rnn' || type === 'birnn';

function batchSize({ documents, batchSize: given }: RecipeFacts): number {
  return given ?? (documents < FEW ? 16 : documents < 50_000 ? 32 : 64);
}

function tokens({ classes }: RecipeFacts): number {
  return TOKENS * Math.min(MOST_TIMES, Math.max(1, classes / FEW_CLASSES));
}

function mostEpochs({ classes, meanRead }: RecipeFacts): number {
  return classes > FEW_CLASSES && meanRead >= LONG ? MOST_OF_LONG : MOST_EPOCHS;
}

function epochs(facts: RecipeFacts): number {
  const { documents, meanRead, phaseEpochs } = facts;
  if (phaseEpochs !== undefined) return phaseEpochs;
  const affordable = Math.round(tokens(facts) / Math.max(1, documents * meanRead));
  const needed = Math.ceil(UPDATES / Math.ceil(documents / batchSize(facts)));
  const usual = Math.min(mostEpochs(facts), Math.max(FEWEST_EPOCHS, affordable));
  return Math.max(usual, Math.min(EPOCHS_OF_FEW, needed));
}

function hasWordsToSpare({ documents, medianLength }: RecipeFacts): boolean {
  return documents >= FEW && medianLength >= SHORT;
}

/** Who sets something of the network wants that network, without vectors from outside. */
function takesVectors(
  set: (key: string) => unknown,
  keys: readonly string[],
  { vectors }: RecipeFacts,
): boolean {
  const choice = (key: string) => key === 'train.auto' || (key === 'model.type' && set(key) === AUTO_MODEL);
  return vectors !== undefined && !keys.some((key) => !choice(key) && asksForNetwork(key));
}

/**
 * Vectors decide the size of the embedding: who sets that wants none. A search may have models or tokenizers among its choices
 * that take none.
 */
function learnsVectors(set: (key: string) => unknown, facts: RecipeFacts): boolean {
  const { type, documents, medianLength, wordsToLearn } = facts;
  const enough = medianLength >= SHORT && wordsToLearn >= WORDS;
  const types = choicesOf(set('model.type') ?? type);
  const oneTokenizer = choicesOf(set('text.tokenizer')).length === 1;
  const suits = enough && documents < LEARNED_FROM && oneTokenizer && !types.includes('bag');
  return suits && set('model.embedding_dim') === undefined;
}

/** The values that a key may take: those of a range of a search, or the one. */
function choicesOf(value: unknown): readonly unknown[] {
  return isMapping(value) && Array.isArray(value.choices) ? value.choices : [value];
}

/** A value that is the same for all data. */
const always = (key: string, value: unknown, why: string, fits?: RecipeRule['fits']): RecipeRule => ({
  key,
  fixed: value,
  value: () => value,
  why: () => why,
  ...(fits && { fits }),
});

/** The name in an option of a family, which is written `adamw` or `{ type: adamw, … }`. */
function typeOf(option: unknown): string | undefined {
  const type = typeof option === 'object' && option !== null && 'type' in option ? option.type : option;
  return typeof type === 'string' ? type : undefined;
}

/** The list of keys that follow from the data, in the order in which they are explained. */
export const recipe: readonly RecipeRule[] = [
  always('text.min_count', 2, 'words seen only once add noise; they are read as <UNK>'),
  always('text.max_length', MAX_LENGTH, 'the beginning usually tells the class; shorter documents cost less'),
  {
    key: 'model.vectors',
    value: ({ vectors }) => vectors?.name ?? null,
    why: ({ vectors }) =>
      `installed, and has ${((vectors?.coverage ?? 0) * 100).toFixed(0)} % of the words of the documents`,
    fits: takesVectors,
  },
  {
    key: 'model.vectors',
    value: () => 'learn',
    why: () => 'learned from the training documents first: words with the same neighbours begin alike',
    fits: (set, keys, facts) => !takesVectors(set, keys, facts) && learnsVectors(set, facts),
  },
  always('model.embedding_std', 0.1, 'small initial vectors, so that rare words add little noise'),
  {
    key: 'model.word_dropout',
    value: (facts) => (hasWordsToSpare(facts) ? 0.5 : 0.2),
    why: (facts) =>
      `hides random words, so that the model does not rely on single ones${hasWordsToSpare(facts) ? '' : '; fewer where there are few'}`,
  },
  always('model.embedding_dropout', 0.3, 'against overfitting'),
  always('model.variational_dropout', true, 'one dropout mask for all words of a document'),
  always('model.dropout', 0.5, 'against overfitting, before the classifier'),
  {
    key: 'train.batch_size',
    value: batchSize,
    why: ({ documents }) =>
      documents < FEW
        ? 'few documents: smaller batches give more updates'
        : documents < 50_000
          ? 'the usual size'
          : 'many documents: larger batches are faster',
  },
  {
    key: 'train.epochs',
    value: epochs,
    why(facts) {
      const { documents, classes, meanRead, phaseEpochs } = facts;
      if (phaseEpochs !== undefined) return 'those of train.phases';
      if (epochs(facts) > mostEpochs(facts)) return `few documents: about ${UPDATES} updates`;
      const read = groupDigits(Math.round(documents * meanRead));
      const all = `${(tokens(facts) / 1e6).toFixed(0)} million in all${classes > FEW_CLASSES ? ` for ${classes} classes` : ''}`;
      return `an epoch reads ${read} tokens: about ${all}, ${FEWEST_EPOCHS} to ${mostEpochs(facts)} epochs`;
    },
  },
  always('train.optimizer', 'adamw', 'Adam with decoupled weight decay'),
  {
    key: 'train.lr',
    value: (facts) => (plain(facts) ? 1e-3 : 3e-3),
    why: (facts) => (plain(facts) ? 'a plain RNN learns only at small rates' : 'the largest that is stable'),
    fits: (set) => ['adamw', 'adam'].includes(typeOf(set('train.optimizer')) ?? 'adamw'),
  },
  always(
    'train.schedule',
    { type: 'cosine', warmup_fraction: 0.1 },
    'rises in the first tenth, then falls to 0',
  ),
  always('train.label_smoothing', 0.1, 'against overconfident probabilities', (set) => {
    const loss = typeOf(set('train.loss')) ?? 'cross_entropy';
    return losses.members.some(({ type, options }) => type === loss && 'label_smoothing' in options);
  }),
  always('train.clip_norm', 1, 'limits the step after an unusual batch'),
  always(
    'train.keep',
    'last',
    'choosing an epoch by few validation documents is mostly chance',
    (set) => (set('train.patience') ?? null) === null && set('train.monitor') === undefined,
  ),
  {
    key: 'train.refit',
    value: ({ documents }) => documents < REFITTED,
    why: ({ documents }) =>
      documents < REFITTED
        ? 'few documents: those that validate are worth a second training'
        : 'a tenth more of so many documents is not worth a second training',
  },
  always(
    'train.auto',
    true,
    'validation documents choose between the network, the linear model and their average',
    // setting a key of the network selects the network; excluding the linear model does too
    (set, keys) => !keys.some(asksForNetwork) && set('train.baseline') !== false,
  ),
];

/** The value of a key that is not set, for tables: by the recipe and, with presets, the default of the schema. */
export function defaultWords(key: string, plain: string, show: (value: unknown) => string): string {
  const rule = recipe.find((one) => one.key === key);
  if (!rule) return plain;
  return `${rule.fixed === undefined ? 'by the data' : show(rule.fixed)}; in presets ${plain}`;
}
