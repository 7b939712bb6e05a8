import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DataError } from '../../../core/errors.ts';
import { refuseBinary } from './magic.ts';
import { linesOf } from './lines-of.ts';
import { checkedUtf8 } from './utf8.ts';

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

test('valid text passes whole, cut anywhere, without its byte order mark', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme' }),
      fc.integer({ min: 1, max: 7 }),
      fc.boolean(),
      async (text, size, mark) => {
        fc.pre(!text.startsWith('\ufeff'));
        const bytes = Buffer.from((mark ? '\ufeff' : '') + text);
        assert.equal((await collect(checkedUtf8(pieces(bytes, size), 'x'))).toString(), text);
      },
    ),
  );
});

test('the first wrong byte is found, cut anywhere', async () => {
  const start = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/^\ufeff/, '') + '中\n€');
  const wrong = fc.constantFrom(
    [0xe9],
    [0xff],
    [0xc3],
    [0xe2, 0x82],
    [0xed, 0xa0, 0x80],
    [0xc0, 0x80],
    [0xf5, 0x80, 0x80, 0x80],
    [0x80],
  );
  await fc.assert(
    fc.asyncProperty(
      start,
      wrong,
      fc.constantFrom('', ' rest', '\nrest é'),
      fc.integer({ min: 1, max: 7 }),
      async (good, bad, rest, size) => {
        const bytes = Buffer.concat([Buffer.from(good), Buffer.from(bad), Buffer.from(rest)]);
        await assert.rejects(collect(checkedUtf8(pieces(bytes, size), 'x.csv')), (error) => {
          assert.ok(error instanceof DataError);
          const line = good.split('\n').length;
          const at = /line ([\d,]+) has the byte (0x\w\w) at offset ([\d,]+)/.exec(error.message);
          assert.deepEqual(
            at?.slice(1).map((n) => n.replaceAll(',', '')),
            [String(line), `0x${bad[0].toString(16).toUpperCase()}`, String(Buffer.byteLength(good))],
          );
          assert.equal(error.line, line);
          return true;
        });
      },
    ),
  );
});

test('a byte order mark counts in the offset', async () => {
  const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0x0a, 0x62, 0xff]);
  await assert.rejects(collect(checkedUtf8(pieces(bytes, 5), 'x')), /line 2 has the byte 0xFF at offset 6/);
});

test('binary files are named, with what to do', () => {
  const files: [string, RegExp][] = [
    ['PK\x03\x04\0\0xl/workbook.xml', /an Excel workbook\. Open it and save the sheet as CSV UTF-8\.$/],
    ['PK\x03\x04\0\0a.csv', /a zip archive/],
    ['PAR1\x15\x04', /a Parquet file/],
    ['SQLite format 3\0', /an SQLite database/],
    ['%PDF-1.7', /a PDF document/],
    ['\x80\x04\x95', /a Python pickle/],
    ['BZh91AY', /bzip2/],
    ['<!DOCTYPE html>\n<html>', /a web page/],
    ['version https://git-lfs.github.com/spec/v1\noid', /git lfs pull/],
    ['a,b\0c', /binary/],
  ];
  for (const [start, message] of files) {
    assert.throws(() => {
      refuseBinary(Buffer.from(start, 'latin1'), 'x');
    }, message);
  }
  refuseBinary(Buffer.from('text,label\nOne €,x\n'), 'x');
});

test('one broken line does not make a file Latin-1', async () => {
  const lines = Array.from({ length: 40 }, (_, i) => `caf\u00e9 ${i}\n`);
  const utf8 = Buffer.from(lines.join(''));
  const broken = Buffer.concat([utf8, Buffer.from('caf\u00e9\n', 'latin1'), utf8]);
  for (const size of [7, 1000]) {
    await assert.rejects(
      collect(checkedUtf8(pieces(broken, size), 'x')),
      /line 41 has .*80 lines with other characters are valid UTF-8, so that the file is UTF-8 with 1 broken line/,
    );
  }
  await assert.rejects(
    collect(checkedUtf8(pieces(Buffer.from(lines.join(''), 'latin1'), 9), 'x')),
    /--encoding windows-1252/,
  );
  const mixed = Buffer.concat([utf8, Buffer.from(lines.join(''), 'latin1')]);
  await assert.rejects(
    collect(checkedUtf8(pieces(mixed, 1000), 'x')),
    /40 lines with other characters are valid UTF-8 and 40 lines not: the file mixes encodings/,
  );
});

test('lines are the same however the bytes are cut', async () => {
  const text = fc
    .array(fc.constantFrom('a', 'é', '\n', '\r\n', '\r', '😀', ''))
    .map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 5 }), async (content, size) => {
      const lines: string[] = [];
      for await (const line of linesOf(pieces(Buffer.from(content), size))) {
        lines.push(line.text);
        assert.equal(line.number, lines.length);
      }
      const expected = content.split('\n');
      const last = expected.pop() ?? '';
      const strip = (line: string) => line.replace(/\r$/, '');
      assert.deepEqual(lines, [...expected.map(strip), ...(strip(last) === '' ? [] : [strip(last)])]);
    }),
  );
});
