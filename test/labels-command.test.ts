/** `unroll labels`, and `unroll train --corrections`: planted errors are found, looked through and corrected. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { csvLine } from '../src/data/to-csv.ts';
import { createRng } from '../src/core/rng.ts';
import type { FoundLabels } from '../src/jobs/index.ts';
import { assertRefused, unrollHere } from './support/cli.ts';
import { temporaryFolder, writeFiles } from './support/temporary.ts';

const tickets = fileURLToPath(new URL('../examples/tickets.csv', import.meta.url));
type Row = Readonly<Record<string, string>>;
const rowsOf = (content: string | Buffer) => parse<Row>(content, { columns: true });

/** The tickets with 5 labels of 240 flipped. */
function flippedTickets() {
  const rows = rowsOf(readFileSync(tickets));
  const queues = [...new Set(rows.map(({ queue }) => queue))];
  const rng = createRng(3);
  const flipped = Array.from(rng.shuffle(Array.from(rows.keys())).slice(0, 5));
  const changed = rows.map(({ text, queue }, i) => ({
    text,
    queue: flipped.includes(i) ? queues[(queues.indexOf(queue) + 1 + rng.int(3)) % 4] : queue,
  }));
  const lines = [['text', 'queue'], ...changed.map(({ text, queue }) => [text, queue])].map(csvLine);
  return { content: lines.join(''), flipped, right: rows.map(({ queue }) => queue) };
}

test('flips are found with the label before and a neighbour, corrected in training, and never in the test part', async () => {
  const { content, flipped, right } = flippedTickets();
  const folder = temporaryFolder();
  const path = writeFiles(folder, { 'tickets.csv': content });
  const here = (...args: string[]) => unrollHere(args, { cwd: folder });
  const fast = ['--model.char_ngrams', 'null', '--model.C', '1'];
  const ended = await here('labels', 'tickets.csv', '--workers', '1', '--json', '-o', 'found', ...fast);
  assert.equal(ended.code, 0, ended.stderr);
  const found = JSON.parse(ended.stdout) as FoundLabels;
  assert.equal(found.documents, 240);
  const first = found.questioned.slice(0, Math.ceil(0.04 * 240));
  const caught = first.filter(({ row }) => flipped.includes(row));
  assert.ok(caught.length >= 4, `${caught.length} of 5`);
  for (const { row, suggested, given, score, nearest } of caught) {
    assert.equal(suggested, right[row]);
    assert.ok(given !== suggested && score < 0.5 && nearest !== null && nearest.row !== row);
  }

  const list = rowsOf(readFileSync(path('found/labels.csv')));
  assert.deepEqual(
    list.map((one) => [Number(one.row), one.part, one.given, one.suggested, one.suspect === 'yes']),
    found.questioned.map((one) => [one.row, one.part, one.given, one.suggested, one.suspect]),
  );
  const corrections = rowsOf(readFileSync(path('found/corrections.csv')));
  assert.deepEqual(
    corrections.map(({ row }) => Number(row)),
    found.questioned.filter(({ suspect }) => suspect).map(({ row }) => row),
  );

  // a finished cross-validation is not run again; the table says the same
  const again = await here('labels', 'tickets.csv', '--top', '3', '--resume', '-o', 'found', ...fast);
  assert.match(again.stdout, new RegExp(`^${found.suspects} of 240 labels are probably wrong`));

  const train = (...args: string[]) =>
    here(
      ...['train', 'tickets.csv', '--model', 'linear', '--evaluate.figures', 'false', ...fast],
      ...['--force', '-o', 'run', ...args],
    );
  const trained = await train('--corrections', join('found', 'corrections.csv'));
  assert.equal(trained.code, 0, trained.stderr);
  const described = JSON.parse(readFileSync(path('run/description.json'), 'utf8')) as {
    data: { corrected?: string };
  };
  assert.match(described.data.corrected ?? '', /^[0-9a-f]{64}$/);
  const inTest = found.suspectsInTest;
  assert.match(trained.stderr, new RegExp(`${found.suspects - inTest} labels? corrected \\(training`));
  const tested = rowsOf(readFileSync(path('run/predictions.csv')));
  const labels = rowsOf(content).map(({ queue }) => queue);
  for (const { row_id, label } of tested) assert.equal(label, labels[Number(row_id)]);
  if (inTest > 0) assert.match(trained.stderr, new RegExp(`${inTest} corrections? not applied`));

  const [{ row, old }] = corrections;
  writeFiles(folder, { 'wrong.csv': `row,old,new\n${row},${right[Number(row)]},${old}\n` });
  assertRefused(await train('--corrections', 'wrong.csv'), 3, new RegExp(`\\[wrong\\.csv\\] the correction of row ${row} must have the label`)); // prettier-ignore
  assertRefused(await here('cv', 'tickets.csv', '--data.corrections', 'wrong.csv'), 2, /data\.corrections/);
});

test('a network judges by its epochs too: the same list whatever the workers, and after a resumption', async () => {
  const { content, flipped } = flippedTickets();
  const folder = temporaryFolder();
  const path = writeFiles(folder, { 'tickets.csv': content });
  const judge = (output: string, ...more: string[]) =>
    unrollHere(
      [
        ...[
          'labels',
          'tickets.csv',
          '--model',
          'bag',
          '--train.epochs',
          '25',
          '--text.max_length',
          '40',
          '--train.refit',
          'false',
          '--json',
          '-o',
          output,
        ],
        ...more,
      ],
      { cwd: folder },
    );
  const ended = await judge('found', '--workers', '2');
  assert.equal(ended.code, 0, ended.stderr);
  const found = JSON.parse(ended.stdout) as FoundLabels;
  assert.equal(found.score, 'combined');
  const areas = rowsOf(readFileSync(path('found/margins.csv')));
  assert.deepEqual(
    areas.map(({ row_id }) => Number(row_id)),
    [...Array(240).keys()],
  );
  // each document is in the test part of one fold, and perhaps validates in others
  assert.ok(areas.every(({ trainings }) => Number(trainings) >= 1 && Number(trainings) <= 4));
  const mean = (rows: readonly Row[]) =>
    rows.reduce((sum, one) => sum + Number(one.area_under_margin), 0) / rows.length;
  const isFlipped = ({ row_id }: Row) => flipped.includes(Number(row_id));
  assert.ok(mean(areas.filter(isFlipped)) < mean(areas.filter((one) => !isFlipped(one))) - 1);
  for (const { row, areaUnderMargin } of found.questioned)
    assert.ok(
      areaUnderMargin !== null && Math.abs(areaUnderMargin - Number(areas[row].area_under_margin)) < 1e-9,
    );
  const caught = found.questioned.slice(0, 12).filter(({ row }) => flipped.includes(row));
  assert.ok(caught.length >= 4, `${caught.length} of 5`);

  const again = await judge('found', '--resume', '--score', 'self_confidence');
  const alone = JSON.parse(again.stdout) as FoundLabels;
  assert.deepEqual([alone.score, alone.suspects], ['self_confidence', found.suspects]);
  assert.equal((await judge('one', '--workers', '1')).stdout, ended.stdout.replaceAll('"found', '"one'));
});

test('asked again with --resume, documents stay in the part where the split of its settings has them', async () => {
  const folder = temporaryFolder();
  const path = writeFiles(folder, { 'tickets.csv': flippedTickets().content });
  const look = async (...more: string[]) => {
    const fast = ['--model.char_ngrams', 'null', '--model.C', '1', '--workers', '1', '-o', 'found'];
    const ended = await unrollHere(['labels', 'tickets.csv', ...fast, ...more], { cwd: folder });
    assert.equal(ended.code, 0, ended.stderr);
    return readFileSync(path('found/labels.csv'), 'utf8');
  };
  assert.equal(await look('--data.seed', '9'), await look('--resume'));
});

test('what cannot be used is refused', async () => {
  for (const [args, message] of [
    [
      ['--score', 'combined'],
      /\[--score\] combined needs a network .* the judge is linear, which has no epochs\. Add --model bilstm/,
    ],
    [
      ['--score', 'area_under_margin', '--model', 'bag', '--train.mixup', '0.2'],
      /train\.mixup is 0\.2\. Set it to 0/,
    ],
  ] as const)
    assertRefused(await unrollHere(['labels', tickets, ...args]), 2, message);

  assertRefused(await unrollHere(['labels', '-']), 2, /\[labels\] DATA must be a file/);
  assertRefused(await unrollHere(['labels', tickets, '--score', 'best']), 2, /--score must be one of self_confidence, normalized_margin, area_under_margin, combined/); // prettier-ignore
});
