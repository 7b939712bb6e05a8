import { perDocument, poolingDefinition } from './pooling.ts';

/** The mean over the tokens: y = (1/T) Σ_t h_t. */
export const mean = poolingDefinition({
  type: 'mean',
  summary: 'mean over the tokens',
  options: {},
  describe: () => ({
    title: 'Mean',
    symbol: 'p_{mean}',
    equations: () => ['p_{mean} = \\frac{1}{T} \\sum_{t=1}^{T} h_t'],
  }),
  create: () => ({
    create: ({ h, dh, width }) =>
      perDocument({
        forward({ engine: { f, k }, batch }, b, to) {
          f.fill(0, to, to + width);
          k.addDocument(to, h, batch.rowsOf(b, width));
          k.scale(to, to, 1 / batch.length(b), width);
        },
        backward({ engine: { k }, batch }, b, from) {
          k.addScaledToDocument(dh, from, 1 / batch.length(b), batch.rowsOf(b, width));
        },
      }),
  }),
});
