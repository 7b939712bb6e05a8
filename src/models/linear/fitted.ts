/** The fitted linear classifier for the model family: from raw texts to probabilities. */
import type { TextOptions } from '../../text/pipeline.ts';
import type { FittedClassifier } from '../model.ts';
import type { LinearChoice } from './fit.ts';
import { LinearClassifier, type LinearState } from './linear-classifier.ts';
import type { NgramRange } from './ngrams.ts';
import { textReader } from './read-text.ts';
import { saveState, saveTensors } from './saved.ts';

/** What a fitted linear classifier is made of. */
export interface LinearParts {
  readonly state: LinearState;
  /** [C] training documents of each class. */
  readonly classCounts: readonly number[];
  readonly choice: LinearChoice;
  readonly text: TextOptions;
  readonly maxTokens: number | null;
}

/** A classifier of texts. */
export function linearFitted({ state, classCounts, choice, text, maxTokens }: LinearParts): FittedClassifier {
  const classifier = new LinearClassifier(state);
  const read = textReader(text, maxTokens);
  const { classes } = classifier;
  const total = classCounts.reduce((sum, count) => sum + count, 0);
  const frequencies = Float64Array.from(classCounts, (count) => (total > 0 ? count / total : 1 / classes));
  const features = state.tfidf.features.length;
  return {
    classes,
    features,
    parameters: { count: state.weights.length + state.bias.length },
    decisions: [choiceWords(choice, features)],
    score(texts) {
      const probabilities = new Float64Array(texts.length * classes);
      const tokens = new Int32Array(texts.length);
      const known = new Int32Array(texts.length);
      for (let n = 0; n < texts.length; n++) {
        const document = read(texts[n]);
        tokens[n] = document.tokens.length;
        const words = classifier.probabilitiesOf(document, probabilities, n * classes);
        if (words === null) probabilities.set(frequencies, n * classes);
        // a text may be known only by its longer n-grams, or by those of characters
        else known[n] = Math.max(1, words);
      }
      return { probabilities, tokens, known };
    },
    parts(given) {
      const document = read(given);
      const { bias, temperature } = state;
      return { ...document, occurrences: classifier.occurrences(document), bias, temperature };
    },
    strongest: (most) => Array.from({ length: classes }, (_, c) => classifier.topFeatures(c, most)),
    tensors: () => saveTensors(state),
    state: () => saveState(state, classCounts, choice),
  };
}

/** `words of 1 to 2, characters of 2 to 5`. */
export function ngramWords(words: NgramRange | null, characters: NgramRange | null): string {
  const range = ([from, to]: NgramRange) => (from === to ? String(from) : `${from} to ${to}`);
  return [
    ...(words ? [`n-grams of ${range(words)} ${words[1] === 1 ? 'word' : 'words'}`] : []),
    ...(characters ? [`n-grams of ${range(characters)} characters`] : []),
  ].join(' and ');
}

function choiceWords({ C, word_ngrams, char_ngrams, candidates }: LinearChoice, features: number): string {
  const found = candidates.find((one) => one.C === C && String(one.char_ngrams) === String(char_ngrams));
  const what = `C = ${C} with ${ngramWords(word_ngrams, char_ngrams)}, ${features.toLocaleString('en-US')} features`;
  if (candidates.length < 2 || !found) return what;
  const which = candidates.every(({ accuracy }) => accuracy === found.accuracy) ? 'as all' : 'the best of';
  return (
    `${what}: ${(100 * found.accuracy).toFixed(1)} % accuracy on held-out training documents, ` +
    `${which} ${candidates.length} candidates`
  );
}
