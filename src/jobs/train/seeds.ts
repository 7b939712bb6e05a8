/** Several trainings that differ in their seed: mean and standard deviation, then an ensemble of all, or the median model. */
import { existsSync, rmSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { resolveConfig } from '../../config/resolve.ts';
import type { Config } from '../../config/schema.ts';
import { ConfigError, InterruptedError } from '../../core/errors.ts';
import { createRng } from '../../core/rng.ts';
import { count } from '../../core/words.ts';
import { type Evaluation, evaluatePredictions } from '../../evaluate/index.ts';
import { mean, variance } from '../../evaluate/sample.ts';
import {
  appendMetrics,
  type Keeping,
  keepings,
  loadClassifier,
  readDescription,
  readSeeds,
  readTestResults,
  runEntries,
  type RunFolder,
  SEEDS_FILE,
  type SeedsState,
  STDIN,
  writeDescription,
  writePredictions,
  writeSeeds,
  writeTestResults,
  writeValidation,
  resumeTypedCommand,
} from '../../run/index.ts';
import { copyAtomic } from '../../run/atomic.ts';
import { beginJob, type Job, type JobContext, pause, stoppable } from '../context.ts';
import { chooseDocuments } from '../evaluate/documents.ts';
import type { JobEvent } from '../events.ts';
import { drawRun, type Outcome } from './run.ts';
import { averageValidation, ensembleOf } from './ensemble.ts';
import { type HeldSeeds, holdSeedsFolder, seedFolder } from './seeds-state.ts';
import { configLayers, refuseResumeAndForce } from './start.ts';
import { train, type TrainRequest } from './train.ts';

/** What to train several times. */
export interface SeedsRequest extends TrainRequest {
  /** How many seeds, at least 2: `train.seed` and those after it. */
  readonly seeds: number;
  /**
   * How they are combined: `ensemble`, the mean of all probabilities, or `median`, the model in the middle by
   * validation loss. Default `ensemble`.
   */
  readonly combine?: string | undefined;
}

/** Several finished trainings, and the model that they are combined into. */
export interface SeedsOutcome extends Outcome {
  /** The content of `seeds.json`. */
  readonly seeds: SeedsState;
}

/** The most seeds. */
const MOST = 1000;

/**
 * Trains with several seeds on the same split, each into a run folder of its own below one, and keeps one model of them all,
 * in a folder that is a run itself: it is evaluated, used and loaded as any other.
 * Errors as `train`; ConfigError also for a count of seeds out of range.
 */
export async function trainSeeds(request: SeedsRequest, context: JobContext = {}): Promise<SeedsOutcome> {
  const { resume = false, force = false, output } = request;
  refuseResumeAndForce({ resume, force });
  const { keep, source } = requireSensible(request);
  const config = resolveConfig(...(await configLayers(request)));
  const seeds = Array.from({ length: request.seeds }, (_, s) => (config.train.seed + s) % 2 ** 32);
  const job = beginJob(context);
  const listener = (event: JobEvent) => {
    if (event.type !== 'stoppable') job.emit(event);
  };
  const folder = holdSeedsFolder(basename(source, extname(source)), { output, force, resume });
  const outcomes: Outcome[] = [];
  try {
    // all seeds as one: between two of them, too, whoever stops it learns how to go on
    await stoppable(job, 'training', async () => {
      begin(folder, { seeds, keep });
      for (const [s, seed] of seeds.entries()) {
        job.emit({ type: 'seed-begins', seed, number: s + 1, seeds: seeds.length });
        const within = { folder: folder.run, config };
        outcomes.push(await trainSeed(request, seed, within, { ...context, listener }));
        await pause(job, 'between two seeds');
      }
    });
    return await keepOne(folder.run, outcomes, { seeds, keep, config }, job);
  } catch (error) {
    if (error instanceof InterruptedError) throw stopped(folder.run, outcomes.length, seeds, job);
    if (!folder.resumed) forgetIfNothingBegan(folder.run, seeds);
    throw error;
  } finally {
    folder.release();
  }
}

/** The error after a stop, with the command that resumes all seeds: that of one seed would train only that seed. */
function stopped(
  { path }: RunFolder,
  done: number,
  seeds: readonly number[],
  { command }: Pick<Job, 'command'>,
): InterruptedError {
  return new InterruptedError(
    `[train] stopped on request; ${done} of ${count(seeds.length, 'seed')} ${done === 1 ? 'is' : 'are'} done. Everything so far is kept in ${path}. ` +
      `Resume with: ${resumeTypedCommand(command, path)}`,
  );
}

function requireSensible({ source, seeds, combine = 'ensemble' }: SeedsRequest): {
  readonly keep: Keeping;
  readonly source: string;
} {
  if (!Number.isInteger(seeds) || seeds < 2 || seeds > MOST) {
    throw new ConfigError(`[--seeds] must be a whole number from 2 to ${MOST}, but got ${String(seeds)}.`, {
      key: 'seeds',
    });
  }
  if (source === undefined) {
    throw new ConfigError(
      '[--seeds] DATA must be given, also to resume, but was not. Write: unroll train DATA --seeds N.',
      { key: 'seeds' },
    );
  }
  if (source === STDIN) {
    throw new ConfigError(
      '[--seeds] the data is read once for each seed, so it must be a file, a folder or a known data set, but is standard input. Write it into a file first.',
      { key: 'seeds' },
    );
  }
  const known = keepings.find((one) => one === combine);
  if (known) return { keep: known, source };
  throw new ConfigError(`[--combine] must be one of ${keepings.join(', ')}, but got "${combine}".`, {
    key: 'combine',
  });
}

/** Writes the list of seeds; when resuming, it must be the same. */
function begin({ run, resumed }: HeldSeeds, { seeds, keep }: Pick<SeedsState, 'seeds' | 'keep'>): void {
  if (resumed) {
    const before = readSeeds(run.path);
    if (before.seeds.join() !== seeds.join()) {
      throw new ConfigError(
        `[--resume] the seeds must be those of ${run.path}, ${before.seeds.join(', ')}, but are ${seeds.join(', ')}. Restore --seeds and --seed, or start without --resume.`,
        { key: 'seeds' },
      );
    }
  }
  writeSeeds(run.path, { status: 'unfinished', keep, seeds, runs: [], val: null, test: null, median: null });
}

/** Without the folder of a seed there is nothing to resume: the same command must be able to begin again. */
function forgetIfNothingBegan({ path }: RunFolder, seeds: readonly number[]): void {
  if (!seeds.some((seed) => existsSync(seedFolder(path, seed))))
    rmSync(join(path, SEEDS_FILE), { force: true });
}

async function trainSeed(
  { source, config, overrides = [], resume = false }: SeedsRequest,
  seed: number,
  { folder, config: resolved }: { readonly folder: RunFolder; readonly config: Config },
  context: JobContext,
): Promise<Outcome> {
  const output = seedFolder(folder.path, seed);
  const own = [
    ...overrides,
    // the split is that of the first seed
    { key: 'data.seed', text: String(resolved.data.seed ?? resolved.train.seed) },
    { key: 'train.seed', text: String(seed) },
  ];
  const again = resume && existsSync(output);
  return train({ source, config, overrides: own, output, resume: again }, context);
}

/** Turns the folder of all seeds into a run with one model. */
async function keepOne(
  run: RunFolder,
  outcomes: readonly Outcome[],
  { seeds, keep, config }: Pick<SeedsState, 'seeds' | 'keep'> & { readonly config: Config },
  job: Job,
): Promise<SeedsOutcome> {
  const middle = medianOf(outcomes);
  const [first] = outcomes;
  const kept = keep === 'median' ? middle : first;
  for (const name of ['config', 'splits'] as const) copyAtomic(kept.run.paths[name], run.paths[name]);
  rmSync(run.paths.metrics, { force: true });
  const { test, parameters } =
    keep === 'median' ? copyModel(middle, run) : await makeEnsemble(run, outcomes, config, job);
  const summary = {
    ...kept.summary,
    run: run.path,
    ...(keep === 'ensemble' && {
      model: `ensemble of ${outcomes.length} ${first.summary.model ?? 'models'}`,
      params: parameters,
      seconds: outcomes.reduce((sum, one) => sum + (one.summary.seconds ?? 0), 0),
      val: null,
      test: test && {
        accuracy: test.accuracy,
        macro_f1: test.macro_f1,
        loss: test.log_loss,
        per_class: test.per_class,
      },
    }),
  };
  appendMetrics(run.paths.metrics, { summary });
  const { format: _format, version: _version, ...description } = readDescription(kept.run.paths.description);
  writeDescription(run.paths.description, { ...description, command: [...job.command] });
  await drawRun(run, config, job);
  const state = stateOf(outcomes, {
    seeds,
    keep,
    median: keep === 'median' ? seeds[outcomes.indexOf(middle)] : null,
  });
  writeSeeds(run.path, state);
  return { run, summary, test, seeds: state };
}

/**
 * The model in the middle by validation loss, for an even number the better of the two; without validation, the one
 * in the middle of the list.
 */
function medianOf(outcomes: readonly Outcome[]): Outcome {
  const loss = ({ summary }: Outcome) => summary.val?.['loss'] ?? 0;
  const sorted = outcomes.toSorted((a, b) => loss(a) - loss(b));
  return sorted[(sorted.length - 1) >> 1];
}

/** The description of the folder of all seeds. */
const OWN: ReadonlySet<string> = new Set(['metrics', 'description', 'figures', 'report', 'checkpoints']);

/** Copies the model of a run and its results. */
function copyModel({ run: from, summary, test }: Outcome, { paths }: RunFolder) {
  for (const name of Object.keys(runEntries) as (keyof typeof runEntries)[])
    if (!OWN.has(name)) copyAtomic(from.paths[name], paths[name]);
  return { test, parameters: summary.params };
}

/** Writes the ensemble, and measures it on the test documents that all seeds share. */
async function makeEnsemble(
  run: RunFolder,
  outcomes: readonly Outcome[],
  config: Config,
  job: Job,
): Promise<{ readonly test: Evaluation | null; readonly parameters: number }> {
  const parameters = outcomes.reduce((sum, { summary }) => sum + (summary.params ?? 0), 0);
  const [first] = outcomes;
  const { calibrate } = config.train;
  const validation = averageValidation(
    outcomes.map((one) => one.run),
    { calibrate },
  );
  if (validation) writeValidation(run.paths.validation, validation.predictions);
  else rmSync(run.paths.validation, { force: true });
  const members = outcomes.map((one) => one.run.paths.model);
  ensembleOf(run.paths.model, members, parameters, validation);
  if (first.test === null) return { test: null, parameters };
  const classifier = await loadClassifier(run.path, { now: job.now, engine: job.engine });
  try {
    const quiet = { ...job, emit: () => undefined, notice: () => undefined };
    const { dataset } = await chooseDocuments(first.run, undefined, config, quiet, classifier.readAs ?? null);
    const { probabilities, unscaled } = classifier.score(dataset.texts);
    const { temperature } = classifier;
    const { labels, labelNames, rowIds } = dataset;
    const test = evaluatePredictions(
      {
        ...{ labels, probabilities, labelNames },
        ...(temperature !== 1 && { unscaled: { temperature, probabilities: unscaled } }),
      },
      {
        bootstrap_samples: config.evaluate.bootstrap_samples,
        confidence: config.evaluate.confidence,
        rng: createRng(config.train.seed).fork('bootstrap', 'test'),
      },
    );
    writeTestResults(run.paths.test, test);
    writePredictions(run.paths.predictions, { rowIds, labels, probabilities, labelNames });
    return { test: readTestResults(run.paths.test), parameters };
  } finally {
    await classifier.close();
  }
}

function stateOf(
  outcomes: readonly Outcome[],
  rest: Pick<SeedsState, 'seeds' | 'keep' | 'median'>,
): SeedsState {
  const runs = outcomes.map(({ summary }, s) => ({
    seed: rest.seeds[s],
    val: numbersOf(summary.val),
    test: numbersOf(summary.test),
  }));
  const spread = (part: 'val' | 'test') => {
    const all = runs.map((run) => run[part]);
    const [first] = all;
    if (first === null || all.includes(null)) return null;
    return Object.fromEntries(
      Object.keys(first).map((key) => {
        const values = all.map((one) => one?.[key] ?? NaN);
        return [key, { mean: mean(values), sd: Math.sqrt(variance(values)) }];
      }),
    );
  };
  return { status: 'finished', ...rest, runs, val: spread('val'), test: spread('test') };
}

/** The headline numbers of a summary. */
function numbersOf(
  part: Readonly<Record<string, unknown>> | null | undefined,
): Record<string, number> | null {
  if (!part) return null;
  return Object.fromEntries(
    Object.entries(part).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}
