/**
 * Row operations: sums, maxima, gathers and scatters over rows of vectors.
 * n (words per row) is a multiple of 8. All offsets and leading dimensions in words.
 */

/** to[0..n) += from. */
export function add(to: usize, from: usize, n: i32): void {
  to <<= 2; from <<= 2;
  const end = to + (<usize>n << 2);
  while (to < end) {
    const y0 = f32x4.add(v128.load(to), v128.load(from)), y1 = f32x4.add(v128.load(to, 16), v128.load(from, 16));
    v128.store(to, y1, 16); v128.store(to, y0);
    to += 32; from += 32;
  }
}

/** to[0..n) = from · alpha. */
export function scale(to: usize, from: usize, alpha: f32, n: i32): void {
  to <<= 2; from <<= 2;
  const a = f32x4.splat(alpha);
  const end = to + (<usize>n << 2);
  while (to < end) {
    const y0 = f32x4.mul(v128.load(from), a), y1 = f32x4.mul(v128.load(from, 16), a);
    v128.store(to, y1, 16); v128.store(to, y0);
    to += 32; from += 32;
  }
}

/** to[0..n) += from · alpha. */
export function addScaled(to: usize, from: usize, alpha: f32, n: i32): void {
  to <<= 2; from <<= 2;
  const a = f32x4.splat(alpha);
  const end = to + (<usize>n << 2);
  while (to < end) {
    const y0 = f32x4.relaxed_madd(v128.load(from), a, v128.load(to)), y1 = f32x4.relaxed_madd(v128.load(from, 16), a, v128.load(to, 16));
    v128.store(to, y1, 16); v128.store(to, y0);
    to += 32; from += 32;
  }
}

/** Where from > max: max = from, winner = row. A NaN in `from` also wins, and keeps winning. */
export function maxRow(max: usize, winner: usize, from: usize, row: i32, n: i32): void {
  max <<= 2; winner <<= 2; from <<= 2;
  const r = i32x4.splat(row);
  const end = max + (<usize>n << 2);
  while (max < end) {
    const x = v128.load(from), m = v128.load(max);
    const stays = v128.or(f32x4.ge(m, x), f32x4.ne(m, m)); // m >= x is false for NaN in x
    v128.store(max, v128.bitselect(m, x, stays));
    v128.store(winner, v128.bitselect(v128.load(winner), r, stays));
    max += 16; winner += 16; from += 16;
  }
}

/** For each column j: to[winner[j]·ld + j] += from[j]. */
export function scatterColumns(to: usize, ld: usize, winner: usize, from: usize, n: i32): void {
  to <<= 2; ld <<= 2; winner <<= 2; from <<= 2;
  const end = from + (<usize>n << 2);
  while (from < end) {
    const q = to + <usize>load<i32>(winner) * ld;
    store<f32>(q, load<f32>(q) + load<f32>(from));
    to += 4; winner += 4; from += 4;
  }
}

/** Row k of `to` (leading dimension `ldt`) = row ids[k] of `table` (leading dimension `ld`), n columns. */
export function gatherRows(to: usize, ldt: usize, table: usize, ld: usize, ids: usize, rows: i32, n: i32): void {
  to <<= 2; ldt <<= 2; table <<= 2; ld <<= 2; ids <<= 2;
  for (let k = 0; k < rows; k++) {
    memory.copy(to, table + <usize>load<i32>(ids) * ld, <usize>n << 2);
    to += ldt; ids += 4;
  }
}

/** Row ids[k] of `table` += row k of `from`, in the order of k; rows whose id is `skip` are left out. */
export function scatterAddRows(table: usize, ld: usize, ids: usize, skip: i32, from: usize, ldf: usize, rows: i32, n: i32): void {
  table <<= 2; ld <<= 2; ids <<= 2; from <<= 2; ldf <<= 2;
  for (let k = 0; k < rows; k++) {
    const id = load<i32>(ids);
    if (id != skip) {
      let q = table + <usize>id * ld, p = from;
      const end = q + (<usize>n << 2);
      while (q < end) {
        const y0 = f32x4.add(v128.load(q), v128.load(p)), y1 = f32x4.add(v128.load(q, 16), v128.load(p, 16));
        v128.store(q, y1, 16); v128.store(q, y0);
        q += 32; p += 32;
      }
    }
    from += ldf; ids += 4;
  }
}

/** to[0..n) += Σ over rows of `from` (leading dimension `ld`), in the order of the rows. n is a multiple of 16. */
export function sumRows(to: usize, from: usize, ld: usize, rows: i32, n: i32): void {
  to <<= 2; from <<= 2; ld <<= 2;
  const end = to + (<usize>n << 2);
  while (to < end) {
    let c0 = v128.load(to), c1 = v128.load(to, 16), c2 = v128.load(to, 32), c3 = v128.load(to, 48);
    let q = from;
    for (let k = 0; k < rows; k++) {
      c0 = f32x4.add(c0, v128.load(q)); c1 = f32x4.add(c1, v128.load(q, 16));
      c2 = f32x4.add(c2, v128.load(q, 32)); c3 = f32x4.add(c3, v128.load(q, 48));
      q += ld;
    }
    v128.store(to, c3, 48); v128.store(to, c2, 32); v128.store(to, c1, 16); v128.store(to, c0);
    to += 64; from += 64;
  }
}
