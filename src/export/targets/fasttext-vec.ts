/**
 * `--to fasttext-vec`: the token vectors that a network has learned, as text: a first line with their number and size, then
 * a token and its numbers on each line. `<PAD>`, whose vector is zero, is left out; `<UNK>` stays, for words that are not
 * listed. Sources that read it: fastText, gensim (`KeyedVectors.load_word2vec_format`), `unroll train --vectors`.
 */
import { floatTensors } from '../../classifier/float-tensors.ts';
import { readTokenizerJson } from '../../text/tokenizer-json.ts';
import { requireNetwork } from '../refuse.ts';
import { exportTarget } from '../target.ts';
import { PAD_ID } from '../../text/vocabulary.ts';
import { UnsupportedError } from '../../core/errors.ts';
import { groupDigits } from '../../core/words.ts';

/** The learned vectors. */
export const fasttextVec = exportTarget({
  type: 'fasttext-vec',
  summary: 'the word vectors that the network has learned, as .vec text of fastText and word2vec',
  output: { kind: 'file', ending: '.vec' },
  async export({ name, files }) {
    const network = requireNetwork(
      files,
      'fasttext-vec',
      'It has no word vectors: unroll vectors DATA learns some.',
    );
    const { tokenizer, vocabulary } = readTokenizerJson(files.tokenizerJson ?? '');
    const tensors = floatTensors(files.tensors, 'model.safetensors');
    const parts = ['embedding.weight', 'embedding.fixed'].flatMap((part) =>
      part in tensors ? [tensors[part]] : [],
    );
    const dim = parts[0].shape[1];
    const rowOf = (id: number) => {
      const first = parts[0].shape[0];
      const { data } = id < first ? parts[0] : parts[1];
      const row = id < first ? id : id - first;
      return data.subarray(row * dim, (row + 1) * dim);
    };
    const kept = vocabulary.tokens
      .map((_, id) => id)
      .filter((id) => id !== PAD_ID && isField(vocabulary.tokens[id]));
    const lines = kept.map((id) => `${vocabulary.tokens[id]} ${Array.from(rowOf(id), shortest).join(' ')}\n`);
    const text = `${kept.length} ${dim}\n${lines.join('')}`;
    checkVectors(text, kept.map(rowOf));
    const lost = vocabulary.size - 1 - kept.length;
    return {
      files: new Map([[`${name}.vec`, new TextEncoder().encode(text)]]),
      check: null,
      notices: [
        ...(lost > 0
          ? [
              `${groupDigits(lost)} tokens with a space in them are left out: the format has no place for them`,
            ]
          : []),
        ...(tokenizer.withVocabulary
          ? []
          : ['the vectors are those of parts of words, as the tokenizer cuts them, not of whole words']),
        ...(network.ngram_buckets > 0
          ? ['without the vectors of character n-grams, which the network adds to those of words']
          : []),
      ],
    };
  },
});

/** Whether a token can stand in a line: fields end at a space. */
function isField(token: string): boolean {
  return token !== '' && !/[\s\u0085]/u.test(token);
}

/** The shortest text of at most 9 digits that is the same float32, to which a float64 is rounded first: its own 9 digits may be another's. */
function shortest(value: number): string {
  return String(Number(Math.fround(value).toPrecision(9)));
}

/** Reads the text back by the rules of the format. @throws UnsupportedError where a number differs */
function checkVectors(text: string, rows: readonly (Float32Array | Float64Array)[]): void {
  const [, ...lines] = text.split('\n');
  const wrong = rows.findIndex((row, n) => {
    const [, ...numbers] = lines[n].split(' ');
    return (
      numbers.length !== row.length ||
      row.some((value, d) => Math.fround(Number(numbers[d])) !== Math.fround(value))
    );
  });
  if (wrong < 0) return;
  throw new UnsupportedError(
    `[export] the vectors must be read back as they are, but line ${wrong + 2} is not. Nothing was written; this is a bug in Unroll: please report it with the model.`,
  );
}
