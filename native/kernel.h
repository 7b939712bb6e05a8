/*
 * A kernel of the contract (src/engine/contract.ts), as the addon calls it.
 *
 * Its arguments are numbers in the order of the contract: x[0], x[1], … A matrix is an offset in words of 4 bytes into
 * the memory, with a leading dimension: the words from one row to the next.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* How a kernel is called: the memory that it works on, and its arguments. */
typedef struct {
  float *memory;
  double *x;
} call;

typedef struct {
  const char *name;
  void (*run)(call c);
} kernel;

/* Most kernels of an instruction set, for which the addon has room. */
#define MOST_KERNELS 40

/* The kernels compiled for one instruction set; the last one has no name. */
extern const kernel kernels_avx512[], kernels_avx2[], kernels_neon[];

#define INLINE static inline __attribute__((always_inline))

/* Argument j as a count or leading dimension, as a number, and as what it is the offset of. */
INLINE ptrdiff_t size(call c, int j) { return (ptrdiff_t)c.x[j]; }
INLINE float number(call c, int j) { return (float)c.x[j]; }
INLINE float *floats(call c, int j) { return c.memory + size(c, j); }
INLINE int32_t *ints(call c, int j) { return (int32_t *)floats(c, j); }
