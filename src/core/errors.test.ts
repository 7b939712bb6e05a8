import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as errors from './errors.ts';

test('each kind of error is called as its class', () => {
  const made = {
    ConfigError: new errors.ConfigError('m', { key: 'train.lr' }),
    DataError: new errors.DataError('m', { line: 3 }),
    CorruptFileError: new errors.CorruptFileError('f', 'm'),
    ShapeError: new errors.ShapeError('m'),
    UnsupportedError: new errors.UnsupportedError('m'),
    NonFiniteError: new errors.NonFiniteError(4, 'm'),
    FileError: new errors.FileError('f', 'm'),
    InterruptedError: new errors.InterruptedError('m'),
  };
  const classes = Object.keys(errors).filter((name) => name.endsWith('Error') && name !== 'UnrollError');
  assert.deepEqual(Object.keys(made).sort(), classes.sort());
  for (const [name, error] of Object.entries(made)) {
    assert.equal(error.name, name);
    assert.equal(String(error), `${name}: m`);
  }
});
