/** Every kernel of every engine, in each build, on own and on shared memory, against the reference: sizes, tails, bounds. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRng } from '../core/rng.ts';
import { chooseEngine, createEngine, createEngineMemory, type EngineChoice, testEngines } from './choose.ts';
import { type Engine, gemmTNWorkspace, type KernelName, type OuterPart } from './contract.ts';
import { tanh } from './reference/cells.ts';
import { dropoutHash } from './reference/dropout.ts';
import { createReferenceEngine } from './reference/index.ts';
import { cutRows } from './wasm/engine.ts';

const WORDS = 640_000;
const BASE = 16384;
/** Where the arrays of a case lie: ten slots of equal size. */
const slot = (n: number) => BASE + n * 36_000;
const now = () => performance.now();

/**
 * Every build that runs here and stores float32, and the plain one, which runs where others do too; the reference in
 * float64 is what gradients are checked on.
 */
const choices: EngineChoice[] = testEngines(now, { all: true })
  .tests.filter(({ available, name }) => name === 'wasm plain' || (available && name !== 'reference float64'))
  .map(({ name }) => chooseEngine(now, name));

function engines(): Engine[] {
  return choices.flatMap((choice) =>
    [false, true].map((shared) =>
      createEngine(choice, { words: WORDS, memory: createEngineMemory(choice, WORDS, shared) }),
    ),
  );
}

const rng = createRng(7);
/** Numbers of a network's size for all slots: each case begins with them, and depends on no other's leftovers. */
const numbers = Float32Array.from({ length: WORDS - BASE }, () => rng.uniform(-1.5, 1.5));

type Case = {
  name: string;
  covers: KernelName[];
  setUp?: (e: Engine) => void;
  run: (e: Engine) => void;
  tolerance?: number;
};

const cases: Case[] = [];
for (const M of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 17, 24, 25, 31, 257]) {
  for (const [K, N] of [
    [16, 16],
    [48, 80],
    [112, 96],
  ]) {
    cases.push({
      name: `gemm ${M}×${K}×${N}, bias and leading dimensions`,
      covers: ['gemm', 'packB'],
      run: ({ k }) => {
        k.packB(slot(3), N + 16, slot(1), K, N);
        k.gemm({ a: slot(0), lda: K + 16, bp: slot(1), c: slot(2), ldc: N, init: slot(4), ldi: 0, M, K, N });
        k.gemm({ a: slot(0), lda: K + 16, bp: slot(1), c: slot(2), ldc: N, init: slot(2), ldi: N, M, K, N });
      },
    });
    cases.push({
      name: `gemm with the transposed pack, second half of the columns ${M}×${K}×${N}`,
      covers: ['gemm', 'packBt'],
      run: ({ k }) => {
        k.packBt(slot(3), K + 16, slot(1), K, N);
        if (N > 16)
          k.gemm({
            a: slot(0),
            lda: K,
            bp: slot(1) + 16 * K,
            c: slot(2),
            ldc: N,
            init: slot(4),
            ldi: N,
            M,
            K,
            N: N - 16,
          });
      },
    });
  }
}
for (const lda of [64, 128, 144, 192, 256, 384, 512, 768, 1024]) {
  cases.push({
    name: `gemm with rows ${lda} words apart`,
    covers: ['gemm', 'packB'],
    run: ({ k }) => {
      k.packB(slot(3), 32, slot(1), 48, 32);
      k.gemm({
        a: slot(0),
        lda,
        bp: slot(1),
        c: slot(2),
        ldc: 32,
        init: slot(4),
        ldi: 0,
        M: 20,
        K: 48,
        N: 32,
      });
    },
  });
}
for (const [bias, ldi] of [
  ['a bias', 0],
  ['an initial value', 32],
] as const)
  cases.push({
    name: `gemm with ${bias} and more rows than fit the cache, which are taken in blocks`,
    covers: ['gemm', 'packB'],
    run: ({ k }) => {
      const [M, K, N] = [145, 240, 32];
      k.packB(slot(3), N, slot(1), K, N);
      k.gemm({ a: slot(0), lda: K, bp: slot(1), c: slot(2), ldc: N, init: slot(4), ldi, M, K, N });
      // three blocks, of rows that overlap, since others would not fit a slot
      const rows = { a: slot(0), lda: 80, init: slot(4), ldi };
      k.gemm({ ...rows, bp: slot(1), c: slot(3), ldc: N, M: 290, K, N });
    },
  });
for (const K of [1, 5, 239, 240, 241, 500]) {
  for (const M of [16, 32, 48]) {
    const parts: OuterPart[] = [
      { a: slot(0), lda: M, index: 0, M, c: slot(2), ldc: 32 },
      { a: slot(0), lda: 64, index: slot(5), M: 16, c: slot(4), ldc: 48 },
    ];
    cases.push({
      name: `gemmTN K ${K}, M ${M}, with a row index`,
      covers: ['gemmTN'],
      setUp: ({ i }) => {
        for (let k = 0; k < K; k++) i[slot(5) + k] = k % 5 === 0 ? -1 : (k * 7) % K;
      },
      run: ({ k, i }) => {
        k.gemmTN(parts, slot(1), 32, K, 32, slot(6));
        i.fill(0, slot(5), slot(5) + K); // indices are not floats to compare
        i.fill(0, slot(6), slot(6) + gemmTNWorkspace(48, 32)); // nor is the workspace
      },
      tolerance: 2e-6,
    });
  }
}
cases.push({
  name: 'gemmTN with more columns of A than a row of zeros has, and an odd number of panels',
  covers: ['gemmTN'],
  setUp: ({ i }) => i.set([2, -1, 0], slot(5)),
  run: ({ k, i }) => {
    k.gemmTN(
      [{ a: slot(0), lda: 1056, index: slot(5), M: 1040, c: slot(2), ldc: 16 }],
      slot(1),
      16,
      3,
      16,
      slot(6),
    );
    i.fill(0, slot(5), slot(5) + 3);
    i.fill(0, slot(6), WORDS);
  },
  tolerance: 2e-6,
});
cases.push({
  name: 'gemmTN of many parts, each with its own columns',
  covers: ['gemmTN'],
  run: ({ k, f }) => {
    const parts = Array.from({ length: 19 }, (_, j): OuterPart => {
      return { a: slot(0) + 16 * j, lda: 320, index: 0, M: 16, c: slot(2) + 512 * j, ldc: 32 };
    });
    k.gemmTN(parts, slot(1), 32, 7, 32, slot(6));
    f.fill(0, slot(6), slot(6) + gemmTNWorkspace(16, 32));
  },
  tolerance: 2e-6,
});
for (const [rows, H] of [
  [1, 16],
  [5, 16],
  [3, 48],
]) {
  cases.push(
    {
      name: `lstm ${rows}×${H}`,
      covers: ['lstmForward', 'lstmBackward'],
      run: ({ k }) => {
        k.lstmForward({
          g: slot(0),
          cPrev: slot(1),
          ldcPrev: 2 * H,
          c: slot(2),
          tc: slot(3),
          h: slot(4),
          ldh: 2 * H,
          rows,
          H,
        });
        k.lstmBackward({
          g: slot(0),
          cPrev: slot(1),
          ldcPrev: 2 * H,
          tc: slot(3),
          dhNext: slot(5),
          dOut: slot(6),
          ldd: 3 * H,
          dc: slot(7),
          rows,
          H,
        });
      },
    },
    {
      name: `gru ${rows}×${H}`,
      covers: ['gruForward', 'gruBackward'],
      run: ({ k }) => {
        k.gruForward({
          g: slot(0),
          un: slot(1),
          hPrev: slot(2),
          ldhPrev: 0,
          h: slot(3),
          ldh: 2 * H,
          rows,
          H,
        });
        k.gruBackward({
          g: slot(0),
          un: slot(1),
          hPrev: slot(2),
          ldhPrev: 2 * H,
          dhNext: slot(5),
          dOut: slot(6),
          ldd: 3 * H,
          rows,
          H,
        });
      },
    },
    {
      name: `rnn tanh ${rows}×${H}`,
      covers: ['rnnTanhForward', 'rnnTanhBackward'],
      run: ({ k }) => {
        k.rnnTanhForward({ g: slot(0), h: slot(1), ldh: 2 * H, rows, H });
        k.rnnTanhBackward({
          g: slot(0),
          h: slot(1),
          ldh: 2 * H,
          dhNext: slot(5),
          dOut: slot(6),
          ldd: 3 * H,
          rows,
          H,
        });
      },
    },
    {
      name: `rnn relu ${rows}×${H}`,
      covers: ['rnnReluForward', 'rnnReluBackward'],
      run: ({ k }) => {
        k.rnnReluForward({ g: slot(0), h: slot(1), ldh: 2 * H, rows, H });
        k.rnnReluBackward({
          g: slot(0),
          h: slot(1),
          ldh: 2 * H,
          dhNext: slot(5),
          dOut: slot(6),
          ldd: 3 * H,
          rows,
          H,
        });
      },
    },
  );
}
for (const [rows, H] of [
  [1, 16],
  [7, 48],
  [26, 32],
  [14, 256], // rows of G that lie 4 KiB apart
]) {
  const fewer = Math.ceil(rows / 2);
  // fewer sequences with each step; one begins at the end
  const steps = [
    { b: 0, row: 0, prev: -1, rows },
    { b: 0, row: rows, prev: 0, rows: fewer },
    { b: 0, row: rows + fewer, prev: rows, rows: 1 },
    { b: rows, row: rows + fewer + 1, prev: -1, rows: 1 },
  ];
  const tokens = rows + fewer + 2;
  const g = BASE;
  const [packed, c, tc, h, dhNext, dOut, dc, zeros] = [
    4 * tokens,
    4 * tokens + 4 * H,
    5 * tokens + 4 * H,
    6 * tokens + 4 * H,
    8 * tokens + 4 * H,
    9 * tokens + 4 * H,
    12 * tokens + 4 * H,
    13 * tokens + 4 * H,
  ].map((multiple) => g + multiple * H);
  cases.push({
    name: `lstm, steps of ${rows}×${H} and fewer`,
    covers: ['lstmForwardSteps', 'lstmBackwardSteps'],
    setUp: ({ f }) => {
      f.fill(0, zeros, zeros + 4 * H);
      for (let j = packed; j < packed + 4 * H * H; j++) f[j] /= 8;
    },
    run: ({ k, f }) => {
      const weights = zeros + 4 * H;
      f.copyWithin(weights, packed, packed + 4 * H * H);
      k.packB(weights, 4 * H, packed, H, 4 * H);
      k.lstmForwardSteps({ steps, g, c, tc, h, ldh: 2 * H, whh: packed, zeros, H });
      k.packBt(weights, 4 * H, packed, 4 * H, H);
      const backward = { dhNext, dOut, ldd: 3 * H, dc, whhT: packed, zeros, H };
      k.lstmBackwardSteps({ steps: steps.toReversed(), g, c, tc, ...backward });
      f.fill(0, packed, packed + 4 * H * H); // how an engine packs is its own affair
    },
    tolerance: 2e-6,
  });
}
cases.push({
  name: 'lstm, more steps than one call of the native engine takes',
  covers: ['lstmForwardSteps', 'lstmBackwardSteps'],
  setUp: ({ f }) => {
    for (let j = slot(6); j < slot(7); j++) f[j] /= 8;
    f.fill(0, slot(9), slot(9) + 16);
  },
  run: ({ k, f }) => {
    const [H, packed] = [16, slot(7)];
    const steps = Array.from({ length: 560 }, (_, row) => ({ b: 0, row, prev: row - 1, rows: 1 }));
    const states = { g: slot(0), c: slot(1), tc: slot(2), zeros: slot(9), H };
    k.packB(slot(6), 4 * H, packed, H, 4 * H);
    k.lstmForwardSteps({ steps, ...states, h: slot(3), ldh: H, whh: packed });
    k.packBt(slot(6), 4 * H, packed, 4 * H, H);
    const gradients = { dhNext: slot(5), dOut: slot(4), ldd: H, dc: slot(5) + H, whhT: packed };
    k.lstmBackwardSteps({ steps: steps.toReversed(), ...states, ...gradients });
    f.fill(0, packed, packed + 4 * H * H); // how an engine packs is its own affair
  },
  tolerance: 2e-6,
});
for (const times of [4, 60])
  cases.push({
    name: `gates of ${times} times the usual size`,
    covers: ['lstmForward', 'gruForward', 'rnnTanhForward'],
    setUp: ({ f }) => {
      for (const from of [slot(0), slot(5), slot(7)]) for (let j = from; j < from + 256; j++) f[j] *= times;
    },
    run: ({ k }) => {
      const [rows, H, ldh] = [3, 16, 16];
      const [c, tc] = [slot(2), slot(3)];
      k.lstmForward({ g: slot(0), cPrev: slot(1), ldcPrev: H, c, tc, h: slot(4), ldh, rows, H });
      k.gruForward({ g: slot(5), un: slot(6), hPrev: slot(1), ldhPrev: 2 * H, h: slot(8), ldh, rows, H });
      k.rnnTanhForward({ g: slot(7), h: slot(9), ldh, rows, H });
    },
  });
const ids = (e: Engine) => {
  for (let k = 0; k < 40; k++) e.i[slot(9) + k] = (k * 5) % 11;
};
cases.push(
  { name: 'add', covers: ['add'], run: ({ k }) => k.add(slot(0), slot(1), 40) },
  { name: 'scale', covers: ['scale'], run: ({ k }) => k.scale(slot(0), slot(1), -0.7, 40) },
  { name: 'addScaled', covers: ['addScaled'], run: ({ k }) => k.addScaled(slot(0), slot(1), 0.3, 40) },
  {
    name: 'maxRow and scatterColumns',
    covers: ['maxRow', 'scatterColumns'],
    setUp: ({ i }) => i.fill(0, slot(9), slot(9) + 32),
    run: ({ k }) => {
      for (let row = 1; row < 7; row++) k.maxRow(slot(0), slot(9), slot(1) + row * 32, row, 32);
      k.scatterColumns(slot(2), 32, slot(9), slot(3), 32);
    },
  },
  {
    name: 'the first of equal maxima wins, and NaN keeps what it has won',
    covers: ['maxRow', 'maxDocument', 'scatterColumns'],
    setUp: ({ f, i }) => {
      i.set([0, 1, 2, 3], slot(9));
      i.fill(0, slot(9) + 16, slot(9) + 64);
      // columns 0 to 7: the largest twice, 0 and -0, NaN between numbers
      const columns = [
        [1, 3, 2, 3],
        [3, 3, 3, 3],
        [0, -0, 0, 0],
        [-0, 0, -0, 0],
        [1, NaN, 2, 3],
        [1, 2, 3, NaN],
      ];
      columns.push([NaN, 1, 2, 3], [1, 3, NaN, 3]);
      for (let j = 0; j < 48; j++)
        for (let row = 0; row < 4; row++) f[slot(1) + row * 48 + j] = columns[j % 8][row];
    },
    run: ({ k, f, i }) => {
      const [max, row, winners] = [slot(0), slot(1), slot(9) + 16];
      f.copyWithin(max, row, row + 48);
      f.copyWithin(max + 64, row, row + 48);
      k.maxDocument(max, winners, row, { starts: slot(9), b: 0, first: 1, steps: 4, n: 48, ld: 48 });
      i.fill(0, winners + 64, winners + 112);
      for (let step = 1; step < 4; step++) k.maxRow(max + 64, winners + 64, row + 48 * step, step, 48);
      for (const from of [0, 64]) {
        k.scatterColumns(slot(2), 48, winners + from, slot(3), 48);
        // as floats: the bits of small integers are numbers too small for a tolerance to see
        for (let j = from; j < from + 48; j++) {
          f[slot(4) + j] = i[winners + j];
          f[slot(5) + j] = Number.isNaN(f[max + j]) ? 7 : f[max + j];
        }
      }
      f.fill(0, max, max + 112);
      f.fill(0, row, row + 4 * 48);
    },
  },
  {
    name: 'rows of a document',
    covers: ['addDocument', 'maxDocument', 'addScaledToDocument'],
    setUp: ({ f, i }) => {
      i.set([0, 9, 17, 24, 30], slot(9));
      i.fill(0, slot(9) + 16, slot(9) + 64);
      f[slot(1) + 11 * 64 + 5] = NaN;
      f.fill(-0, slot(1) + 2 * 64, slot(1) + 2 * 64 + 16);
    },
    run: ({ k, f, i }) => {
      const rows = { starts: slot(9), b: 2, first: 0, steps: 5, n: 48, ld: 64 };
      k.maxDocument(slot(0), slot(9) + 16, slot(1), { ...rows, first: 1 });
      for (let j = 0; j < 48; j++) f[slot(5) + j] = i[slot(9) + 16 + j];
      f[slot(0) + 5] = f[slot(1) + 11 * 64 + 5] = 0; // NaN has been told apart; it would hide all differences
      k.addDocument(slot(2), slot(1), rows);
      k.addScaledToDocument(slot(3), slot(4), 0.3, rows);
    },
  },
  {
    name: 'gatherRows',
    covers: ['gatherRows'],
    setUp: ids,
    run: ({ k }) => k.gatherRows(slot(0), 48, slot(1), 32, slot(9), 40, 32),
  },
  {
    name: 'scatterAddRows with repeated ids and a skipped one',
    covers: ['scatterAddRows'],
    setUp: ids,
    run: ({ k }) =>
      k.scatterAddRows({
        table: slot(0),
        ld: 32,
        ids: slot(9),
        skip: 5,
        from: slot(1),
        ldf: 48,
        rows: 40,
        n: 32,
      }),
  },
  {
    name: 'sumRows',
    covers: ['sumRows'],
    run: ({ k }) => {
      k.sumRows(slot(0), slot(1), 48, 37, 48);
      k.sumRows(slot(2), slot(3), 160, 37, 144); // whole vectors side by side, and a rest
    },
    tolerance: 2e-6,
  },
  {
    name: 'dropout: equal masks',
    covers: ['dropout'],
    run: ({ k }) =>
      k.dropout({
        to: slot(0),
        from: slot(1),
        ld: 48,
        key: 12345,
        first: 3,
        threshold: 0.3 * 2 ** 32,
        keep: 1 / 0.7,
        rows: 9,
        n: 32,
      }),
    tolerance: 2e-7,
  },
  {
    name: 'dropout: an element whose hash is the threshold is kept',
    covers: ['dropout'],
    run: ({ k }) => {
      const threshold = dropoutHash(3 * 32 + 5, 12345);
      const rows = { to: slot(0), from: slot(1), ld: 48, first: 3, rows: 1, n: 32 };
      k.dropout({ ...rows, key: 12345, threshold, keep: 1 });
    },
  },
  {
    name: 'dropout: thresholds above 2^31',
    covers: ['dropout'],
    run: ({ k }) =>
      k.dropout({
        to: slot(0),
        from: slot(1),
        ld: 48,
        key: -7,
        first: 0,
        threshold: 0.8 * 2 ** 32,
        keep: 5,
        rows: 9,
        n: 32,
      }),
    tolerance: 2e-7,
  },
  {
    name: 'adam',
    covers: ['adam'],
    setUp: ({ f }) => {
      for (let j = 0; j < 64; j++) f[slot(3) + j] = Math.abs(f[slot(3) + j]);
    },
    run: ({ k }) =>
      k.adam({
        p: slot(0),
        g: slot(1),
        m: slot(2),
        v: slot(3),
        n: 64,
        clip: 0.5,
        l2: 0.01,
        decay: 0.999,
        oneMinusBeta1: 0.1,
        beta2: 0.999,
        oneMinusBeta2: 0.001,
        step: 0.005,
        root: 1.2,
        eps: 1e-8,
      }),
  },
  {
    name: 'adam: gradients so small that ε counts, and none',
    covers: ['adam'],
    setUp: ({ f }) => {
      for (const array of [1, 2, 3]) for (let j = 0; j < 64; j++) f[slot(array) + j] *= j < 32 ? 1e-9 : 0;
      for (let j = 0; j < 64; j++) f[slot(3) + j] = f[slot(3) + j] ** 2;
    },
    run: ({ k }) => {
      const arrays = { p: slot(0), g: slot(1), m: slot(2), v: slot(3), n: 64 };
      const means = { oneMinusBeta1: 0.1, beta2: 0.999, oneMinusBeta2: 0.001 };
      k.adam({ ...arrays, ...means, clip: 1, l2: 0, decay: 1, step: 0.1, root: 1.2, eps: 1e-8 });
    },
  },
  {
    name: 'sgd',
    covers: ['sgd'],
    run: ({ k }) =>
      k.sgd({
        p: slot(0),
        g: slot(1),
        u: slot(2),
        n: 64,
        clip: 0.5,
        l2: 0.01,
        momentum: 0.9,
        damp: 0.8,
        direct: 0.7,
        follow: 0.9,
        lr: 0.1,
      }),
  },
  {
    name: 'sumSquares',
    covers: ['sumSquares'],
    run: (e) => {
      for (let at = slot(9); at < slot(9) + 36; at += 3) {
        let rest = e.k.sumSquares(slot(0), 16 * (at - slot(9)) + 208);
        // every bit of the float64
        for (let part = 0; part < 3; part++) {
          e.f[at + part] = rest;
          rest -= Math.fround(rest);
        }
      }
    },
  },
);

/** The ranges of words to compare: slots 1 and 6 of products hold packed forms, whose layout is each engine's own. */
function rangesOf(name: string): readonly (readonly [from: number, to: number])[] {
  if (!/gemm/.test(name)) return [[BASE, WORDS]];
  return [
    [BASE, slot(1)],
    [slot(2), slot(6)],
    [slot(7), WORDS],
  ];
}

type Ranges = ReturnType<typeof rangesOf>;

function largest({ f }: Engine, ranges: Ranges): number {
  let max = 0;
  for (const [from, to] of ranges) for (let j = from; j < to; j++) max = Math.max(max, Math.abs(f[j]));
  return max;
}

/** Compares bytes first: most words are what they were in both, since a case touches few. */
function largestDifference(reference: Engine, engine: Engine, ranges: Ranges): number {
  const CHUNK = 4096;
  const [a, b] = [reference.f, engine.f];
  let worst = 0;
  for (const [from, to] of ranges) {
    for (let at = from; at < to; at += CHUNK) {
      const end = Math.min(to, at + CHUNK);
      if (sameBits(reference, engine, [[at, end]])) continue;
      for (let j = at; j < end; j++) worst = Math.max(worst, Math.abs(a[j] - b[j]));
    }
  }
  return worst;
}

function sameBits(a: Engine, b: Engine, ranges: Ranges): boolean {
  const bytes = ({ f }: Engine, from: number, to: number) =>
    Buffer.from(f.buffer, f.byteOffset + 4 * from, 4 * (to - from));
  return ranges.every(([from, to]) => bytes(a, from, to).equals(bytes(b, from, to)));
}

describe('kernels agree with the reference', () => {
  const fast = engines();
  const reference = createReferenceEngine({ words: WORDS });
  for (const { name, setUp, run, tolerance = 1e-6 } of cases) {
    test(name, () => {
      const start = (e: Engine) => {
        e.f.set(numbers, BASE);
        setUp?.(e);
        run(e);
      };
      start(reference);
      const ranges = rangesOf(name);
      const max = largest(reference, ranges);
      let firstFused: Engine | undefined;
      for (const engine of fast) {
        start(engine);
        const worst = largestDifference(reference, engine, ranges);
        assert.ok(worst <= tolerance * max, `${engine.name}: largest difference ${worst} of ${max}`);
        if (!engine.fused) continue;
        firstFused ??= engine;
        assert.ok(
          sameBits(firstFused, engine, ranges),
          `engines that fuse must give the same bits, in every build and on any memory: ${engine.name}`,
        );
      }
    });
  }

  const native = testEngines(now, { only: 'native' }).tests;
  const missing = native.every(({ available }) => !available) && `native: ${native[0].reason}`;
  test('the native engine is one of them', { skip: missing }, () => {
    assert.ok(fast.some(({ name }) => name.startsWith('native')));
  });

  test('every kernel of the contract has a case', () => {
    const covered = new Set(cases.flatMap((c) => c.covers));
    assert.deepEqual(
      Object.keys(createReferenceEngine({ words: 16 }).k).filter((k) => !covered.has(k as KernelName)),
      [],
    );
  });
});

for (const choice of choices.filter(({ engine }) => engine !== 'reference'))
  describe(`error bounds: ${choice.name}`, () => {
    const engine = createEngine(choice, { words: WORDS });
    /** tanh through the RNN kernel: rows of 16 inputs. */
    const tanhOf = (xs: number[]): number[] => {
      engine.f.fill(0, slot(0), slot(0) + 4096);
      xs.forEach((x, j) => (engine.f[slot(0) + j] = x));
      engine.k.rnnTanhForward({ g: slot(0), h: slot(1), ldh: 16, rows: Math.ceil(xs.length / 16), H: 16 });
      return Array.from(engine.f.subarray(slot(1), slot(1) + xs.length));
    };
    /** The LSTM kernel over rows of gates in slot 0: c in slot 2, h in slot 4. */
    const lstm = (rows: number): void => {
      const [g, cPrev, c, tc, h] = [0, 1, 2, 3, 4].map(slot);
      engine.k.lstmForward({ g, cPrev, ldcPrev: 0, c, tc, h, ldh: 16, rows, H: 16 });
    };
    const points = Array.from({ length: 4000 }, (_, j) =>
      Math.fround((j % 2 ? -1 : 1) * 10 ** (-12 + (j / 4000) * 13.3)),
    );

    test('tanh: relative error below 4e-7 from 1e-12 to 20', () => {
      const got = tanhOf(points);
      const worst = Math.max(...points.map((x, j) => Math.abs(got[j] / Math.tanh(x) - 1)));
      assert.ok(worst < 4e-7, String(worst));
    });

    test('tanh of the reference: relative error below 1e-12', () => {
      const worst = Math.max(...points.map((x) => Math.abs(tanh(x) / Math.tanh(x) - 1)));
      assert.ok(worst < 1e-12, String(worst));
    });

    test('sigmoid: relative error below 5e-7 above -10 and below 8e-6 above -87', () => {
      const xs = Array.from({ length: 1600 }, (_, j) => Math.fround(-87 + (j / 1600) * 107));
      const engineRows = 100;
      // through the LSTM kernel's i gate: c = i·g with g = tanh(40) = 1 and c' = 0
      engine.f.fill(0, slot(0), slot(0) + engineRows * 64);
      xs.forEach((x, j) => {
        const at = slot(0) + Math.floor(j / 16) * 64 + (j % 16);
        engine.f[at] = x;
        engine.f[at + 32] = 40;
      });
      engine.f.fill(0, slot(1), slot(1) + 16);
      lstm(engineRows);
      xs.forEach((x, j) => {
        const relative = Math.abs(engine.f[slot(2) + j] * (1 + Math.exp(-x)) - 1);
        assert.ok(relative < (x > -10 ? 5e-7 : 8e-6), `σ(${x}): ${relative}`);
      });
    });

    test('infinities saturate, NaN stays NaN', () => {
      const got = tanhOf([Infinity, -Infinity, NaN, 0, -0]);
      assert.deepEqual(got.map(String), ['1', '-1', 'NaN', '0', '0']);
      engine.f.fill(NaN, slot(0), slot(0) + 64);
      engine.f.fill(0, slot(1), slot(1) + 16);
      lstm(1);
      assert.ok(Number.isNaN(engine.f[slot(4)]), 'a NaN in the gates must reach h');
      engine.f.fill(NaN, slot(0), slot(0) + 16);
      engine.k.rnnReluForward({ g: slot(0), h: slot(1), ldh: 16, rows: 1, H: 16 });
      assert.ok(Number.isNaN(engine.f[slot(1)]), 'relu of NaN');
    });
  });

test('cutRows covers every number of rows with tiles of their size', () => {
  for (let M = 0; M < 300; M++) {
    const [six, five, four, rest] = cutRows(M);
    assert.equal(six + five + four + rest, M);
    assert.ok(six >= 0 && six % 6 === 0 && five % 5 === 0 && four % 4 === 0 && rest < 4);
  }
});
