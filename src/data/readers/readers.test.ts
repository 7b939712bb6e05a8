/** Every reader gives back what was written in its format. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { temporaryFolder, writeFiles } from '../../../test/support/temporary.ts';
import type { ReadOptions } from '../read.ts';
import { readDataset } from '../read.ts';
import { csvLine } from '../to-csv.ts';
import { readers } from './index.ts';

interface Doc {
  readonly text: string;
  readonly label: string;
}

interface Format {
  /** Writes the documents under `path` and returns the source to read. */
  write(path: string, docs: readonly Doc[]): string;
  /** Text as it comes back. */
  keep(text: string): string;
}

const file = (path: string, content: string) => writeFiles(path, { content })('content');
const same = (text: string) => text;
const oneLine = (text: string) => text.replace(/[\n\r\t"]/g, ' ');

const formats: Record<string, Format> = {
  csv: {
    write: (path, docs) =>
      file(
        path,
        docs.reduce((all, doc) => all + csvLine([doc.label, doc.text]), 'label,text\n'),
      ),
    keep: same,
  },
  tsv: {
    write: (path, docs) =>
      file(
        path,
        docs.reduce((all, doc) => `${all}${oneLine(doc.text)}\t${doc.label}\n`, 'text\tlabel\n'),
      ),
    keep: oneLine,
  },
  jsonl: {
    write: (path, docs) => file(path, docs.map((doc) => `${JSON.stringify(doc)}\n`).join('')),
    keep: same,
  },
  fasttext: {
    write: (path, docs) =>
      file(path, docs.map((doc) => `__label__${doc.label} ${oneLine(doc.text)}\n`).join('')),
    keep: (text) => oneLine(text).trimStart(),
  },
  'label-first': {
    write: (path, docs) => file(path, docs.map((doc) => `${doc.label} ${oneLine(doc.text)}\n`).join('')),
    keep: oneLine,
  },
  folder: {
    write(path, docs) {
      mkdirSync(path, { recursive: true });
      for (const [i, { text, label }] of docs.entries()) {
        writeFiles(path, { [join(label, `${String(i).padStart(4, '0')}.txt`)]: text });
      }
      return path;
    },
    keep: same,
  },
};

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc
    .array(fc.constantFrom('"', ',', ';', '\t', '|', '\n', '\r\n', 'word', ' ', '""', "'", '{', 'é', '😀'), {
      maxLength: 12,
    })
    .map((p) => p.join('')),
);
// a letter at both ends: a text that is empty is dropped, and one that looks like another format is another matter
const document = fc.record({ text: text.map((t) => `a${t}z`), label: fc.constantFrom('x', 'y', 'Z_1') });

for (const format of readers.names.filter((name) => name !== 'lines')) {
  suite(`reader ${format}`, () => {
    const base = temporaryFolder();
    let runs = 0;

    test('gives back what was written', async () => {
      const { write, keep } = formats[format];
      await fc.assert(
        fc.asyncProperty(fc.array(document, { minLength: 1, maxLength: 8 }), async (docs) => {
          const source = write(join(base, String(runs++)), docs);
          const options: ReadOptions = {
            format,
            ...(format === 'csv' ? { text_col: 'text', label_col: 'label' } : {}),
          };
          const dataset = await readDataset(source, options);
          const got = dataset.texts.map((t, i) => ({
            text: t,
            label: dataset.labelNames[dataset.labels[i]],
          }));
          const expected = docs.map(({ text: t, label }) => ({ text: keep(t), label }));
          // a folder is read class by class
          const order = (list: Doc[]) =>
            format === 'folder'
              ? list.sort((a, b) => (a.label < b.label ? -1 : a.label > b.label ? 1 : 0))
              : list;
          assert.deepEqual(got, order(expected));
        }),
        { numRuns: 50 },
      );
    });
  });
}
