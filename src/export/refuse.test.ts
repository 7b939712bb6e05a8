import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UnsupportedError } from '../core/errors.ts';
import { PYTHON_PARTS, PYTHON_PROGRAM } from './python-program.ts';
import { requireParts } from './refuse.ts';

const known = { target: 'python', ...PYTHON_PARTS };

test('the program for Python has the layers and poolings that its target takes', () => {
  for (const name of [...PYTHON_PARTS.layers, ...PYTHON_PARTS.poolings])
    assert.match(PYTHON_PROGRAM, new RegExp(`"${name}": (torch|lambda)`));
});

test('a layer or a pooling that the program of a target lacks is refused', () => {
  requireParts({ type: 'gru', pooling: ['last', { type: 'attention', size: 3 }] }, known);
  const refused = (type: string, pooling: string, message: RegExp) => {
    assert.throws(
      () => requireParts({ type, pooling: ['last', { type: pooling }] }, known),
      (error) => error instanceof UnsupportedError && message.test(error.message),
    );
  };
  refused('elman', 'max', /knows the recurrent layers rnn, lstm, gru, but the model has elman\. Export it/);
  refused('rnn', 'gate', /knows the poolings last, .*hierarchical, but the model has gate\. Export it/);
});
