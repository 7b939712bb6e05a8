/**
 * Sobol's sequence: points that fill the unit cube more evenly than random ones. Any 2^k points in a row, from a multiple
 * of 2^k on, have one in each of 2^k equal parts of every axis.
 *
 * Primitive polynomials and first direction numbers are those of S. Joe and F. Y. Kuo, Constructing Sobol sequences with
 * better two-dimensional projections, SIAM J. Sci. Comput. 30 (2008) 2635-2654 (their set D6), as SciPy uses them.
 * Scrambling: a random lower triangular matrix on the bits of each axis, then a random shift (J. Matoušek, On the
 * L2-discrepancy for anchored boxes, J. Complexity 14 (1998) 527-556).
 */
import type { Rng } from '../../core/rng.ts';

/** For axes 1, 2, …: the polynomial as bits, then m_1, m_2, …, one per degree. Axis 0 needs none. */
const JOE_KUO = [
  '3 1',
  '7 1 3',
  '11 1 3 1',
  '13 1 1 1',
  '19 1 1 3 3',
  '25 1 3 5 13',
  '37 1 1 5 5 17',
  '41 1 1 5 5 5',
  '47 1 1 7 11 19',
  '55 1 1 5 1 1',
  '59 1 1 1 3 11',
  '61 1 3 5 5 31',
  '67 1 3 3 9 7 49',
  '91 1 1 1 15 21 21',
  '97 1 3 1 13 27 49',
  '103 1 1 1 15 7 5',
  '109 1 3 1 15 13 25',
  '115 1 1 5 5 19 61',
  '131 1 3 7 11 23 15 103',
  '137 1 3 7 13 13 15 69',
  '143 1 1 3 13 7 35 63',
  '145 1 3 5 9 1 25 53',
  '157 1 3 1 13 9 35 107',
  '167 1 3 1 5 27 61 31',
  '171 1 1 5 11 19 41 61',
  '185 1 3 5 3 3 13 69',
  '191 1 1 7 13 1 19 1',
  '193 1 3 7 5 13 19 59',
  '203 1 1 3 9 25 29 41',
  '211 1 3 5 13 23 1 55',
  '213 1 3 7 3 13 59 17',
  '229 1 3 1 3 5 53 69',
  '239 1 1 5 5 23 33 13',
  '241 1 1 7 7 1 61 123',
  '247 1 1 7 9 13 61 49',
  '253 1 3 3 5 3 55 33',
  '285 1 3 1 15 31 13 49 245',
  '299 1 3 5 15 31 59 63 97',
  '301 1 3 1 11 11 11 77 249',
  '333 1 3 1 11 27 43 71 9',
  '351 1 1 7 15 21 11 81 45',
  '355 1 3 7 3 25 31 65 79',
  '357 1 3 1 1 19 11 3 205',
  '361 1 1 5 9 19 21 29 157',
  '369 1 3 7 11 1 33 89 185',
  '391 1 3 3 3 15 9 79 71',
  '397 1 3 7 11 15 39 119 27',
  '425 1 1 3 1 11 31 97 225',
  '451 1 1 1 3 23 43 57 177',
  '463 1 3 7 7 17 17 37 71',
  '487 1 3 1 5 27 63 123 213',
  '501 1 1 3 5 11 43 53 133',
  '529 1 3 5 5 29 17 47 173 479',
  '539 1 3 3 11 3 1 109 9 69',
  '545 1 1 1 5 17 39 23 5 343',
  '557 1 3 1 5 25 15 31 103 499',
  '563 1 1 1 11 11 17 63 105 183',
  '601 1 1 5 11 9 29 97 231 363',
  '607 1 1 5 15 19 45 41 7 383',
  '617 1 3 7 7 31 19 83 137 221',
  '623 1 1 1 3 23 15 111 223 83',
  '631 1 1 5 13 31 15 55 25 161',
  '637 1 1 3 13 25 47 39 87 257',
];

const BITS = 32;

/** How many axes are supported. */
export const SOBOL_AXES = JOE_KUO.length + 1;

/** Direction numbers of an axis, the highest bit first: v_j = m_j 2^(32 - j). */
function directions(axis: number): Uint32Array {
  if (axis === 0) return Uint32Array.from({ length: BITS }, (_, j) => 2 ** (BITS - 1 - j));
  const [polynomial, ...first] = JOE_KUO[axis - 1].split(' ').map(Number);
  const degree = first.length;
  const v = new Uint32Array(BITS);
  first.forEach((m, j) => (v[j] = m * 2 ** (BITS - 1 - j)));
  for (let j = degree; j < BITS; j++) {
    v[j] = v[j - degree] ^ (v[j - degree] >>> degree);
    for (let k = 1; k < degree; k++) {
      if ((polynomial >>> (degree - k)) & 1) v[j] ^= v[j - k];
    }
  }
  return v;
}

function parity(x: number): number {
  x ^= x >>> 16;
  x ^= x >>> 8;
  x ^= x >>> 4;
  return (0x6996 >>> (x & 15)) & 1;
}

/** `x` times a lower triangular matrix of bits with ones on its diagonal. */
function timesMatrix(rows: readonly number[], x: number): number {
  let y = 0;
  for (let i = 0; i < BITS; i++) y = (y << 1) | parity(x & rows[i]);
  return y >>> 0;
}

/** Bit i of the result sees the bits 0 to i, counted from the highest. */
function randomMatrix(rng: Rng): number[] {
  return Array.from({ length: BITS }, (_, i) => {
    const diagonal = 2 ** (BITS - 1 - i);
    return ((rng.u32() & ~(2 * diagonal - 1)) | diagonal) >>> 0;
  });
}

/**
 * Coordinate `axis` of point `index`, in [0, 1).
 * @param axis From 0, below `SOBOL_AXES`.
 * @param rng Scrambles; the same one for each point of a sequence. Without it the sequence is SciPy's with
 *   `scramble=False`, whose point 0 is the origin.
 */
export function sobol(index: number, axis: number, rng?: Rng): number {
  const v = directions(axis);
  const gray = index ^ (index >>> 1);
  let x = 0;
  for (let j = 0; j < BITS; j++) if ((gray >>> j) & 1) x ^= v[j];
  if (rng) {
    const scramble = rng.fork('sobol', axis);
    // a linear map of the sum is the sum of the mapped directions
    x = timesMatrix(randomMatrix(scramble), x) ^ scramble.u32();
  }
  return (x >>> 0) / 2 ** BITS;
}
