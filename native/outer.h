/*
 * The matrix product C += Aᵀ·B for weight gradients (gemmTN): k runs over all tokens, a block of them at a time.
 *
 * Both sides are packed: the columns of A tile after tile, which stay in the second-level cache, and then two panels of B at
 * a time, which stay in the first-level cache while the tiles pass. What comes from further away is asked for in time.
 */
#pragma once
#include "product.h"

/* Rows of A and B packed at a time, as TN_BLOCK in the contract. */
#define TN_BLOCK 240
/* Most columns of A packed at a time: with so many rows of them, less than half of the second-level cache. */
#define TN_COLUMNS 480
/* Arguments of a part: a, lda, index, M, c, ldc */
#define PART_FIELDS 6

/* A tile of C += Aᵀ·B: `a` holds the tile's columns of A, `rows` words for each k. */
INLINE void multiply_outer(const int rows, const int panels, const float *a, const float *bp, float *c, ptrdiff_t ldc,
                           ptrdiff_t K, const int arrays, const ahead *next) {
  const int vectors = panels * VECTORS;
  tile sum;
  vec b[COLUMNS];
  load_tile(sum, rows, vectors, c, ldc);
  for (int row = 0; row < rows; row++) {
    const ptrdiff_t first = row * (K / rows), last = row + 1 < rows ? first + K / rows : K;
    ask_for(arrays, next, row, panels);
    EACH_K(ptrdiff_t k = first; k < last; k++) {
      load_lines(b, vectors, bp + k * panels * PANEL, PANEL);
      UNROLLED(int r = 0; r < rows; r++) {
        const vec x = all(a[k * rows + r]);
        UNROLLED(int v = 0; v < vectors; v++) sum[r][v] = madd(x, b[v], sum[r][v]);
      }
    }
  }
  store_tile(sum, rows, vectors, c, ldc);
}

/* Copies the lines of `panels` panels of B side by side. */
INLINE void pack_lines(const int panels, const float *b, ptrdiff_t ldb, float *to, ptrdiff_t K) {
  for (ptrdiff_t k = 0; k < K; k++, b += ldb, to += panels * PANEL)
    UNROLLED(int p = 0; p < panels; p++) copy_line(to + p * PANEL, b + p * PANEL);
}

/* Some columns of a left-hand side, and their rows of C. */
typedef struct {
  const float *a;
  const int32_t *index; /* NULL: rows in order */
  float *c;
  ptrdiff_t lda, M, ldc;
} slice;

/* A block of B: where its K rows begin, as a row of all and in memory. */
typedef struct {
  ptrdiff_t k, K;
  const float *b;
} block;

/*
 * Packs the columns of a slice for one tile, `rows` words for each k; a row that the index leaves out is zero. Writes whole
 * vectors, so that what follows is overwritten: the next tile, which is packed later.
 */
INLINE void pack_tile(const int rows, const float *const *row, ptrdiff_t m, float *to, ptrdiff_t K) {
  for (ptrdiff_t k = 0; k < K; k++, to += rows) {
    for (int j = 0; j < rows; j += LANES)
      store(to + j, row[k] ? load_first(row[k] + m + j, rows - j) : all(0));
  }
}

INLINE void pack_slice(const slice *s, block at, float *to) {
  const float *row[TN_BLOCK];
  for (ptrdiff_t j = 0; j < at.K; j++) {
    const ptrdiff_t r = s->index ? s->index[at.k + j] : at.k + j;
    row[j] = r < 0 ? NULL : s->a + r * s->lda;
  }
  const ptrdiff_t tiles = (s->M + ROWS - 1) / ROWS, most = s->M % tiles;
  for (ptrdiff_t t = 0, m = 0, rows; t < tiles; t++, m += rows) {
    rows = s->M / tiles + (t < most);
    WITH_ROWS(rows, pack_tile, row, m, to + m * at.K, at.K)
  }
}

/* About where a slice begins in a block: the rows of an index follow one another, more or less. */
INLINE const float *begin_of(const slice *s, block at) {
  const ptrdiff_t row = s->index ? s->index[at.k + at.K / 2] - at.K / 2 : at.k;
  return s->a + (row < 0 ? 0 : row) * s->lda;
}

/* The next tile of C, even and odd lines of the next panels of B, and rows of the next left-hand side. */
#define OUTER_AHEAD 4

/* The tiles of a slice on `panels` panels of B. They ask for what `next` has. */
INLINE void rows_of_outer(const int panels, const slice *s, const float *packed, const float *lines, ptrdiff_t n,
                          ptrdiff_t K, ahead next) {
  const ptrdiff_t tiles = (s->M + ROWS - 1) / ROWS, most = s->M % tiles;
  float *c = s->c + n;
  for (ptrdiff_t t = 0, rows; t < tiles; t++, c += rows * s->ldc, packed += rows * K) {
    rows = s->M / tiles + (t < most);
    next.at[0] = c + rows * s->ldc;
    WITH_ROWS(rows, multiply_outer, panels, packed, lines, c, s->ldc, K, OUTER_AHEAD, &next)
    move_on(OUTER_AHEAD, &next, rows, 0);
  }
}

/* A slice on a block of B, and what comes after it. */
static void outer_block(const slice *s, block at, ptrdiff_t ldb, ptrdiff_t N, float *packed, const slice *later,
                        block after) {
  float lines[TN_BLOCK * PANELS * PANEL];
  const float *begin = begin_of(later, after);
  pack_slice(s, at, packed);
  for (ptrdiff_t n = 0, width; n < N; n += width) {
    const int wide = n + PANELS * PANEL <= N;
    width = wide ? PANELS * PANEL : PANEL;
    const float *b = n + width < N ? at.b + n + width : after.b;
    const int more = n < later->M;
    const ahead next = {{NULL, b, b + ldb, more ? begin + n : b}, {s->ldc, 2 * ldb, 2 * ldb, more ? later->lda : 0}};
    if (wide) {
      pack_lines(PANELS, at.b + n, ldb, lines, at.K);
      rows_of_outer(PANELS, s, packed, lines, n, at.K, next);
    } else {
      pack_lines(1, at.b + n, ldb, lines, at.K);
      rows_of_outer(1, s, packed, lines, n, at.K, next);
    }
  }
}

/* The slice that begins with column `first` of a part; both move on to what follows it. */
INLINE slice next_slice(call x, ptrdiff_t *part, ptrdiff_t *first) {
  const int at = 6 + (int)*part * PART_FIELDS;
  const ptrdiff_t M = size(x, at + 3), ldc = size(x, at + 5), slices = (M + TN_COLUMNS - 1) / TN_COLUMNS;
  const ptrdiff_t even = (M + slices - 1) / slices, left = M - *first;
  const slice s = {floats(x, at) + *first, size(x, at + 2) ? ints(x, at + 2) : NULL, floats(x, at + 4) + *first * ldc,
                   size(x, at + 1), left < even ? left : even, ldc};
  *first += s.M;
  if (*first == M) ++*part, *first = 0;
  return s;
}

/* For each part: C[M × N] += Σ over k of A[index[k]]ᵀ·B[k]. Arguments: b, ldb, K, N, workspace, parts, and those of each part */
static void gemmTN(call x) {
  const float *b = floats(x, 0);
  const ptrdiff_t ldb = size(x, 1), K = size(x, 2), N = size(x, 3), parts = size(x, 5);
  ptrdiff_t part = 0, first = 0;
  slice s = next_slice(x, &part, &first);
  for (ptrdiff_t k = 0; k < K;) {
    const block at = {k, K - k < TN_BLOCK ? K - k : TN_BLOCK, b + k * ldb};
    block after = at;
    if (part == parts) {
      part = first = 0, k += TN_BLOCK;
      if (k < K) after = (block){k, K - k < TN_BLOCK ? K - k : TN_BLOCK, b + k * ldb};
    }
    const slice later = next_slice(x, &part, &first);
    outer_block(&s, at, ldb, N, floats(x, 4), &later, after);
    s = later;
  }
}
