import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { cannotMount, withDisk } from '../../test/support/disks.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { makeOwnFolder } from './own-folder.ts';
import { lockRun } from './run-lock.ts';

describe('lockRun', () => {
  it('gives a folder to one at a time, and leaves nothing', () => {
    const folder = temporaryFolder();
    const first = lockRun(folder);
    assert.throws(() => lockRun(folder), { name: 'ConfigError', message: /another one is training in/ });
    first.release();
    const second = lockRun(folder);
    first.release();
    assert.throws(() => lockRun(folder), { name: 'ConfigError' });
    second.release();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('ends with its process, also with one that is killed', async () => {
    const folder = temporaryFolder();
    const program = `
      import { lockRun } from ${JSON.stringify(new URL('./run-lock.ts', import.meta.url).href)};
      globalThis.lock = lockRun(${JSON.stringify(folder)});
      console.log('locked');
      setInterval(() => undefined, 1000);
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    assert.throws(() => lockRun(folder), { name: 'ConfigError' });
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.ok(existsSync(join(folder, '.lock')));
    lockRun(folder).release();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('keeps --force from a folder that another process is writing', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'state.json'), '{}');
    const own = { what: 'workshop', entries: { state: 'state.json' }, force: true };
    const first = lockRun(folder);
    assert.throws(() => makeOwnFolder(folder, own), {
      name: 'ConfigError',
      message: /another one is training in/,
    });
    assert.ok(existsSync(join(folder, 'state.json')));
    first.release();
    const second = makeOwnFolder(folder, own);
    assert.ok(!existsSync(join(folder, 'state.json')));
    assert.throws(() => lockRun(folder), { name: 'ConfigError' });
    second.release();
  });

  it('says nothing of a disk that cannot be written: the next to write does', { skip: cannotMount }, () => {
    withDisk(64, (folder, makeReadOnly) => {
      makeReadOnly();
      lockRun(folder).release();
    });
  });
});
