/**
 * A search of one worker comes to the same trials, bit for bit, wherever it was killed or stopped: with every sampler and
 * pruner, before or after any write.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InterruptedError } from '../../src/core/errors.ts';
import {
  createStudy,
  lastAttempts,
  loadStudy,
  MemoryStorage,
  type OptimizeResult,
  type ParamValue,
  pruners,
  samplers,
  type Study,
  type StudyStorage,
  type Trial,
  TrialPruned,
} from '../../src/tune/index.ts';
import { firstAttempt } from '../../src/tune/trial/retry.ts';

const TRIALS = 14;
const EPOCHS = 9;

/** Ends the worker for good: thrown by everything that it asks of its storage. */
class Killed extends Error {}

/** How a worker ends: killed before or after a call to its storage, or asked to stop before it. */
type How = 'before' | 'after' | 'stop';

/** A storage whose user ends at call number `at`, from 0. */
function mortal(inner: StudyStorage, at: number, how: How, stop: AbortController): StudyStorage {
  let calls = 0;
  return new Proxy(inner, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        const call = calls++;
        if (call === at && how === 'stop') stop.abort();
        if (how !== 'stop' && (call > at || (call === at && how === 'before'))) throw new Killed();
        const result: unknown = await (value.apply(target, args) as Promise<unknown>);
        if (call === at && how === 'after') throw new Killed();
        return result;
      };
    },
  });
}

/** Sampler, pruner, how many objectives, and trials in the queue. */
interface Search {
  readonly sampler: { readonly type: string };
  readonly pruner: { readonly type: string };
  readonly objectives?: number;
  readonly queue?: readonly Readonly<Record<string, ParamValue>>[];
}

/** Choices repeat, so that trials are drawn anew; one parameter is conditional. */
function suggest(trial: Trial): number {
  const kind = trial.suggestCategorical('kind', ['a', 'b']);
  const width = trial.suggestInt('width', 1, 3);
  const lr = kind === 'a' ? trial.suggestFloat('lr', 0.125, 0.5, { step: 0.125 }) : 0;
  return (kind === 'a' ? 1 : 1.2) / width + lr;
}

/** Trains as `unroll tune` does: now and then a checkpoint, behind the report; no end by the pruner at the last epoch. */
function training(checkpoints: Map<number, number>, objectives: number, signal: AbortSignal) {
  return async (trial: Trial) => {
    let level = suggest(trial);
    while (trial.repeatsAnother() && trial.redraw()) level = suggest(trial);
    await trial.flush();
    const attempt = firstAttempt(trial.snapshot());
    const lossAt = (epoch: number) => (1 + level) * (1 + 1 / (epoch + level)) + 0.01 * ((epoch * 7) % 3);
    for (let epoch = (checkpoints.get(attempt) ?? 0) + 1; epoch <= EPOCHS; epoch++) {
      if (signal.aborted) throw new InterruptedError('stopped');
      trial.setUserAttr('epochs', epoch);
      if (objectives === 1) {
        trial.report(lossAt(epoch), epoch);
        if ((await trial.shouldPrune()) && epoch < EPOCHS) throw new TrialPruned();
      }
      if (epoch % 4 === 0) checkpoints.set(attempt, epoch);
    }
    const loss = lossAt(EPOCHS);
    return objectives === 1 ? loss : [loss, 1 / loss];
  };
}

const space = new Map(Object.entries({
  kind: { type: 'categorical', choices: ['a', 'b'] },
  lr: { type: 'float', low: 0.125, high: 0.5, step: 0.125, log: false },
  width: { type: 'int', low: 1, high: 3, step: 1, log: false },
} as const)); // prettier-ignore

/** Runs a search that ends at these calls, counted from each beginning, and at last goes on to its end; gives its trials. */
async function search(
  { sampler, pruner, objectives = 1, queue = [] }: Search,
  ends: readonly (readonly [at: number, how: How])[],
) {
  let seconds = 0;
  const inner = new MemoryStorage({ now: () => new Date(1000 * seconds) });
  const options = {
    name: 'search',
    redraws: 10,
    onWarning: () => undefined,
    sampler: samplers.create(sampler, { seed: 5, space }),
    pruner: pruners.create(pruner),
  };
  const directions = Array.from({ length: objectives }, () => 'minimize' as const);
  const made = await createStudy({ ...options, directions, storage: inner });
  for (const params of queue) await made.enqueueTrial(params);
  const checkpoints = new Map<number, number>();
  const run = (study: Study, { signal }: AbortController): Promise<OptimizeResult> =>
    study.optimize(training(checkpoints, objectives, signal), {
      signal,
      trials: TRIALS,
      heartbeatSeconds: 1,
      maxRetries: Infinity,
      keepReports: true,
    });
  let ended = 0;
  for (const [at, how] of ends) {
    const stop = new AbortController();
    const storage = mortal(inner, at + 1, how, stop); // the first call finds the study
    try {
      await run(await loadStudy({ ...options, storage }), stop);
      if (stop.signal.aborted) ended++;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      ended++;
    }
    seconds += 100;
  }
  const study = await loadStudy({ ...options, storage: inner });
  const { stopped } = await run(study, new AbortController());
  const trials = lastAttempts(await study.trials());
  return {
    ended,
    stopped,
    attempts: (await study.trials()).length,
    trials: trials.map(({ state, values, internalParams, intermediateValues, userAttrs, systemAttrs }) => ({
      state,
      values,
      params: [...internalParams],
      reports: [...intermediateValues],
      userAttrs,
      rungs: Object.entries(systemAttrs).filter(([key]) => key.startsWith('completed_rung_')),
    })),
  };
}

/** One to four ends; a trial that does not report asks the storage less often. */
const ends = ({ objectives = 1 }: Search) =>
  fc.array(fc.tuple(fc.nat(objectives === 1 ? 150 : 40), fc.constantFrom<How[]>('before', 'after', 'stop')), {
    minLength: 1,
    maxLength: 4,
  });

const tpe = { type: 'tpe', n_startup_trials: 3 };
const searches: Record<string, Search> = {};
for (const type of samplers.names) {
  const options = { type, ...(type === 'tpe' && tpe), ...(type === 'nsga2' && { population_size: 3 }) };
  searches[`sampler ${type}`] = { sampler: options, pruner: { type: 'median' } };
  searches[`sampler ${type}, two objectives`] = { sampler: options, pruner: { type: 'none' }, objectives: 2 };
}
searches['enqueued trials, some of whose parameters are sampled'] = {
  sampler: tpe,
  pruner: { type: 'median' },
  queue: ['a', 'b', 'a', 'b'].map((kind) => ({ kind })),
};
const used = { type: 'grid', search_space: { kind: ['a', 'b'], width: [1, 3], lr: [0.25, 0.5] } };
searches['a grid that is used up'] = { sampler: used, pruner: { type: 'median' } };
const needed: Readonly<Record<string, object>> = {
  percentile: { percentile: 40 },
  patient: { patience: 1 },
  threshold: { upper: 3 },
  // the last rung stands on the last epoch
  hyperband: { max_resource: EPOCHS },
};
for (const type of pruners.names) {
  searches[`pruner ${type}`] = { sampler: tpe, pruner: { type, ...needed[type] } };
}

/**
 * The tests.
 * @param runs How many ways of being killed or stopped are tried for each search.
 * @param stride One in how many calls of a search with Hyperband is one that it is killed at.
 */
export function testInterruptions({
  runs,
  stride,
}: {
  readonly runs: number;
  readonly stride: number;
}): void {
  for (const [title, setting] of Object.entries(searches)) {
    test(`comes to the same trials: ${title}`, async () => {
      const whole = await search(setting, []);
      assert.ok(whole.trials.every(({ state }) => state === 'COMPLETE' || state === 'PRUNED'));
      let ended = 0;
      let attempts = 0;
      await fc.assert(
        fc.asyncProperty(ends(setting), async (when) => {
          const broken = await search(setting, when);
          assert.deepEqual([broken.stopped, broken.trials], [whole.stopped, whole.trials]);
          ended += broken.ended;
          attempts += broken.attempts - whole.attempts;
        }),
        { numRuns: runs, seed: 1 },
      );
      assert.ok(ended > 0.6 * runs && attempts > 0.4 * runs, `${ended} ends, ${attempts} run again`);
    });
  }

  // rungs are what a pruner keeps with a trial that it ends; the highest ones stand on the last epoch
  test('comes to the same trials whichever call it was killed at: Hyperband', async () => {
    const setting = { sampler: tpe, pruner: { type: 'hyperband', max_resource: EPOCHS } };
    const whole = await search(setting, []);
    let at = 0;
    for (let ended = 1; ended === 1; at += stride) {
      const broken = await search(setting, [[at, 'before']]);
      assert.deepEqual(broken.trials, whole.trials, `killed at call ${at}`);
      ({ ended } = broken);
    }
    assert.ok(at > 100, `${at} calls`);
  });
}
