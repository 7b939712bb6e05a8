/*
 * The matrix product C = init + A·B for activations (gemm), and what it has in common with C += Aᵀ·B (outer.h).
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
/* Each k takes 6 cycles, and counting and jumping would take one more: four k at once. */
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
 * What is needed soon and lies beyond the second-level cache: arrays, from some column on, and the words from one row to the
 * next. A tile asks for one row of each after the other while k runs: all at once would wait for one another. How many
 * arrays there are must be a constant: a loop that is not unrolled here costs a fifth of the product.
 */
#define MOST_AHEAD 7
typedef struct {
  const float *at[MOST_AHEAD];
  ptrdiff_t apart[MOST_AHEAD];
} ahead;

INLINE void ask_for(const int arrays, const ahead *next, ptrdiff_t row, const int panels) {
  UNROLLED(int j = 0; j < arrays; j++) UNROLLED(int p = 0; p < panels; p++)
      __builtin_prefetch(next->at[j] + row * next->apart[j] + p * PANEL, 0, 2);
}

INLINE void move_on(const int arrays, ahead *next, ptrdiff_t rows, ptrdiff_t columns) {
  UNROLLED(int j = 0; j < arrays; j++) next->at[j] += rows * next->apart[j] + columns;
}

/* A tile of C = init + A·B: rows of A are lda words apart. */
INLINE void multiply(const int rows, const int panels, const float *a, ptrdiff_t lda, const float *bp, float *c,
                     ptrdiff_t ldc, const float *init, ptrdiff_t ldi, ptrdiff_t K, const int arrays, const ahead *next) {
  const int vectors = panels * VECTORS;
  tile sum;
  vec b[COLUMNS];
  load_tile(sum, rows, vectors, init, ldi);
  for (int row = 0; row < rows; row++) {
    const ptrdiff_t first = row * (K / rows), last = row + 1 < rows ? first + K / rows : K;
    ask_for(arrays, next, row, panels);
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

/*
 * gemm on `panels` panels: M rows in tiles that are as even as possible. They ask for the next tile of C, or for what `later`
 * has.
 */
INLINE void columns_of_rows(const int panels, const float *a, ptrdiff_t lda, const float *bp, float *c, ptrdiff_t ldc,
                            const float *init, ptrdiff_t ldi, ptrdiff_t M, ptrdiff_t K, const int arrays, ahead later) {
  const ptrdiff_t tiles = (M + ROWS - 1) / ROWS, most = M % tiles;
  for (ptrdiff_t t = 0; t < tiles; t++) {
    const ptrdiff_t rows = M / tiles + (t < most);
    if (arrays == 0) {
      const ahead next = {{c + rows * ldc}, {ldc}};
      WITH_ROWS(rows, multiply, panels, a, lda, bp, c, ldc, init, ldi, K, 1, &next)
    } else {
      WITH_ROWS(rows, multiply, panels, a, lda, bp, c, ldc, init, ldi, K, arrays, &later)
      move_on(arrays, &later, rows, 0);
    }
    a += rows * lda, c += rows * ldc, init += rows * ldi;
  }
}

/*
 * Rows so many words apart fall into one place of the first-level cache, which has not room for a tile of them: such rows
 * are copied, one line further apart.
 */
#define ALIASED 1024

/* gemm on a block of rows of A that stays in the cache; `later` is what else is needed soon: arrays of [M × N]. */
INLINE void rows_of_product(const float *a, ptrdiff_t lda, const float *bp, float *c, ptrdiff_t ldc, const float *init,
                            ptrdiff_t ldi, ptrdiff_t M, ptrdiff_t K, ptrdiff_t N, const int arrays, ahead later) {
  float copy[CACHE_WORDS + CACHE_WORDS / 16];
  const ptrdiff_t apart = K + PANEL;
  if (lda % ALIASED == 0 && N > PANEL && M > 1 && M * apart <= (ptrdiff_t)(sizeof copy / sizeof *copy)) {
    for (ptrdiff_t m = 0; m < M; m++) __builtin_memcpy(copy + m * apart, a + m * lda, K * sizeof *a);
    a = copy, lda = apart;
  }
  ptrdiff_t n = 0;
  for (; n + PANELS * PANEL <= N; n += PANELS * PANEL) {
    columns_of_rows(PANELS, a, lda, bp + n * K, c + n, ldc, init + n, ldi, M, K, arrays, later);
    move_on(arrays, &later, 0, PANELS * PANEL);
  }
  for (; n < N; n += PANEL) {
    columns_of_rows(1, a, lda, bp + n * K, c + n, ldc, init + n, ldi, M, K, arrays, later);
    move_on(arrays, &later, 0, PANEL);
  }
}

/* C[M × N] = init + A[M × K]·B, in blocks of rows of A. */
INLINE void product(const float *a, ptrdiff_t lda, const float *bp, float *c, ptrdiff_t ldc, const float *init,
                    ptrdiff_t ldi, ptrdiff_t M, ptrdiff_t K, ptrdiff_t N, const int arrays, ahead later) {
  const ptrdiff_t fitting = CACHE_WORDS / K / ROWS * ROWS, block = fitting < ROWS ? ROWS : fitting;
  for (ptrdiff_t m = 0; m < M; m += block) {
    const ptrdiff_t rows = M - m < block ? M - m : block;
    rows_of_product(a + m * lda, lda, bp, c + m * ldc, ldc, init + m * ldi, ldi, rows, K, N, arrays, later);
    move_on(arrays, &later, rows, 0);
  }
}

/* Arguments: a, lda, bp, c, ldc, init, ldi, M, K, N */
static void gemm(call x) {
  product(floats(x, 0), size(x, 1), floats(x, 2), floats(x, 3), size(x, 4), floats(x, 5), size(x, 6), size(x, 7),
          size(x, 8), size(x, 9), 0, (ahead){0});
}
