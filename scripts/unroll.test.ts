import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { unrollLoops } from './unroll.ts';

const LOOP = `
    let seen = '';
    for (let n = 0; n < 2; n++) {
      let a = 0;
      do { // unrolled by the build
        { seen += a; }
        a += 1;
      } while (a < end);
      seen += ';';
    }
    return seen;
`;

const runLoop = (source: string, end: number): unknown => runInNewContext(`(() => {${source}})()`, { end });

test('an unrolled loop does the same turns in the same order, whatever their number', () => {
  const unrolled = unrollLoops(LOOP);
  assert.equal(unrolled.split('seen += a').length - 1, 5, 'one copy before the loop and four in it');
  for (let end = 0; end < 14; end++) assert.equal(runLoop(unrolled, end), runLoop(LOOP, end));
});

test('a loop without the mark stays as it is', () => {
  const source = LOOP.replace(' // unrolled by the build', '');
  assert.equal(unrollLoops(source), source);
});
