import assert from 'node:assert/strict';
import { test } from 'node:test';
import { programName } from './resume-command.ts';

test('commands in messages begin as the user began them', () => {
  assert.equal(programName({ npm_lifecycle_event: 'unroll' }), 'npm run -s unroll --');
  assert.equal(programName({ npm_lifecycle_event: 'npx' }), 'npx unrolled');
  assert.equal(programName({ npm_lifecycle_event: 'test' }), 'unroll');
  assert.equal(programName({}), 'unroll');
});
