/** Completion scripts, tried in the shells where they are installed. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SHELLS } from '../src/cli/completion.ts';
import { assertRefused, unrollHere } from './support/cli.ts';
import { temporaryFolder } from './support/temporary.ts';

const installed = (shell: string) => spawnSync(shell, ['-c', 'exit 0']).status === 0;
const scripts = new Map(
  await Promise.all(
    SHELLS.map(async (shell) => [shell, (await unrollHere(['completion', shell])).stdout] as const),
  ),
);

/** What bash offers for the words of a command line, the last of which is being typed. */
function inBash(script: string, folder: string, words: readonly string[]): string[] {
  const line = words.map((word) => `'${word}'`).join(' ');
  const program = `source '${script}'; COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _unroll; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', program], { encoding: 'utf8', cwd: folder })
    .split('\n')
    .filter((offer) => offer !== '')
    .sort();
}

test(
  'bash completes commands, options, their values and files',
  { skip: !installed('bash') && 'no bash here' },
  () => {
    const folder = temporaryFolder();
    const script = join(folder, 'unroll.bash');
    writeFileSync(script, scripts.get('bash') ?? '');
    const offers = (...words: string[]) => inBash(script, folder, words);
    assert.deepEqual(offers('unroll', 'tr'), ['train']);
    assert.deepEqual(offers('unrolled', 'train', '--model.ty'), ['--model.type']);
    assert.deepEqual(offers('unroll', 'train', '--train.optimizer', 'ad'), ['adam', 'adamw']);
    assert.deepEqual(offers('unroll', 'train', '-c', 'quick'), ['quickstart']);
    assert.deepEqual(offers('unroll', 'train', '--seed', '1'), []);
    assert.deepEqual(offers('unroll', 'predict', 'unro'), ['unroll.bash']);
    assert.deepEqual(offers('unroll', 'predict', '--train.ep'), []);
  },
);

test('fish completes commands and values', { skip: !installed('fish') && 'no fish here' }, () => {
  const script = join(temporaryFolder(), 'unroll.fish');
  writeFileSync(script, scripts.get('fish') ?? '');
  const offers = (line: string) =>
    execFileSync('fish', ['-c', `source '${script}'; complete -C '${line}'`], { encoding: 'utf8' })
      .split('\n')
      .map((offer) => offer.split('\t')[0])
      .filter((offer) => offer !== '');
  assert.deepEqual(offers('unroll tr'), ['train']);
  assert.deepEqual(offers('unroll train --train.optimizer ad').sort(), ['adam', 'adamw']);
  assert.deepEqual(offers('unrolled train --model.ty'), ['--model.type']);
});

test('zsh reads its script without an error', { skip: !installed('zsh') && 'no zsh here' }, () => {
  const script = join(temporaryFolder(), 'unroll.zsh');
  writeFileSync(script, scripts.get('zsh') ?? '');
  const program = `autoload -Uz compinit; compinit -u -D; source '${script}'; whence -w _unroll; print $_comps[unroll] $_comps[unrolled]`;
  const output = execFileSync('zsh', ['-f', '-c', program], { encoding: 'utf8' });
  assert.equal(output, '_unroll: function\n_unroll _unroll\n');
});

test('another shell is refused', async () => {
  assertRefused(
    await unrollHere(['completion', 'tcsh']),
    2,
    /must be one of bash, zsh, fish, but got "tcsh"/,
  );
});
