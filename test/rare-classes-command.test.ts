/** Classes of too few documents, left out by an option: in training, and in evaluation of the same and of other data. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertRefused, unrollHere } from './support/cli.ts';
import { temporaryFolder, writeFiles } from './support/temporary.ts';
import { tinyCsv } from './support/tiny.ts';

const cwd = temporaryFolder();
writeFiles(cwd, {
  'data.csv': `${tinyCsv()}\n"a letter about the weather",weather`,
  'test.csv': `text,label\n"a sunny letter about the weather",weather\n"the match ended in a draw",sport\n"shares fell again",money\n`,
  'new.csv': 'text,label\n"the match ended in a draw and the team was glad",sport\n',
});
const here = (...args: string[]) => unrollHere(args, { cwd });
const train = (...more: string[]) => here('train', 'data.csv', '--model', 'linear', '-o', 'run', ...more);

test('a class of one document is refused with the option that leaves it out', async () => {
  assertRefused(await train(), 3, /"weather" has one\. Add.*leave it out with --data\.min_class_size 2/);
  // folds need more of a class, which is said at once
  const folds = await here('cv', 'data.csv', '--model', 'linear', '--folds', '3', '-o', 'cv');
  assertRefused(folds, 2, /"weather" \(1\) has fewer.*--data\.min_class_size 3/);

  const { code, stderr } = await train('--data.min_class_size', '2');
  assert.equal(code, 0, stderr);
  assert.match(stderr, /1 document of 1 class with fewer than 2 documents left out: "weather"/);

  for (const own of [['run'], ['run', 'data.csv']]) {
    const evaluated = await here('evaluate', ...own);
    assert.equal(evaluated.code, 0, evaluated.stderr);
    assert.match(evaluated.stderr, /documents of .*data\.csv/);
    assert.doesNotMatch(evaluated.stderr, /trained or validated on/);
  }
  // what is rare in another file is measured nevertheless
  const other = await here('evaluate', 'run', 'new.csv');
  assert.equal(other.code, 0, other.stderr);
  assert.match(other.stdout, /^1 document/);

  // a separate file of test documents has them too
  const apart = await train('--force', '--data.min_class_size', '2', '--test', 'test.csv');
  assert.equal(apart.code, 0, apart.stderr);
  assert.match(apart.stderr, /1 document of 1 class left out of test\.csv too: "weather"/);
});
