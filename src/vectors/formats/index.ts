import { family } from '../../core/family.ts';
import { fasttextBin } from './fasttext-bin.ts';
import type { VectorFormat } from './format.ts';
import { half } from './half.ts';
import { model2vec } from './model2vec.ts';
import { text } from './text.ts';
import { word2vecBinary } from './word2vec-binary.ts';

/** The formats of vector files; the first that recognises a file reads it. */
export const vectorFormats = family<[], VectorFormat>()('format of word vectors', [
  fasttextBin,
  half,
  text,
  word2vecBinary,
  model2vec,
]);
