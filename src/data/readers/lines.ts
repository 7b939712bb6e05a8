import { DataError } from '../../core/errors.ts';
import { member } from '../../core/family.ts';
import { linesOf } from './bytes/lines-of.ts';
import type { Reader } from './reader.ts';

/** Texts without labels, one a line: for prediction. */
export const lines = member({
  type: 'lines',
  summary: 'one text per line, without labels: only for prediction',
  options: {},
  create: (): Reader => ({
    extensions: [],
    sniff: () => false,
    async *read(input) {
      if (input.labelled) {
        throw new DataError(
          `[${input.name}] the data must have labels, but the format lines has none. Use another format.`,
        );
      }
      let row = 0;
      for await (const { text } of linesOf(input.bytes(), input.name))
        yield { text, label: undefined, row: row++ };
    },
  }),
});
