/** The data of a run: what it is, what the audit found, how it was split. */
import { append } from '../core/lists.ts';
import type { Config } from '../config/schema.ts';
import type { Audit } from '../data/audit.ts';
import type { Dataset } from '../data/dataset.ts';
import { findDuplicates } from '../data/duplicates.ts';
import { dataFacts } from '../figures/index.ts';
import { capital, formatCount, formatPercent, listing, plural } from '../figures/chart/format.ts';
import { classText } from '../figures/chart/text.ts';
import type { DataFacts } from '../figures/sources.ts';
import { type Block, sentences, type Section } from './content.ts';
import { shareWithInterval } from './describe.ts';
import type { PlacedFigure } from './figure-blocks.ts';
import { type Interval, wilsonInterval } from '../evaluate/index.ts';
import { fittedAtOnce } from '../models/family.ts';
import type { RunFacts } from './run-facts.ts';

/** The data of the runs, if it can still be read and is unchanged. */
export interface ReportData {
  /** The documents themselves. */
  readonly dataset: Dataset;
  /** What the audit found in them. */
  readonly audit: Audit;
}

/** Facts for the figures of the data. */
export function factsOfData({ dataset }: ReportData, { config }: RunFacts): DataFacts | undefined {
  return config ? dataFacts(dataset, config.text) : undefined;
}

/** The section on the data and its audit. */
export function dataSection(facts: RunFacts, data: ReportData | undefined, figure: PlacedFigure): Section {
  const known = facts.description?.data;
  const blocks: Block[] = [];
  if (known) {
    blocks.push({
      kind: 'paragraph',
      text: [
        `${known.name}: ${plural(known.documents, 'document')}, read from `,
        { code: known.source },
        '. SHA-256 of the documents and labels: ',
        { code: known.hash },
        '.',
      ],
    });
  }
  const corrections = facts.config?.data.corrections ?? null;
  if (corrections !== null) {
    blocks.push({
      kind: 'paragraph',
      text: [
        'Before training, labels of the training and the validation part were corrected with ',
        { code: corrections },
        '. Those of the test documents are as in the data.',
      ],
    });
  }
  if (data) append(blocks, auditBlocks(data.audit));
  else {
    blocks.push({
      kind: 'note',
      text: 'The data could not be read again as the run saw it, so this report has no audit: it shows what the run recorded.',
    });
    append(blocks, storedClasses(facts));
  }
  for (const type of ['class-counts', 'length-histogram', 'vocabulary-coverage'] as const)
    append(blocks, figure(type));
  return { id: 'data', title: 'Data', blocks };
}

function auditBlocks(audit: Audit): Block[] {
  const { classes, imbalance_ratio, majority_baseline, lengths, duplicates, conflicts, dropped } = audit;
  const { tokens } = lengths;
  return [
    {
      kind: 'table',
      caption: 'The classes.',
      head: ['Class', 'Documents', 'Proportion', 'Median tokens'],
      rows: classes.map(({ label, documents, share, median_tokens }) => [
        label,
        formatCount(documents),
        formatPercent(share),
        formatCount(median_tokens),
      ]),
    },
    ...sentences([
      `The largest class has ${imbalance_ratio.toFixed(2)} times the documents of the smallest; always predicting ${classText(majority_baseline.label)} would be correct in ${formatPercent(majority_baseline.accuracy)}.`,
      `Document length: median ${formatCount(tokens.median)} tokens, maximum ${formatCount(tokens.max)}.`,
      dropped.empty_text + dropped.empty_label > 0
        ? `${plural(dropped.empty_text + dropped.empty_label, 'row')} without text or label ${dropped.empty_text + dropped.empty_label === 1 ? 'was' : 'were'} left out.`
        : 'No row was left out.',
    ]),
    ...sentences([
      duplicates.near === 0
        ? 'No document repeats another.'
        : `Copies: ${plural(duplicates.exact, 'document')} ${duplicates.exact === 1 ? 'repeats' : 'repeat'} an earlier one exactly, ${formatCount(duplicates.normalised - duplicates.exact)} but for case and punctuation, ${formatCount(duplicates.near - duplicates.normalised)} nearly (${formatPercent(duplicates.near_threshold, 0)} of their word triples in common).`,
      // the warnings cover copies and texts with two labels
      conflicts.documents === 0 ? 'No text has two labels.' : undefined,
    ]),
    ...(audit.warnings.length > 0
      ? [{ kind: 'list', items: audit.warnings.map((text) => `Warning: ${text}.`) } satisfies Block]
      : []),
  ];
}

function storedClasses({ sources }: RunFacts): Block[] {
  const { evaluation } = sources;
  if (!evaluation) return [];
  return [
    {
      kind: 'table',
      caption: 'The classes, by their test documents.',
      head: ['Class', 'Test documents', 'Proportion'],
      rows: evaluation.per_class.map(({ label, support }) => [
        label,
        formatCount(support),
        formatPercent(support / evaluation.documents),
      ]),
    },
  ];
}

/** How a run does on the test documents that have no copy in its training part. */
export interface Unleaked {
  /** Test documents that have a copy there. */
  readonly leaked: number;
  /** The others. */
  readonly documents: number;
  /** On the others; NaN where there are none. */
  readonly accuracy: number;
  /** Wilson's. */
  readonly interval: Interval;
}

/** Counts the test documents with a copy in the training part, and measures on the others. */
export function withoutLeaked(
  { splits, predictions, config }: RunFacts,
  { dataset }: Pick<ReportData, 'dataset'>,
): Unleaked | undefined {
  if (!splits || !predictions || !config) return undefined;
  const { groupOf } = findDuplicates(dataset.texts, { threshold: config.data.near_duplicates });
  const indexOf = new Map(Array.from(dataset.rowIds, (row, i) => [row, i]));
  const group = (row: number) => groupOf[indexOf.get(row) ?? -1];
  const trained = new Set(Array.from(splits.train, group));
  const clean = predictions.filter(({ row }) => !trained.has(group(row)));
  const right = clean.filter(({ label, predicted }) => label === predicted).length;
  return {
    leaked: predictions.length - clean.length,
    documents: clean.length,
    accuracy: right / clean.length,
    interval: wilsonInterval(right, clean.length, config.evaluate.confidence),
  };
}

/** Test documents that have a copy in the training part, and the accuracy without them. */
export function leakageBlocks(facts: RunFacts, data: ReportData): Block[] {
  const found = withoutLeaked(facts, data);
  if (!found) return [];
  const { leaked, documents, accuracy, interval } = found;
  if (leaked === 0) return sentences(['In this split no test document has a copy in the training part.']);
  return [
    {
      kind: 'note',
      text:
        `${plural(leaked, 'test document')} ${leaked === 1 ? 'has' : 'have'} a copy in the training part of this split. ` +
        (documents === 0
          ? 'Every test document has one.'
          : `On the other ${formatCount(documents)} the accuracy is ${shareWithInterval(accuracy, interval)}.`),
    },
  ];
}

/** The section on preprocessing. */
export function preprocessingSection({ config, splits, sources }: RunFacts): Section | undefined {
  if (!config) return undefined;
  const { text, data } = config;
  const steps = [
    text.normalization === 'none' ? undefined : `Unicode is normalised (${text.normalization})`,
    text.lowercase ? 'letters are lower-cased' : 'case is kept',
    `texts are split into tokens by the ${text.tokenizer} tokenizer`,
  ].filter((step) => step !== undefined);
  const parts =
    splits &&
    ([
      ['Training', splits.train],
      ['Validation', splits.val],
      ['Test', splits.test],
    ] as const);
  const total = splits ? splits.train.length + splits.val.length + splits.test.length : 0;
  const kept = sources.model?.vocabulary_size;
  const blocks: Block[] = [
    ...sentences([`${capital(listing(steps))}.`, ...readingSentences(config, kept)]),
    ...sentences([
      data.split_ids === null
        ? `The split is ${data.split === 'random' ? 'random, regardless of the classes' : 'stratified: every part has the classes in the same proportions'}${data.allow_leakage ? '; copies of a document may be in several parts' : '; copies of a document stay in the same part'}.`
        : 'The split was read from a file.',
    ]),
  ];
  if (parts) {
    blocks.push({
      kind: 'table',
      caption: 'The parts of the data.',
      head: ['Part', 'Documents', 'Proportion'],
      rows: parts.map(([name, rows]) => [name, formatCount(rows.length), formatPercent(rows.length / total)]),
    });
  }
  return { id: 'preprocessing', title: 'Preprocessing', blocks };
}

/** How a model reads the tokens of a document. @param kept Its vocabulary. */
function readingSentences({ model, text }: Config, kept: number | undefined): string[] {
  if (fittedAtOnce(model)) {
    const features = kept === undefined ? '' : ` It knows ${plural(kept, 'feature')} of the training part.`;
    return [`The model reads the text itself.${features}`];
  }
  return [
    `The vocabulary holds ${kept === undefined ? `at most ${formatCount(text.vocabulary_size)}` : formatCount(kept)} entries, the most frequent tokens of the training part${text.min_count > 1 ? ` that occur ${text.min_count} times or more` : ''}, with one entry for padding and one for all unknown tokens.`,
    `Of a document the model reads at most ${formatCount(text.max_length)} tokens (${{ head: 'the first ones', tail: 'the last ones' }[text.truncation as string] ?? 'the first and the last ones'}).`,
  ];
}
