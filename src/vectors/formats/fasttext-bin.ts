/** fastText's own model file, which is recognised so that the error can say what to do. */
import { UnsupportedError } from '../../core/errors.ts';
import { member } from '../../core/family.ts';
import type { VectorFormat } from './format.ts';

/** The first four bytes: 793712314, little-endian. */
const MAGIC = [0xba, 0x16, 0x4f, 0x2f];

/** fastText's model file. */
export const fasttextBin = member({
  type: 'fasttext-bin',
  summary:
    "fastText's own model file (`.bin`): not read; the error names the commands that write a `.vec` file from it",
  options: {},
  create: (): VectorFormat => ({
    recognises: ({ head }) => MAGIC.every((byte, at) => head[at] === byte),
    async open({ name }) {
      throw new UnsupportedError(
        `[${name}] vectors must be in a file of one vector a word, but this is a model file of fastText. ` +
          'Take the .vec file that fastText writes beside it, or write one: fasttext dump MODEL.bin dict | cut -d" " -f1 | fasttext print-word-vectors MODEL.bin > own.vec',
      );
    },
  }),
});
