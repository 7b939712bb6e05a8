/** A new file is read the way the training data was read. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { temporaryFolder, writeFiles } from '../../test/support/temporary.ts';
import { describeReadAs, type ReadAs, shown } from './read-as.ts';
import { parseReadAs } from './read-as-option.ts';
import { readDataset, type StreamOptions, streamRows } from './read.ts';

const folder = temporaryFolder();
let files = 0;
const write = (name: string, content: string | Uint8Array) => {
  const path = `${files++}/${name}`;
  return writeFiles(folder, { [path]: content })(path);
};
const long = (word: string) => `${word} is a text of some more words than a header would have`;

async function trained(name: string, content: string | Uint8Array, options = {}): Promise<ReadAs> {
  const { readAs } = await readDataset(write(name, content), options);
  assert.ok(readAs);
  // it must survive being kept as JSON
  const kept = parseReadAs(JSON.parse(JSON.stringify(readAs)));
  assert.deepEqual(kept, readAs);
  return kept;
}

async function texts(name: string, content: string | Uint8Array, options: StreamOptions) {
  const notices: string[] = [];
  const rows: string[] = [];
  const source = write(name, content);
  for await (const row of streamRows(source, { ...options, onNotice: (n) => notices.push(n) }))
    rows.push(row.text);
  return { rows, notices };
}

const words = ['one', 'two', 'three', 'four'];
const kaggle = `v1,v2,,\n${words.map((w, i) => `${i % 2 ? 'spam' : 'ham'},${long(w)},,\n`).join('')}`;

suite('a table with a header', () => {
  test('what is kept of the reading', async () => {
    const like = await trained('spam.csv', kaggle);
    assert.deepEqual(like, {
      format: 'csv',
      encoding: 'utf-8',
      delimiter: ',',
      quoting: 'double',
      header: true,
      columns: ['v1', 'v2', '', ''],
      text: [{ name: 'v2', position: 1 }],
      label: { name: 'v1', position: 0 },
    });
    assert.equal(describeReadAs(like), 'CSV, delimiter ",", header, text column v2, label column v1');
  });

  test('the names of its columns make a header, wherever the columns stand and whatever the file is called', async () => {
    const like = await trained('spam.csv', kaggle);
    for (const name of ['new.csv', 'new.txt', 'new']) {
      const alone = await texts(name, `v2,,,\n${long('five')},,,\n${long('six')},,,\n`, { like });
      assert.deepEqual(alone.rows, [long('five'), long('six')], name);
      const moved = await texts(name, `id;v2;v1\n1;${long('five')};ham\n2;${long('six')};ham\n`, { like });
      assert.deepEqual(moved.rows, [long('five'), long('six')], name);
    }
    const same = await texts('new.csv', kaggle, { like });
    assert.deepEqual(same.notices, [
      'read as the training data was: CSV, delimiter ",", header, text column v2',
    ]);
  });

  test('a column that was chosen in training is read again, though another has the usual name', async () => {
    const table = `id,title,notes,queue\n${words.map((w, i) => `${i},short ${w},${long(w)},${i % 2 ? 'a' : 'b'}\n`).join('')}`;
    const like = await trained('train.csv', table, { text_col: 'notes' });
    const { rows } = await texts('new.csv', `id,title,notes\n9,a title,${long('five')}\n`, { like });
    assert.deepEqual(rows, [long('five')]);
    const told = await texts('new.csv', `id,title,notes\n9,a title,${long('five')}\n`, {
      like,
      text_col: 'title',
    });
    assert.deepEqual(told.rows, ['a title']);
  });

  test('several text columns are joined again', async () => {
    const table = `subject,body,queue\n${words.map((w, i) => `about ${w},${long(w)},${i % 2 ? 'a' : 'b'}\n`).join('')}`;
    const like = await trained('train.csv', table, { text_col: ['subject', 'body'] });
    const { rows } = await texts('new.csv', `body,subject\nthe body,the subject\nno subject,\n`, { like });
    assert.deepEqual(rows, ['the subject\n\nthe body', 'no subject']);
  });

  test('a file without header is read by position, and that is reported', async () => {
    const like = await trained(
      'train.csv',
      `text,label\n${words.map((w, i) => `${long(w)},${i % 2}\n`).join('')}`,
    );
    const { rows, notices } = await texts(
      'new.csv',
      `${long('five')},0\n${long('six')},0\n${long('seven')},0\n`,
      { like },
    );
    assert.deepEqual(rows, [long('five'), long('six'), long('seven')]);
    assert.match(
      notices.join('; '),
      /no header line: its columns are read in the order of the training data \(text\)/,
    );
  });

  test('a missing column is named, with what is read instead', async () => {
    const like = await trained('spam.csv', kaggle);
    const { rows, notices } = await texts('new.csv', `nr,message\n1,${long('five')}\n2,${long('six')}\n`, {
      like,
    });
    assert.deepEqual(rows, [long('five'), long('six')]);
    assert.match(
      notices.join('; '),
      /read with the text column v2; this file has no such column: it has "nr", "message", and message is read/,
    );
  });

  test('plain text stays one text per line', async () => {
    const like = await trained('spam.csv', kaggle);
    const { rows } = await texts('new.txt', 'Hello, you\nand you\n', { like });
    assert.deepEqual(rows, ['Hello, you', 'and you']);
  });

  test('labels are found again where they are needed', async () => {
    const like = await trained(
      'spam.csv',
      `kind,other,v2\n${words.map((w, i) => `${i % 2},x${i % 2},${long(w)}\n`).join('')}`,
      {
        label_col: 'other',
      },
    );
    const source = write('test.csv', `other,kind,v2\nx1,0,${long('five')}\nx0,1,${long('six')}\n`);
    const { labelNames } = await readDataset(source, { like });
    assert.deepEqual(labelNames, ['x0', 'x1']);
  });
});

suite('other formats', () => {
  test('a table without header: by position, also without the labels', async () => {
    const like = await trained(
      'sms',
      words
        .concat(words)
        .map((w, i) => `${i % 2 ? 'spam' : 'ham'}\t${long(w)} ${i}\n`)
        .join(''),
    );
    assert.equal(like.header, false);
    const both = await texts('smstest', `spam\t${long('five')}\nham\t${long('six')}\n`, { like });
    assert.deepEqual(both.rows, [long('five'), long('six')]);
    const alone = await texts('smstest', `${long('five')}\n${long('six')}\n`, { like });
    assert.deepEqual(alone.rows, [long('five'), long('six')]);
  });

  test('quotes stay what they were', async () => {
    const like = await trained(
      'train.tsv',
      `id\ttext\tlabel\n${words.map((w, i) => `${i}\t" ${long(w)}\t${i % 2}\n`).join('')}`,
    );
    assert.equal(like.quoting, 'none');
    const { rows } = await texts('test.tsv', 'id\ttext\n1\tgreat\n2\t \n3\t" dull "\n', { like });
    assert.deepEqual(rows, ['great', ' ', '" dull "']);
  });

  test('keys of JSON', async () => {
    const records = words.map((w, i) =>
      JSON.stringify({ title: `t ${w}`, said: long(w), label: String(i % 2) }),
    );
    const like = await trained('train.jsonl', `${records.join('\n')}\n`, { text_col: 'said' });
    const { rows } = await texts('new.jsonl', '{"title":"a","said":"b"}\n{"title":"c","said":"d"}\n', {
      like,
    });
    assert.deepEqual(rows, ['b', 'd']);
    const csv = await texts('new.csv', 'title,said\na,b\nc,d\n', { like });
    assert.deepEqual(csv.rows, ['b', 'd']);
  });

  test('the encoding, unless the new file is UTF-8', async () => {
    const latin1 = Buffer.from(
      `text,label\n${words.map((w, i) => `caf\u00e9 ${w},${i % 2}\n`).join('')}`,
      'latin1',
    );
    const like = await trained('train.csv', latin1, { encoding: 'windows-1252' });
    assert.equal(like.encoding, 'windows-1252');
    const again = await texts('new.csv', Buffer.from('text\nth\u00e9\n', 'latin1'), { like });
    assert.deepEqual(again.rows, ['th\u00e9']);
    const utf8 = await texts('new.csv', 'text\nth\u00e9\n', { like });
    assert.deepEqual(utf8.rows, ['th\u00e9']);
  });
});

test('names are shown without what would move the cursor of a terminal', () => {
  assert.equal(shown('a\u001b[31mb\u200bc'), 'a\\u001b[31mb\\u200bc');
  assert.equal(shown('x'.repeat(100)).length, 60);
});
