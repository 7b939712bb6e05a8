import type { Coverage, Vocabulary, VocabularyOptions } from '../vocabulary.ts';

/** An object of JSON. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A way to cut normalised texts into tokens. Fitting it to the training texts gives a {@link FittedTokenizer}. */
export interface Tokenizer {
  /**
   * Learns the tokens of the training texts; left out if that takes much code, which is then in `../learn/`.
   * @throws DataError where the texts hold no token at all.
   */
  fit?(texts: Iterable<string>, options: VocabularyOptions): FittedTokenizer;
  /**
   * Restores what {@link FittedTokenizer.toJson} gave; undefined if another tokenizer wrote it. The file may be
   * hostile: compare its patterns, never compile them.
   */
  fromJson(json: SavedTokenizer): FittedTokenizer | undefined;
  /**
   * Only for a tokenizer whose tokens do not depend on what it learned: cuts a text before anything is fitted. The
   * audit of a data set then shows what each size of the vocabulary would cover.
   */
  split?(text: string): string[];
}

/** A tokenizer that knows its tokens. It takes time linear in the length of a text. */
export interface FittedTokenizer {
  /** Its tokens by id, `<PAD>` and `<UNK>` first, and how much of the training texts they cover. */
  readonly vocabulary: Vocabulary;
  /** The ids of all tokens of a normalised text in order; 1 (`<UNK>`) for what is not known, never 0 (`<PAD>`). */
  encode(text: string): ArrayLike<number>;
  /** The tokens of a normalised text as they are shown to a person, one per id; none is empty. */
  tokenize(text: string): string[];
  /** Its parts of a `tokenizer.json`. */
  toJson(): TokenizerJson;
  /** Only where tokens are whole words: the same tokenizer with other words in its vocabulary. */
  withVocabulary?(vocabulary: Vocabulary): FittedTokenizer;
}

/** The parts of a `tokenizer.json` that depend on the tokenizer, as Hugging Face's library reads them. */
export interface TokenizerJson {
  /** Steps after Unicode normalisation and lowercasing. */
  readonly normalizers: readonly JsonObject[];
  /** How a text is cut. */
  readonly pre_tokenizer: JsonObject | null;
  /** What is added to the tokens. */
  readonly post_processor?: JsonObject | null;
  /** How tokens become text again. */
  readonly decoder?: JsonObject | null;
  /** Without `vocab` where that maps the tokens of the vocabulary to their ids: it is then added. */
  readonly model: JsonObject;
}

/** What a `tokenizer.json` holds; the ids of its tokens are checked already. */
export interface SavedTokenizer extends TokenizerJson {
  /** The tokens by id. */
  readonly tokens: readonly string[];
  /** How much of the training texts they cover. */
  readonly coverage: Coverage;
}
