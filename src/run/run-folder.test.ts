import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { cannotMount, withDisk, withFolder } from '../../test/support/disks.ts';
import { createRunFolder, holdRunFolder, openRunFolder, writeResolvedConfig } from './run-folder.ts';

describe('createRunFolder', () => {
  it('counts up, from the highest number there is', () => {
    withFolder((folder) => {
      const root = join(folder, 'deep', 'runs');
      const paths = [1, 2].map(() => createRunFolder({ root, name: 'spam-bilstm' }).path);
      assert.deepEqual(paths, [join(root, 'spam-bilstm-1'), join(root, 'spam-bilstm-2')]);
      fs.mkdirSync(join(root, 'spam-bilstm-9'));
      fs.mkdirSync(join(root, 'spam-bilstm-x'));
      fs.mkdirSync(join(root, 'spam-20'));
      assert.equal(createRunFolder({ root, name: 'spam-bilstm' }).path, join(root, 'spam-bilstm-10'));
    });
  });

  it('makes names that every file system takes, and that stay in the root', () => {
    withFolder((root) => {
      const names = ['../../etc', 'a b:c/d', '...', 'größe', 'x'.repeat(300)];
      const made = names.map((name) => createRunFolder({ root, name }).path.slice(root.length + 1));
      assert.deepEqual(made, ['etc-1', 'a-b-c-d-1', 'run-1', 'größe-1', `${'x'.repeat(80)}-1`]);
    });
  });

  it('takes a new or empty folder as it is', () => {
    withFolder((folder) => {
      assert.equal(createRunFolder({ name: 'x', output: folder }).path, folder);
      const run = createRunFolder({ name: 'x', output: join(folder, 'a', 'b') });
      writeResolvedConfig(run, 'model: {}\n');
      assert.equal(fs.readFileSync(join(folder, 'a', 'b', 'config.resolved.yaml'), 'utf8'), 'model: {}\n');
    });
  });

  it('refuses a folder in use, and says what to do', () => {
    withFolder((folder) => {
      for (const name of ['a', 'b', 'c', 'd']) fs.writeFileSync(join(folder, name), '');
      assert.throws(() => createRunFolder({ name: 'x', output: folder }), {
        name: 'ConfigError',
        message:
          /must be new or empty, but .* holds a, b, c, …\. Give another folder, --resume .*, or --force/,
      });
      fs.writeFileSync(join(folder, 'file'), '');
      assert.throws(() => createRunFolder({ name: 'x', output: join(folder, 'file') }), {
        name: 'FileError',
      });
    });
  });

  it('replaces a run by force, and nothing that is not its own', () => {
    withFolder((folder) => {
      fs.mkdirSync(join(folder, 'checkpoints'));
      fs.writeFileSync(join(folder, 'checkpoints', 'last.safetensors'), '');
      fs.writeFileSync(join(folder, 'metrics.jsonl'), '{}\n');
      fs.writeFileSync(join(folder, 'thesis.tex'), 'precious');
      assert.equal(createRunFolder({ name: 'x', output: folder, force: true }).resumed, false);
      assert.deepEqual(fs.readdirSync(folder), ['thesis.tex']);
    });
  });

  it('resumes the run in a folder, or the newest of its name, and tidies up', () => {
    withFolder((root) => {
      const runs = [1, 2].map(() => createRunFolder({ root, name: 'spam' }));
      for (const { paths } of runs) fs.writeFileSync(paths.description, '{}');
      fs.mkdirSync(runs[1].paths.checkpoints);
      const leftovers = [
        join(runs[1].path, '.metrics.jsonl.123.tmp'),
        join(runs[1].paths.checkpoints, '.last.safetensors.4.tmp'),
      ];
      for (const path of leftovers) fs.writeFileSync(path, 'torn');
      const { release, ...resumed } = holdRunFolder({ root, name: 'spam', resume: true });
      assert.deepEqual(resumed, openRunFolder(runs[1].path, { resumed: true }));
      for (const path of leftovers) assert.ok(!fs.existsSync(path));
      assert.ok(fs.existsSync(runs[1].paths.description));
      release();
      assert.equal(
        createRunFolder({ root, name: 'spam', output: runs[0].path, resume: true }).path,
        runs[0].path,
      );
    });
  });

  it('belongs to one at a time: nothing of a run that another process trains is touched', () => {
    withFolder((folder) => {
      const output = join(folder, 'run');
      const held = holdRunFolder({ name: 'x', output });
      const torn = join(output, '.description.json.1.tmp');
      for (const path of [held.paths.description, torn]) fs.writeFileSync(path, '{}');
      const refused = { name: 'ConfigError', message: /one process at a time/ };
      for (const how of [{ force: true }, { resume: true }])
        assert.throws(() => holdRunFolder({ name: 'x', output, ...how }), refused);
      assert.ok(fs.existsSync(held.paths.description) && fs.existsSync(torn));
      held.release();
      holdRunFolder({ name: 'x', output, resume: true }).release();
      assert.deepEqual(fs.readdirSync(output), ['description.json']);
      // two that start at once find it empty: the lock of the first does not make it used
      fs.rmSync(held.paths.description);
      const first = holdRunFolder({ name: 'x', output });
      assert.throws(() => holdRunFolder({ name: 'x', output }), refused);
      first.release();
    });
  });

  it('refuses to resume what is not there', () => {
    withFolder((root) => {
      const resume = (output?: string) => () => createRunFolder({ root, name: 'spam', output, resume: true });
      assert.throws(resume(), { name: 'ConfigError', message: /holds none called spam/ });
      assert.throws(resume(join(root, 'no')), { name: 'ConfigError', message: /does not exist/ });
      assert.throws(resume(root), { name: 'ConfigError', message: /holds no description\.json/ });
    });
  });

  it('on a disk that is really read-only', { skip: cannotMount }, () => {
    withDisk(64, (folder, makeReadOnly) => {
      makeReadOnly();
      for (const options of [
        { root: folder },
        { root: join(folder, 'runs') },
        { output: join(folder, 'x') },
      ]) {
        assert.throws(() => createRunFolder({ name: 'x', ...options }), {
          name: 'FileError',
          message:
            /cannot make the run folder: the disk is read-only\. Give a folder on another disk with -o/,
        });
      }
    });
  });
});
