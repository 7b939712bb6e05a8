/** The facts of a data set that figures show: an audit without the search for copies, which takes most of its time. */
import { classCounts, type Dataset } from '../data/dataset.ts';
import { summarise } from '../data/summary.ts';
import { completeTextOptions, type TextOptionsInput } from '../text/options.ts';
import { createTokenize } from '../text/pipeline.ts';
import { countTokens, coverageOf } from '../text/vocabulary.ts';
import type { DataFacts } from './sources.ts';

/** Vocabulary sizes of the coverage curve. */
const SIZES = [10, 20, 50].flatMap((size) => [1, 10, 100, 1000, 10_000].map((power) => size * power));

/** Most bins of the histogram of lengths: a figure has room for more than a terminal. */
const BINS = 30;

/** Counts classes, lengths and tokens. @param options The `text` section of the config. */
export function dataFacts(dataset: Dataset, options: TextOptionsInput = {}): DataFacts {
  const text = completeTextOptions(options);
  const { tokenize, size: fitted } = createTokenize(text, dataset.texts);
  const documents = dataset.texts.length;
  const lengths = new Int32Array(documents);
  const tokens = countTokens(tokensOf());
  // one document at a time: the tokens of all would take many times the memory of the texts
  function* tokensOf(): Iterable<readonly string[]> {
    for (const [i, document] of dataset.texts.entries()) {
      const found = tokenize(document);
      lengths[i] = found.length;
      yield found;
    }
  }
  const distinct = tokens.ranked.length;
  const sizes =
    fitted === null
      ? [...new Set([...SIZES.filter((size) => size < distinct), text.vocabulary_size])]
      : [fitted];
  const counts = classCounts(dataset);
  const cut = lengths.filter((length) => length > text.max_length);
  const lost = cut.reduce((sum, length) => sum + length - text.max_length, 0);
  const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
  return {
    name: dataset.name,
    documents,
    classes: dataset.labelNames.map((label, id) => ({
      label,
      documents: counts[id],
      share: share(counts[id], documents),
      median_tokens: summarise(lengths.filter((_, i) => dataset.labels[i] === id)).median,
    })),
    lengths: { tokens: summarise(lengths, BINS), characters: summarise(dataset.texts.map((t) => t.length)) },
    vocabularies: [
      {
        tokenizer: text.tokenizer,
        tokens: tokens.total,
        distinct_tokens: distinct,
        seen_once: tokens.ranked.filter(([, times]) => times === 1).length,
        min_count: 1,
        coverage: sizes
          .sort((a, b) => a - b)
          .map((size) => {
            const { typeCoverage, tokenCoverage } = coverageOf(tokens, { size });
            return { vocabulary_size: size, type_coverage: typeCoverage, token_coverage: tokenCoverage };
          }),
      },
    ],
    truncation: {
      max_length: text.max_length,
      truncation: text.truncation,
      documents_cut: cut.length,
      documents_cut_share: share(cut.length, documents),
      tokens_cut_share: share(lost, tokens.total),
    },
    vocabulary_size: text.vocabulary_size,
  };
}
