import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { cannotMount, withDisk, withFolder } from '../../test/support/disks.ts';
import { writeSafetensors } from '../models/files/index.ts';
import { readModelFolder, writeModelFolder } from './model-folder.ts';

const model = {
  tensors: { 'embedding.weight': { shape: [4, 2], data: Float32Array.from([0, 0, 1, 2, 3, 4, 5, 6]) } },
  config: {
    labelNames: ['ham', 'spam'],
    vocabularySize: 4,
    model: { type: 'lstm' },
    text: { tokenizer: 'word' },
    unrollVersion: '0.1.0',
  },
  tokenizerJson: '{"größe":1}\n',
  card: '# card\n',
};
const { card: _, ...rest } = model;
const weightsSha256 = createHash('sha256')
  .update(writeSafetensors(model.tensors, { format: 'pt' }))
  .digest('hex');
const readBack = { ...rest, config: { ...rest.config, weightsSha256 } };

describe('a model folder', () => {
  it("has Hugging Face's layout and is read from itself or from its run", () => {
    withFolder((run) => {
      const path = join(run, 'model');
      writeModelFolder(path, model);
      const names = ['README.md', 'config.json', 'model.safetensors', 'tokenizer.json'];
      assert.deepEqual(fs.readdirSync(path).sort(), names);
      for (const folder of [path, run]) assert.deepEqual(readModelFolder(folder), readBack);
      writeModelFolder(path, { ...model, card: '# new\n' });
      assert.equal(fs.readFileSync(join(path, 'README.md'), 'utf8'), '# new\n');
    });
  });

  it('is found after a crash while it was replaced', () => {
    withFolder((run) => {
      writeModelFolder(join(run, 'model'), model);
      fs.renameSync(join(run, 'model'), join(run, '.model.previous'));
      assert.deepEqual(readModelFolder(run), readBack);
    });
  });

  it('notices a single changed bit of the weights; models of before, without a checksum, load', () => {
    withFolder((folder) => {
      writeModelFolder(folder, model);
      const weights = join(folder, 'model.safetensors');
      const bytes = fs.readFileSync(weights);
      bytes[bytes.length - 3] ^= 1;
      fs.writeFileSync(weights, bytes);
      assert.throws(() => readModelFolder(folder), {
        name: 'CorruptFileError',
        message:
          /model\.safetensors\] the weights must have the SHA-256 .* remove weights_sha256 from .*config\.json\.$/,
      });
      const config = join(folder, 'config.json');
      const { weights_sha256: _, ...before } = JSON.parse(fs.readFileSync(config, 'utf8')) as Record<
        string,
        unknown
      >;
      fs.writeFileSync(config, JSON.stringify(before));
      assert.deepEqual(readModelFolder(folder).config, model.config);
    });
  });

  it('says what is missing or damaged', () => {
    withFolder((folder) => {
      assert.throws(() => readModelFolder(join(folder, 'no')), {
        name: 'FileError',
        message: /does not exist\. Train a model/,
      });
      assert.throws(() => readModelFolder(folder), { name: 'FileError', message: /holds no config\.json/ });
      const weights = join(folder, 'model.safetensors');
      const tokenizer = join(folder, 'tokenizer.json');
      writeModelFolder(folder, model);
      const bytes = fs.readFileSync(weights);
      fs.writeFileSync(weights, bytes.subarray(0, 90));
      assert.throws(() => readModelFolder(folder), {
        name: 'CorruptFileError',
        message: /model\.safetensors\].*damaged/,
      });
      fs.rmSync(weights);
      assert.throws(() => readModelFolder(folder), {
        name: 'FileError',
        message: /cannot read the weights: there is no such file or folder/,
      });
      fs.mkdirSync(weights);
      assert.throws(() => readModelFolder(folder), {
        name: 'CorruptFileError',
        message: /but this is a folder/,
      });
      fs.writeFileSync(tokenizer, Uint8Array.of(0xff));
      assert.throws(() => readModelFolder(folder), {
        name: 'CorruptFileError',
        message: /tokenizer\.json\].*UTF-8/,
      });
      fs.writeFileSync(join(folder, 'config.json'), '{}');
      assert.throws(() => readModelFolder(folder), { name: 'CorruptFileError', message: /config\.json\]/ });
    });
  });

  it(
    'does not wait for a pipe in the place of a file',
    { skip: process.platform === 'win32' && 'no pipes as files' },
    () => {
      withFolder((folder) => {
        writeModelFolder(folder, model);
        fs.rmSync(join(folder, 'model.safetensors'));
        execFileSync('mkfifo', [join(folder, 'model.safetensors')]);
        assert.throws(() => readModelFolder(folder), {
          name: 'FileError',
          message: /must be a regular file/,
        });
      });
    },
  );

  it('stays as it was when the disk is really full', { skip: cannotMount }, () => {
    withDisk(64, (disk) => {
      const path = join(disk, 'model');
      writeModelFolder(path, model);
      const data = new Float32Array(50_000);
      assert.throws(() => writeModelFolder(path, { ...model, tensors: { w: { shape: [50_000], data } } }), {
        name: 'FileError',
        message: /cannot write the folder: the disk is full/,
      });
      assert.deepEqual(readModelFolder(path), readBack);
      assert.deepEqual(fs.readdirSync(disk), ['model']);
    });
  });
});
