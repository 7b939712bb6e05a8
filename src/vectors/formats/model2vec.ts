/**
 * A folder of model2vec: `model.safetensors` with a row for each token of `tokenizer.json`. The rows of tokens that are
 * whole words are taken; pieces of words are not.
 */
import { DataError } from '../../core/errors.ts';
import { member } from '../../core/family.ts';
import { parseJson } from '../../core/json.ts';
import { either, integer, list, map, number, object, optional, text, tuple } from '../../core/options.ts';
import { readOption } from '../../core/read-options.ts';
import { readSafetensors, type Tensor } from '../../models/files/safetensors.ts';
import type { VectorFile, VectorFormat, VectorSource } from './format.ts';

const FILES = ['model.safetensors', 'tokenizer.json'];

/** model2vec's folder. */
export const model2vec = member({
  type: 'model2vec',
  summary: 'a folder of model2vec (`model.safetensors`, `tokenizer.json`): the tokens that are whole words',
  options: {},
  create: (): VectorFormat => ({
    recognises: ({ folder }) => FILES.some((file) => folder?.includes(file)),
    open,
  }),
});

async function open(source: VectorSource): Promise<VectorFile> {
  const missing = FILES.find((file) => !source.folder?.includes(file));
  if (missing !== undefined)
    throw new DataError(
      `[${source.name}] a folder of model2vec must have ${FILES.join(' and ')}, but has no ${missing}. Copy the whole folder again.`,
    );
  const weights = `${source.name}/model.safetensors`;
  const { tensors } = readSafetensors(await whole(source, 'model.safetensors'), { file: weights });
  const words = wholeWords(
    new TextDecoder().decode(await whole(source, 'tokenizer.json')),
    `${source.name}/tokenizer.json`,
  );
  const table = tensorOf(tensors, ['embeddings', 'embedding.weight'], weights);
  const [rows, dim] = table.shape;
  const mapping = 'mapping' in tensors ? tensors.mapping.data : undefined;
  const factors = 'weights' in tensors ? tensors.weights.data : undefined;
  return {
    dim,
    async read(visit) {
      for (const [word, id] of words) {
        const row = mapping === undefined ? id : Number(mapping[id] ?? -1);
        if (!(row >= 0 && row < rows)) {
          throw new DataError(
            `[${weights}] there must be a row for each token of tokenizer.json, but "${word}" is token ${id} and there are ${rows} rows. Copy the whole folder again.`,
          );
        }
        const factor = Number(factors?.[id] ?? 1);
        visit(word, () =>
          Float64Array.from({ length: dim }, (_, d) => Number(table.data[row * dim + d]) * factor),
        );
      }
    },
  };
}

async function whole(source: VectorSource, file: string): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source.bytes(file)) pieces.push(piece);
  return new Uint8Array(Buffer.concat(pieces));
}

function tensorOf(tensors: Readonly<Record<string, Tensor>>, names: readonly string[], file: string): Tensor {
  const name = names.find((one) => one in tensors) ?? '';
  const tensor = tensors[name] as Tensor | undefined;
  if (tensor?.shape.length === 2 && tensor.shape[1] > 0) return tensor;
  throw new DataError(
    `[${file}] it must hold a table "${names[0]}" of tokens and their numbers, but holds ${Object.keys(tensors).join(', ') || 'nothing'}. Is this a folder of model2vec?`,
  );
}

/** The parts of a `tokenizer.json` that matter here. */
const tokenizerOption = object(
  {
    added_tokens: list(object({ content: text() }, { unknown: 'drop' }), { default: [] }),
    model: object(
      {
        vocab: either([map(integer({ min: 0 })), list(tuple([text(), number()]))]),
        continuing_subword_prefix: optional(text({ nullable: true })),
      },
      { unknown: 'drop' },
    ),
  },
  { unknown: 'drop' },
);

/** The tokens that are whole words, with their ids, which are ordered by frequency. */
function wholeWords(json: string, file: string): readonly (readonly [word: string, id: number])[] {
  let content: unknown;
  try {
    content = parseJson(json);
  } catch {
    content = undefined;
  }
  const { value, problem } = readOption(tokenizerOption, content);
  if (problem)
    throw new DataError(
      `[${file}] it must be a tokenizer of Hugging Face with model.vocab, but is not. Copy the whole folder again.`,
    );
  const { model, added_tokens } = value;
  const special = new Set(added_tokens.map(({ content: token }) => token));
  const list = Array.isArray(model.vocab)
    ? model.vocab.map(([token], id) => [token, id] as const)
    : Object.entries(model.vocab).sort(([, a], [, b]) => a - b);
  // SentencePiece and byte-level vocabularies mark the beginning of a word, WordPiece the pieces that go on
  const mark = ['▁', 'Ġ'].find((one) => list.some(([token]) => token.startsWith(one)));
  const pieces = model.continuing_subword_prefix ?? '##';
  return list.flatMap(([token, id]) => {
    if (special.has(token)) return [];
    if (mark !== undefined)
      return token.startsWith(mark) && token.length > 1 ? [[token.slice(1), id] as const] : [];
    return token.startsWith(pieces) && token.length > pieces.length ? [] : [[token, id] as const];
  });
}
