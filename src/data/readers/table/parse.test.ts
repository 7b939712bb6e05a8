import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parse as referenceParse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvLine } from '../../to-csv.ts';
import { createTableParser } from './parse.ts';
import type { TableSyntax } from './syntax.ts';

const CSV: TableSyntax = { delimiter: ',', quoting: 'double', openQuote: 'error', lineEnd: '\n' };

function parse(text: string, syntax: Partial<TableSyntax> = {}, size = Infinity) {
  const parser = createTableParser({ ...CSV, ...syntax });
  const records = [];
  for (let at = 0; at < text.length; at += Math.min(size, text.length)) {
    records.push(...parser.push(text.slice(at, at + size)));
  }
  const end = parser.end();
  return { records: [...records, ...end.records], open: end.open, counts: parser.counts };
}
const cells = (text: string, syntax: Partial<TableSyntax> = {}) =>
  parse(text, syntax).records.map((record) => record.cells);

const soup = fc
  .array(fc.constantFrom('"', '""', ',', '\n', '\r\n', ' ', 'a', 'word', '\\', '\ufeff', "'", ';'), {
    maxLength: 30,
  })
  .map((parts) => parts.join(''));

suite('records of a table', () => {
  test('what is written as RFC 4180 says comes back', () => {
    const cell = fc.oneof(fc.string({ unit: 'grapheme' }), soup);
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 5 }), (rows) => {
        fc.pre(rows.every((row) => !row[0].startsWith('\ufeff') && row.every((c) => !/^ +"|^\s+$/.test(c))));
        assert.deepEqual(cells(rows.map((row) => csvLine(row)).join('')), rows);
      }),
    );
  });

  test('text of well-formed fields reads as csv-parse reads it', () => {
    const field = fc.oneof(
      fc.stringMatching(/^[a-z ]{0,6}$/),
      soup.map((text) => `"${text.replaceAll('"', '""').replaceAll('\ufeff', '')}"`),
    );
    const row = fc.array(field, { minLength: 2, maxLength: 4 }).map((fields) => fields.join(','));
    fc.assert(
      fc.property(fc.array(row, { maxLength: 6 }), fc.constantFrom('\n', '\r\n'), (rows, end) => {
        const text = rows.join(end);
        fc.pre(!/(?:^|,|\n) +"|" +(?:,|\r?\n|$)/.test(text));
        const options = {
          relax_column_count: true,
          skip_empty_lines: true,
          record_delimiter: ['\r\n', '\n'],
        };
        assert.deepEqual(cells(text), referenceParse(text, options));
      }),
    );
  });

  test('any text reads the same however it is cut into pieces, and no character gets lost', () => {
    const quoting = fc.constantFrom<TableSyntax['quoting']>('double', 'backslash', 'none');
    const openQuote = fc.constantFrom<TableSyntax['openQuote']>('error', 'character');
    fc.assert(
      fc.property(soup, quoting, openQuote, fc.integer({ min: 1, max: 7 }), (text, q, o, size) => {
        const syntax = { quoting: q, openQuote: o };
        const whole = parse(text, syntax);
        assert.deepEqual(parse(text, syntax, size), whole);
        const letters = (list: string) => list.replace(/[^a-z]/g, '');
        if (!whole.open) {
          assert.equal(letters(whole.records.flatMap((r) => r.cells).join('')), letters(text));
        }
      }),
      { numRuns: 500 },
    );
  });

  test('quotes inside a field are characters, and counted', () => {
    const { records } = parse('a,27" screen\nb,said "no" twice\nc,"left" he said\nd,"in, quotes"\n');
    assert.deepEqual(
      records.map((record) => record.cells[1]),
      ['27" screen', 'said "no" twice', '"left" he said', 'in, quotes'],
    );
    assert.deepEqual(
      records.map((record) => record.strayQuotes),
      [1, 1, 1, 0],
    );
  });

  test('a quote that opens nothing takes no other record with it', () => {
    assert.deepEqual(cells('a,"broken\nb,x\nc,"fine",d\n'), [
      ['a', '"broken'],
      ['b', 'x'],
      ['c', 'fine', 'd'],
    ]);
  });

  test('blanks around quoted fields, backslashes before quotes, byte order marks, lines', () => {
    assert.deepEqual(cells('"a", "b, c" ,d\n'), [['a', 'b, c', 'd']]);
    assert.deepEqual(cells('"say \\"hi\\", you",b\n', { quoting: 'backslash' }), [['say "hi", you', 'b']]);
    const { records, counts } = parse('\ufeff"a",b\n\ufeffc,"d\ne"\nf,g');
    assert.deepEqual(
      records.map((record) => [record.line, record.lastLine]),
      [
        [1, 1],
        [2, 3],
        [4, 4],
      ],
    );
    assert.equal(counts.marks, 2);
  });

  test('a quote that is never closed is an error or a character', () => {
    assert.equal(parse('a,"b\nc,d\n').open, true);
    assert.deepEqual(cells('a,"b\nc,d\n', { openQuote: 'character' }), [
      ['a', '"b'],
      ['c', 'd'],
    ]);
  });
});
