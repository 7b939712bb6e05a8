/** Dropout on packed batches: which mask an element gets, on every engine and for any number of threads. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Arena, padded } from '../src/core/arena.ts';
import { Batch } from '../src/nn/batch.ts';
import { type DropoutSite, dropoutRows } from '../src/nn/context.ts';
import type { Engine } from '../src/engine/index.ts';
import { capacityOf, contextOf, type EngineName, engines, sequencesOf } from './support/network.ts';

const LENGTHS = [40, 31, 31, 12, 5, 1];
const N = padded(32);
const TOKENS = LENGTHS.reduce((sum, n) => sum + n, 0);
const site: DropoutSite = { p: 0.3, name: 'a', variational: false };

/** What dropout makes of ones, [tokens × N], and the packed rows of each sequence. */
function masks(name: EngineName, drop: DropoutSite, { threads = 1, seed = 5, step = 3 } = {}) {
  const arena = new Arena();
  const batch = new Batch(arena, capacityOf(LENGTHS), () => engine.i);
  const at = arena.alloc('x', TOKENS * N);
  const engine: Engine = engines[name](arena.words);
  batch.write(sequencesOf(LENGTHS));
  engine.f.fill(1, at, at + TOKENS * N);
  for (let thread = 0; thread < threads; thread++) {
    dropoutRows({ ...contextOf(engine, batch), thread, threads, seed, step }, drop, at, at, N);
  }
  const row = (r: number) => Array.from(engine.f.subarray(at + r * N, at + (r + 1) * N));
  const sequence = (b: number) => Array.from({ length: LENGTHS[b] }, (_, t) => row(batch.start(t) + b));
  return { all: Array.from(engine.f.subarray(at, at + TOKENS * N)), sequence };
}

const names = Object.keys(engines) as EngineName[];
const fast: EngineName = 'wasm narrow';

test('drops a share p and scales the rest by 1 / (1 - p)', () => {
  const { all } = masks('reference float64', site);
  const kept = all.filter((x) => x !== 0);
  assert.ok(kept.every((x) => x === 1 / 0.7));
  const sigma = Math.sqrt(0.21 / all.length);
  assert.ok(Math.abs(kept.length / all.length - 0.7) < 4 * sigma, `${kept.length} of ${all.length}`);
});

test('every engine and every number of threads draws the same mask', () => {
  for (const variational of [false, true]) {
    const want = masks('reference float64', { ...site, variational }).all.map((x) => x !== 0);
    for (const name of names) {
      for (const threads of [1, 2, 3, 7]) {
        const got = masks(name, { ...site, variational }, { threads }).all.map((x) => x !== 0);
        assert.deepEqual(got, want, `${name}, ${threads} threads`);
      }
    }
  }
});

test('each token has a mask of its own; variational: each sequence has one for all of its tokens', () => {
  const distinct = (rows: number[][]) => new Set(rows.map(String)).size;
  const plain = masks(fast, site);
  assert.equal(distinct(LENGTHS.flatMap((_, b) => plain.sequence(b))), TOKENS);
  const variational = masks(fast, { ...site, variational: true });
  for (const b of LENGTHS.keys()) assert.equal(distinct(variational.sequence(b)), 1, `sequence ${b}`);
  assert.equal(distinct(LENGTHS.flatMap((_, b) => variational.sequence(b))), LENGTHS.length);
});

test('place, step and seed each give another mask; the same ones the same', () => {
  const draw = (name: string, where: { seed?: number; step?: number }) =>
    String(masks(fast, { ...site, name }, where).all);
  const base = draw('a', {});
  assert.equal(draw('a', {}), base);
  for (const [name, where] of [
    ['b', {}],
    ['a', { step: 4 }],
    ['a', { seed: 6 }],
  ] as const)
    assert.notEqual(draw(name, where), base);
});
