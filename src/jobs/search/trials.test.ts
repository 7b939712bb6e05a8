/** The search of the command on trials that are only played: what is reported, pruned, stopped, parked and kept. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { resolveSearch } from '../../config/search.ts';
import { UnrollError } from '../../core/errors.ts';
import type { Dataset } from '../../data/dataset.ts';
import { asRecurrent } from '../../models/family.ts';
import type { EpochEvent } from '../../train/events.ts';
import { type Attribute, MemoryStorage, type StudyStorage } from '../../tune/index.ts';
import { openStorage } from '../../tune/node.ts';
import { prunerOf, tuneOptions } from '../../tune/options.ts';
import type { FoldOutcome, TrialOutcome } from '../../tune/training/train-trial.ts';
import type { TrialListener, TrialPool, WorkerTrial } from './pool.ts';
import type { JobEvent } from '../events.ts';
import { idlePruner } from './run.ts';
import { openSearchStudy } from './study.ts';
import { runTrials } from './trials.ts';
import { describeCounts } from './counts.ts';
import type { Config } from '../../config/schema.ts';

const hiddenSize = ({ model }: Pick<Config, 'model'>) => asRecurrent(model)?.hidden_size ?? NaN;

/** How a trial goes: the log loss of each epoch, by fold. Its accuracy is 1 less the last of them. */
type Play = (trial: WorkerTrial, begun: number) => readonly (readonly number[])[];

/** A pool without threads. */
class PlayedPool implements TrialPool {
  readonly size: number;
  readonly #play: Play;
  /** Trials in the order in which they began. */
  readonly begun: WorkerTrial[] = [];
  stopped = false;
  /** Called before each epoch of a trial. */
  beforeEpoch: (begun: number, epoch: number) => unknown = () => undefined;

  constructor(play: Play, size = 1) {
    this.#play = play;
    this.size = size;
  }

  async train(trial: WorkerTrial, listener: TrialListener): Promise<TrialOutcome> {
    const begun = this.begun.push(trial) - 1;
    const losses = this.#play(trial, begun);
    const folds: FoldOutcome[] = [];
    const end = (ended: TrialOutcome['ended']): TrialOutcome => ({
      ended,
      folds,
      params: hiddenSize(trial.config),
      latency: trial.latency ? 0.5 * hiddenSize(trial.config) : null,
      seconds: 1,
    });
    for (const [f, epochs] of losses.entries()) {
      let reason: FoldOutcome['reason'] = 'epochs';
      for (const [i, loss] of epochs.entries()) {
        await this.beforeEpoch(begun, i + 1);
        if (this.stopped) return end('interrupted');
        const event = {
          type: 'epoch',
          epoch: i + 1,
          val_log_loss: loss,
          val_accuracy: 1 - loss,
          val_macro_f1: 0.5 - loss / 8,
          val_loss: loss + 9,
        };
        if (await listener.onEpoch(f, event as EpochEvent)) continue;
        reason = 'stopped';
        break;
      }
      const log_loss = epochs.at(-1)!;
      const figures = { accuracy: 1 - log_loss, macro_f1: 0.5, log_loss, loss: log_loss + 9 };
      folds.push({ ...figures, epochs: epochs.length, bestEpoch: 1, lrReductions: 0, reason } as FoldOutcome);
      if (reason === 'stopped') return end('pruned');
      if (f + 1 < losses.length && !(await listener.onFold(f, folds[f]))) return end('pruned');
    }
    return end('done');
  }

  measure(): never {
    throw new Error('nothing is measured here');
  }

  stop() {
    this.stopped = true;
  }

  async close() {
    // nothing is open
  }
}

const silent = () => undefined;
const dataset = { name: 'news', hash: 'abc', texts: ['a'] } as unknown as Dataset;
/** Four configurations. */
const small = { hidden_size: { type: 'int', low: 1, high: 4 } };

interface Searching {
  readonly tune?: Record<string, unknown>;
  readonly model?: Record<string, unknown>;
  readonly train?: Record<string, unknown>;
  readonly play?: Play;
  readonly size?: number;
  readonly storage?: StudyStorage;
  readonly scratch?: string;
  readonly before?: (pool: PlayedPool, stop: AbortController) => void;
}

/** Runs a search; the same storage takes the same study up. */
async function search({
  tune = {},
  model = { hidden_size: { type: 'int', low: 1, high: 1000 } },
  train = { epochs: 3 },
  play = () => [[0.9, 0.8, 0.7]],
  size,
  storage = new MemoryStorage(),
  scratch,
  before = silent,
}: Searching) {
  const resolved = resolveSearch({
    values: { model, train, tune: { sampler: 'random', ...tune } },
    where: () => 'here',
  });
  const events: JobEvent[] = [];
  const stop = new AbortController();
  const job = {
    stop: stop.signal,
    emit: (event: JobEvent) => void events.push(event),
    notice: silent,
  };
  const study = await openSearchStudy({ storage, name: 's', resume: false, search: resolved, dataset }, job);
  const pool = new PlayedPool(play, size);
  before(pool, stop);
  const run = runTrials({ study, search: resolved, pool, checkpoints: scratch ?? null }, job);
  const result = await run.catch((error: unknown) => error as Error);
  const opened = events.find((event) => event.type === 'study-opened');
  const found = opened?.found ? describeCounts(opened.found) : undefined;
  return { result, trials: await study.trials(), study, pool, found, storage };
}

const statesOf = (trials: readonly { state: string }[]) => trials.map(({ state }) => state).join(' ');

describe('what a trial says', () => {
  const losses = [0.9, 0.8, 0.7];
  for (const [objective, reports, value] of [
    ['log_loss', losses, 0.7],
    ['accuracy', losses.map((loss) => 1 - loss), 0.3],
    ['macro_f1', losses.map((loss) => 0.5 - loss / 8), 0.5],
  ] as const) {
    test(`${objective}: its value after each epoch`, async () => {
      const { trials, result, pool } = await search({ tune: { objective, trials: 2 } });
      assert.equal(pool.begun[0].metric, objective);
      assert.deepEqual(result, { ran: 2, stopped: 'trials' });
      for (const { intermediateValues, values, userAttrs } of trials) {
        assert.deepEqual([...intermediateValues], reports.map((report, i) => [i + 1, report])); // prettier-ignore
        assert.ok(Math.abs(values![0] - value) < 1e-12, String(values));
        assert.equal(userAttrs.log_loss, 0.7);
      }
    });
  }

  test('a study of an older version goes on with the log loss, with the sign of its objective', async () => {
    const { storage, study } = await search({ tune: { objective: 'accuracy', trials: 1 } });
    const key = 'unroll:search';
    const { reports: _, ...older } = (await study.userAttrs())[key] as Record<string, Attribute>;
    await study.setUserAttr(key, older);
    const { trials } = await search({ tune: { objective: 'accuracy', trials: 2 }, storage });
    assert.deepEqual([...trials[1].intermediateValues.values()], [-0.9, -0.8, -0.7]);
  });

  test('a hopeless trial ends at its epoch; after the last one there is nothing to save', async () => {
    const play: Play = (_, begun) => [
      begun === 2 ? [0.1, 3, 3] : begun === 3 ? [0.1, 0.1, 3] : [0.1, 0.1, 0.1],
    ];
    const { trials } = await search({
      tune: { trials: 4, objective: 'accuracy', pruner: { type: 'threshold', lower: -1 } },
      play,
    });
    assert.equal(statesOf(trials), 'COMPLETE COMPLETE PRUNED COMPLETE');
    assert.deepEqual([...trials[2].intermediateValues.keys()], [1, 2]);
    assert.deepEqual(trials[2].values, [-2]);
  });

  test('by default the median rule looks from epoch 4 on', async () => {
    const bad = [9, 9, 9, 9, 9, 9];
    const play: Play = (_, begun) => [begun === 6 ? bad : bad.map(() => 0.1)];
    const { trials } = await search({ tune: { trials: 7 }, train: { epochs: 6 }, play });
    assert.equal(trials[6].state, 'PRUNED');
    assert.equal(trials[6].intermediateValues.size, 4);
  });
});

describe('over folds', () => {
  const fold = (loss: number) => [2, loss];
  const play: Play = (_, begun) =>
    begun === 0 ? [0.1, 0.2, 0.1, 0.2, 0.15].map(fold) : [0.5, 0.6, 0.4, 0.7, 0.8].map(fold);

  test('a trial reports once a fold, and by default ends where it is behind the best fold by fold', async () => {
    const { trials, pool } = await search({ tune: { trials: 2, folds: 5, objective: 'log_loss' }, train: { epochs: 2 }, play }); // prettier-ignore
    const [first, second] = trials;
    assert.deepEqual([...first.intermediateValues], [[0, 0.1], [1, 0.2], [2, 0.1], [3, 0.2]]); // prettier-ignore
    assert.ok(Math.abs(first.values![0] - 0.15) < 1e-12);
    assert.equal(second.state, 'PRUNED');
    assert.deepEqual([...second.intermediateValues.keys()], [0, 1, 2]);
    assert.deepEqual((second.userAttrs as { epochs?: number[] }).epochs?.length, 3);
    assert.equal(pool.begun.length, 2);
  });

  test('a warm-up that no fold reaches is reported', () => {
    const tuneOf = (tune: object) =>
      resolveSearch({ values: { model: small, tune }, where: () => 'here' }).tune;
    const median = (n: number) => ({ type: 'median', n_warmup_steps: n });
    assert.deepEqual(idlePruner(tuneOf({ folds: 5, pruner: median(4) })), {
      type: 'nothing-pruned',
      folds: 5,
      pruner: 'median',
      warmUp: 4,
    });
    for (const fine of [
      { folds: 5, pruner: median(3) },
      { folds: 5 },
      { folds: 2 },
      { pruner: median(40) },
      { folds: 3, pruner: 'none' },
    ]) {
      assert.equal(idlePruner(tuneOf(fine)), undefined, JSON.stringify(fine));
    }
  });
});

test('with a second objective a trial has two values and nothing is reported', async () => {
  for (const second_objective of ['params', 'latency'] as const) {
    const { trials, study, pool } = await search({
      tune: { trials: 3, second_objective, objective: 'log_loss' },
    });
    assert.deepEqual(study.directions, ['minimize', 'minimize']);
    assert.deepEqual(await study.metricNames(), ['log_loss', second_objective]);
    trials.forEach(({ values, intermediateValues }, i) => {
      const size = hiddenSize(pool.begun[i].config);
      assert.deepEqual(values, [0.7, second_objective === 'params' ? size : size / 2]);
      assert.equal(intermediateValues.size, 0);
    });
    assert.equal(pool.begun[0].latency, second_objective === 'latency');
    assert.deepEqual(prunerOf(tuneOptions.parse({ second_objective, pruner: 'median' })), { type: 'none' });
  }
});

describe('when it stops', () => {
  const values = [0.9, 0.5, 0.6, 0.7, 0.1, 0.2];
  const play: Play = (_, begun) => [[values[begun] ?? 0.9]];
  const tune = { trials: 6, objective: 'log_loss', pruner: 'none' };

  test('at the target; a study that has reached it begins no trial', async () => {
    const { result, storage } = await search({ tune: { ...tune, target: 0.55 }, play });
    assert.deepEqual(result, { ran: 2, stopped: 'target' });
    const again = await search({ tune: { ...tune, target: 0.55 }, play, storage });
    assert.deepEqual(again.result, { ran: 0, stopped: 'target' });
    assert.equal(again.found, '2 trials: 2 complete');
    const accuracy = await search({ tune: { ...tune, objective: 'accuracy', target: 0.45 }, play });
    assert.deepEqual(accuracy.result, { ran: 2, stopped: 'target' });
  });

  test('where nothing better comes', async () => {
    const { result } = await search({ tune: { ...tune, patience: 2 }, play });
    assert.deepEqual(result, { ran: 4, stopped: 'patience' });
  });

  test('at the time limit', async () => {
    const { result, trials } = await search({
      tune: { ...tune, trials: 300, time_limit: 0.05 },
      play,
      before: (pool) => (pool.beforeEpoch = () => new Promise((resolve) => setTimeout(resolve, 10))),
    });
    assert.equal((result as { stopped: string }).stopped, 'timeout');
    assert.ok(trials.length >= 1 && trials.every(({ state }) => state === 'COMPLETE'));
  });

  test('with all trials of the study, whoever ran them', async () => {
    const { storage } = await search({ tune: { ...tune, trials: 4 }, play });
    const { result, trials } = await search({ tune: { ...tune, trials: 6 }, play, storage });
    assert.deepEqual([result, trials.length], [{ ran: 2, stopped: 'trials' }, 6]);
  });
});

test('the seed decides what is tried: that of the search, else that of the training', async () => {
  const tried = async (tune: object, seed: number) => {
    const { pool } = await search({ tune: { trials: 3, ...tune }, train: { epochs: 1, seed } });
    return pool.begun.map(({ config }) => hiddenSize(config));
  };
  const first = await tried({}, 1);
  assert.deepEqual(await tried({}, 1), first);
  assert.notDeepEqual(await tried({}, 2), first);
  assert.deepEqual(await tried({ seed: 1 }, 2), first);
});

test('a trial whose worker died is run again as often as allowed', async () => {
  for (const max_retries of [0, 2]) {
    const file = join(temporaryFolder(), 'studies.db');
    const storage = await openStorage(file);
    const tune = { trials: 2, max_retries, heartbeat_seconds: 20 };
    const { study } = await search({ tune: { ...tune, trials: 1 }, storage });
    const lost = await storage.createTrial(study.id);
    await storage.heartbeat(lost.id);
    const database = new DatabaseSync(file);
    database.exec("UPDATE trial_heartbeats SET heartbeat = '2020-01-01 00:00:00.000000'");
    database.close();
    const { trials } = await search({ tune, storage });
    assert.equal(statesOf(trials), max_retries === 0 ? 'COMPLETE FAIL' : 'COMPLETE FAIL COMPLETE');
    await storage.close();
  }
});

test('no configuration twice while there are others', async () => {
  const distinct = async (redraws: number) => {
    const { pool } = await search({ tune: { trials: 4, redraws }, model: small });
    return new Set(pool.begun.map(({ config }) => hiddenSize(config))).size;
  };
  assert.equal(await distinct(100), 4);
  assert.ok((await distinct(0)) < 4);
});

test('a conditional range is there only where its condition holds', async () => {
  const { pool, trials } = await search({
    tune: { trials: 12 },
    model: {
      type: { type: 'categorical', choices: ['rnn', 'gru'] },
      nonlinearity: { type: 'categorical', choices: ['relu'], when: { 'model.type': 'rnn' } },
    },
  });
  const seen = pool.begun.map(({ config: { model } }, i) => {
    const names = [...trials[i].internalParams.keys()];
    assert.equal(names.includes('model.nonlinearity'), model.type === 'rnn');
    return `${model.type} ${asRecurrent(model)?.nonlinearity}`;
  });
  assert.deepEqual(new Set(seen), new Set(['rnn relu', 'gru tanh']));
});

describe('what goes wrong', () => {
  const failing =
    (error: Error, when: (begun: number) => boolean): Play =>
    (_, begun) => {
      if (when(begun)) throw error;
      return [[0.5, 0.5, 0.5]];
    };

  test('a training that fails is a failed trial with its reason, and the search goes on', async () => {
    const lost = new UnrollError('non-finite', 'the loss must be finite');
    const { result, trials } = await search({
      tune: { trials: 4 },
      play: failing(lost, (begun) => begun === 1),
    });
    assert.deepEqual(result, { ran: 4, stopped: 'trials' });
    assert.equal(statesOf(trials), 'COMPLETE FAIL COMPLETE COMPLETE');
    assert.equal(trials[1].systemAttrs.fail_reason, 'the loss must be finite');
  });

  test('what is not foreseen ends the search, and nothing told is lost', async () => {
    const { result, trials } = await search({ tune: { trials: 4 }, play: failing(new Error('a bug'), (begun) => begun === 1) }); // prettier-ignore
    assert.ok(result instanceof Error && result.message === 'a bug');
    assert.equal(statesOf(trials), 'COMPLETE FAIL');
  });

  test('where the first five fail it is given up, with the kind of the last error', async () => {
    const lost = new UnrollError('non-finite', 'the loss must be finite');
    const { result, trials } = await search({ tune: { trials: 20 }, play: failing(lost, () => true) });
    assert.ok(result instanceof UnrollError && result.kind === 'non-finite');
    assert.match(result.message, /first 5 failed.*the loss must be finite/);
    assert.equal(trials.length, 5);
    const late = await search({ tune: { trials: 20 }, play: failing(lost, (begun) => begun !== 2) });
    assert.equal(late.trials.length, 20);
  });
});

test('Ctrl-C parks running trials: they go on in their own checkpoints and report no epoch twice', async () => {
  const storage = await openStorage(`sqlite:///${join(temporaryFolder(), 'studies.db')}`);
  const scratch = join(temporaryFolder(), 'trials');
  const play: Play = () => [[0.9, 0.8, 0.7]];
  const shared = {
    tune: { trials: 3, objective: 'log_loss', pruner: 'none' },
    play,
    storage,
    scratch,
    size: 2,
  };
  const first = await search({
    ...shared,
    before(pool, stop) {
      // while two trials are in their third epoch
      pool.beforeEpoch = (_, epoch) => {
        if (epoch === 3) stop.abort();
      };
    },
  });
  assert.deepEqual(first.result, { ran: 0, stopped: 'signal' });
  assert.equal(statesOf(first.trials), 'FAIL FAIL WAITING WAITING');
  assert.ok(first.trials[0].systemAttrs.heartbeat_seconds, 'a dead process would be noticed');
  for (const copy of first.trials.slice(2)) assert.deepEqual([...copy.intermediateValues.keys()], [1, 2]);
  const places = first.pool.begun.map(({ checkpoints }) => checkpoints);
  assert.deepEqual(places.toSorted(), [join(scratch, 'trial-0'), join(scratch, 'trial-1')]);

  const again = await search(shared);
  assert.equal(again.found, '2 trials: 2 waiting');
  assert.equal(statesOf(again.trials), 'FAIL FAIL COMPLETE COMPLETE COMPLETE');
  assert.deepEqual(again.pool.begun.slice(0, 2).map(({ checkpoints }) => checkpoints).sort(), places.sort()); // prettier-ignore
  for (const trial of again.trials.slice(2)) {
    assert.deepEqual([...trial.intermediateValues], [[1, 0.9], [2, 0.8], [3, 0.7]]); // prettier-ignore
  }
  for (const n of [0, 1]) {
    const copy = again.trials.find(({ systemAttrs }) => systemAttrs.failed_trial === n);
    assert.deepEqual(copy?.internalParams, again.trials[n].internalParams);
  }
  await storage.close();
});

test('checkpoints of another study that had the name are not taken up, those of an earlier attempt are', async () => {
  const scratch = temporaryFolder();
  const storage = new MemoryStorage();
  const left = (n: number) => join(scratch, `trial-${n}`, 'fold-1');
  for (const n of [0, 1]) mkdirSync(left(n), { recursive: true });
  const found: boolean[] = [];
  const shared = { tune: { trials: 2 }, storage, scratch };
  await search({
    ...shared,
    before(pool, stop) {
      pool.beforeEpoch = (n, epoch) => {
        if (epoch === 1) found.push(existsSync(left(n)));
        // stopped behind its first checkpoint
        if (n === 1) stop.abort();
        mkdirSync(left(n), { recursive: true });
      };
    },
  });
  assert.deepEqual(found, [false, false]);
  await search({
    ...shared,
    before(pool) {
      pool.beforeEpoch = (_, epoch) => {
        if (epoch === 1) found.push(existsSync(left(1)));
      };
    },
  });
  assert.deepEqual(found, [false, false, true]);
});
