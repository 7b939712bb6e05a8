import assert from 'node:assert/strict';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { suite, test } from 'node:test';
import { until } from '../../test/support/patience.ts';
import { temporaryFolder, writeFiles } from '../../test/support/temporary.ts';
import { ConfigError, DataError } from '../core/errors.ts';
import type { Dataset } from './dataset.ts';
import type { ReadOptions } from './read.ts';
import { readDataset, readSplitIds, streamRows } from './read.ts';

const folder = temporaryFolder();
let files = 0;

/** Reads a file of the given content. */
function read(content: string | Uint8Array, options: ReadOptions = {}, name = 'data.csv'): Promise<Dataset> {
  const path = `${files++}/${name}`;
  return readDataset(writeFiles(folder, { [path]: content })(path), options);
}

/** Documents as [text, label name]. */
const documents = ({ texts, labels, labelNames }: Dataset) =>
  texts.map((text, i) => [text, labelNames[labels[i]]]);

/** Texts of usual length, so that headers can be told from records. */
const long = (word: string) => `${word} is a text of some more words than a header would have`;

suite('what is detected', () => {
  test('delimiters, with or without header, in any column order', async () => {
    for (const delimiter of [',', ';', '\t', '|']) {
      for (const header of ['', `text${delimiter}label\n`]) {
        const rows = ['one', 'two', 'three', 'four'].map(
          (w, i) => `${long(w)}${delimiter}${i % 2 ? 'yes' : 'no'}\n`,
        );
        const dataset = await read(header + rows.join(''), {}, 'data.txt');
        assert.deepEqual(documents(dataset)[1], [long('two'), 'yes'], JSON.stringify({ delimiter, header }));
        assert.equal(dataset.texts.length, 4);
        assert.match(dataset.notices.join('; '), header === '' ? /, no header/ : /, header/);
      }
    }
  });

  test('what is detected is reported, with the options that override it; what was given is not repeated', async () => {
    const content = `id,Review,Stars\n1,${long('one')},5\n2,${long('two')},1\n`;
    const guessed = await read(content);
    assert.deepEqual(guessed.notices, [
      'detected: CSV, delimiter ",", header, text column Review, label column Stars; override with --data.format, --header, --text-col, --label-col',
    ]);
    const told = await read(content, { text_col: 'Review', label_col: 'id' });
    assert.deepEqual(told.notices, [
      'detected: CSV, delimiter ",", header; override with --data.format, --header',
    ]);
    assert.deepEqual(told.labelNames, ['1', '2']);
  });

  test('columns without usual names: the longest text, and what repeats', async () => {
    const rows = ['one', 'two', 'three', 'four'].map((w, i) => `${i},${i % 2},${long(w)},${w}\n`);
    const dataset = await read(`nr,flag,what they wrote,who\n${rows.join('')}`);
    assert.deepEqual(documents(dataset)[3], [long('four'), '1']);
  });

  test("Kaggle's and pandas' tables: columns without name, columns called 0, 1", async () => {
    const kaggle = await read(
      `v1,v2,,\nham,${long('one')},,\nspam,${long('two')},junk,\nham,${long('three')},,\n`,
    );
    assert.deepEqual(documents(kaggle)[1], [long('two'), 'spam']);
    assert.equal(kaggle.texts.length, 3);
    const pandas = await read(`0,1\n${long('one')},1\n${long('two')},0\n`);
    assert.deepEqual(documents(pandas), [
      [long('one'), '1'],
      [long('two'), '0'],
    ]);
  });

  test('columns by number in a table without header', async () => {
    const dataset = await read(`a,${long('one')},x\nb,${long('two')},y\n`, { text_col: '2', label_col: '3' });
    assert.deepEqual(documents(dataset), [
      [long('one'), 'x'],
      [long('two'), 'y'],
    ]);
  });

  test('format by content where the name does not tell', async () => {
    assert.deepEqual(documents(await read('__label__a one two\n__label__b three\n', {}, 'train.txt')), [
      ['one two', 'a'],
      ['three', 'b'],
    ]);
    assert.deepEqual(documents(await read('{"text":"one","label":1}\n{"text":"two","label":0}\n', {}, 'x')), [
      ['one', '1'],
      ['two', '0'],
    ]);
    assert.deepEqual(
      documents(await read('[{"text":"one","label":true},\n{"text":"two","label":false}]', {}, 'x.json')),
      [
        ['one', 'true'],
        ['two', 'false'],
      ],
    );
  });

  test('questions of TREC, whose lines begin with the label', async () => {
    const lines = [
      'DESC:manner How did it end , and why ?',
      'NUM:date When ?',
      'DESC:manner How ?',
      'NUM:date In what year ?',
    ];
    const dataset = await read(lines.join('\n'), {}, 'train_5500.label');
    assert.deepEqual(documents(dataset)[0], ['How did it end , and why ?', 'DESC:manner']);
    assert.match(
      dataset.notices[0],
      /detected: label at the start of each line; override with --data\.format/,
    );
    const like = dataset.readAs ?? null;
    // a file for evaluation has labels, one for prediction may have none
    assert.deepEqual((await read('NUM:date When was it ?\n', { like }, 'test.label')).texts, [
      'When was it ?',
    ]);
    const at = writeFiles(folder, {
      'trec/with': lines.join('\n'),
      'trec/without': 'When was it ?\nHow ?\n',
    });
    const texts = async (path: string) => {
      const found: string[] = [];
      for await (const { text } of streamRows(at(path), { like })) found.push(text);
      return found;
    };
    assert.deepEqual(await texts('trec/with'), [
      'How did it end , and why ?',
      'When ?',
      'How ?',
      'In what year ?',
    ]);
    assert.deepEqual(await texts('trec/without'), ['When was it ?', 'How ?']);
    const words = 'good what a film\nbad what a bore\ngood well, yes\nbad no\n';
    await assert.rejects(
      read(words, {}, 'x.txt'),
      /if each line begins with its label, add --data\.format label-first/,
    );
    assert.deepEqual((await read(words, { format: 'label-first' }, 'x.txt')).labelNames, ['bad', 'good']);
  });

  test('a second column of texts is pointed out, such as titles; names, dates and addresses are not', async () => {
    const rows = ['one', 'two', 'three', 'four'].map(
      (w, i) =>
        `${i % 2},The ${w} of ${w},${long(w)} that is read,http://a.b/${w},Dr. ${w},2025-12-0${i} 10:00\n`,
    );
    const named = await read(`class,title,text,link,author,date\n${rows.join('')}`);
    assert.equal(
      named.notices[1],
      'the column title holds texts as well; read them too with --text-col title,text',
    );
    const comma = await read(`class,"heading, short",text,link,author,date\n${rows.join('')}`);
    assert.match(comma.notices[1], /heading, short .* too with --text-col 'heading, short' --text-col text$/);
    const longer = await read(`class,title,news,link,author,date\n${rows.join('')}`);
    assert.match(
      longer.notices[1],
      /longer texts\. Choose with --text-col; to read them together: --text-col title,news$/,
    );
    const numbered = await read(rows.join(''));
    assert.match(numbered.notices.join('; '), /the column 2 holds texts as well.*--text-col 2,3/);
    // also where a class is called as one of the columns that are named, as in the news of AG
    for (const text of [rows.join(''), rows.join('').replaceAll(/^0/gm, '3').replaceAll(/^1/gm, '2')]) {
      const { texts } = await read(text, { text_col: '2,3' });
      assert.equal(texts.length, 4);
      assert.equal(texts[0], `The one of one\n\n${long('one')} that is read`);
    }
    const years = await read('2020,2021\n' + 'a b,x\nc d,y\ne f,x\ng h,y\n', { text_col: '2020' });
    assert.deepEqual(years.texts, ['a b', 'c d', 'e f', 'g h']);
  });

  test('a quote in tab-separated text is a character unless all of them enclose fields', async () => {
    const plain = await read(
      `ham\t"quoted" start of a message that goes on\nspam\tsays "hi\nham\tmore\n`,
      {},
      'sms.tsv',
    );
    assert.deepEqual(plain.texts.slice(0, 2), ['"quoted" start of a message that goes on', 'says "hi']);
    assert.match(plain.notices[0], /quotes as part of the text/);
    const quoted = await read(`label\ttext\nham\t"a tab\there, and ""quotes"""\nspam\tno\n`, {}, 'x.tsv');
    assert.equal(quoted.texts[0], 'a tab\there, and "quotes"');
  });

  test('byte order mark, \\r\\n, old \\r, blank lines, mixed line ends, no end of line', async () => {
    const expected = [
      ['one', 'x'],
      ['two', 'y'],
    ];
    for (const content of [
      '\ufefftext,label\r\none,x\r\ntwo,y\r\n',
      'text,label\rone,x\rtwo,y',
      'text,label\n\none,x\n\n\ntwo,y\n\n',
      'text,label\r\none,x\ntwo,y',
    ]) {
      assert.deepEqual(documents(await read(content)), expected, JSON.stringify(content));
    }
  });

  test("spaCy's cats, several fastText labels", async () => {
    const cats = await read(
      '{"text":"one","cats":{"A":0,"B":1}}\n{"text":"two","cats":{"A":0.9,"B":0.1}}\n{"text":"none","cats":{"A":0}}\n',
      {},
      'x.jsonl',
    );
    assert.deepEqual(documents(cats), [
      ['one', 'B'],
      ['two', 'A'],
    ]);
    assert.equal(cats.dropped.emptyLabel, 1);
    const several = await read('__label__a __label__b one\n__label__b two\nnone\n', {}, 'x.ft');
    assert.deepEqual(documents(several), [
      ['one', 'a'],
      ['two', 'b'],
    ]);
    assert.match(several.notices[1], /1 line with more than one label/);
  });
});

suite('sources', () => {
  test('a folder: class by class, loose and hidden files left out, another encoding reported', async () => {
    const path = writeFiles(folder, {
      'news/sport/2.txt': 'two',
      'news/sport/1.txt': 'one',
      'news/arts/1.txt': Uint8Array.from([0xa3, 0x35]), // £5 in Latin-1
      'news/arts/.hidden': 'no',
      'news/README': 'no',
    })('news');
    const dataset = await readDataset(path);
    assert.equal(dataset.name, 'news');
    assert.deepEqual(documents(dataset), [
      ['£5', 'arts'],
      ['one', 'sport'],
      ['two', 'sport'],
    ]);
    assert.deepEqual(dataset.notices, [
      'detected: folder of classes; override with --data.format',
      '2 class folders: arts (1), sport (2)',
      '1 file beside the class folders left out',
      '1 file not in UTF-8, read as Windows-1252: arts/1.txt',
    ]);
  });

  test('standard input', async () => {
    const stdin = (async function* () {
      for (const part of ['text,label\none,', 'x\ntwo,y\n']) yield Buffer.from(part);
    })();
    const dataset = await readDataset('-', { stdin });
    assert.equal(dataset.name, 'stdin');
    assert.equal(dataset.source, 'standard input');
    assert.deepEqual(documents(dataset), [
      ['one', 'x'],
      ['two', 'y'],
    ]);
  });

  test('a label map in a file', async () => {
    const at = writeFiles(folder, { 'map.yaml': '0: Politics\n1: Sport\n', 'map.json': '["Politics"]' });
    const dataset = await read('text,label\none,1\ntwo,0\n', { label_map: at('map.yaml') });
    assert.deepEqual(dataset.labelNames, ['Politics', 'Sport']);
    await assert.rejects(read('text,label\none,1\n', { label_map: at('map.json') }), ConfigError);
    await assert.rejects(
      read('text,label\none,1\n', { label_map: at('none.yaml') }),
      /label_map\] the file must be readable/,
    );
  });

  test('texts to classify need no labels; plain text is one text a line', async () => {
    const rows = async (content: string, name: string) => {
      const path = `${files++}/${name}`;
      const texts: string[] = [];
      for await (const row of streamRows(writeFiles(folder, { [path]: content })(path))) texts.push(row.text);
      return texts;
    };
    assert.deepEqual(await rows('Hello, you\n\nand, you\n', 'x.txt'), ['Hello, you', '', 'and, you']);
    assert.deepEqual(await rows('{"text":"one"}\n', 'x.jsonl'), ['one']);
    assert.deepEqual(await rows('id,text\n1,one\n2,two\n', 'x.csv'), ['one', 'two']);
    assert.deepEqual(await rows('id,text\n', 'x.csv'), []);
    await assert.rejects(rows(' \n', 'x.txt'), /x\.txt\] the data must hold texts, but it is empty\./);
  });

  const noProc = existsSync('/proc/self/fd') ? false : 'open files can be listed on Linux alone';
  test('whoever stops reading early leaves no open file', { skip: noProc }, async () => {
    const path = writeFiles(folder, {
      'big.csv': `text,label\n${'some words,x\n'.repeat(30_000)}`,
      'big.jsonl': '{"text":"some words"}\n'.repeat(20_000),
    });
    const isOpen = (file: string) =>
      readdirSync('/proc/self/fd').some((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`) === file;
        } catch {
          return false; // closed meanwhile
        }
      });
    for (const name of ['big.csv', 'big.jsonl']) {
      for await (const row of streamRows(path(name))) {
        if (row.row < 3) continue;
        assert.ok(isOpen(path(name)));
        break;
      }
      await until(
        () => !isOpen(path(name)),
        () => `${name} is still open`,
      );
    }
  });

  test('a split file', async () => {
    const at = writeFiles(folder, {
      'splits.json': '{"train":[0,2],"val":[1],"test":[],"more":1}',
      'bad.json': '{"train":[0,-2],"val":[1],"test":[]}',
    });
    assert.deepEqual(await readSplitIds(at('splits.json')), { train: [0, 2], val: [1], test: [] });
    await assert.rejects(readSplitIds(at('bad.json')), /bad\.json must hold .* but train\.1/);
  });

  test('a 10 MB single line', async () => {
    const line = 'word '.repeat(2e6);
    const before = process.cpuUsage();
    const table = await read(`text,label\n${line},x\nshort,y\n`);
    assert.equal(table.texts[0].length, 1e7);
    const labelled = await read(`__label__x ${line}\n__label__y b\n`, {}, 'x.txt');
    assert.equal(labelled.texts[0].trim().length, 1e7 - 1);
    assert.ok(process.cpuUsage(before).user < 120e6, 'in 2 minutes of CPU time');
  });
});

suite('bad input is refused in one paragraph that says what to do', () => {
  const latin1 = Buffer.from('text,label\ncafé au lait,x\n', 'latin1');
  const cases: [
    name: string,
    content: string | Uint8Array,
    options: ReadOptions,
    message: RegExp,
    line?: number,
  ][] = [
    ['empty file', '', {}, /must hold labelled texts, but it is empty/],
    ['nothing but white space', ' \n\n', {}, /it is empty/],
    ['a header alone', 'text,label\n', {}, /it has no record/],
    ['no text in any row', 'text,label\n,x\n ,y\n', {}, /of 2 records 2 have no text/],
    [
      'missing text column',
      'Text,Label\na,x\n',
      { text_col: 'Txet' },
      /text column must be one of "Text", "Label", but got "Txet"\. Did you mean --text-col "Text"\?/,
    ],
    [
      'missing label column',
      'Text,Label\na,x\n',
      { label_col: 'category' },
      /label column must be one of "Text", "Label", but got "category"\. Name it with --label-col/,
    ],
    ['one column alone', 'just some text\nand some more\n', {}, /every line must have a text and a label/],
    ['text and label the same', 'a,b\nx,y\n', { text_col: 'a', label_col: 'a' }, /must be two columns/],
    ['a header name twice', 'text,label,text\na,x,b\n', {}, /2 columns are called "text"/],
    [
      'a quote that is never closed',
      'text,label\nfine,x\n"open,y\nmore,x\nand more,y\n',
      {},
      /the record that starts at line 3 opens one that is never closed/,
      3,
    ],
    [
      'text after a closing quote on another line',
      'text,label\n"a\nb" c,x\n',
      {},
      /must have 2 fields, but the one at line 2 has 1\. It has a quote inside a field/,
      2,
    ],
    [
      'a delimiter too many',
      'text,label\nfine,x\nwell, no,y\n',
      {},
      /the one at line 3 has 3\. If a text holds the delimiter, put it in quotes/,
      3,
    ],
    [
      'a field too few',
      'text,label\nfine,x\nwell no\n',
      {},
      /the one at line 3 has 1\. Is the line cut off, or does a text hold a line break\?/,
      3,
    ],
    ['invalid UTF-8', latin1, {}, /line 2 has the byte 0xE9 at offset 14/, 2],
    [
      'not JSON',
      '{"text":"a","label":"b"}\n{"text": oops}\n',
      { format: 'jsonl' },
      /line 2 cannot be parsed/,
      2,
    ],
    ['JSON, but no object', '{"text":"a","label":"b"}\n[1]\n', { format: 'jsonl' }, /line 2 is an array/, 2],
    ['no labels in the format', 'a\nb\n', { format: 'lines' }, /the format lines has none/],
    [
      'a label that is not in the map',
      'text,label\na,x\nb,y\n',
      { label_map: { x: 'X' } },
      /lacks "y"; it has "x"/,
    ],
    [
      'a folder format for a file',
      'text,label\na,x\n',
      { format: 'folder' },
      /is "folder" and the source is a file/,
    ],
  ];
  for (const [name, content, options, message, line] of cases) {
    test(name, async () => {
      await assert.rejects(read(content, options), (error) => {
        assert.ok(error instanceof DataError, String(error));
        assert.match(error.message, message);
        assert.match(error.message, /^\[[^\]]+\] .*[.?]$/);
        assert.equal(error.line, line);
        return true;
      });
    });
  }

  test('no such source: the nearest known name', async () => {
    await assert.rejects(
      readDataset('spamm'),
      /known data set \(spam, .*bbc-news.*\), but there is no "spamm"\. Did you mean "spam"\?/,
    );
    await assert.rejects(readDataset(`${folder}/nowhere.csv`), DataError);
  });

  test('folders without classes or documents', async () => {
    const at = writeFiles(folder, { 'flat/a.txt': 'x', 'deep/train/pos/a.txt': 'x', 'none/a/.keep': '' });
    await assert.rejects(readDataset(at('flat')), /it has no sub-folder/);
    await assert.rejects(readDataset(at('none')), /none of its 1 sub-folder holds a text/);
    await assert.rejects(
      readDataset(at('deep')),
      /it holds train\/ with class folders \(pos\/\) inside\. Name one of them; to train: unroll train \S*deep\/train$/,
    );
  });
});
