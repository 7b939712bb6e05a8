/* What the processor can do at most: multiply-adds on registers alone, as many sums as a tile of the product has. */
#include "product.h"

/* sums += x·b, n times; a tile of zeros is read before and written after. Arguments: at, n */
static void peak(call a) {
  float *at = floats(a, 0);
  const ptrdiff_t n = size(a, 1);
  tile sum;
  vec b[COLUMNS];
  load_tile(sum, ROWS, COLUMNS, at, COLUMNS * LANES);
  load_lines(b, COLUMNS, at, PANEL);
  const vec x = load(at);
  for (ptrdiff_t k = 0; k < n; k++) {
    UNROLLED(int r = 0; r < ROWS; r++) UNROLLED(int v = 0; v < COLUMNS; v++) sum[r][v] = madd(x, b[v], sum[r][v]);
  }
  store_tile(sum, ROWS, COLUMNS, at, COLUMNS * LANES);
  a.x[0] = (double)n * ROWS * COLUMNS * LANES * 2; /* floating-point operations */
}
