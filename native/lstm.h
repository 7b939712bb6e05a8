/*
 * The point-wise part of an LSTM step; equations and shapes: kernels/lstm.ts. Each element is computed in one go, from
 * its four gates to h, so that nothing is read twice.
 */
#pragma once
#include "functions.h"

/* A few rows of a step: the gates [rows × 4H], and matrices of [rows × H] with the words from one row to the next. */
INLINE void forward_rows(float *g, const float *before, ptrdiff_t ldBefore, float *c, float *tc, float *h, ptrdiff_t ldh,
                         ptrdiff_t rows, ptrdiff_t H) {
  for (ptrdiff_t row = 0; row < rows; row++) {
    EACH_VECTOR(H, {
      const vec in = sigmoid(load_part(g + j, live));
      const vec forget = sigmoid(load_part(g + H + j, live));
      const vec news = tangent(load_part(g + 2 * H + j, live));
      const vec out = sigmoid(load_part(g + 3 * H + j, live));
      const vec state = madd(forget, load_part(before + j, live), in * news);
      const vec squashed = tangent(state);
      store_part(g + j, in, live);
      store_part(g + H + j, forget, live);
      store_part(g + 2 * H + j, news, live);
      store_part(g + 3 * H + j, out, live);
      store_part(c + j, state, live);
      store_part(tc + j, squashed, live);
      store_part(h + j, out * squashed, live);
    });
    g += 4 * H, before += ldBefore, c += H, tc += H, h += ldh;
  }
}

/* Arguments: g, cPrev, ldcPrev, c, tc, h, ldh, rows, H */
static void lstmForward(call a) {
  forward_rows(floats(a, 0), floats(a, 1), size(a, 2), floats(a, 3), floats(a, 4), floats(a, 5), size(a, 6), size(a, 7),
               size(a, 8));
}

INLINE void backward_rows(float *g, const float *before, ptrdiff_t ldBefore, const float *tc, const float *dNext,
                          const float *dOut, ptrdiff_t ldd, float *dc, ptrdiff_t rows, ptrdiff_t H) {
  const vec one = all(1);
  for (ptrdiff_t row = 0; row < rows; row++) {
    EACH_VECTOR(H, {
      const vec in = load_part(g + j, live), forget = load_part(g + H + j, live);
      const vec news = load_part(g + 2 * H + j, live), out = load_part(g + 3 * H + j, live);
      const vec t = load_part(tc + j, live);
      const vec dh = load_part(dNext + j, live) + load_part(dOut + j, live);
      const vec d = madd(dh * out, nmadd(t, t, one), load_part(dc + j, live));
      store_part(g + 3 * H + j, (dh * t) * (out * (one - out)), live);
      store_part(g + j, (d * news) * (in * (one - in)), live);
      store_part(g + H + j, (d * load_part(before + j, live)) * (forget * (one - forget)), live);
      store_part(g + 2 * H + j, (d * in) * nmadd(news, news, one), live);
      store_part(dc + j, d * forget, live);
    });
    g += 4 * H, before += ldBefore, tc += H, dNext += H, dOut += ldd, dc += H;
  }
}

/* Arguments: g, cPrev, ldcPrev, tc, dhNext, dOut, ldd, dc, rows, H */
static void lstmBackward(call a) {
  backward_rows(floats(a, 0), floats(a, 1), size(a, 2), floats(a, 3), floats(a, 4), floats(a, 5), size(a, 6),
                floats(a, 7), size(a, 8), size(a, 9));
}
