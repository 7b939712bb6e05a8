/*
 * Several steps of an LSTM in one call: the recurrent product and the point-wise part, step after step. What each step does is
 * what gemm, lstmForward and lstmBackward do, in the same order of operations.
 */
#pragma once
#include "lstm.h"
#include "product.h"

/*
 * A step: the packed row of its first sequence, that of the state before it (negative where the sequences begin), how many
 * sequences it has, and which is the first.
 */
typedef struct {
  ptrdiff_t row, before, rows, first;
} step;

INLINE step step_at(call a, int at, ptrdiff_t s) {
  const int j = at + 4 * (int)s;
  return (step){size(a, j), size(a, j + 1), size(a, j + 2), size(a, j + 3)};
}

#if LANES == 16
#define STEP_ROWS 6

/*
 * A tile of the four gates, `rows` × 16 columns of each, from the sums of the input to the output: in registers throughout.
 * bp is the tile's panel of gate i; before and c point at the tile's columns.
 */
INLINE void step_tile(const int rows, float *g, const float *hidden, ptrdiff_t ldh, const float *bp, const float *before,
                      float *c, float *tc, float *h, ptrdiff_t H) {
  vec sum[STEP_ROWS][4], b[4];
  UNROLLED(int r = 0; r < rows; r++) {
    __builtin_prefetch(c + r * H, 1);
    __builtin_prefetch(tc + r * H, 1);
    __builtin_prefetch(h + r * ldh, 1);
    UNROLLED(int n = 0; n < 4; n++) sum[r][n] = load(g + (4 * r + n) * H);
  }
  for (ptrdiff_t k = 0; k < H; k++) {
    UNROLLED(int n = 0; n < 4; n++) b[n] = load(bp + n * H * H + k * PANEL);
    UNROLLED(int r = 0; r < rows; r++) {
      const vec x = all(hidden[r * ldh + k]);
      UNROLLED(int n = 0; n < 4; n++) sum[r][n] = madd(x, b[n], sum[r][n]);
    }
  }
  UNROLLED(int r = 0; r < rows; r++) {
    const vec in = sigmoid(sum[r][0]), forget = sigmoid(sum[r][1]), news = tangent(sum[r][2]), out = sigmoid(sum[r][3]);
    const vec state = madd(forget, load(before + r * H), in * news), squashed = tangent(state);
    store(g + 4 * r * H, in);
    store(g + (4 * r + 1) * H, forget);
    store(g + (4 * r + 2) * H, news);
    store(g + (4 * r + 3) * H, out);
    store(c + r * H, state);
    store(tc + r * H, squashed);
    store(h + r * ldh, out * squashed);
  }
}

/* A step whose sequences have a state before. */
INLINE void forward_step(float *g, const float *hidden, ptrdiff_t ldh, const float *whh, const float *before, float *c,
                         float *tc, float *h, ptrdiff_t rows, ptrdiff_t H) {
  const ptrdiff_t tiles = (rows + STEP_ROWS - 1) / STEP_ROWS, most = rows % tiles;
  for (ptrdiff_t j = 0; j < H; j += PANEL) {
    for (ptrdiff_t t = 0, m = 0, width; t < tiles; t++, m += width) {
      width = rows / tiles + (t < most);
      switch (width) {
#define TILE(R)                                                                                                        \
  case R:                                                                                                              \
    step_tile(R, g + 4 * m * H + j, hidden + m * ldh, ldh, whh + j * H, before + m * H + j, c + m * H + j,             \
              tc + m * H + j, h + m * ldh + j, H);                                                                     \
    break;
        TILE(1) TILE(2) TILE(3) TILE(4) TILE(5) TILE(6)
#undef TILE
      }
    }
  }
}
#else
INLINE void forward_step(float *g, const float *hidden, ptrdiff_t ldh, const float *whh, const float *before, float *c,
                         float *tc, float *h, ptrdiff_t rows, ptrdiff_t H) {
  product(hidden, ldh, whh, g, 4 * H, g, 4 * H, rows, H, 4 * H, 0, (ahead){0});
  forward_rows(g, before, H, c, tc, h, ldh, rows, H);
}
#endif

/* Arguments: g, c, tc, h, ldh, whh, zeros, H, count, and of each step: row, before, rows, first */
static void lstmForwardSteps(call a) {
  float *g = floats(a, 0), *c = floats(a, 1), *tc = floats(a, 2), *h = floats(a, 3);
  const float *whh = floats(a, 5), *zeros = floats(a, 6);
  const ptrdiff_t ldh = size(a, 4), H = size(a, 7), count = size(a, 8);
  for (ptrdiff_t j = 0; j < count; j++) {
    const step s = step_at(a, 9, j);
    float *gates = g + s.row * 4 * H, *state = c + s.row * H, *squashed = tc + s.row * H, *out = h + s.row * ldh;
    if (s.before < 0) forward_rows(gates, zeros, 0, state, squashed, out, ldh, s.rows, H);
    else
      forward_step(gates, h + s.before * ldh, ldh, whh, c + s.before * H, state, squashed, out, s.rows, H);
  }
}

/* What the point-wise part of a step reads, but for what the step before it has just written. */
#define BACKWARD_AHEAD 7
INLINE ahead backward_ahead(step s, const float *g, const float *c, const float *tc, const float *dOut, ptrdiff_t ldd,
                            const float *zeros, ptrdiff_t H) {
  const float *gates = g + s.row * 4 * H;
  const int begins = s.before < 0;
  return (ahead){{gates, gates + H, gates + 2 * H, gates + 3 * H, tc + s.row * H, dOut + s.row * ldd,
                  begins ? zeros : c + s.before * H},
                 {4 * H, 4 * H, 4 * H, 4 * H, H, ldd, begins ? 0 : H}};
}

/* Arguments: g, c, tc, dhNext, dOut, ldd, dc, whhT, zeros, H, count, and of each step: row, before, rows, first */
static void lstmBackwardSteps(call a) {
  float *g = floats(a, 0), *dNext = floats(a, 3), *dc = floats(a, 6);
  const float *c = floats(a, 1), *tc = floats(a, 2), *dOut = floats(a, 4), *whhT = floats(a, 7), *zeros = floats(a, 8);
  const ptrdiff_t ldd = size(a, 5), H = size(a, 9), count = size(a, 10);
  for (ptrdiff_t j = 0; j < count; j++) {
    const step s = step_at(a, 11, j);
    float *gates = g + s.row * 4 * H, *carried = dNext + s.first * H;
    const float *before = s.before < 0 ? zeros : c + s.before * H;
    backward_rows(gates, before, s.before < 0 ? 0 : H, tc + s.row * H, carried, dOut + s.row * ldd, ldd,
                  dc + s.first * H, s.rows, H);
    if (s.before < 0) continue;
    const step later = step_at(a, 11, j + 1 < count ? j + 1 : j);
    product(gates, 4 * H, whhT, carried, H, zeros, 0, s.rows, 4 * H, H, BACKWARD_AHEAD,
            backward_ahead(later, g, c, tc, dOut, ldd, zeros, H));
  }
}
