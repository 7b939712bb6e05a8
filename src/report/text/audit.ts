/** An audit as plain text, for a terminal or a file. */
import pc from 'picocolors';
import { maxOf } from '../../core/lists.ts';
import { printable } from '../../core/printable.ts';
import { count, groupDigits, percent } from '../../core/words.ts';
import type { Audit, VocabularyAudit } from '../../data/audit.ts';
import type { Summary } from '../../data/summary.ts';

/** Options of {@link renderAudit}. */
export interface RenderAuditOptions {
  /** ANSI colours. Default false. */
  readonly color?: boolean;
}

type Colors = ReturnType<typeof pc.createColors>;

/** An audit as plain text, ending with a line end. */
export function renderAudit(audit: Audit, { color = false }: RenderAuditOptions = {}): string {
  const colors = pc.createColors(color);
  const sections = [
    head(audit, colors),
    warnings(audit, colors),
    section('Classes', classes(audit, colors), colors),
    section('Length in tokens', lengths(audit, colors), colors),
    section('Vocabulary', vocabulary(audit), colors),
    section('Copies (rows are numbered from 0)', copies(audit, colors), colors),
    section('Odd rows', oddRows(audit, colors), colors),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function section(title: string, lines: readonly string[], colors: Colors): string {
  return [colors.bold(title), ...lines.map((line) => `  ${line}`)].join('\n');
}

function head(audit: Audit, colors: Colors): string {
  const lines = [
    `${colors.bold(audit.name)}  ${count(audit.documents, 'document')}, ${count(audit.classes.length, 'class')}`,
    colors.dim(`${audit.source}  sha256 ${audit.hash.slice(0, 16)}`),
    ...audit.notices.map((notice) => colors.dim(notice)),
  ];
  return lines.join('\n');
}

function warnings({ warnings }: Audit, colors: Colors): string {
  return warnings.map((warning) => `${colors.yellow('!')} ${warning}`).join('\n');
}

function classes(audit: Audit, colors: Colors): string[] {
  const largest = audit.classes.reduce((most, c) => Math.max(most, c.documents), 0);
  const { label, accuracy } = audit.majority_baseline;
  const rows = audit.classes.map((c) => [
    printable(c.label),
    groupDigits(c.documents),
    percent(c.share),
    `median ${groupDigits(Math.round(c.median_tokens))} tokens`,
  ]);
  return [
    ...table(rows, 'lrrr').map(
      (row, i) => `${row}  ${colors.cyan(bar(audit.classes[i].documents / largest, 24))}`,
    ),
    `imbalance ${audit.imbalance_ratio.toFixed(2)} : 1; always predicting ${printable(label)} is correct in ${percent(accuracy)}`,
  ];
}

function lengths({ lengths: { tokens }, truncation }: Audit, colors: Colors): string[] {
  const cut = truncation.documents_cut;
  return [
    `min ${groupDigits(tokens.min)}, median ${decimal(tokens.median)}, mean ${decimal(tokens.mean)}, 90 % up to ${decimal(tokens.p90)}, max ${groupDigits(tokens.max)}`,
    ...histogram(tokens, colors),
    `max_length ${groupDigits(truncation.max_length)} (${truncation.truncation}): ${count(cut, 'document')} cut ` +
      `(${percent(truncation.documents_cut_share)}), ${percent(truncation.tokens_cut_share)} of all tokens lost`,
  ];
}

function histogram({ histogram: bins }: Summary, colors: Colors): string[] {
  const most = maxOf(bins, (bin) => bin.documents);
  const rows = bins.map((bin) => [
    bin.from === bin.to ? groupDigits(bin.from) : `${groupDigits(bin.from)} to ${groupDigits(bin.to)}`,
    groupDigits(bin.documents),
  ]);
  return table(rows, 'rr').map((row, i) => {
    const length = bar(bins[i].documents / most, 32);
    return length === '' ? row : `${row}  ${colors.cyan(length)}`;
  });
}

function vocabulary({ vocabularies }: Audit): string[] {
  const known = vocabularies.map(
    (v) =>
      `${v.tokenizer}: ${groupDigits(v.distinct_tokens)} distinct tokens of ${groupDigits(v.tokens)}, ${groupDigits(v.seen_once)} seen once`,
  );
  const sizes = [...new Set(vocabularies.flatMap((v) => v.coverage.map((c) => c.vocabulary_size)))].sort(
    (a, b) => a - b,
  );
  const cell = (v: VocabularyAudit, size: number) => {
    const found = v.coverage.find((c) => c.vocabulary_size === size);
    return found ? [percent(found.token_coverage), percent(found.type_coverage)] : ['', ''];
  };
  const header = [
    'vocabulary size',
    ...vocabularies.flatMap((v) => [`${v.tokenizer} tokens`, `${v.tokenizer} types`]),
  ];
  const rows = sizes.map((size) => [groupDigits(size), ...vocabularies.flatMap((v) => cell(v, size))]);
  return [
    ...known,
    `coverage: proportion of all tokens and of the distinct tokens (types)${rare(vocabularies[0])}`,
    ...table([header, ...rows], 'r'.repeat(header.length)),
  ];
}

/** What is left out of the vocabulary whatever its size; empty for nothing. */
function rare({ min_count }: VocabularyAudit): string {
  return min_count > 1
    ? `; tokens seen fewer than ${count(min_count, 'time')} are left out (text.min_count)`
    : '';
}

function copies({ duplicates, leakage, conflicts }: Audit, colors: Colors): string[] {
  const { exact, normalised, near, near_threshold } = duplicates;
  const lines = [
    `${count(exact, 'exact copy')}, ${groupDigits(normalised)} without case and punctuation, ` +
      `${groupDigits(near)} by word overlap (Jaccard ${near_threshold} or more); each count includes the ones before`,
  ];
  for (const { rows, text } of duplicates.examples)
    lines.push(colors.dim(`rows ${rows.join(', ')}: ${printable(text)}`));
  if (near > 0) {
    lines.push(
      `leakage: in a plain ${Math.round(100 * leakage.train_fraction)} % random split ${percent(leakage.test_share)} of the test documents have a copy in training`,
    );
  }
  lines.push(
    conflicts.documents === 0
      ? 'conflicts: none'
      : `conflicts: ${count(conflicts.documents, 'document')} of the same text under different labels`,
  );
  for (const { rows, labels, text } of conflicts.examples) {
    lines.push(
      colors.dim(
        `rows ${rows.map((row, i) => `${row} (${printable(labels[i])})`).join(', ')}: ${printable(text)}`,
      ),
    );
  }
  return lines;
}

function oddRows({ odd_rows, dropped }: Audit, colors: Colors): string[] {
  const lines = odd_rows.map(
    ({ kind, meaning, documents, rows }) =>
      `${groupDigits(documents)} ${kind} (${meaning}) ${colors.dim(`rows ${rows.join(', ')}${documents > rows.length ? ', ...' : ''}`)}`,
  );
  if (dropped.empty_text > 0) lines.push(`${count(dropped.empty_text, 'row')} without text, left out`);
  if (dropped.empty_label > 0) lines.push(`${count(dropped.empty_label, 'row')} without a label, left out`);
  return lines.length > 0 ? lines : ['none'];
}

const EIGHTHS = ' ▏▎▍▌▋▊▉';

/** A bar of block characters; any proportion above 0 shows at least a sliver. */
function bar(proportion: number, width: number): string {
  const eighths = Math.max(proportion > 0 ? 1 : 0, Math.round(proportion * width * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + (eighths % 8 > 0 ? EIGHTHS[eighths % 8] : '');
}

/** Columns side by side, each left- or right-aligned by its letter in `align` (l or r). */
function table(rows: readonly (readonly string[])[], align: string): string[] {
  const widths = rows[0].map((_, column) =>
    rows.reduce((widest, row) => Math.max(widest, row[column].length), 0),
  );
  return rows.map((row) =>
    row
      .map((cell, column) =>
        align[column] === 'l' ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
      )
      .join('  '),
  );
}

const decimal = (x: number) => (x >= 100 || Number.isInteger(x) ? groupDigits(Math.round(x)) : x.toFixed(1));
