import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { unrollHere } from '../../test/support/cli.ts';
import { temporaryFolder, writeFiles } from '../../test/support/temporary.ts';
import { tinyCsv, tinyModel } from '../../test/support/tiny.ts';
import { ConfigError, CorruptFileError, FileError } from '../core/errors.ts';
import { loadClassifier } from './text-classifier.ts';

const folder = temporaryFolder();
const run = join(folder, 'run');
const texts = ['a goal in the last minute', 'shares fell again', '', 'goal'];

before(async () => {
  const at = writeFiles(folder, { 'tiny.csv': tinyCsv(60) });
  const { code, stderr } = await unrollHere(['train', at('tiny.csv'), ...tinyModel, '-o', run, '--quiet']);
  assert.equal(code, 0, stderr);
});

describe('a saved classifier', () => {
  test('says what unroll predict says, from the run and from its model alone', async () => {
    const { stdout } = await unrollHere(['predict', run, ...texts.filter((text) => text !== ''), '--json']);
    const said = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { label: string; score: number });
    for (const path of [run, join(run, 'model')]) {
      const classifier = await loadClassifier(path);
      const found = classifier.predict(texts.filter((text) => text !== ''));
      assert.deepEqual(
        found.map(({ label, score }) => [label, score.toFixed(4)]),
        said.map(({ label, score }) => [label, score.toFixed(4)]),
      );
      await classifier.close();
    }
  });

  test('of a run that is not finished the way on is named, whichever command began it', async () => {
    const unfinished = join(folder, 'unfinished');
    cpSync(run, unfinished, { recursive: true });
    rmSync(join(unfinished, 'model'), { recursive: true });
    const description = join(unfinished, 'description.json');
    const text = readFileSync(description, 'utf8').replace('"finished",', '"interrupted",');
    writeFileSync(description, text.replace('"train"', '"tune"'));
    await assert.rejects(loadClassifier(unfinished), {
      name: 'FileError',
      message:
        /not finished \(interrupted\)\. Finish it with: unroll train \S*tiny\.csv -o \S*unfinished --resume$/,
    });
  });

  test('its labels are those of the largest probabilities; batches and threads change no bit', async () => {
    const one = await loadClassifier(run);
    const probabilities = one.predictProba(texts);
    const classes = one.labelNames.length;
    assert.equal(probabilities.length, texts.length * classes);
    for (const [n, { label, score }] of one.predict(texts).entries()) {
      const row = probabilities.subarray(n * classes, (n + 1) * classes);
      assert.ok(Math.abs(row.reduce((sum, p) => sum + p, 0) - 1) < 1e-6);
      assert.equal(score, Math.max(...row));
      assert.equal(label, one.labelNames[row.indexOf(score)]);
    }
    const two = await loadClassifier(run, { threads: 2, batchSize: 1 });
    assert.deepEqual(two.predictProba(texts), probabilities);
    assert.deepEqual(one.predict([]), []);
    await Promise.all([one.close(), two.close()]);
  });

  test('what is missing, damaged or out of range is refused', async () => {
    await assert.rejects(loadClassifier(join(folder, 'none')), FileError);
    await assert.rejects(loadClassifier(run, { batchSize: 0 }), ConfigError);
    await assert.rejects(loadClassifier(run, { threads: 1.5 }), /threads must be a whole number from 1/);
    const broken = join(folder, 'broken');
    cpSync(join(run, 'model'), broken, { recursive: true });
    writeFiles(broken, { 'tokenizer.json': '{}' });
    await assert.rejects(loadClassifier(broken), CorruptFileError);
  });
});
