/*
 * Packing: B in the order in which the products read it. A panel holds PANEL columns of B, row after row of them:
 * [K × PANEL]. The panel of column n begins at bp + n·K.
 */
#pragma once
#include "vector.h"

#define PANEL 16

/* Copies the PANEL words at p to q. */
INLINE void copy_line(float *q, const float *p) {
  for (int j = 0; j < PANEL; j += LANES) store(q + j, load(p + j));
}

/* B[K × N] → panels, one after the other. */
INLINE void pack_panels(const float *b, ptrdiff_t ldb, float *bp, ptrdiff_t K, ptrdiff_t N) {
  for (ptrdiff_t n = 0; n < N; n += PANEL) {
    for (ptrdiff_t k = 0; k < K; k++, bp += PANEL) copy_line(bp, b + k * ldb + n);
  }
}

/* Arguments: b, ldb, bp, K, N */
static void packB(call a) { pack_panels(floats(a, 0), size(a, 1), floats(a, 2), size(a, 3), size(a, 4)); }

/* Four floats, wherever they lie. */
typedef float quad __attribute__((vector_size(16), aligned(4)));

/* Transposes the 4 × 4 block whose rows are lda words apart into rows ldt words apart. */
INLINE void transpose_block(const float *a, ptrdiff_t lda, float *t, ptrdiff_t ldt) {
  const quad r0 = *(const quad *)a, r1 = *(const quad *)(a + lda);
  const quad r2 = *(const quad *)(a + 2 * lda), r3 = *(const quad *)(a + 3 * lda);
  const quad low01 = __builtin_shufflevector(r0, r1, 0, 4, 1, 5), low23 = __builtin_shufflevector(r2, r3, 0, 4, 1, 5);
  const quad high01 = __builtin_shufflevector(r0, r1, 2, 6, 3, 7), high23 = __builtin_shufflevector(r2, r3, 2, 6, 3, 7);
  *(quad *)t = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
  *(quad *)(t + ldt) = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
  *(quad *)(t + 2 * ldt) = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
  *(quad *)(t + 3 * ldt) = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
}

/* W[N × K] → panels of Wᵀ, in blocks of 4 × 4 that are transposed in registers. Arguments: w, ldw, bp, K, N */
static void packBt(call a) {
  const float *w = floats(a, 0);
  float *bp = floats(a, 2);
  const ptrdiff_t ldw = size(a, 1), K = size(a, 3), N = size(a, 4);
  for (ptrdiff_t n = 0; n < N; n += PANEL, bp += PANEL * K) {
    for (ptrdiff_t k = 0; k < K; k += 4) {
      for (ptrdiff_t j = 0; j < PANEL; j += 4)
        transpose_block(w + (n + j) * ldw + k, ldw, bp + k * PANEL + j, PANEL);
    }
  }
}
