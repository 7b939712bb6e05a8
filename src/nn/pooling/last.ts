import type { Context } from '../context.ts';
import { perDocument, poolingDefinition } from './pooling.ts';

/**
 * The final state of each direction: forward at the last token, reverse at the first; PyTorch's `h_n` of the top layer.
 *
 *     y = [h→_{T-1} ‖ h←_0]
 */
export const last = poolingDefinition({
  type: 'last',
  summary: 'final state of each direction',
  options: {},
  describe: () => ({
    title: 'Last state',
    symbol: 'p_{last}',
    equations: ({ bidirectional }) => [
      bidirectional ? 'p_{last} = [\\overrightarrow{h}_T, \\overleftarrow{h}_1]' : 'p_{last} = h_T',
    ],
  }),
  create: () => ({
    create({ h, dh, width, directions }) {
      const H = width / directions;
      /** Offset, within a packed matrix, of direction d's final state of document b. */
      const final = ({ batch }: Context, b: number, d: number) =>
        (batch.start(d === 0 ? batch.length(b) - 1 : 0) + b) * width + d * H;
      return perDocument({
        forward(ctx, b, to) {
          for (let d = 0; d < directions; d++) {
            const from = h + final(ctx, b, d);
            ctx.engine.f.copyWithin(to + d * H, from, from + H);
          }
        },
        backward(ctx, b, from) {
          for (let d = 0; d < directions; d++) ctx.engine.k.add(dh + final(ctx, b, d), from + d * H, H);
        },
      });
    },
  }),
});
