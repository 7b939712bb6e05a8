/** Files as people have them: each kind is read, or refused in words that say what it is. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { temporaryFolder, writeFiles } from '../../test/support/temporary.ts';
import type { Dataset } from './dataset.ts';
import { readDataset, type ReadOptions, streamRows } from './read.ts';

const folder = temporaryFolder();
let files = 0;
const write = (content: string | Uint8Array, name = 'data.csv') => {
  const path = `${files++}/${name}`;
  return writeFiles(folder, { [path]: content })(path);
};
const read = (content: string | Uint8Array, name = 'data.csv', options: ReadOptions = {}) =>
  readDataset(write(content, name), options);
const documents = ({ texts, labels, labelNames }: Dataset) =>
  texts.map((text, i) => [text, labelNames[labels[i]]]);
const long = (word: string | number) => `${word} is a text of some more words than a header would have`;
const rows = (count: number, make: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => make(i)).join('');
const said = (dataset: Dataset) => dataset.notices.join('\n');

suite('detection looks at the whole file', () => {
  test('texts with commas that are not in quotes are refused, not taken for the row names of R', async () => {
    const greeted = rows(60, (i) => `Hello, ${long(i)},${i % 2 === 0 ? 'a' : 'b'}\n`);
    await assert.rejects(
      read(`text,label\n${greeted}`),
      /every record must have 2 fields, but the one at line 2 has 3\. If a text holds the delimiter, put it in quotes\./,
    );
    const texts = write(`text\n${rows(60, (i) => `Hello, ${long(i)}\n`)}`);
    await assert.rejects(async () => {
      for await (const { text } of streamRows(texts)) assert.fail(text);
    }, /every record must have 1 field, but the one at line 2 has 2\./);
    const ofR = await read(`text,label\n${rows(60, (i) => `r${i},${long(i)},${i % 2 === 0 ? 'a' : 'b'}\n`)}`);
    assert.deepEqual(documents(ofR)[1], [long(1), 'b']);
  });

  test('a table sorted by class: the label is found, other columns that may hold it are listed', async () => {
    const table = rows(
      2000,
      (i) => `${i < 1000 ? 'neg' : 'pos'},${7000 + i},const,user${i % 90},${long(i)}\n`,
    );
    const dataset = await read(table);
    assert.deepEqual(dataset.labelNames, ['neg', 'pos']);
    assert.match(
      said(dataset),
      /warning: several columns may hold the label: 1 \(2 values\) is used; also possible: 4 \(90 values\)\. Choose with --label-col/,
    );
  });

  test('a label column with very many values is questioned, one with a single value passed over', async () => {
    const many = await read(`text,label\n${rows(400, (i) => `${long(i)},l${i % 200}\n`)}`);
    assert.match(said(many), /label column label has 200 different values in 400 records/);
    const constant = await read(
      `text,type,mood\n${rows(40, (i) => `${long(i)},ticket,${i % 2 ? 'good' : 'bad'}\n`)}`,
    );
    assert.deepEqual(constant.labelNames, ['bad', 'good']);
  });

  test('a column that alone repeats is the label, also where its name is of a text; a usual name of a label comes first', async () => {
    const subjects = ['law', 'art'];
    const terms = await read(`definition,subject\n${rows(40, (i) => `${long(i)},${subjects[i % 2]}\n`)}`);
    assert.deepEqual(documents(terms).slice(0, 2), [
      [long(0), 'law'],
      [long(1), 'art'],
    ]);
    const mails = await read(
      `subject,body,queue\n${rows(40, (i) => `about ${i % 8},${long(i)},${i % 4 < 2 ? 'a' : 'b'}\n`)}`,
    );
    assert.deepEqual(mails.labelNames, ['a', 'b']);
    // of two columns that repeat alike, that with the name of a text is not the label
    const even = await read(
      `subject,body,queue\n${rows(40, (i) => `${subjects[i % 2]},${long(i)},${i % 4 < 2 ? 'a' : 'b'}\n`)}`,
    );
    assert.deepEqual(even.labelNames, ['a', 'b']);
    const named = await read(`text,label\n${rows(40, (i) => `${subjects[i % 2]},${long(i)}\n`)}`);
    assert.deepEqual(named.texts.slice(0, 2), subjects);
  });

  test('quotes: most fields decide, also beyond the first 64 KiB', async () => {
    const filler = 'words to fill the first part of the file '.repeat(3);
    const dataset = await read(
      `id\ttext\tlabel\n${rows(900, (i) => `${i}\t"${filler}${i}"\t${i % 2}\n`)}900\t5" wide\t0\n901\t"broken\t0\n902\tlast\t1\n`,
      'x.tsv',
    );
    assert.deepEqual(dataset.texts.slice(-3), ['5" wide', '"broken', 'last']);
    assert.equal(dataset.texts[0], `${filler}0`);
  });
});

suite('headers', () => {
  test('repeated header lines and byte order marks in between are dropped and counted', async () => {
    const part = `text,label\n${rows(100, (i) => `${long(i)},${i % 2 ? 'a' : 'b'}\n`)}`;
    for (const text of [part.repeat(3), `\ufeff${part}`.repeat(3)]) {
      const dataset = await read(text);
      assert.equal(dataset.texts.length, 300);
      assert.deepEqual(dataset.labelNames, ['a', 'b']);
      assert.match(said(dataset), /2 repeated header lines left out/);
    }
    const jsonl = await read(
      `\ufeff{"text":"one","label":"a"}\n\ufeff{"text":"two","label":"b"}\n`,
      'x.jsonl',
    );
    assert.match(said(jsonl), /1 byte order mark between lines left out/);
  });

  test('a question is a header where its cells never come again', async () => {
    const dataset = await read(
      `"What went wrong, and how could we have done better? Please tell us all","Who should answer?"\n${rows(30, (i) => `"${i} ${'short'.repeat(1 + (i % 3))}","${i % 2 ? 'shop' : 'post'}"\n`)}`,
    );
    assert.deepEqual(dataset.labelNames, ['post', 'shop']);
    assert.match(said(dataset), /, header, text column What went wrong.*label column Who should answer\?/);
  });

  test('a usual name that comes again is a value, not a header', async () => {
    const dataset = await read(rows(6, (i) => `${long(i)},${i % 2 ? 'other' : 'topic'}\n`));
    assert.equal(dataset.texts.length, 6);
    assert.deepEqual(dataset.labelNames, ['other', 'topic']);
  });

  test('--header says it', async () => {
    const table = `good day,x\n${rows(4, (i) => `${i} day,y${i % 2}\n`)}`;
    assert.equal((await read(table, 'a.csv', { header: 'yes' })).texts.length, 4);
    assert.equal((await read(table, 'a.csv', { header: 'no' })).texts.length, 5);
  });

  test('title lines and comments above a table are named; sep= sets the delimiter', async () => {
    const body = `id,text,label\n${rows(9, (i) => `${i},${long(i)},${i % 2}\n`)}`;
    const titled = await read(`All tickets\nMay\n\n${body}`);
    assert.equal(titled.texts.length, 9);
    assert.match(
      said(titled),
      /lines 1 to 2 above the table left out \(other lines have 3 fields\): All tickets; May/,
    );
    const comment = await read(`# exported, by us, today\n${body}`);
    assert.match(said(comment), /line 1 above the table left out \(a comment\)/);
    assert.equal(comment.texts.length, 9);
    const padded = await read(`All tickets,,\n,,\n${body}`);
    assert.match(
      said(padded),
      /lines 1 to 2 above the table left out \(empty but for a title\): All tickets$/m,
    );
    assert.equal(padded.texts.length, 9);
    // without names of columns below, a record with one field is one of the table
    const alone = await read(`good day,\n${rows(9, (i) => `${long(i)},${i % 2}\n`)}`);
    assert.match(said(alone), /1 row without a label left out/);
    const sep = await read(`sep=;\ntext;label\na, b;x\nc, d, e;y\n`);
    assert.deepEqual(documents(sep), [
      ['a, b', 'x'],
      ['c, d, e', 'y'],
    ]);
  });
});

suite('encodings', () => {
  test('UTF-16 with and without mark, gzip, and what is asked for', async () => {
    const table = `text,label\ncaf\u00e9 \u4e2d,x\nth\u00e9,y\n`;
    const little = Buffer.from(table, 'utf16le');
    const mark = Buffer.from([0xff, 0xfe]);
    const inputs = [
      little,
      Buffer.concat([mark, little]),
      Buffer.concat([mark, little]).swap16(),
      gzipSync(table),
      Buffer.from(`\ufeff${table}`),
    ];
    for (const bytes of inputs) {
      assert.deepEqual(documents(await read(bytes)), [
        ['caf\u00e9 \u4e2d', 'x'],
        ['th\u00e9', 'y'],
      ]);
    }
    await assert.rejects(read(gzipSync(table).subarray(0, 30)), /unpacking it with gzip fails/);
    await assert.rejects(
      read(table, 'x.csv', { encoding: 'utf-9' }),
      /data\.encoding\] must be auto or the name.*Did you mean utf-8/,
    );
  });

  test('every text comes back from every encoding that can write it', async () => {
    const latin = fc.string({
      unit: fc.integer({ min: 0xa1, max: 0xff }).map((code) => String.fromCharCode(code)),
      minLength: 1,
    });
    await fc.assert(
      fc.asyncProperty(latin, fc.constantFrom('latin1', 'utf16le'), async (word, encoding) => {
        const bytes = Buffer.from(`text,label\na${word}z,x\nb,y\n`, encoding as 'latin1');
        const name =
          encoding === 'latin1' ? fc.sample(fc.constantFrom('latin1', 'windows-1252'), 1)[0] : 'utf-16le';
        const dataset = await read(bytes, 'x.csv', { encoding: name });
        assert.equal(dataset.texts[0], `a${word}z`);
      }),
      { numRuns: 20 },
    );
  });
});

suite('JSON', () => {
  const items = [
    { text: 'one two', intent: 'a' },
    { text: 'three', intent: 'b' },
    { text: 'four', intent: 'a' },
  ];
  const columns = { text: items.map((i) => i.text), intent: items.map((i) => i.intent) };
  const shapes: [name: string, content: string, notice: RegExp][] = [
    [
      'an object with the records under one key',
      JSON.stringify({ version: 1, inner: { data: items } }),
      /records under the key inner\.data/,
    ],
    ['the same, over several lines', JSON.stringify({ data: items }, null, 2), /records under the key data/],
    [
      'objects over several lines',
      items.map((i) => JSON.stringify(i, null, 2)).join('\n'),
      /objects over several lines/,
    ],
    ['lists per column', JSON.stringify(columns), /column-oriented/],
    [
      'pandas, columns',
      JSON.stringify({ text: { ...columns.text }, intent: { ...columns.intent } }),
      /column-oriented/,
    ],
    ['pandas, index', JSON.stringify({ ...items }), /one record per key/],
    [
      'pandas, split',
      JSON.stringify({
        columns: ['text', 'intent'],
        index: [0, 1, 2],
        data: items.map((i) => [i.text, i.intent]),
      }),
      /orient="split"/,
    ],
    [
      'a comma too many',
      `[\n${items.map((i) => `${JSON.stringify(i)},\n`).join('')}]`,
      /a comma before the closing bracket/,
    ],
    [
      'Label Studio',
      JSON.stringify(
        items.map(({ text, intent }, id) => ({
          id,
          data: { text },
          annotations: [{ result: [{ value: { choices: [intent] } }] }],
        })),
      ),
      /Label Studio/,
    ],
    [
      'nested keys',
      items.map(({ text, intent }) => JSON.stringify({ data: { text }, meta: { intent } })).join('\n'),
      /text key data\.text, label key meta\.intent/,
    ],
  ];
  for (const [name, content, notice] of shapes) {
    test(name, async () => {
      const dataset = await read(content, 'x.json');
      assert.deepEqual(
        documents(dataset),
        items.map((i) => [i.text, i.intent]),
      );
      assert.match(said(dataset), notice);
    });
  }

  test('what cannot be read is named', async () => {
    const cases: [string, RegExp][] = [
      [JSON.stringify({ train: items, test: items }), /several lists of records: "train", "test"/],
      [
        JSON.stringify({ version: 3, name: 'x' }),
        /one object with the keys "version", "name", none of which holds a list of records/,
      ],
      [
        JSON.stringify({ data: { x: 1 }, meta: [1] }),
        /one object with the keys "data", "meta", none of which holds a list of records/,
      ],
      ["{'text': 'a', 'label': None}\n{'text': 'b', 'label': 'x'}\n", /as Python prints it.*json\.dumps/],
    ];
    for (const [content, message] of cases) await assert.rejects(read(content, 'x.json'), message);
    const nan = await read(
      '{"text":"a NaN","label":"x"}\n{"text":"b","label":NaN}\n{"text":"c","label":"y"}\n',
      'x.jsonl',
    );
    assert.deepEqual(nan.texts, ['a NaN', 'c']);
  });
});

suite('fastText', () => {
  test('labels anywhere in the line, commas behind them', async () => {
    for (const [end, text] of [
      [' __label__', ''],
      ['\t__label__', ''],
    ]) {
      const dataset = await read(`one two${end}a${text}\nthree${end}b\n`, 'x.txt');
      assert.deepEqual(documents(dataset), [
        ['one two', 'a'],
        ['three', 'b'],
      ]);
    }
    const commas = await read('__label__a, one\n__label__b , two\n__label__a, __label__b, three\n', 'x.txt');
    assert.deepEqual(documents(commas), [
      ['one', 'a'],
      ['two', 'b'],
      ['three', 'a'],
    ]);
    assert.match(said(commas), /commas behind the labels of 3 lines left out/);
    const glued = await read(
      rows(20, (i) => `__label__${i % 2 ? 'a' : 'b'},word${i} more\n`),
      'x.txt',
    );
    assert.deepEqual(documents(glued)[1], ['word1 more', 'a']);
  });
});

suite('folders', () => {
  test('class folders inside split folders: which folder to give', async () => {
    const at = writeFiles(folder, {
      'corpus/train/pos/1.txt': 'a',
      'corpus/train/neg/1.txt': 'b',
      'corpus/test/pos/1.txt': 'c',
      'corpus/README': 'x',
      'corpus/test/x.feat': '1',
    });
    await assert.rejects(
      readDataset(at('corpus')),
      /it holds test\/, train\/ with class folders \(pos\/, neg\/\) inside\. Name one of them; to train: unroll train \S*corpus\/train --test \S*corpus\/test$/,
    );
  });

  test('folders without labels, empty folders, files that are no text', async () => {
    const at = writeFiles(folder, {
      'kinds/a/1.txt': 'one',
      'kinds/b/1.txt': 'two',
      'kinds/b/x.png': '\u0089PNG\0',
      'kinds/unsup/1.txt': 'three',
      'kinds/b/deep/1.txt': 'x',
    });
    const dataset = await readDataset(at('kinds'));
    assert.deepEqual(dataset.texts, ['one', 'two']);
    assert.match(
      said(dataset),
      /folder unsup \(1 file\) is left out[^]*inside of class folders left out, in b[^]*1 file that is not text left out: b\/x\.png/,
    );
  });

  test('parts of a table are read as one, unless they differ or are a split', async () => {
    const at = writeFiles(folder, {
      'out/part-2.csv': 'text,label\nc,x',
      'out/part-10.csv': 'text,label\nd,y\n',
      'out/part-1.csv': 'text,label\na,x\nb,y\n',
      'out/_SUCCESS': '',
      'differ/part-1.csv': 'text,label\na,x\n',
      'differ/part-2.csv': 'text,label\nb,y\n',
      'differ/part-3.csv': 'label,text\ny,b\n',
      'split/train.csv': 'text,label\na,x\n',
      'split/test.csv': 'text,label\na,x\n',
    });
    assert.deepEqual((await readDataset(at('out'))).texts, ['a', 'b', 'c', 'd']);
    await assert.rejects(
      readDataset(at('differ')),
      /must have the same columns.*part-3\.csv begins with "label,text"/,
    );
    await assert.rejects(
      readDataset(at('split')),
      /parts of a split.*to train: unroll train \S*split\/train\.csv --test \S*split\/test\.csv$/,
    );
  });
});

suite('what never ends', () => {
  const endless = async function* (piece: string, first = '') {
    yield Buffer.from(first);
    for (;;) yield Buffer.from(piece);
  };
  test('a line, a quoted field: refused at 64 MiB', async () => {
    const piece = 'words without end '.repeat(60_000);
    for (const [first, message] of [
      ['', /a line can have at most 64 MiB, but line 1 is longer/],
      ['{"text": "a"}\n{"text": "', /line 2 is longer/],
    ] as const) {
      const consume = async () => {
        for await (const row of streamRows('-', { stdin: endless(piece, first) })) assert.equal(row.row, 0);
      };
      await assert.rejects(consume(), message);
    }
    const table = async () => {
      for await (const row of streamRows('-', {
        stdin: endless(piece, 'text,label\na,b\n"open,x\n'),
        format: 'csv',
      }))
        assert.equal(row.row, 0);
    };
    await assert.rejects(
      table(),
      /a record can have at most 64 MiB, but the one that starts at line 3 is longer/,
    );
  });

  test('binary data and several text columns', async () => {
    await assert.rejects(read('PAR1\u0015\u0004'), /this is a Parquet file/);
    const joined = await read('subject,body,label\nhi,there,x\n,alone,y\n', 'x.csv', {
      text_col: 'subject,body',
    });
    assert.deepEqual(joined.texts, ['hi\n\nthere', 'alone']);
  });
});
