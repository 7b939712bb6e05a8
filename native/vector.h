/*
 * Vectors of LANES floats, whatever the instruction set: 16 with AVX-512, 8 with AVX2, 4 with NEON.
 *
 * `+ - * /` and shifts work on whole vectors (an extension of GCC and Clang). Nothing is contracted: a multiplication
 * and an addition are fused where the code says `madd`, and nowhere else, so that every set gives the same bits.
 */
#pragma once
#include "kernel.h"

#if defined(__ARM_NEON)
#include <arm_neon.h>
#define LANES 4
#define SET(name) name##_neon
typedef float32x4_t vec;
#elif defined(__AVX512F__)
#include <immintrin.h>
#define LANES 16
#define SET(name) name##_avx512
#define VECTOR(name) _mm512_##name##_ps
typedef __m512 vec;
#else
#include <immintrin.h>
#define LANES 8
#define SET(name) name##_avx2
#define VECTOR(name) _mm256_##name##_ps
typedef __m256 vec;
#endif

typedef int32_t ivec __attribute__((vector_size(4 * LANES)));

#define UNROLLED _Pragma("GCC unroll 16") for

/* Bits of a where the mask is set, of b where it is not. A comparison of vectors gives a mask. */
INLINE vec choose(ivec mask, vec a, vec b) { return (vec)((mask & (ivec)a) | (~mask & (ivec)b)); }

/*
 * All lanes x; a·b + c and c - a·b, fused; √x; the smaller and the larger, the second operand where one is NaN; whole
 * vectors at any address.
 */
#if defined(__ARM_NEON)
INLINE vec all(float x) { return vdupq_n_f32(x); }
INLINE vec madd(vec a, vec b, vec c) { return vfmaq_f32(c, a, b); }
INLINE vec nmadd(vec a, vec b, vec c) { return vfmsq_f32(c, a, b); }
INLINE vec root(vec x) { return vsqrtq_f32(x); }
INLINE vec least(vec a, vec b) { return choose((ivec)(a < b), a, b); }
INLINE vec most(vec a, vec b) { return choose((ivec)(a > b), a, b); }
INLINE vec load(const float *p) { return vld1q_f32(p); }
INLINE void store(float *p, vec v) { vst1q_f32(p, v); }
#else
INLINE vec all(float x) { return VECTOR(set1)(x); }
INLINE vec madd(vec a, vec b, vec c) { return VECTOR(fmadd)(a, b, c); }
INLINE vec nmadd(vec a, vec b, vec c) { return VECTOR(fnmadd)(a, b, c); }
INLINE vec root(vec x) { return VECTOR(sqrt)(x); }
INLINE vec least(vec a, vec b) { return VECTOR(min)(a, b); }
INLINE vec most(vec a, vec b) { return VECTOR(max)(a, b); }
INLINE vec load(const float *p) { return VECTOR(loadu)(p); }
INLINE void store(float *p, vec v) { VECTOR(storeu)(p, v); }
#endif

/* The first `live` words and then zeros; for `live` as a constant. */
INLINE vec load_first(const float *p, const int live) {
  if (live >= LANES) return load(p);
#if LANES == 16
  return _mm512_maskz_loadu_ps((1u << live) - 1, p);
#else
  float words[LANES] = {0};
  __builtin_memcpy(words, p, live * sizeof *p);
  return load(words);
#endif
}

/* The first `live` words, for what is left at the end of a row. */
INLINE vec load_part(const float *p, ptrdiff_t live) {
  if (live >= LANES) return load(p);
  vec v = all(0);
  for (ptrdiff_t j = 0; j < live; j++) v[j] = p[j];
  return v;
}
INLINE void store_part(float *p, vec v, ptrdiff_t live) {
  if (live >= LANES) return store(p, v);
  for (ptrdiff_t j = 0; j < live; j++) p[j] = v[j];
}

/* Runs statements for each vector of n words, at j, with `live` words in it: LANES, but for the last one. */
#define EACH_VECTOR(n, ...)                                                                                            \
  do {                                                                                                                 \
    ptrdiff_t j = 0;                                                                                                   \
    for (; j + LANES <= (n); j += LANES) {                                                                             \
      const ptrdiff_t live = LANES;                                                                                    \
      __VA_ARGS__;                                                                                                     \
    }                                                                                                                  \
    const ptrdiff_t live = (n)-j;                                                                                      \
    if (live > 0) {                                                                                                    \
      __VA_ARGS__;                                                                                                     \
    }                                                                                                                  \
  } while (0)
