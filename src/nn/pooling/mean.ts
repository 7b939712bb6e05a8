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
          const T = batch.length(b);
          f.fill(0, to, to + width);
          for (let t = 0; t < T; t++) k.add(to, h + (batch.start(t) + b) * width, width);
          k.scale(to, to, 1 / T, width);
        },
        backward({ engine: { k }, batch }, b, from) {
          const T = batch.length(b);
          for (let t = 0; t < T; t++) k.addScaled(dh + (batch.start(t) + b) * width, from, 1 / T, width);
        },
      }),
  }),
});
