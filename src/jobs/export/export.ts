/** The export job: a trained model as files for other programs, checked against the model. */
import { basename, dirname, resolve } from 'node:path';
import type { ModelFiles } from '../../classifier/model-files.ts';
import { ConfigError, invariant } from '../../core/errors.ts';
import { measureQuantised, openFiles, type Quantised, quantiseFiles } from '../../export/int8.ts';
import { madeUpTexts } from '../../export/made-up-texts.ts';
import type { Check, Exported, ExportTarget } from '../../export/target.ts';
import { exportTargetOf } from '../../export/targets/index.ts';
import { modelFolderOf, readModelFolder } from '../../run/index.ts';
import { beginJob, type Job, type JobContext } from '../context.ts';
import { type ExportDocuments, exportDocuments } from './documents.ts';
import { pathsOfExport, requireFree, sizeOfExport, writeExport } from './output.ts';
import { programs } from './programs.ts';

/** What to export, and how. */
export interface ExportRequest {
  /** A run folder or a model folder. */
  readonly model: string;
  /** A member of the family in `src/export/targets`, such as `onnx`. */
  readonly target: string;
  /** Labelled documents to measure on. Default the test part of the run, else its validation part. */
  readonly source?: string | undefined;
  /** Matrices in 8 bits. Default: as the target needs. */
  readonly int8?: boolean | undefined;
  /** Bits per number of the embedding, from 3 to 8. Default 8, or fewer if the target must be small. */
  readonly embeddingBits?: number | undefined;
  /** Points of accuracy, in percent, that 8 bits may cost. Default 0.5. */
  readonly maxDrop?: number | undefined;
  /** Which model of an ensemble, from 1. Default all of them. */
  readonly member?: number | undefined;
  /** File or folder to write. Default named after the run, in this folder. */
  readonly output?: string | undefined;
  /** Replace what is there. */
  readonly force?: boolean | undefined;
}

/** What was written. */
export interface ExportedModel {
  readonly target: string;
  /** The file or folder. */
  readonly output: string;
  readonly files: readonly string[];
  /** Bytes of all files. */
  readonly bytes: number;
  /**
   * On how many texts the files were compared with the model, and the largest difference of a probability; null if
   * not compared.
   */
  readonly check: Check | null;
  /** The effect of 8 bits; null for single precision. */
  readonly int8: Quantised | null;
}

/** Points of accuracy that 8 bits may cost by default. */
export const MAX_DROP = 0.5;
/** Most texts that the files are compared on, and most characters of them. */
const [MOST_TEXTS, MOST_CHARACTERS] = [100, 60_000];
/** Bits of the embedding that are tried, where the target is to be small. */
const BITS = [8, 6, 5, 4, 3];

/**
 * Exports a model.
 * @throws UnsupportedError where the target cannot express the model, 8 bits cost too much, or the files differ from the model
 * @throws ConfigError for arguments that cannot be used, and a path that is in use
 */
export async function exportModel(request: ExportRequest, context: JobContext = {}): Promise<ExportedModel> {
  const target = exportTargetOf(request.target);
  const job = beginJob(context);
  const usual = nameOf(request.model) + target.output.ending;
  const { output = usual, force = false } = request;
  requireFree(output, target, { usual, force });
  const files = chosenMember(readModelFolder(modelFolderOf(request.model)), request.member);
  const documents = await exportDocuments(request.model, request.source, files.config, job);
  const { exported, int8 } = await convert(files, { target, documents, request, output }, job);
  for (const notice of exported.notices ?? []) job.notice(notice);
  writeExport(output, target, exported);
  job.emit({ type: 'written', file: output });
  return {
    target: target.type,
    output,
    files: pathsOfExport(output, target, exported),
    bytes: sizeOfExport(exported),
    check: exported.check,
    int8,
  };
}

interface Conversion {
  readonly target: ExportTarget;
  readonly documents: ExportDocuments;
  readonly request: ExportRequest;
  /** The file or folder to write. */
  readonly output: string;
}

/** The files of the target, in single precision or in as many bits as wanted. */
async function convert(files: ModelFiles, conversion: Conversion, job: Job) {
  const { target, documents, request } = conversion;
  const { int8: wanted = target.small !== undefined, embeddingBits, maxDrop = MAX_DROP } = request;
  const write = (model: ModelFiles) => exportFiles(model, conversion);
  if (!wanted) return { exported: await write(files), int8: null };
  if (!documents.measured) {
    const why = 'there are no labelled documents to measure its accuracy on';
    if (request.int8 === true)
      throw new ConfigError(`[--int8] the accuracy must be measured, but ${why}: the data of the run is gone, or this is a model folder without its run. Give them: unroll export RUN DATA --int8.`); // prettier-ignore
    job.notice(`in single precision, not in 8 bits: ${why}; give them: unroll export RUN DATA`);
    return { exported: await write(files), int8: null };
  }
  const tried = embeddingBits !== undefined ? [embeddingBits] : target.small === undefined ? [8] : BITS;
  let found: { readonly model: ModelFiles; readonly bits: number; readonly exported: Exported } | undefined;
  for (const bits of tried) {
    const model = quantiseFiles(files, bits);
    found = { model, bits, exported: await write(model) };
    if (sizeOfExport(found.exported) <= (target.small ?? Infinity)) break;
  }
  invariant(found !== undefined, 'some number of bits is always tried');
  const { model: after, bits, exported } = found;
  const int8 = await measureQuantised(
    { before: files, after, embeddingBits: bits },
    documents.measured,
    maxDrop,
  );
  return { exported, int8 };
}

async function exportFiles(
  files: ModelFiles,
  { target, documents, request, output }: Conversion,
): Promise<Exported> {
  const classifier = await openFiles(files);
  try {
    const texts = someOf(documents.compared);
    return await target.export({
      name: nameOf(request.model),
      place: basename(resolve(output)),
      files,
      classifier,
      texts: texts.length > 0 ? texts : madeUpTexts(files),
      programs,
    });
  } finally {
    await classifier.close();
  }
}

/** Some of the texts, evenly spread over the list. */
function someOf(texts: readonly string[]): string[] {
  const every = Math.max(1, Math.ceil(texts.length / MOST_TEXTS));
  let characters = 0;
  return texts
    .filter((_, n) => n % every === 0)
    .filter((text, n) => {
      characters += text.length;
      return n < 4 || characters <= MOST_CHARACTERS;
    });
}

/** The model itself, or one of an ensemble. @throws ConfigError */
function chosenMember(files: ModelFiles, member: number | undefined): ModelFiles {
  if (member === undefined) return files;
  const found = files.members?.[member - 1];
  if (found) return found;
  const must = files.members
    ? `be from 1 to ${files.members.length}`
    : 'be left out, for the model is not an ensemble';
  throw new ConfigError(`[--member] the number must ${must}, but is ${member}.`, { key: 'member' });
}

/** `spam-1` of `runs/spam-1` and of `runs/spam-1/model`. */
function nameOf(path: string): string {
  const full = resolve(path);
  return basename(full) === 'model' ? basename(dirname(full)) : basename(full);
}
