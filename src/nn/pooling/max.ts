import { perDocument, poolingDefinition } from './pooling.ts';

/** The maximum over the tokens, column by column: y_j = max_t h_tj. The gradient goes to the first token that attains it. */
export const max = poolingDefinition({
  type: 'max',
  summary: 'maximum over the tokens, column by column',
  options: {},
  describe: () => ({
    title: 'Maximum',
    symbol: 'p_{max}',
    equations: () => ['p_{max} = \\max_t h_t'],
  }),
  create: () => ({
    create({ h, dh, width, arena, capacity, name }) {
      /** int32 [rows × width]: packed row of the winner. */
      const winners = arena.alloc(`${name}.winners`, capacity.rows * width);
      return perDocument({
        forward({ engine: { f, i, k }, batch }, b, to) {
          const first = batch.start(0) + b;
          const winner = winners + b * width;
          f.copyWithin(to, h + first * width, h + (first + 1) * width);
          i.fill(first, winner, winner + width);
          k.maxDocument(to, winner, h, batch.rowsOf(b, width, 1));
        },
        backward({ engine: { k } }, b, from) {
          k.scatterColumns(dh, width, winners + b * width, from, width);
        },
      });
    },
  }),
});
