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

/*
 * The same, row after row of B: faster where B comes from memory, and slower where K is a power of two, since the lines of
 * all panels then fall into the same few places of the cache.
 */
INLINE void pack_rows(const float *b, ptrdiff_t ldb, float *bp, ptrdiff_t K, ptrdiff_t N) {
  for (ptrdiff_t k = 0; k < K; k++) {
    for (ptrdiff_t n = 0; n < N; n += PANEL) copy_line(bp + n * K + k * PANEL, b + k * ldb + n);
  }
}

/* Arguments: b, ldb, bp, K, N */
static void packB(call a) { pack_panels(floats(a, 0), size(a, 1), floats(a, 2), size(a, 3), size(a, 4)); }

/* W[N × K] → panels of Wᵀ, in blocks of 4 × 4 that are transposed in registers. Arguments: w, ldw, bp, K, N */
static void packBt(call a) {
  const float *w = floats(a, 0);
  float *bp = floats(a, 2);
  const ptrdiff_t ldw = size(a, 1), K = size(a, 3), N = size(a, 4);
  for (ptrdiff_t n = 0; n < N; n += PANEL, bp += PANEL * K) {
    for (ptrdiff_t k = 0; k < K; k += 4) {
      for (ptrdiff_t j = 0; j < PANEL; j += 4) {
        const float *p = w + (n + j) * ldw + k;
        __m128 r0 = _mm_loadu_ps(p), r1 = _mm_loadu_ps(p + ldw);
        __m128 r2 = _mm_loadu_ps(p + 2 * ldw), r3 = _mm_loadu_ps(p + 3 * ldw);
        _MM_TRANSPOSE4_PS(r0, r1, r2, r3);
        float *q = bp + k * PANEL + j;
        _mm_storeu_ps(q, r0);
        _mm_storeu_ps(q + PANEL, r1);
        _mm_storeu_ps(q + 2 * PANEL, r2);
        _mm_storeu_ps(q + 3 * PANEL, r3);
      }
    }
  }
}
