import { member } from '../../core/family.ts';
import type { Reader } from './reader.ts';
import { detectDelimiter } from './table/delimiter.ts';
import { readTable } from './table/read-table.ts';

/** Comma-separated values (RFC 4180); the delimiter may also be a semicolon, a tab or a bar. */
export const csv = member({
  type: 'csv',
  summary: 'comma-separated values with a text and a label column; quoted fields may span lines',
  options: {},
  create: (): Reader => ({
    extensions: ['.csv'],
    sniff: (head) => [',', ';', '|'].includes(detectDelimiter(head) ?? ''),
    read: (input) => readTable(input, 'csv'),
  }),
});

/** Tab-separated values; quotes count as those of CSV only where most fields that start with one end with one. */
export const tsv = member({
  type: 'tsv',
  summary: 'tab-separated values with a text and a label column',
  options: {},
  create: (): Reader => ({
    extensions: ['.tsv', '.tab'],
    sniff: (head) => detectDelimiter(head) === '\t',
    read: (input) => readTable(input, 'tsv', '\t'),
  }),
});
