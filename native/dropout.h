/*
 * Inverted dropout; see kernels/dropout.ts. Element e of the stream `key` is kept where hash(e, key) >= threshold.
 */
#pragma once
#include "vector.h"

typedef uint32_t uvec __attribute__((vector_size(4 * LANES)));

/* Two rounds of xor-shift and multiply. */
INLINE uvec hash(uvec e, uint32_t key) {
  uvec x = e * 0x9e3779b1u + key;
  x = (x ^ (x >> 16)) * 0x21f0aaadu;
  x = (x ^ (x >> 15)) * 0x735a2d97u;
  return x ^ (x >> 15);
}

/* to = from ⊙ mask · keep; row k takes the elements (first + k)·n …. Arguments: to, from, ld, key, first, threshold, keep, rows, n */
static void dropout(call a) {
  float *to = floats(a, 0);
  const float *from = floats(a, 1);
  const ptrdiff_t ld = size(a, 2), first = size(a, 4), rows = size(a, 7), n = size(a, 8);
  const uint32_t key = (uint32_t)(int64_t)a.x[3], threshold = (uint32_t)(int64_t)a.x[5];
  const vec keep = all(number(a, 6));
  uvec lane;
  for (int j = 0; j < LANES; j++) lane[j] = (uint32_t)j;
  for (ptrdiff_t k = 0; k < rows; k++, to += ld, from += ld) {
    EACH_VECTOR(n, {
      const uvec e = lane + (uint32_t)((first + k) * n + j);
      const ivec kept = (ivec)(hash(e, key) >= threshold);
      store_part(to + j, choose(kept, load_part(from + j, live) * keep, all(0)), live);
    });
  }
}
