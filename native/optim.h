/* Optimiser updates and the gradient norm; equations: kernels/optim.ts. */
#pragma once
#include "vector.h"

/* p, g, m, v, n, clip, l2, decay, oneMinusBeta1, beta2, oneMinusBeta2, step, root, eps */
static void adam(call a) {
  float *p = floats(a, 0), *m = floats(a, 2), *v = floats(a, 3);
  const float *g = floats(a, 1);
  const vec clip = all(number(a, 5)), l2 = all(number(a, 6)), decay = all(number(a, 7));
  const vec rate1 = all(number(a, 8)), beta2 = all(number(a, 9)), rate2 = all(number(a, 10));
  const vec step = all(number(a, 11)), scale = all(number(a, 12)), eps = all(number(a, 13));
  EACH_VECTOR(size(a, 4), {
    const vec p0 = load_part(p + j, live), m0 = load_part(m + j, live);
    const vec d = madd(l2, p0, clip * load_part(g + j, live));
    const vec m1 = madd(rate1, d - m0, m0);
    const vec v1 = madd(rate2 * d, d, beta2 * load_part(v + j, live));
    store_part(m + j, m1, live);
    store_part(v + j, v1, live);
    store_part(p + j, nmadd(step, m1 / madd(root(v1), scale, eps), decay * p0), live);
  });
}

/* p, g, u, n, clip, l2, momentum, damp, direct, follow, lr */
static void sgd(call a) {
  float *p = floats(a, 0), *u = floats(a, 2);
  const float *g = floats(a, 1);
  const vec clip = all(number(a, 4)), l2 = all(number(a, 5)), momentum = all(number(a, 6));
  const vec damp = all(number(a, 7)), direct = all(number(a, 8)), follow = all(number(a, 9)), lr = all(number(a, 10));
  EACH_VECTOR(size(a, 3), {
    const vec p0 = load_part(p + j, live);
    const vec d = madd(l2, p0, clip * load_part(g + j, live));
    const vec u1 = madd(momentum, load_part(u + j, live), damp * d);
    store_part(u + j, u1, live);
    store_part(p + j, nmadd(lr, madd(follow, u1, direct * d), p0), live);
  });
}

typedef double sums __attribute__((vector_size(32)));

/* x[0] = Σ g² in float64: four running sums, element j in sum j mod 4, added as (0 + 1) + (2 + 3). Arguments: g, n */
static void sumSquares(call a) {
  const float *g = floats(a, 0);
  const ptrdiff_t n = size(a, 1);
  sums sum = {0, 0, 0, 0};
  for (ptrdiff_t j = 0; j < n; j += 4) {
    const sums x = {g[j], g[j + 1], g[j + 2], g[j + 3]};
    sum += x * x;
  }
  a.x[0] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
}
