import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { cannotMount, withDisk, withFolder } from '../../test/support/disks.ts';
import { CorruptFileError } from '../core/errors.ts';
import { createRng } from '../core/rng.ts';
import { createCheckpointStore, type Checkpoint } from './checkpoints.ts';

/** A checkpoint that can be told from others by its epoch. */
function checkpoint(epoch: number, size = 100): Checkpoint {
  const data = Float32Array.from({ length: size }, (_, i) => epoch + i / 7);
  return {
    tensors: { 'rnn.weight': { shape: [size], data }, steps: { shape: [], data: Int32Array.of(epoch) } },
    state: {
      epoch,
      best: { val_loss: 0.1 + epoch / 3, history: [1e-300, 5e-324, 0.1 + 0.2] },
      note: 'größe\n',
    },
  };
}

const file = (folder: string, name = 'last') => join(folder, `${name}.safetensors`);

function damage(path: string, change: (bytes: Uint8Array) => Uint8Array | void): void {
  const bytes = new Uint8Array(fs.readFileSync(path));
  fs.writeFileSync(path, change(bytes) ?? bytes);
}

describe('checkpoints', () => {
  it('come back to the bit, state and tensors', () => {
    withFolder((folder) => {
      const store = createCheckpointStore(join(folder, 'checkpoints'));
      assert.equal(store.load('last'), undefined);
      store.save('last', checkpoint(3));
      const loaded = store.load('last');
      assert.deepEqual(loaded?.tensors, checkpoint(3).tensors);
      assert.deepEqual(loaded.state, checkpoint(3).state);
      assert.deepEqual(loaded.notices, []);
      assert.equal(store.load('best'), undefined);
    });
  });

  it('keep the last two of each name and nothing else', () => {
    withFolder((folder) => {
      const store = createCheckpointStore(folder);
      for (let epoch = 1; epoch <= 4; epoch++) store.save('last', checkpoint(epoch));
      store.save('best', checkpoint(2));
      assert.deepEqual(fs.readdirSync(folder).sort(), [
        'best.safetensors',
        'last.previous.safetensors',
        'last.safetensors',
      ]);
      assert.deepEqual(store.load('last')?.state, checkpoint(4).state);
      assert.deepEqual(store.load('best')?.state, checkpoint(2).state);
    });
  });

  it('any damage of the newest is found and said, and the one before is loaded', () => {
    withFolder((folder) => {
      const store = createCheckpointStore(folder);
      const rng = createRng(1);
      store.save('last', checkpoint(1));
      store.save('last', checkpoint(2));
      const whole = new Uint8Array(fs.readFileSync(file(folder)));
      const changes: ((bytes: Uint8Array) => Uint8Array | void)[] = [
        (bytes) => bytes.subarray(0, 0),
        (bytes) => bytes.subarray(0, bytes.length - 1),
        (bytes) => bytes.fill(0, bytes.length - 64), // a page that never reached the disk
        (bytes) => bytes.fill(0),
        ...Array.from({ length: 200 }, () => (bytes: Uint8Array) => {
          bytes[rng.int(bytes.length)] ^= 1 << rng.int(8);
        }),
      ];
      for (const change of changes) {
        fs.writeFileSync(file(folder), whole);
        damage(file(folder), change);
        const loaded = store.load('last');
        // a flipped space of the padding is the one change that may go unseen: it changes nothing
        assert.ok(loaded);
        if (loaded.notices.length === 0) assert.deepEqual(loaded.tensors, checkpoint(2).tensors);
        else {
          assert.deepEqual(loaded.state, checkpoint(1).state);
          assert.match(
            loaded.notices[0],
            /last\.safetensors\].*Resuming from .*last\.previous\.safetensors\.$/,
          );
        }
      }
    });
  });

  it('are refused together where all are damaged', () => {
    withFolder((folder) => {
      const store = createCheckpointStore(folder);
      for (let epoch = 1; epoch <= 2; epoch++) store.save('last', checkpoint(epoch));
      for (const name of ['last', 'last.previous'])
        damage(file(folder, name), (bytes) => bytes.subarray(0, 50));
      assert.throws(
        () => store.load('last'),
        (error) => error instanceof CorruptFileError && /start again without --resume\.$/.test(error.message),
      );
    });
  });

  it('refuse a safetensors file that is no checkpoint, and a state that JSON would change', () => {
    withFolder((folder) => {
      const store = createCheckpointStore(folder);
      fs.copyFileSync(
        new URL('../../test/golden/safetensors/mixed.safetensors', import.meta.url),
        file(folder),
      );
      assert.throws(() => store.load('last'), { name: 'CorruptFileError', message: /must be a checkpoint/ });
      for (const best of [Infinity, NaN, Float32Array.of(1)]) {
        assert.throws(() => store.save('last', { tensors: {}, state: { best } }), /checkpoint state best/);
      }
    });
  });

  it('survive a crash between any two steps of saving', () => {
    for (const call of ['openSync', 'writeSync', 'fsyncSync', 'renameSync'] as const) {
      for (let n = 1; n <= 4; n++) {
        withFolder((folder) => {
          createCheckpointStore(folder).save('last', checkpoint(1));
          createCheckpointStore(folder).save('last', checkpoint(2));
          let calls = 0;
          const dead = () => {
            throw Object.assign(new Error('EIO'), { code: 'EIO' });
          };
          // from the n-th call on nothing works any more, cleaning up included
          const broken = Object.fromEntries(
            Object.entries(fs).map(([name, real]) => [
              name,
              (...args: unknown[]) => {
                if (name === call) calls++;
                return calls >= n ? dead() : (real as (...args: unknown[]) => unknown)(...args);
              },
            ]),
          ) as unknown as typeof fs;
          try {
            createCheckpointStore(folder, { fs: broken }).save('last', checkpoint(3));
          } catch (error) {
            assert.match((error as Error).message, /EIO/);
          }
          const loaded = createCheckpointStore(folder).load('last');
          const epoch = (loaded?.state as { epoch: number }).epoch;
          assert.ok(epoch === 2 || epoch === 3, `${call} ${n}: epoch ${epoch}`);
          // the first rename puts the new checkpoint on the disk: from then on it is the one that is loaded
          if (call === 'renameSync') assert.equal(epoch, n === 1 ? 2 : 3, `rename ${n}`);
          assert.deepEqual(loaded?.tensors, checkpoint(epoch).tensors);
          createCheckpointStore(folder).save('last', checkpoint(4));
          assert.deepEqual(createCheckpointStore(folder).load('last')?.state, checkpoint(4).state);
        });
      }
    }
  });

  it('survive kill -9 while they are written, again and again', async () => {
    const folder = fs.mkdtempSync(join(tmpdir(), 'unroll-kill-'));
    try {
      const module = new URL('./checkpoints.ts', import.meta.url).href;
      const script = `
        import { createCheckpointStore } from ${JSON.stringify(module)};
        const store = createCheckpointStore(${JSON.stringify(folder)});
        for (let epoch = 1; ; epoch++) {
          const data = new Float32Array(200_000).fill(epoch);
          store.save('last', { tensors: { w: { shape: [200_000], data } }, state: { epoch } });
          if (epoch === 1) process.stdout.write('ready');
        }`;
      const rng = createRng(9);
      for (let round = 0; round < 5; round++) {
        const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
        await new Promise((resolve) => child.stdout.once('data', resolve));
        await new Promise((resolve) => setTimeout(resolve, 20 + rng.int(60)));
        child.kill('SIGKILL');
        await new Promise((resolve) => child.once('exit', resolve));
        const loaded = createCheckpointStore(folder).load('last');
        const { epoch } = loaded?.state as { epoch: number };
        assert.ok(loaded);
        const { data } = loaded.tensors['w'];
        assert.ok(data.length === 200_000 && Array.prototype.every.call(data, (value) => value === epoch));
        assert.deepEqual(loaded.notices, []);
      }
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });

  it('are kept when the disk is really full, and then really read-only', { skip: cannotMount }, () => {
    withDisk(64, (folder, makeReadOnly) => {
      const store = createCheckpointStore(folder);
      store.save('last', checkpoint(1, 2000));
      assert.throws(() => store.save('last', checkpoint(2, 20_000)), {
        name: 'FileError',
        message: /the disk is full/,
      });
      assert.deepEqual(store.load('last')?.state, checkpoint(1).state);
      store.save('last', checkpoint(3, 2000));
      makeReadOnly();
      assert.throws(() => store.save('last', checkpoint(4)), {
        name: 'FileError',
        message: /the disk is read-only/,
      });
      assert.deepEqual(store.load('last')?.state, checkpoint(3).state);
    });
  });
});
