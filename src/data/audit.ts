import { DataError } from '../core/errors.ts';
import { maxOf, minOf } from '../core/lists.ts';
import type { TextOptionsInput } from '../text/options.ts';
import { completeTextOptions } from '../text/options.ts';
import { createTokenize } from '../text/pipeline.ts';
import { tokenizers } from '../text/tokenizers/index.ts';
import type { TokenCounts } from '../text/vocabulary.ts';
import { countTokens, coverageOf } from '../text/vocabulary.ts';
import { groupsOf } from './assign.ts';
import type { Dataset } from './dataset.ts';
import { count, percent } from '../core/words.ts';
import { classCounts, listNames } from './dataset.ts';
import type { Duplicates } from './duplicates.ts';
import { findDuplicates } from './duplicates.ts';
import type { OddRows } from './odd-rows.ts';
import { findOddRows } from './odd-rows.ts';
import { requireClasses } from './splits.ts';
import type { Summary } from './summary.ts';
import { summarise } from './summary.ts';

/** The audit of a data set as plain JSON: what `unroll data --json` prints. Row numbers are those of the source. */
export interface Audit {
  /** Name of the data set, such as `spam`. */
  readonly name: string;
  /** Path, address or package that it was read from. */
  readonly source: string;
  /** SHA-256 of texts and labels, hexadecimal. */
  readonly hash: string;
  /** N, without the rows that were dropped. */
  readonly documents: number;
  /** Rows left out because they had no text, or no label. */
  readonly dropped: { readonly empty_text: number; readonly empty_label: number };
  /** One entry a class, in the order of their ids. */
  readonly classes: readonly ClassAudit[];
  /** Documents of the largest class per document of the smallest. */
  readonly imbalance_ratio: number;
  /** The accuracy of always answering the largest class. */
  readonly majority_baseline: { readonly label: string; readonly accuracy: number };
  /** Lengths of the documents, in tokens of the configured tokenizer and in UTF-16 code units. */
  readonly lengths: { readonly tokens: Summary; readonly characters: Summary };
  /** One per tokenizer; the configured one first. */
  readonly vocabularies: readonly VocabularyAudit[];
  /** What `text.max_length` cuts off. */
  readonly truncation: TruncationAudit;
  /** Documents that repeat another. */
  readonly duplicates: DuplicateAudit;
  /** The effect of copies on a plain random split. */
  readonly leakage: LeakageAudit;
  /** Texts with two labels. */
  readonly conflicts: ConflictAudit;
  /** Rows that look wrong, by kind; kinds without a row are left out. */
  readonly odd_rows: readonly OddRows[];
  /** What was detected and left out while reading. */
  readonly notices: readonly string[];
  /** What to check before training. */
  readonly warnings: readonly string[];
}

/** One class. */
export interface ClassAudit {
  /** Name of the class. */
  readonly label: string;
  /** Documents of the class. */
  readonly documents: number;
  /** Of all documents, in [0, 1]. */
  readonly share: number;
  /** Median length of its documents, in tokens. */
  readonly median_tokens: number;
}

/** The tokens of a data set, cut by one tokenizer. Coverages are in [0, 1]. */
export interface VocabularyAudit {
  /** Name of the tokenizer. */
  readonly tokenizer: string;
  /** Tokens in all documents together. */
  readonly tokens: number;
  /** Different ones among them. */
  readonly distinct_tokens: number;
  /** Distinct tokens that occur only once in the whole data set. */
  readonly seen_once: number;
  /** `text.min_count`: tokens that occur less often are not in the vocabulary. */
  readonly min_count: number;
  /** By vocabulary size (`<PAD>` and `<UNK>` included), ascending. */
  readonly coverage: readonly {
    readonly vocabulary_size: number;
    readonly type_coverage: number;
    readonly token_coverage: number;
  }[];
}

/** What `text.max_length` cuts off. */
export interface TruncationAudit {
  /** `text.max_length`, in tokens. */
  readonly max_length: number;
  /** Which end is cut: head, tail, or head+tail for the ends that are kept. */
  readonly truncation: string;
  /** Documents longer than that. */
  readonly documents_cut: number;
  /** Proportion of all documents, in [0, 1]. */
  readonly documents_cut_share: number;
  /** Proportion of all tokens that the network never sees, in [0, 1]. */
  readonly tokens_cut_share: number;
}

/** Documents that repeat an earlier one; each count includes those before it. */
export interface DuplicateAudit {
  /** Documents that repeat an earlier one exactly. */
  readonly exact: number;
  /** The same, regardless of case and punctuation. */
  readonly normalised: number;
  /** The same, by the overlap of word triples. */
  readonly near: number;
  /** Jaccard similarity of word triples from which two documents count as near copies, in (0, 1]. */
  readonly near_threshold: number;
  /** The largest groups of copies. */
  readonly examples: readonly { readonly rows: readonly number[]; readonly text: string }[];
}

/** The effect of copies on a plain random split. */
export interface LeakageAudit {
  /** Proportion of the documents that training would get, in (0, 1). */
  readonly train_fraction: number;
  /** Expected proportion of test documents with a copy in training, in [0, 1]. */
  readonly test_share: number;
}

/** Texts that are equal except for case and punctuation, and have several labels. */
export interface ConflictAudit {
  /** Documents whose text also has another label. */
  readonly documents: number;
  /** A few such texts with their labels and the rows that hold them, from 0. */
  readonly examples: readonly {
    readonly rows: readonly number[];
    readonly labels: readonly string[];
    readonly text: string;
  }[];
}

/** Options of {@link auditDataset}. */
export interface AuditOptions {
  /** The `text` section of the config. */
  readonly text?: TextOptionsInput;
  /** Jaccard similarity of near copies. Default 0.9. */
  readonly nearDuplicates?: number;
  /** Proportion of the documents that would train. Default 0.8. */
  readonly trainFraction?: number;
}

const SIZES = [1_000, 2_000, 5_000, 10_000, 20_000, 50_000];
const EXAMPLES = 5;

/** Audits a data set: classes, lengths, vocabulary, copies, conflicts, odd rows. */
export function auditDataset(dataset: Dataset, options: AuditOptions = {}): Audit {
  const { nearDuplicates = 0.9, trainFraction = 0.8 } = options;
  const text = completeTextOptions(options.text);
  const { texts } = dataset;
  const documents = texts.length;
  const lengths = new Int32Array(documents);
  const { normalization, lowercase } = text;
  // the configured tokenizer, and those that need no fitting with their default options
  const others = tokenizers.names.filter((t) => t !== text.tokenizer && tokenizers.create({ type: t }).split);
  const compared = others.map((tokenizer) => completeTextOptions({ tokenizer, normalization, lowercase }));
  const vocabularies = [text, ...compared].map((of, k) => {
    const { tokenize, size } = createTokenize(of, texts);
    const counts = countTokens(tokenized(texts, tokenize, k === 0 ? lengths : undefined));
    const sizes = size === null ? vocabularySizes(counts, text.vocabulary_size) : [size];
    return vocabularyAudit(of.tokenizer, counts, sizes, text.min_count);
  });
  const duplicates = findDuplicates(texts, { threshold: nearDuplicates });
  const counts = classCounts(dataset);
  const largest = maxOf(counts);
  const facts = {
    documents,
    classes: classAudits(dataset, counts, lengths),
    imbalance_ratio: largest / minOf(counts),
    truncation: truncationAudit(lengths, text.max_length, text.truncation),
    duplicates: duplicateAudit(dataset, duplicates, nearDuplicates),
    leakage: leakageAudit(duplicates, trainFraction),
    conflicts: conflictAudit(dataset, duplicates),
    odd_rows: findOddRows(texts, lengths, dataset.rowIds),
  };
  return {
    name: dataset.name,
    source: dataset.source,
    hash: dataset.hash,
    documents,
    dropped: { empty_text: dataset.dropped.emptyText, empty_label: dataset.dropped.emptyLabel },
    classes: facts.classes,
    imbalance_ratio: facts.imbalance_ratio,
    majority_baseline: { label: dataset.labelNames[counts.indexOf(largest)], accuracy: largest / documents },
    lengths: { tokens: summarise(lengths), characters: summarise(texts.map((t) => t.length)) },
    vocabularies,
    truncation: facts.truncation,
    duplicates: facts.duplicates,
    leakage: facts.leakage,
    conflicts: facts.conflicts,
    odd_rows: facts.odd_rows,
    notices: dataset.notices,
    warnings: warningsOf(dataset, facts),
  };
}

function* tokenized(
  texts: readonly string[],
  tokenize: (text: string) => string[],
  lengths: Int32Array | undefined,
) {
  for (const [i, text] of texts.entries()) {
    const tokens = tokenize(text);
    if (lengths) lengths[i] = tokens.length;
    yield tokens;
  }
}

function vocabularySizes({ ranked }: TokenCounts, configured: number): number[] {
  return [...new Set([...SIZES, configured])].filter(
    (size) => size < ranked.length + 2 || size === configured,
  );
}

function vocabularyAudit(
  tokenizer: string,
  counts: TokenCounts,
  sizes: readonly number[],
  minCount: number,
): VocabularyAudit {
  return {
    tokenizer,
    tokens: counts.total,
    distinct_tokens: counts.ranked.length,
    seen_once: counts.ranked.filter(([, times]) => times === 1).length,
    min_count: minCount,
    coverage: [...sizes]
      .sort((a, b) => a - b)
      .map((size) => {
        const { typeCoverage, tokenCoverage } = coverageOf(counts, { size, minCount });
        return { vocabulary_size: size, type_coverage: typeCoverage, token_coverage: tokenCoverage };
      }),
  };
}

function classAudits(dataset: Dataset, counts: readonly number[], lengths: Int32Array): ClassAudit[] {
  return dataset.labelNames.map((label, id) => ({
    label,
    documents: counts[id],
    share: counts[id] / dataset.texts.length,
    median_tokens: summarise(lengths.filter((_, i) => dataset.labels[i] === id)).median,
  }));
}

function truncationAudit(lengths: Int32Array, maxLength: number, truncation: string): TruncationAudit {
  const cut = lengths.filter((length) => length > maxLength);
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  const lost = cut.reduce((sum, length) => sum + length - maxLength, 0);
  return {
    max_length: maxLength,
    truncation,
    documents_cut: cut.length,
    documents_cut_share: cut.length / lengths.length,
    tokens_cut_share: tokens === 0 ? 0 : lost / tokens,
  };
}

function duplicateAudit(dataset: Dataset, duplicates: Duplicates, threshold: number): DuplicateAudit {
  const { exact, normalised, near, groupOf } = duplicates;
  const groups = groupsOf(groupOf)
    .filter((group) => group.length > 1)
    .sort((a, b) => b.length - a.length)
    .slice(0, EXAMPLES);
  const examples = groups.map((group) => ({
    rows: rowsOf(dataset, group),
    text: excerpt(dataset.texts[group[0]]),
  }));
  return { exact, normalised, near, near_threshold: threshold, examples };
}

/** A test document has no copy in training with probability (1 - f)^(copies), f being the training fraction. */
function leakageAudit({ groupOf }: Duplicates, trainFraction: number): LeakageAudit {
  const expected = groupsOf(groupOf).reduce(
    (sum, group) => sum + group.length * (1 - (1 - trainFraction) ** (group.length - 1)),
    0,
  );
  return { train_fraction: trainFraction, test_share: expected / groupOf.length };
}

function conflictAudit(dataset: Dataset, { normalisedGroupOf }: Duplicates): ConflictAudit {
  const { labels, labelNames, texts } = dataset;
  const groups = groupsOf(normalisedGroupOf).filter((group) =>
    group.some((i) => labels[i] !== labels[group[0]]),
  );
  const examples = groups.slice(0, EXAMPLES).map((group) => ({
    rows: rowsOf(dataset, group),
    labels: group.slice(0, EXAMPLES).map((i) => labelNames[labels[i]]),
    text: excerpt(texts[group[0]]),
  }));
  return { documents: groups.reduce((sum, group) => sum + group.length, 0), examples };
}

const rowsOf = (dataset: Dataset, group: readonly number[]) =>
  group.slice(0, EXAMPLES).map((i) => dataset.rowIds[i]);

/** The start of a text on one line. */
export function excerpt(text: string, length = 80): string {
  const line = text
    .slice(0, length * 4)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return line.length > length ? `${line.slice(0, length - 1).toWellFormed()}…` : line;
}

type Facts = Pick<
  Audit,
  | 'documents'
  | 'classes'
  | 'imbalance_ratio'
  | 'truncation'
  | 'duplicates'
  | 'leakage'
  | 'conflicts'
  | 'odd_rows'
>;

function warningsOf(dataset: Dataset, facts: Facts): string[] {
  const warnings: string[] = [];
  try {
    requireClasses(dataset);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    warnings.push(`it cannot be trained on: ${error.message}`);
  }
  const { classes, imbalance_ratio, truncation, duplicates, leakage, conflicts } = facts;
  if (imbalance_ratio >= 3) {
    const smallest = classes.reduce((a, b) => (b.documents < a.documents ? b : a));
    warnings.push(
      `the largest class is ${imbalance_ratio.toFixed(1)} times the size of ${listNames([smallest.label])} (${smallest.documents}): look at macro F1, and try train.class_weights balanced`,
    );
  }
  if (duplicates.near > 0) {
    warnings.push(
      `${count(duplicates.near, 'document')} ${duplicates.near === 1 ? 'repeats' : 'repeat'} another: a plain random split would give ` +
        `${percent(leakage.test_share)} of the test documents a copy in training`,
    );
  }
  if (conflicts.documents > 0)
    warnings.push(`${count(conflicts.documents, 'document')} of the same text under different labels`);
  if (truncation.tokens_cut_share > 0.25) {
    warnings.push(
      `text.max_length ${truncation.max_length} cuts off ${percent(truncation.tokens_cut_share)} of all tokens`,
    );
  }
  const html = facts.odd_rows.find(({ kind }) => kind === 'HTML')?.documents ?? 0;
  if (html > 0.01 * facts.documents) {
    warnings.push(
      `${count(html, 'document')} ${html === 1 ? 'holds' : 'hold'} HTML: names of tags and entities become words of the vocabulary; remove them from the texts`,
    );
  }
  return warnings;
}
