/** The network from scratch on real texts; test/scratch-command.test.ts has the quick tests. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bbcFile, skipWithoutBbc } from '../support/bbc.ts';
import { unroll } from '../support/cli.ts';
import { temporaryFolder } from '../support/temporary.ts';

test(
  "on the workshop's file at 50 tokens: validation accuracy above 0.67, in a few epochs",
  { skip: skipWithoutBbc },
  async () => {
    const options = ['--task-epochs', '1', '--hidden', '16', '--epochs', '8', '-o', 'bbc', '--json'];
    const { code, stdout, stderr } = await unroll(
      ['scratch', bbcFile, ...options, '--evaluate.bootstrap_samples', '50'],
      { cwd: temporaryFolder() },
    );
    assert.equal(code, 0, stderr);
    const { val, test: held } = JSON.parse(stdout);
    assert.ok(val.accuracy > 0.67, `validation accuracy ${val.accuracy}`);
    assert.ok(held.accuracy > 0.6, `test accuracy ${held.accuracy}`);
  },
);
