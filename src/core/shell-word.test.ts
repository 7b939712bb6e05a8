import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { shellWord } from './shell-word.ts';

test('plain words stay as they are, all others come back from a shell unchanged', () => {
  assert.equal(shellWord('runs/spam-1'), 'runs/spam-1');
  assert.equal(shellWord(''), "''");
  const words = fc.sample(fc.string({ unit: fc.constantFrom(...'ab \'"$`\\\n*?~#&;|<>(){}[]!=é') }), 200);
  const script = `printf '%s\\0' ${words.map(shellWord).join(' ')}`;
  assert.deepEqual(execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1), words);
});
