/* Row operations: sums, maxima, gathers and scatters over rows of vectors; see kernels/rows.ts. */
#pragma once
#include "vector.h"

/* to += from. Arguments: to, from, n */
static void add(call a) {
  float *to = floats(a, 0);
  const float *from = floats(a, 1);
  EACH_VECTOR(size(a, 2), store_part(to + j, load_part(to + j, live) + load_part(from + j, live), live));
}

/* to = alpha · from. Arguments: to, from, alpha, n */
static void scale(call a) {
  float *to = floats(a, 0);
  const float *from = floats(a, 1);
  const vec alpha = all(number(a, 2));
  EACH_VECTOR(size(a, 3), store_part(to + j, load_part(from + j, live) * alpha, live));
}

/* to += alpha · from. Arguments: to, from, alpha, n */
static void addScaled(call a) {
  float *to = floats(a, 0);
  const float *from = floats(a, 1);
  const vec alpha = all(number(a, 2));
  EACH_VECTOR(size(a, 3), store_part(to + j, madd(load_part(from + j, live), alpha, load_part(to + j, live)), live));
}

/* Where from > max, or from is NaN: max = from, winner = row. Arguments: max, winner, from, row, n */
static void maxRow(call a) {
  float *max = floats(a, 0), *winner = floats(a, 1);
  const float *from = floats(a, 2);
  const ivec row = (ivec){0} + (int32_t)size(a, 3);
  EACH_VECTOR(size(a, 4), {
    const vec x = load_part(from + j, live), m = load_part(max + j, live);
    const ivec stays = (m >= x) | (m != m); /* m >= x is false for NaN in x */
    store_part(max + j, choose(stays, m, x), live);
    store_part(winner + j, choose(stays, load_part(winner + j, live), (vec)row), live);
  });
}

/* For each column j: to[winner[j]·ld + j] += from[j]. Arguments: to, ld, winner, from, n */
static void scatterColumns(call a) {
  float *to = floats(a, 0);
  const int32_t *winner = ints(a, 2);
  const float *from = floats(a, 3);
  const ptrdiff_t ld = size(a, 1), n = size(a, 4);
  for (ptrdiff_t j = 0; j < n; j++) to[winner[j] * ld + j] += from[j];
}

/* Row k of to = row ids[k] of table. Arguments: to, ldt, table, ld, ids, rows, n */
static void gatherRows(call a) {
  float *to = floats(a, 0);
  const int32_t *ids = ints(a, 4);
  const ptrdiff_t ldt = size(a, 1), ld = size(a, 3), rows = size(a, 5), n = size(a, 6);
  for (ptrdiff_t k = 0; k < rows; k++, to += ldt) {
    const float *from = floats(a, 2) + ids[k] * ld;
    EACH_VECTOR(n, store_part(to + j, load_part(from + j, live), live));
  }
}

/* Row ids[k] of table += row k of from, k ascending, but for the id `skip`. Arguments: table, ld, ids, skip, from, ldf, rows, n */
static void scatterAddRows(call a) {
  const int32_t *ids = ints(a, 2);
  const float *from = floats(a, 4);
  const ptrdiff_t ld = size(a, 1), skip = size(a, 3), ldf = size(a, 5), rows = size(a, 6), n = size(a, 7);
  for (ptrdiff_t k = 0; k < rows; k++, from += ldf) {
    if (ids[k] == skip) continue;
    float *to = floats(a, 0) + ids[k] * ld;
    EACH_VECTOR(n, store_part(to + j, load_part(to + j, live) + load_part(from + j, live), live));
  }
}

/* Vectors of a row that are summed side by side, so that a line of the cache is read once. */
#define SUMMED 4

/* to += Σ over the rows of from, in their order. Arguments: to, from, ld, rows, n */
static void sumRows(call a) {
  float *to = floats(a, 0);
  const float *from = floats(a, 1);
  const ptrdiff_t ld = size(a, 2), rows = size(a, 3), n = size(a, 4), whole = n - n % (SUMMED * LANES);
  for (ptrdiff_t j = 0; j < whole; j += SUMMED * LANES) {
    vec sum[SUMMED];
    UNROLLED(int v = 0; v < SUMMED; v++) sum[v] = load(to + j + v * LANES);
    for (ptrdiff_t k = 0; k < rows; k++)
      UNROLLED(int v = 0; v < SUMMED; v++) sum[v] += load(from + k * ld + j + v * LANES);
    UNROLLED(int v = 0; v < SUMMED; v++) store(to + j + v * LANES, sum[v]);
  }
  to += whole, from += whole;
  EACH_VECTOR(n - whole, {
    vec sum = load_part(to + j, live);
    for (ptrdiff_t k = 0; k < rows; k++) sum += load_part(from + k * ld + j, live);
    store_part(to + j, sum, live);
  });
}

/* The rows of one document in a packed batch: row start[t] + b, for each t from first to before steps. */
typedef struct {
  const int32_t *start;
  ptrdiff_t b, first, steps, n, ld;
} document;

INLINE document document_at(call a, int j) {
  return (document){ints(a, j), size(a, j + 1), size(a, j + 2), size(a, j + 3), size(a, j + 4), size(a, j + 5)};
}

/* to += each row, in order. Arguments: to, from, and the rows */
static void addDocument(call a) {
  float *to = floats(a, 0);
  const float *from = floats(a, 1);
  const document d = document_at(a, 2);
  EACH_VECTOR(d.n, {
    vec sum = load_part(to + j, live);
    for (ptrdiff_t t = d.first; t < d.steps; t++) sum += load_part(from + (d.start[t] + d.b) * d.ld + j, live);
    store_part(to + j, sum, live);
  });
}

/* maxRow with each row, in order. Arguments: max, winner, from, and the rows */
static void maxDocument(call a) {
  float *max = floats(a, 0), *winner = floats(a, 1);
  const float *from = floats(a, 2);
  const document d = document_at(a, 3);
  EACH_VECTOR(d.n, {
    vec m = load_part(max + j, live), won = load_part(winner + j, live);
    for (ptrdiff_t t = d.first; t < d.steps; t++) {
      const int32_t row = d.start[t] + (int32_t)d.b;
      const vec x = load_part(from + row * d.ld + j, live);
      const ivec stays = (m >= x) | (m != m);
      m = choose(stays, m, x);
      won = choose(stays, won, (vec)((ivec){0} + row));
    }
    store_part(max + j, m, live);
    store_part(winner + j, won, live);
  });
}

/* Each row += alpha · from. Arguments: to, from, alpha, and the rows */
static void addScaledToDocument(call a) {
  float *to = floats(a, 0);
  const float *from = floats(a, 1);
  const vec alpha = all(number(a, 2));
  const document d = document_at(a, 3);
  EACH_VECTOR(d.n, {
    const vec x = load_part(from + j, live);
    for (ptrdiff_t t = d.first; t < d.steps; t++) {
      float *row = to + (d.start[t] + d.b) * d.ld + j;
      store_part(row, madd(x, alpha, load_part(row, live)), live);
    }
  });
}
