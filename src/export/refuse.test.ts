import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkFiles } from '../../test/support/classifiers.ts';
import { UnsupportedError } from '../core/errors.ts';
import { PYTHON_PARTS, PYTHON_PROGRAM } from './python-program.ts';
import { requireParts } from './refuse.ts';
import type { ExportInput } from './target.ts';
import { python } from './targets/python.ts';

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

test('--to python refuses a model with a pooling that its program lacks', async () => {
  const files = await networkFiles({ model: { pooling: ['hierarchical'] } });
  const poolings = PYTHON_PARTS.poolings as unknown as string[];
  const all = [...poolings];
  // as if the pooling had been added to the family alone
  poolings.splice(poolings.indexOf('hierarchical'), 1);
  try {
    await assert.rejects(
      async () => python.export({ files } as ExportInput),
      /knows the poolings .* but the model has hierarchical\. Export it/,
    );
  } finally {
    poolings.splice(0, poolings.length, ...all);
  }
});
