import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { cannotMount, withDisk, withFolder } from '../../test/support/disks.ts';
import { FileError } from '../core/errors.ts';
import { recoverFolder, writeFileAtomic, writeFolderAtomic, type WritingFs } from './atomic.ts';

const read = (path: string) => fs.readFileSync(path, 'utf8');

/** A file system on which the n-th call of one kind fails. */
function failing(call: keyof WritingFs, code: string, n = 1): WritingFs {
  let calls = 0;
  const broken = (...args: unknown[]): unknown => {
    if (++calls === n) throw Object.assign(new Error(`${code}: injected`), { code });
    return (fs[call] as (...args: unknown[]) => unknown)(...args);
  };
  return { ...fs, [call]: broken };
}

describe('writeFileAtomic', () => {
  it('writes text, bytes and pieces, and replaces', () => {
    withFolder((folder) => {
      const path = join(folder, 'a.txt');
      writeFileAtomic(path, 'größe\n');
      assert.equal(read(path), 'größe\n');
      writeFileAtomic(path, Uint8Array.of(104, 105));
      assert.equal(read(path), 'hi');
      writeFileAtomic(path, ['a', Uint8Array.of(98), 'c', 'd']);
      assert.equal(read(path), 'abcd');
      const lines = Array.from({ length: 50_000 }, (_, i) => `${i}\n`);
      writeFileAtomic(path, lines);
      assert.equal(read(path), lines.join(''));
      writeFileAtomic(path, '');
      assert.equal(read(path), '');
      assert.deepEqual(fs.readdirSync(folder), ['a.txt']);
    });
  });

  it('writes on where the system takes only a part', () => {
    withFolder((folder) => {
      const path = join(folder, 'a');
      const slow = {
        ...fs,
        writeSync: (file: number, bytes: Uint8Array, at: number) => fs.writeSync(file, bytes, at, 1),
      };
      writeFileAtomic(path, 'abcdef', { fs: slow as unknown as WritingFs });
      assert.equal(read(path), 'abcdef');
    });
  });

  it('flushes before it renames', () => {
    withFolder((folder) => {
      const calls: string[] = [];
      const spy = Object.fromEntries(
        Object.entries(fs).map(([name, call]) => [
          name,
          (...args: unknown[]) => {
            calls.push(name);
            return (call as (...args: unknown[]) => unknown)(...args);
          },
        ]),
      ) as unknown as WritingFs;
      writeFileAtomic(join(folder, 'a'), 'x', { fs: spy });
      assert.deepEqual(calls, [
        ...['openSync', 'writeSync', 'fsyncSync', 'closeSync', 'renameSync'],
        ...['openSync', 'fsyncSync', 'closeSync'], // the folder
      ]);
    });
  });

  for (const call of ['openSync', 'writeSync', 'fsyncSync', 'renameSync'] as const) {
    it(`keeps the old content and leaves nothing behind when ${call} fails`, () => {
      withFolder((folder) => {
        const path = join(folder, 'a');
        writeFileAtomic(path, 'old');
        assert.throws(
          () => writeFileAtomic(path, 'new', { fs: failing(call, 'ENOSPC') }),
          (error) => {
            assert.ok(error instanceof FileError);
            assert.equal(error.file, path);
            assert.match(
              error.message,
              /cannot write the file: the disk is full\. Free some space.*\(ENOSPC\)\.$/,
            );
            return true;
          },
        );
        assert.equal(read(path), 'old');
        assert.deepEqual(fs.readdirSync(folder), ['a']);
      });
    });
  }

  const cases = {
    EACCES: /may not/,
    EROFS: /read-only/,
    EPERM: /permit/,
    EDQUOT: /quota/,
    EXYZ: /EXYZ: injected/,
  };
  for (const [code, message] of Object.entries(cases)) {
    it(`explains ${code}`, () => {
      withFolder((folder) => {
        assert.throws(() => writeFileAtomic(join(folder, 'a'), 'x', { fs: failing('openSync', code) }), {
          name: 'FileError',
          message,
        });
      });
    });
  }

  it('refuses a folder as the target, a missing folder, and a file on the way', () => {
    withFolder((folder) => {
      fs.mkdirSync(join(folder, 'taken'));
      assert.throws(() => writeFileAtomic(join(folder, 'taken'), 'x'), {
        name: 'FileError',
        message: /a folder has this name/,
      });
      assert.throws(() => writeFileAtomic(join(folder, 'no', 'a'), 'x'), {
        name: 'FileError',
        message: /there is no such file or folder/,
      });
      writeFileAtomic(join(folder, 'file'), '');
      assert.throws(() => writeFileAtomic(join(folder, 'file', 'a'), 'x'), {
        message: /is a file, not a folder/,
      });
      assert.deepEqual(fs.readdirSync(folder).sort(), ['file', 'taken']);
    });
  });

  it('throws what making the content throws, and cleans up', () => {
    withFolder((folder) => {
      const pieces = function* () {
        yield 'x'.repeat(100_000);
        throw new RangeError('mine');
      };
      assert.throws(() => writeFileAtomic(join(folder, 'a'), pieces()), {
        name: 'RangeError',
        message: 'mine',
      });
      assert.deepEqual(fs.readdirSync(folder), []);
    });
  });

  it('on a disk that is really full', { skip: cannotMount }, () => {
    withDisk(64, (folder) => {
      const path = join(folder, 'a');
      writeFileAtomic(path, 'old');
      assert.throws(() => writeFileAtomic(path, new Uint8Array(100_000)), {
        name: 'FileError',
        message: /the disk is full/,
      });
      assert.equal(read(path), 'old');
      assert.deepEqual(fs.readdirSync(folder), ['a']);
      writeFileAtomic(path, 'new');
      assert.equal(read(path), 'new');
    });
  });

  it('on a disk that is really read-only', { skip: cannotMount }, () => {
    withDisk(64, (folder, makeReadOnly) => {
      const path = join(folder, 'a');
      writeFileAtomic(path, 'old');
      makeReadOnly();
      assert.throws(() => writeFileAtomic(path, 'new'), {
        name: 'FileError',
        message: /the disk is read-only/,
      });
      assert.equal(read(path), 'old');
    });
  });
});

describe('without permission', () => {
  const root = process.getuid?.() === 0;
  const skip = process.platform === 'win32' && 'folders have no mode';
  it('says what to do', { skip }, () => {
    withFolder((folder) => {
      const module = new URL('./atomic.ts', import.meta.url).href;
      const script = `
        import { writeFileAtomic } from ${JSON.stringify(module)};
        try {
          writeFileAtomic(${JSON.stringify(join(folder, 'a'))}, 'x');
        } catch (error) {
          console.log(error.name, error.message);
        }`;
      fs.chmodSync(folder, 0o555);
      // root may write everywhere, so it asks as nobody
      const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        encoding: 'utf8',
        ...(root ? { uid: 65534, gid: 65534 } : {}),
      });
      fs.chmodSync(folder, 0o755);
      assert.match(
        stdout,
        /^FileError .*: you may not do that there\. Change the permissions.*\(EACCES\)\.$/m,
      );
    });
  });
});

describe('writeFolderAtomic', () => {
  const contents = (folder: string) =>
    Object.fromEntries(
      fs
        .readdirSync(folder)
        .sort()
        .map((name) => [name, read(join(folder, name))]),
    );

  it('writes and replaces as a whole', () => {
    withFolder((parent) => {
      const path = join(parent, 'model');
      writeFolderAtomic(path, (file) => {
        file('a', '1');
        file('b', '2');
      });
      assert.deepEqual(contents(path), { a: '1', b: '2' });
      writeFolderAtomic(path, (file) => file('c', '3'));
      assert.deepEqual(contents(path), { c: '3' });
      assert.deepEqual(fs.readdirSync(parent), ['model']);
    });
  });

  for (const [call, n] of [
    ['mkdirSync', 1],
    ['openSync', 2],
    ['writeSync', 2],
    ['fsyncSync', 1],
    ['renameSync', 1],
    ['renameSync', 2],
  ] as const) {
    it(`keeps the old folder when ${call} fails, time ${n}`, () => {
      withFolder((parent) => {
        const path = join(parent, 'model');
        writeFolderAtomic(path, (file) => file('a', 'old'));
        const write = () =>
          writeFolderAtomic(
            path,
            (file) => {
              file('a', 'new');
              file('b', 'new');
            },
            { fs: failing(call, 'EIO', n) },
          );
        assert.throws(write, { name: 'FileError', message: /the disk failed/ });
        assert.deepEqual(contents(path), { a: 'old' });
        assert.deepEqual(fs.readdirSync(parent), ['model']);
      });
    });
  }

  it('is put back after a crash between the renames', () => {
    withFolder((parent) => {
      const path = join(parent, 'model');
      writeFolderAtomic(path, (file) => file('a', 'old'));
      fs.renameSync(path, join(parent, '.model.previous')); // as the first rename does
      recoverFolder(path);
      assert.deepEqual(contents(path), { a: 'old' });
      recoverFolder(path); // nothing to do
      assert.deepEqual(fs.readdirSync(parent), ['model']);
    });
  });

  it('on a disk that is really full', { skip: cannotMount }, () => {
    withDisk(128, (folder) => {
      const path = join(folder, 'model');
      writeFolderAtomic(path, (file) => file('a', 'old'));
      const write = () =>
        writeFolderAtomic(path, (file) => {
          file('a', 'new');
          file('big', new Uint8Array(200_000));
        });
      assert.throws(write, { name: 'FileError', message: /the disk is full/ });
      assert.deepEqual(contents(path), { a: 'old' });
      assert.deepEqual(fs.readdirSync(folder), ['model']);
    });
  });
});
