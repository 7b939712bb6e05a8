/** A saved model, ready to predict. */
import { existsSync } from 'node:fs';
import { CorruptFileError, FileError, ShapeError } from '../core/errors.ts';
import { chooseKernels } from '../engine/index.ts';
import { modelOptions } from '../models/options.ts';
import { createSession } from '../models/session.ts';
import { predictSequences } from '../models/predict.ts';
import { findModelFolder, openRunFolder, readDescription, readModelFolder } from '../run/index.ts';
import { floatTensors } from './float-tensors.ts';
import { resumeCommand } from './source.ts';
import { readTokenizerJson } from '../text/tokenizer-json.ts';

/** Predicts texts. */
export interface Predictor {
  readonly labelNames: readonly string[];
  /** `[N × C]` probabilities, row-major, in the order of the texts. */
  predict(texts: readonly string[]): Float64Array;
  /** Ends its threads. */
  close(): Promise<void>;
}

/** Most tokens of a batch, so that memory does not grow with the longest texts. */
const BATCH_TOKENS = 16_384;

/** How a model is opened. */
export interface PredictorOptions {
  /** Milliseconds, for the choice of the kernels. */
  readonly now: () => number;
  /** Default 1. */
  readonly threads?: number;
  /** Most texts of a batch. Default 64. */
  readonly batchSize?: number;
}

/**
 * Opens the model of a run folder or a model folder.
 * @throws FileError where there is none
 * @throws CorruptFileError where a file of it is damaged, or its files do not fit together
 */
export async function openPredictor(
  path: string,
  { now, threads = 1, batchSize = 64 }: PredictorOptions,
): Promise<Predictor> {
  const folder = modelFolder(path);
  const files = readModelFolder(folder);
  const { config } = files;
  const pipeline = readTokenizerJson(files.tokenizerJson, `${folder}/tokenizer.json`);
  const model = modelOptions.safeParse(config.model);
  if (!model.success) {
    const [issue] = model.error.issues;
    throw damaged(`${folder}/config.json`, `model.${issue.path.join('.')}: ${issue.message}`);
  }
  if (pipeline.vocabulary.size !== config.vocabularySize) {
    const sizes = `${pipeline.vocabulary.size} entries and config.json says ${config.vocabularySize}`;
    throw damaged(`${folder}/tokenizer.json`, `its vocabulary has ${sizes}`);
  }
  const { max_length: steps } = pipeline.options;
  const capacity = {
    rows: batchSize,
    tokens: Math.max(steps, Math.min(BATCH_TOKENS, batchSize * steps)),
    steps,
  };
  const session = await createSession({
    kernels: chooseKernels(now),
    threads,
    capacity,
    shape: { model: model.data, vocabularySize: config.vocabularySize, classes: config.labelNames.length },
  });
  try {
    session.load(floatTensors(files.tensors, `${folder}/model.safetensors`));
  } catch (error) {
    await session.close();
    if (!(error instanceof ShapeError)) throw error;
    throw damaged(`${folder}/model.safetensors`, error.message, error);
  }
  return {
    labelNames: config.labelNames,
    predict: (texts) =>
      predictSequences(
        session,
        texts.map((text) => pipeline.encode(text).ids),
      ),
    close: () => session.close(),
  };
}

/** The model folder at `path`; where a run has none yet, the error says how to get it. */
function modelFolder(path: string): string {
  try {
    return findModelFolder(path);
  } catch (cause) {
    const { description } = openRunFolder(path).paths;
    if (!(cause instanceof FileError) || !existsSync(description)) throw cause;
    const { status, command, data } = readDescription(description);
    if (status === 'finished') throw cause;
    throw new FileError(
      path,
      `[${path}] the run must have its model, but it is not finished (${status}). Finish it with: ${resumeCommand(command[0], data, path)}`,
      { cause },
    );
  }
}

function damaged(file: string, problem: string, cause?: unknown): CorruptFileError {
  return new CorruptFileError(
    file,
    `[${file}] the files of a model must fit together, but ${problem}. Copy the whole folder again.`,
    { cause },
  );
}
