/* The point-wise part of a vanilla RNN step, h = tanh(G) or h = max(G, 0); shapes: kernels/rnn.ts. */
#pragma once
#include "functions.h"

/* g, h, ldh, rows, H */
static void rnnTanhForward(call a) {
  const float *g = floats(a, 0);
  float *h = floats(a, 1);
  const ptrdiff_t ldh = size(a, 2), rows = size(a, 3), H = size(a, 4);
  for (ptrdiff_t row = 0; row < rows; row++, g += H, h += ldh) {
    EACH_VECTOR(H, store_part(h + j, tangent(load_part(g + j, live)), live));
  }
}

/* The same arguments; NaN stays NaN. */
static void rnnReluForward(call a) {
  const float *g = floats(a, 0);
  float *h = floats(a, 1);
  const ptrdiff_t ldh = size(a, 2), rows = size(a, 3), H = size(a, 4);
  const vec zero = all(0);
  for (ptrdiff_t row = 0; row < rows; row++, g += H, h += ldh) {
    EACH_VECTOR(H, {
      const vec x = load_part(g + j, live);
      store_part(h + j, choose(x < zero, zero, x), live);
    });
  }
}

/* dG = (dhNext + dOut) ⊙ (1 - h²). Arguments: g, h, ldh, dhNext, dOut, ldd, rows, H */
static void rnnTanhBackward(call a) {
  float *g = floats(a, 0);
  const float *h = floats(a, 1), *dNext = floats(a, 3), *dOut = floats(a, 4);
  const ptrdiff_t ldh = size(a, 2), ldd = size(a, 5), rows = size(a, 6), H = size(a, 7);
  for (ptrdiff_t row = 0; row < rows; row++, g += H, h += ldh, dNext += H, dOut += ldd) {
    EACH_VECTOR(H, {
      const vec x = load_part(h + j, live), dh = load_part(dNext + j, live) + load_part(dOut + j, live);
      store_part(g + j, dh * nmadd(x, x, all(1)), live);
    });
  }
}

/* dG = (dhNext + dOut) where h > 0, else 0. The same arguments. */
static void rnnReluBackward(call a) {
  float *g = floats(a, 0);
  const float *h = floats(a, 1), *dNext = floats(a, 3), *dOut = floats(a, 4);
  const ptrdiff_t ldh = size(a, 2), ldd = size(a, 5), rows = size(a, 6), H = size(a, 7);
  const vec zero = all(0);
  for (ptrdiff_t row = 0; row < rows; row++, g += H, h += ldh, dNext += H, dOut += ldd) {
    EACH_VECTOR(H, {
      const vec dh = load_part(dNext + j, live) + load_part(dOut + j, live);
      store_part(g + j, choose(load_part(h + j, live) <= zero, zero, dh), live);
    });
  }
}
