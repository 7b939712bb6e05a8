/** Whatever happens to a file of a run or a study: its commands work, or end with code 3 and say which file it is. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { createRng } from '../../src/core/rng.ts';
import { createStudy } from '../../src/tune/index.ts';
import { openStorage } from '../../src/tune/node.ts';
import { unroll, unrollHere } from './cli.ts';
import { temporaryFolder, writeFiles } from './temporary.ts';
import { tinyCsv, tinyModel } from './tiny.ts';

const cwd = temporaryFolder();
const path = writeFiles(cwd, { 'tiny.csv': tinyCsv() });
const rng = createRng(Number(process.env.FC_SEED) || 1);

const damages = {
  truncated: (file: string, bytes: Buffer) => writeFileSync(file, bytes.subarray(0, rng.int(bytes.length))),
  flipped(file: string, bytes: Buffer) {
    for (let k = 0; k < 6; k++) bytes[rng.int(bytes.length)] ^= 1 << rng.int(8);
    writeFileSync(file, bytes);
  },
  'without a page': (file: string, bytes: Buffer) => {
    const at = rng.int(bytes.length);
    writeFileSync(file, bytes.fill(0, at, Math.min(at + 4096, bytes.length)));
  },
  'a folder': (file: string) => {
    rmSync(file);
    mkdirSync(file);
  },
  empty: (file: string) => writeFileSync(file, ''),
  deep: (file: string) => writeFileSync(file, '['.repeat(100_000)),
  null: (file: string) => writeFileSync(file, 'null'),
} as const;
const kinds = Object.keys(damages) as (keyof typeof damages)[];

/** Damages a file in a copy, and expects that a command works all the same or refuses it. */
async function expectSound(
  original: string,
  name: string,
  kind: keyof typeof damages,
  args: readonly string[],
) {
  rmSync(path('copy'), { recursive: true, force: true });
  cpSync(path(original), path('copy'), { recursive: true });
  damages[kind](path(join('copy', name)), readFileSync(path(join('copy', name))));
  const { code, stderr } = await unrollHere(args, { cwd });
  const what = `${name} ${kind}: unroll ${args.join(' ')}\n${stderr}`;
  // a folder that is in the way of what is written is no damaged data: it is for the user to remove
  const fine = code === 0 || code === 3 || (code === 1 && kind === 'a folder');
  assert.ok(fine, `${code}: ${what}`);
  assert.doesNotMatch(stderr, /bug in Unroll|\n\s+at /, what);
  if (code === 3) assert.match(stderr, /error: \[.+\] .+ but .+\. ?/s, what);
}

function filesOf(folder: string, within = ''): string[] {
  return readdirSync(path(join(folder, within)), { withFileTypes: true }).flatMap((entry) => {
    const name = join(within, entry.name);
    if (entry.isDirectory()) return entry.name === 'figures' ? [] : filesOf(folder, name);
    return entry.name.startsWith('.') ? [] : [name];
  });
}

/**
 * The tests.
 * @param part How many of the kinds of damage each file gets, drawn by chance: 1 for all of them.
 */
export function testDamagedFiles(part: number): void {
  /** At least one, so that every file is damaged. */
  const some = (of = 1) => {
    const drawn = kinds.filter(() => rng.float() < part * of);
    return drawn.length > 0 ? drawn : [kinds[rng.int(kinds.length)]];
  };

  before(async () => {
    const trained = await unrollHere(['train', 'tiny.csv', '-o', 'run', ...tinyModel], { cwd });
    assert.equal(trained.code, 0, trained.stderr);
    const steps = ['--train.epochs', '8', '--train.checkpoint_seconds', '0', '--train.patience', '40'];
    const killed = await unroll(['train', 'tiny.csv', '-o', 'killed', ...tinyModel, ...steps], {
      cwd,
      onStderr: (child, text) => /^ +3 +\d/m.test(text) && child.kill('SIGKILL'),
    });
    assert.equal(killed.signal, 'SIGKILL', killed.stderr);
    mkdirSync(path('search'));
    const storage = await openStorage(`sqlite:///${path('search/studies.db')}`);
    const study = await createStudy({ storage, name: 's', direction: 'maximize' });
    await study.optimize(
      (trial) => {
        const x = trial.suggestFloat('x', 0, 1);
        trial.report(x, 0);
        trial.setUserAttr('note', { x });
        return x + trial.suggestInt('n', 1, 5) + trial.suggestCategorical('c', [0, 1]);
      },
      { trials: 12 },
    );
    await storage.close();
  });

  test('a finished run', async () => {
    const commands = [
      ['evaluate', 'copy'],
      ['predict', 'copy', 'ball goal'],
      ['report', 'copy', '-o', 'written'],
      ['compare', 'copy', 'run'],
      ['train', '-o', 'copy', '--resume', '-q'],
    ];
    for (const name of filesOf('run')) {
      for (const kind of some()) await expectSound('run', name, kind, commands[rng.int(commands.length)]);
    }
  });

  test('a run to resume', async () => {
    for (const name of filesOf('killed')) {
      // what can still be trained is, so not all of them
      for (const kind of some(0.4))
        await expectSound('killed', name, kind, ['train', '-o', 'copy', '--resume', '-q']);
    }
  });

  test('the database of a study', async () => {
    const commands = [
      ['report', 'copy/studies.db', '-o', 'written'],
      ['figures', 'copy/studies.db', '-o', 'drawn', '--format', 'svg'],
    ];
    for (const kind of [...kinds, ...Array<'flipped'>(part < 1 ? 3 : 8).fill('flipped')]) {
      await expectSound('search', 'studies.db', kind, commands[rng.int(2)]);
    }
  });

  test('a run without its split is measured on other documents alone; a changed bit of its weights is noticed', async () => {
    rmSync(path('copy'), { recursive: true, force: true });
    cpSync(path('run'), path('copy'), { recursive: true });
    rmSync(path('copy/splits.json'));
    const own = await unrollHere(['evaluate', 'copy'], { cwd });
    assert.equal(own.code, 3, own.stderr);
    assert.match(own.stderr, /\[copy\] a run must have its splits\.json, .* unroll evaluate RUN DATA\./);
    const others = await unrollHere(['evaluate', 'copy', 'tiny.csv', '-q'], { cwd });
    assert.equal(others.code, 0, others.stderr);
    const weights = readFileSync(path('copy/model/model.safetensors'));
    weights[weights.length - 2] ^= 1;
    writeFileSync(path('copy/model/model.safetensors'), weights);
    const changed = await unrollHere(['predict', 'copy', 'ball'], { cwd });
    assert.deepEqual([changed.code, changed.stdout], [3, '']);
    assert.match(changed.stderr, /model\.safetensors\] the weights must have the SHA-256/);
  });
}
