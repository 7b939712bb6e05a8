/*
 * Matrix products: C = init + A·B for activations (gemm), C += Aᵀ·B for weight gradients (gemmTN).
 *
 * A tile of C, ROWS × PANELS·16, stays in registers while k runs. Every element of C is summed over k in ascending order
 * with fused multiply-adds, beginning with what it is added to: so the tile's shape never changes a bit.
 */
#pragma once
#include "pack.h"

#define VECTORS (PANEL / LANES) /* of a panel's line */
#if LANES == 16
#define ROWS 12 /* 24 of 32 registers add up */
#define PANELS 2
#define EACH_K for
#elif LANES == 4
#define ROWS 6 /* 24 of 32 registers add up */
#define PANELS 1
#define EACH_K for
#else
#define ROWS 6 /* 12 of 16 registers add up */
#define PANELS 1
/* A k takes 6 cycles, of which counting and jumping would be a sixth: four at once. */
#define EACH_K _Pragma("GCC unroll 4") for
#endif
#define COLUMNS (PANELS * VECTORS) /* vectors in a row of a tile */

/* Words of A that stay in the second-level cache while the panels of B pass. */
#define CACHE_WORDS 32768

typedef vec tile[ROWS][COLUMNS];

INLINE void load_tile(tile c, const int rows, const int vectors, const float *p, ptrdiff_t ld) {
  UNROLLED(int r = 0; r < rows; r++) UNROLLED(int v = 0; v < vectors; v++) c[r][v] = load(p + r * ld + v * LANES);
}

INLINE void store_tile(tile c, const int rows, const int vectors, float *p, ptrdiff_t ld) {
  UNROLLED(int r = 0; r < rows; r++) UNROLLED(int v = 0; v < vectors; v++) store(p + r * ld + v * LANES, c[r][v]);
}

/* One k: b is line k of the tile's panels, which are `panel` words apart. */
INLINE void load_lines(vec *b, const int vectors, const float *line, ptrdiff_t panel) {
  UNROLLED(int v = 0; v < vectors; v++) b[v] = load(line + v / VECTORS * panel + v % VECTORS * LANES);
}

/*
 * Asks for a row of the next tile of C, which comes from beyond the second-level cache. The tiles ask for one row after the
 * other while k runs: all at once would wait for one another.
 */
INLINE void prefetch_row(const float *c, const int panels) {
  UNROLLED(int p = 0; p < panels; p++) __builtin_prefetch(c + p * PANEL);
}

/* A tile of C = init + A·B: rows of A are lda words apart. */
INLINE void multiply(const int rows, const int panels, const float *a, ptrdiff_t lda, const float *bp, float *c,
                     ptrdiff_t ldc, const float *init, ptrdiff_t ldi, ptrdiff_t K) {
  const int vectors = panels * VECTORS;
  tile sum;
  vec b[COLUMNS];
  load_tile(sum, rows, vectors, init, ldi);
  for (int part = 0; part < rows; part++) {
    const ptrdiff_t first = part * (K / rows), last = part + 1 < rows ? first + K / rows : K;
    prefetch_row(c + (rows + part) * ldc, panels);
    EACH_K(ptrdiff_t k = first; k < last; k++) {
      load_lines(b, vectors, bp + k * PANEL, K * PANEL);
      UNROLLED(int r = 0; r < rows; r++) {
        const vec x = all(a[r * lda + k]);
        UNROLLED(int v = 0; v < vectors; v++) sum[r][v] = madd(x, b[v], sum[r][v]);
      }
    }
  }
  store_tile(sum, rows, vectors, c, ldc);
}

/* A tile of C += Aᵀ·B: `a` holds the tile's columns of A, `rows` words for each k. */
INLINE void multiply_outer(const int rows, const int panels, const float *a, const float *bp, float *c, ptrdiff_t ldc,
                           ptrdiff_t K) {
  const int vectors = panels * VECTORS;
  tile sum;
  vec b[COLUMNS];
  load_tile(sum, rows, vectors, c, ldc);
  for (int part = 0; part < rows; part++) {
    const ptrdiff_t first = part * (K / rows), last = part + 1 < rows ? first + K / rows : K;
    prefetch_row(c + (rows + part) * ldc, panels);
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

/* Calls FUNCTION with the number of rows as a constant, so that the tile lies in registers. */
#define CASE(R, FUNCTION, ...)                                                                                         \
  case R:                                                                                                              \
    FUNCTION(R, __VA_ARGS__);                                                                                          \
    break;
#if LANES == 16
#define WITH_ROWS(rows, FUNCTION, ...)                                                                                 \
  switch (rows) {                                                                                                      \
    CASE(1, FUNCTION, __VA_ARGS__) CASE(2, FUNCTION, __VA_ARGS__) CASE(3, FUNCTION, __VA_ARGS__)                       \
    CASE(4, FUNCTION, __VA_ARGS__) CASE(5, FUNCTION, __VA_ARGS__) CASE(6, FUNCTION, __VA_ARGS__)                       \
    CASE(7, FUNCTION, __VA_ARGS__) CASE(8, FUNCTION, __VA_ARGS__) CASE(9, FUNCTION, __VA_ARGS__)                       \
    CASE(10, FUNCTION, __VA_ARGS__) CASE(11, FUNCTION, __VA_ARGS__) CASE(12, FUNCTION, __VA_ARGS__)                    \
  }
#else
#define WITH_ROWS(rows, FUNCTION, ...)                                                                                 \
  switch (rows) {                                                                                                      \
    CASE(1, FUNCTION, __VA_ARGS__) CASE(2, FUNCTION, __VA_ARGS__) CASE(3, FUNCTION, __VA_ARGS__)                       \
    CASE(4, FUNCTION, __VA_ARGS__) CASE(5, FUNCTION, __VA_ARGS__) CASE(6, FUNCTION, __VA_ARGS__)                       \
  }
#endif

/* gemm on `panels` panels: M rows in tiles that are as even as possible. */
INLINE void columns_of_rows(const int panels, const float *a, ptrdiff_t lda, const float *bp, float *c, ptrdiff_t ldc,
                            const float *init, ptrdiff_t ldi, ptrdiff_t M, ptrdiff_t K) {
  const ptrdiff_t tiles = (M + ROWS - 1) / ROWS, most = M % tiles;
  for (ptrdiff_t t = 0; t < tiles; t++) {
    const ptrdiff_t rows = M / tiles + (t < most);
    WITH_ROWS(rows, multiply, panels, a, lda, bp, c, ldc, init, ldi, K)
    a += rows * lda, c += rows * ldc, init += rows * ldi;
  }
}

/*
 * Rows so many words apart fall into one place of the first-level cache, which has not room for a tile of them: such rows
 * are copied, one line further apart.
 */
#define ALIASED 1024

/* gemm on a block of rows of A that stays in the cache. */
INLINE void rows_of_product(const float *a, ptrdiff_t lda, const float *bp, float *c, ptrdiff_t ldc, const float *init,
                            ptrdiff_t ldi, ptrdiff_t M, ptrdiff_t K, ptrdiff_t N) {
  float copy[CACHE_WORDS + CACHE_WORDS / 16];
  const ptrdiff_t apart = K + PANEL;
  if (lda % ALIASED == 0 && N > PANEL && M > 1 && M * apart <= (ptrdiff_t)(sizeof copy / sizeof *copy)) {
    for (ptrdiff_t m = 0; m < M; m++) __builtin_memcpy(copy + m * apart, a + m * lda, K * sizeof *a);
    a = copy, lda = apart;
  }
  ptrdiff_t n = 0;
  for (; n + PANELS * PANEL <= N; n += PANELS * PANEL)
    columns_of_rows(PANELS, a, lda, bp + n * K, c + n, ldc, init + n, ldi, M, K);
  for (; n < N; n += PANEL) columns_of_rows(1, a, lda, bp + n * K, c + n, ldc, init + n, ldi, M, K);
}

/* C[M × N] = init + A[M × K]·B. Arguments: a, lda, bp, c, ldc, init, ldi, M, K, N */
static void gemm(call x) {
  const float *a = floats(x, 0), *bp = floats(x, 2), *init = floats(x, 5);
  float *c = floats(x, 3);
  const ptrdiff_t lda = size(x, 1), ldc = size(x, 4), ldi = size(x, 6);
  const ptrdiff_t M = size(x, 7), K = size(x, 8), N = size(x, 9);
  const ptrdiff_t fitting = CACHE_WORDS / K / ROWS * ROWS, block = fitting < ROWS ? ROWS : fitting;
  for (ptrdiff_t m = 0; m < M; m += block)
    rows_of_product(a + m * lda, lda, bp, c + m * ldc, ldc, init + m * ldi, ldi, M - m < block ? M - m : block, K, N);
}

/* Rows of A and B packed at a time, as TN_BLOCK in the contract. */
#define TN_BLOCK 240
/* Most columns of A packed at a time: with so many rows of them, less than half of the second-level cache. */
#define TN_COLUMNS 480
/* Each argument list of a part: a, lda, index, M, c, ldc */
#define PART_FIELDS 6

/*
 * Packs the columns of A for one tile, `rows` words for each k; where `a` has no row, zeros. Writes whole vectors, so that
 * what follows is overwritten: the next tile, which is packed later.
 */
INLINE void pack_tile(const int rows, const float *const *a, ptrdiff_t m, float *to, ptrdiff_t K) {
  for (ptrdiff_t k = 0; k < K; k++, to += rows) {
    for (int j = 0; j < rows; j += LANES)
      store(to + j, a[k] ? load_first(a[k] + m + j, rows - j) : all(0));
  }
}

/* Copies the lines of `panels` panels of B side by side: they stay in the first-level cache while the tiles of A pass. */
INLINE void pack_lines(const int panels, const float *b, ptrdiff_t ldb, float *to, ptrdiff_t K) {
  for (ptrdiff_t k = 0; k < K; k++, b += ldb, to += panels * PANEL)
    UNROLLED(int p = 0; p < panels; p++) copy_line(to + p * PANEL, b + p * PANEL);
}

/* C += Aᵀ·B for `panels` panels of C, A packed. */
INLINE void rows_of_outer(const int panels, const float *ap, const float *b, ptrdiff_t ldb, float *c, ptrdiff_t ldc,
                          ptrdiff_t M, ptrdiff_t K) {
  float lines[TN_BLOCK * PANELS * PANEL];
  pack_lines(panels, b, ldb, lines, K);
  const ptrdiff_t tiles = (M + ROWS - 1) / ROWS, most = M % tiles;
  for (ptrdiff_t t = 0; t < tiles; t++) {
    const ptrdiff_t rows = M / tiles + (t < most);
    WITH_ROWS(rows, multiply_outer, panels, ap, lines, c, ldc, K)
    ap += rows * K, c += rows * ldc;
  }
}

/* One part, on a block of `rows` rows of B that begins with row k. */
static void outer_block(call x, int part, ptrdiff_t k, ptrdiff_t rows, const float *b, ptrdiff_t ldb, ptrdiff_t N,
                        float *packed) {
  const float *a = floats(x, part);
  const ptrdiff_t lda = size(x, part + 1), M = size(x, part + 3), ldc = size(x, part + 5);
  const int32_t *index = size(x, part + 2) ? ints(x, part + 2) + k : NULL;
  const float *start[TN_BLOCK];
  for (ptrdiff_t j = 0; j < rows; j++) {
    const ptrdiff_t row = index ? index[j] : k + j;
    start[j] = row < 0 ? NULL : a + row * lda;
  }
  const ptrdiff_t blocks = (M + TN_COLUMNS - 1) / TN_COLUMNS, most_columns = (M + blocks - 1) / blocks;
  for (ptrdiff_t first = 0; first < M; first += most_columns) {
    const ptrdiff_t columns = M - first < most_columns ? M - first : most_columns;
    const ptrdiff_t tiles = (columns + ROWS - 1) / ROWS, most = columns % tiles;
    for (ptrdiff_t t = 0, m = 0; t < tiles; t++) {
      const ptrdiff_t width = columns / tiles + (t < most);
      WITH_ROWS(width, pack_tile, start, first + m, packed + m * rows, rows)
      m += width;
    }
    float *c = floats(x, part + 4) + first * ldc;
    ptrdiff_t n = 0;
    for (; n + PANELS * PANEL <= N; n += PANELS * PANEL)
      rows_of_outer(PANELS, packed, b + n, ldb, c + n, ldc, columns, rows);
    for (; n < N; n += PANEL) rows_of_outer(1, packed, b + n, ldb, c + n, ldc, columns, rows);
  }
}

/* For each part: C[M × N] += Σ over k of A[index[k]]ᵀ·B[k]. Arguments: b, ldb, K, N, workspace, parts, and those of each part */
static void gemmTN(call x) {
  const float *b = floats(x, 0);
  const ptrdiff_t ldb = size(x, 1), K = size(x, 2), N = size(x, 3), parts = size(x, 5);
  for (ptrdiff_t k = 0; k < K; k += TN_BLOCK) {
    const ptrdiff_t rows = K - k < TN_BLOCK ? K - k : TN_BLOCK;
    for (int p = 0; p < parts; p++)
      outer_block(x, 6 + p * PART_FIELDS, k, rows, b + k * ldb, ldb, N, floats(x, 4));
  }
}
