import assert from 'node:assert/strict';
import { test } from 'node:test';
import { programName, resumeSearchCommand, resumeTypedCommand } from './resume-command.ts';

test('commands in messages begin as the user began them', () => {
  assert.equal(programName({ npm_lifecycle_event: 'unroll' }), 'npm run -s unroll --');
  assert.equal(programName({ npm_lifecycle_event: 'quickstart' }), 'npm run -s unroll --');
  assert.equal(programName({ npm_lifecycle_event: 'npx' }), 'npx unrolled');
  assert.equal(programName({ npm_lifecycle_event: 'test' }), 'unroll');
  assert.equal(programName({}), 'unroll');
});

test('a search is resumed by what was typed, with its study by name, and what cannot be repeated is said', () => {
  const line = (...argv: string[]) =>
    resumeSearchCommand(['tune', ...argv], 'news-1').replace(/^.*?tune /, '');
  assert.equal(line('my news.csv', '--trials', '9'), "'my news.csv' --trials 9 --study news-1 --resume");
  assert.equal(line('a.csv', '--study=news-1', '--resume'), 'a.csv --study=news-1 --resume');
  assert.equal(line('--', '-a.csv'), '--study news-1 --resume -- -a.csv');
  assert.match(line('-'), /^- --study news-1 --resume < FILE, where FILE holds the same data$/);
  assert.match(
    line('a', '--storage', 'postgresql://me:***@db/x'),
    /--resume \(with the password instead of \*\*\*\)$/,
  );
});

test('a cross-validation is resumed by what was typed, with its folder', () => {
  const line = (...argv: string[]) =>
    resumeTypedCommand(['cv', ...argv], 'runs/news-cv-1').replace(/^.*?cv /, '');
  assert.equal(line('a.csv', '--folds', '4'), 'a.csv --folds 4 -o runs/news-cv-1 --resume');
  assert.equal(line('a.csv', '-o', 'mine', '--force'), 'a.csv -o mine --resume');
  assert.equal(line('a.csv', '--output=mine', '--resume'), 'a.csv --output=mine --resume');
  assert.match(line('-'), /^- -o runs\/news-cv-1 --resume < FILE/);
  assert.equal(resumeTypedCommand([], 'runs/1'), 'the same settings, and -o runs/1 --resume');
});
