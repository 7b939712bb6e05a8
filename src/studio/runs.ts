/** A run for its page: its status, its results, and the documents behind a cell of the confusion matrix. */
import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { resolveConfig } from '../config/resolve.ts';
import type { Config } from '../config/schema.ts';
import { renderConfig } from '../config/index.ts';
import type { Dataset } from '../data/dataset.ts';
import { beginJob } from '../jobs/context.ts';
import { findSource, readRunData } from '../jobs/run-data.ts';
import { knownDatasets } from '../data/known/index.ts';
import { type ClassEvaluation, type Interval, intervalOf } from '../evaluate/index.ts';
import { baselineSentence } from '../report/baseline.ts';
import { choiceSentences } from '../report/choice.ts';
import { type Prediction, readRuns } from '../report/index.ts';
import {
  openRunFolder,
  readChoice,
  readBaseline,
  readDescription,
  readMetrics,
  readRunConfig,
  readTestResults,
  type RunDescription,
  type RunFolder,
  STDIN,
  trainingCommand,
} from '../run/index.ts';
import { HttpError } from '../serve/http/index.ts';
import { asSettings } from './as-settings.ts';
import { typed } from './task-requests.ts';
import type { Workspace } from './workspace.ts';

/** A run for its page; null for what its folder lacks. */
export interface RunView {
  /** Its folder, as the pages see it. */
  readonly path: string;
  readonly status: RunDescription['status'] | 'unknown';
  /** Why it failed; null where it did not, or is too old to say. */
  readonly error: string | null;
  readonly started: string | null;
  readonly finished: string | null;
  /** The command that trained it. */
  readonly command: string | null;
  /** The command that resumes it, where it was interrupted. */
  readonly resume: string | null;
  readonly data: {
    readonly name: string;
    readonly documents: number;
    /** The file as the pages see it; null where it lies outside of the folder, or is no file. */
    readonly path: string | null;
  } | null;
  /** Most epochs that it trains. */
  readonly epochs: number | null;
  readonly corrections: boolean;
  readonly hasModel: boolean;
  readonly test: {
    readonly documents: number;
    readonly accuracy: number;
    readonly accuracyInterval: Interval | null;
    readonly confidence: number;
    readonly macroF1: number;
    readonly labels: readonly string[];
    /** Rows: the true class; columns: the predicted one. */
    readonly confusion: readonly (readonly number[])[];
    readonly classes: readonly ClassEvaluation[];
  } | null;
  /** The chosen model and how it compares with the linear model, a sentence each. */
  readonly sentences: readonly string[];
  /** The resolved configuration, as YAML. */
  readonly config: string | null;
}

/** Reads a run for its page. Errors as the workspace, and those of damaged files. */
export function viewRun(path: string, workspace: Workspace): RunView {
  const { run, description, config } = openRun(path, workspace);
  const { paths } = run;
  const test = existsSync(paths.test) ? readTestResults(paths.test) : null;
  const interrupted = description?.status === 'interrupted' || description?.status === 'failed';
  return {
    path,
    status: description?.status ?? 'unknown',
    error: description?.error === undefined ? null : asSettings(workspace.told(description.error)),
    started: description?.started ?? null,
    finished: description?.finished ?? null,
    command: description ? typed(description.command) : null,
    resume: interrupted ? typed([trainingCommand(run), '-o', path, '--resume']) : null,
    data: description
      ? {
          name: description.data.name,
          documents: description.data.documents,
          path: dataPath(description, workspace),
        }
      : null,
    epochs: config?.train.epochs ?? null,
    corrections: config != null && config.data.corrections !== null,
    hasModel: existsSync(paths.model),
    test: test && {
      documents: test.documents,
      accuracy: test.accuracy,
      accuracyInterval: intervalOf(test, 'accuracy', test.confidence) ?? null,
      confidence: test.confidence,
      macroF1: test.macro_f1,
      labels: test.labels,
      confusion: test.confusion_matrix,
      classes: test.per_class,
    },
    sentences: [
      ...(existsSync(paths.choice) ? choiceSentences(readChoice(paths.choice)) : []),
      ...(existsSync(paths.baseline) ? [baselineSentence(readBaseline(paths.baseline))] : []),
    ],
    config: config ? renderConfig(config) : null,
  };
}

/** The facts in a run's folder. */
export interface OpenedRun {
  readonly run: RunFolder;
  readonly description: RunDescription | null;
  readonly config: Config | null;
}

/** Opens a run. @throws HttpError where there is none, or something of it lies outside of the folder */
export function openRun(path: string, workspace: Workspace): OpenedRun {
  const run = openRunFolder(workspace.folder(path));
  const { paths } = run;
  if (!existsSync(paths.description) && !existsSync(paths.metrics))
    throw new HttpError(404, `[${path}] there must be a run, but there is none.`);
  return {
    run,
    description: existsSync(paths.description) ? readDescription(paths.description) : null,
    config: existsSync(paths.config) ? resolveConfig(readRunConfig(paths.config)) : null,
  };
}

function dataPath({ data }: RunDescription, workspace: Workspace): string | null {
  if (data.source === STDIN || knownDatasets.names.includes(data.source)) return null;
  const source = findSource(data, '');
  if (!isAbsolute(source) || !existsSync(source) || !workspace.holds(source)) return null;
  try {
    return workspace.shown(workspace.inside(workspace.shown(source)));
  } catch {
    return null;
  }
}

/** The lines of `metrics.jsonl` so far. */
export function metricsOf(path: string, workspace: Workspace): readonly Readonly<Record<string, unknown>>[] {
  return readMetrics(openRun(path, workspace).run.paths.metrics);
}

/** The documents that a run was trained and tested on. @throws HttpError where they cannot be read, with the reason */
export async function datasetOfRun(path: string, workspace: Workspace): Promise<Dataset> {
  const { description, config } = openRun(path, workspace);
  const refuse = (why: string) =>
    new HttpError(404, `[${path}] the documents of the run must be available, but ${why}.`);
  if (!description || !config) throw refuse('the run does not say which they are');
  const known = knownDatasets.names.includes(description.data.source);
  const files = [config.data.val, config.data.test, config.data.split_ids].filter((file) => file !== null);
  if ((!known && dataPath(description, workspace) === null) || files.some((file) => !workspace.holds(file))) {
    throw refuse(`they are not in ${workspace.name}: start the studio in the folder that holds them`);
  }
  const found = await readRunData(description, config, beginJob());
  if (found.dataset) return found.dataset;
  const why = { stdin: 'they came from standard input', gone: 'their file is gone', changed: 'their file has changed', unreadable: found.why ?? 'they cannot be read' }; // prettier-ignore
  throw refuse(why[found.missing]);
}

/** A test document with its prediction. */
export interface TestedDocument extends Prediction {
  readonly text: string;
}

/** Characters of a document that a page shows. */
export const SHOWN_CHARACTERS = 4000;
/** Documents of a cell that a page shows. */
const SHOWN_DOCUMENTS = 200;

/** The test documents of a class that were predicted as one, the most certain first. */
export async function documentsOfCell(
  path: string,
  { label, predicted }: { readonly label: string; readonly predicted: string },
  workspace: Workspace,
): Promise<readonly TestedDocument[]> {
  const dataset = await datasetOfRun(path, workspace);
  const [{ predictions = [] }] = readRuns([workspace.folder(path)]);
  const at = new Map(Array.from(dataset.rowIds, (row, i) => [row, i]));
  return predictions
    .filter((one) => one.label === label && one.predicted === predicted)
    .sort((a, b) => b.score - a.score)
    .slice(0, SHOWN_DOCUMENTS)
    .map((one) => ({
      ...one,
      text: (dataset.texts[at.get(one.row) ?? -1] ?? '').slice(0, SHOWN_CHARACTERS),
    }));
}
