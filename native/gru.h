/* The point-wise part of a GRU step; equations and shapes: kernels/gru.ts. */
#pragma once
#include "functions.h"

/* g, un, hPrev, ldhPrev, h, ldh, rows, H */
static void gruForward(call a) {
  float *g = floats(a, 0), *h = floats(a, 4);
  const float *un = floats(a, 1), *before = floats(a, 2);
  const ptrdiff_t ldBefore = size(a, 3), ldh = size(a, 5), rows = size(a, 6), H = size(a, 7);
  for (ptrdiff_t row = 0; row < rows; row++) {
    EACH_VECTOR(H, {
      const vec r = sigmoid(load_part(g + j, live)), z = sigmoid(load_part(g + H + j, live));
      const vec n = tangent(madd(r, load_part(un + j, live), load_part(g + 2 * H + j, live)));
      store_part(g + j, r, live);
      store_part(g + H + j, z, live);
      store_part(g + 2 * H + j, n, live);
      store_part(h + j, madd(z, load_part(before + j, live) - n, n), live);
    });
    g += 3 * H, un += H, before += ldBefore, h += ldh;
  }
}

/* g, un, hPrev, ldhPrev, dhNext, dOut, ldd, rows, H */
static void gruBackward(call a) {
  float *g = floats(a, 0), *un = floats(a, 1), *dNext = floats(a, 4);
  const float *before = floats(a, 2), *dOut = floats(a, 5);
  const ptrdiff_t ldBefore = size(a, 3), ldd = size(a, 6), rows = size(a, 7), H = size(a, 8);
  const vec one = all(1);
  for (ptrdiff_t row = 0; row < rows; row++) {
    EACH_VECTOR(H, {
      const vec r = load_part(g + j, live), z = load_part(g + H + j, live), n = load_part(g + 2 * H + j, live);
      const vec dh = load_part(dNext + j, live) + load_part(dOut + j, live);
      const vec dn = (dh * (one - z)) * nmadd(n, n, one);
      const vec dz = (dh * (load_part(before + j, live) - n)) * (z * (one - z));
      const vec dr = (dn * load_part(un + j, live)) * (r * (one - r));
      store_part(dNext + j, dh * z, live);
      store_part(g + 2 * H + j, dn, live);
      store_part(g + H + j, dz, live);
      store_part(g + j, dr, live);
      store_part(un + j, dn * r, live);
    });
    g += 3 * H, un += H, before += ldBefore, dNext += H, dOut += ldd;
  }
}
