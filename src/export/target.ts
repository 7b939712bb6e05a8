/**
 * The definition of an export target, a member of the family in `targets/`: from the files of a model to files of
 * another format.
 */
import type { ModelFiles } from '../classifier/model-files.ts';
import type { TextClassifier } from '../classifier/text-classifier.ts';

/** What is exported, and what else a target needs. */
export interface ExportInput {
  /** What to call it, such as `spam-1`. */
  readonly name: string;
  /** What the file or folder that is written is called, such as `spam-1-web`. */
  readonly place: string;
  /** The files of the model; matrices may be in 8 bits. */
  readonly files: ModelFiles;
  /** The classifier that these files make up: what is exported must give its probabilities. */
  readonly classifier: TextClassifier;
  /** Texts on which that is checked. */
  readonly texts: readonly string[];
  /** The programs that run in a page, built for it. */
  readonly programs: Programs;
}

/** Programs for pages, as the text of their files. Each is asked for only where it is needed. */
export interface Programs {
  /** The script of the one page. */
  page(): Promise<string>;
  /** The ES module that loads a model and predicts. */
  module(): Promise<string>;
}

/** How far the exported files were checked. */
export interface Check {
  /** Texts whose probabilities were compared. */
  readonly texts: number;
  /** The largest difference of a probability. */
  readonly largest: number;
}

/** The result. */
export interface Exported {
  /** Files by name; a target with one file has it alone. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Null where nothing computes probabilities. */
  readonly check: Check | null;
  /** Notices, a phrase each, without a capital letter at its beginning or a full stop at its end. */
  readonly notices?: readonly string[];
}

/** A target's definition: a member of the family in `targets/`. */
export interface ExportTarget {
  /** The name that `--to` takes. */
  readonly type: string;
  /** One sentence for help texts and the docs table. */
  readonly summary: string;
  /** What the files are called beside the name of the model: a folder `NAME-onnx`, or a file `NAME.html`. */
  readonly output: { readonly kind: 'file' | 'folder'; readonly ending: string };
  /** Most bytes that it is meant to have: it is then in 8 bits or less even without being asked. Default: no matter. */
  readonly small?: number;
  /** Makes the files. @throws UnsupportedError for a model that the target cannot express; it says what to do */
  readonly export: (input: ExportInput) => Promise<Exported>;
}

/** Declares a target: the identity function, for the types. */
export function exportTarget(definition: ExportTarget): ExportTarget {
  return definition;
}
