/** The linear classifier as a member of the model family. */
import { DataError } from '../../core/errors.ts';
import { tally } from '../../core/lists.ts';
import { createRng } from '../../core/rng.ts';
import { temperatureScaling } from '../../evaluate/temperature.ts';
import { type LabelledTexts, modelDefinition, type FitControl } from '../model.ts';
import { describeLinear } from './describe.ts';
import { fitLinear } from './fit.ts';
import { linearFitted } from './fitted.ts';
import type { TokenizedText } from './ngrams.ts';
import { linearOptions, type LinearModelOptions } from './options.ts';
import { readTexts, textReader } from './read-text.ts';
import { restoreState } from './saved.ts';
import { intoWindows, windowsOfEach } from './windows.ts';

/** TF-IDF of n-grams, and one linear classifier for each class. */
export const linearModel = modelDefinition({
  type: 'linear',
  summary: 'TF-IDF of n-grams of words and characters, classified by a linear SVM or logistic regression',
  methods: [
    {
      name: 'TF-IDF',
      works: {
        salton1988:
          'G. Salton and C. Buckley. Term-weighting approaches in automatic text retrieval. Information Processing & Management 24(5), 1988.',
      },
    },
    {
      name: 'dual coordinate descent',
      works: {
        hsieh2008:
          'C.-J. Hsieh, K.-W. Chang, C.-J. Lin, S. S. Keerthi and S. Sundararajan. A dual coordinate descent method for large-scale linear SVM. ICML, 2008.',
      },
    },
    temperatureScaling,
  ],
  types: ['linear'],
  options: linearOptions,
  complete(given, refuse): LinearModelOptions {
    const { word_ngrams, char_ngrams } = given;
    for (const [key, range] of Object.entries({ word_ngrams, char_ngrams })) {
      if (Array.isArray(range) && range[0] > range[1])
        refuse(key, 'must name the shorter length first, as in [1, 2]');
    }
    if (word_ngrams === null && char_ngrams === null)
      refuse('word_ngrams', 'must not be null where char_ngrams is null: no features would be left');
    return { ...given, type: 'linear' };
  },
  parameters: (_model, { vocabularySize: F, classes: C }) => [
    { name: 'linear.weight', shape: [C, F], count: C * F },
    { name: 'linear.bias', shape: [C], count: C },
  ],
  describe: describeLinear,
  learns: 'at once',
  fit,
  restore(model, { tensors, state: given, text }) {
    const { state, saved } = restoreState(tensors, given);
    const { class_counts: classCounts, choice } = saved;
    return linearFitted({ state, classCounts, choice, text, maxTokens: model.max_tokens });
  },
});

async function fit(
  model: LinearModelOptions,
  documents: LabelledTexts,
  { text, seed, progress }: FitControl,
) {
  const { labels, targets, classes, classWeights } = documents;
  const maxTokens = model.max_tokens;
  const many = model.windows === 'all' && windowsOfEach(documents.texts.length) > 1;
  const size = many ? maxTokens : null;
  const texts = readTexts(documents.texts, textReader(text, size === null ? maxTokens : null));
  const groups = documents.groups ?? copies(texts);
  const given = { texts, labels, targets, classes, groups, classWeights };
  const { classifier, choice } = await fitLinear(
    size === null ? given : intoWindows(given, groups, size),
    model,
    {
      rng: createRng(seed).fork('linear'),
      ...(progress && { progress }),
    },
  );
  if (classifier.state.tfidf.features.length === 0) {
    throw new DataError(
      `[model linear] the training documents must have an n-gram that ${model.min_documents} of them hold, but have none. ` +
        (model.min_documents > 1 ? 'Lower model.min_documents.' : 'Are these texts?'),
    );
  }
  const classCounts = tally(labels, classes);
  return linearFitted({ state: classifier.state, classCounts, choice, text, maxTokens });
}

/** [N] the same number for documents of the same words. */
function copies(texts: readonly TokenizedText[]): Int32Array {
  const first = new Map<string, number>();
  return Int32Array.from(texts, ({ tokens }, i) => {
    const words = tokens.join(' ');
    const found = first.get(words);
    if (found === undefined) first.set(words, i);
    return found ?? i;
  });
}
