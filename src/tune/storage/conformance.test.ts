/** What holds for every storage. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { postgresServer, skipWithoutPostgres } from '../../../test/support/postgres.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { ConfigError } from '../../core/errors.ts';
import {
  categoricalDistribution,
  type Distribution,
  floatDistribution,
  intDistribution,
} from '../space/distributions.ts';
import { TrialFinishedError } from '../trial/end.ts';
import type { Attribute, FrozenTrial } from '../trial/frozen-trial.ts';
import type { StudyStorage, TrialTemplate } from './contract.ts';
import { openStorage } from './open.ts';

const folder = temporaryFolder();
let count = 0;

const backends: { name: string; skip: string | false; open: () => Promise<StudyStorage> }[] = [
  { name: 'memory', skip: false, open: () => openStorage('memory:') },
  { name: 'SQLite', skip: false, open: () => openStorage(join(folder, `${++count}.db`)) },
  {
    name: 'PostgreSQL',
    skip: skipWithoutPostgres,
    open: async () => openStorage(await postgresServer().create(`conformance${++count}`)),
  },
];

const x = floatDistribution(0, 1);
const param = (name: string, internal: number, distribution: Distribution) => ({
  name,
  internal,
  distribution,
});

/** A template with something in every field. */
const full: Required<TrialTemplate> = {
  state: 'COMPLETE',
  values: [0.25, -Infinity],
  internalParams: new Map([
    ['z', 0.5],
    ['a', 3],
    ['m', 1],
  ]),
  distributions: new Map<string, Distribution>([
    ['z', floatDistribution(0.1, 1, { log: true })],
    ['a', intDistribution(1, 9, { step: 2 })],
    ['m', categoricalDistribution(['é"', null, 1.5, true, NaN])],
  ]),
  intermediateValues: new Map([
    [7, 0.5],
    [0, NaN],
    [3, Infinity],
  ]),
  userAttrs: { text: 'ü\u0000\ud800', list: [1, NaN, { deep: -Infinity }], __proto__key: null },
  systemAttrs: { 'constraints:c': -0.5 },
  datetimeStart: new Date('2024-02-29T23:59:59.999Z'),
  datetimeComplete: new Date('2024-03-01T00:00:00.001Z'),
};

function withoutIds({ id: _id, number: _number, ...rest }: FrozenTrial) {
  return rest;
}

for (const { name, skip, open } of backends) {
  suite(name, { skip }, () => {
    test('a study is found by name, with its directions in order', async () => {
      const storage = await open();
      const one = await storage.createStudy('one', ['maximize']);
      const two = await storage.createStudy('two: ü %', ['minimize', 'maximize', 'minimize']);
      assert.notEqual(one.id, two.id);
      assert.deepEqual((await storage.findStudy('two: ü %'))?.directions, [
        'minimize',
        'maximize',
        'minimize',
      ]);
      assert.deepEqual(await storage.studies(), [one, two]);
      assert.equal(await storage.findStudy('three'), undefined);
      await storage.close();
    });

    test('a name is taken once, and must be one', async () => {
      const storage = await open();
      await storage.createStudy('s', ['minimize']);
      await assert.rejects(storage.createStudy('s', ['minimize']), /\[study name\] must be new, but got "s"/);
      await assert.rejects(storage.createStudy('', ['minimize']), ConfigError);
      await assert.rejects(storage.createStudy('a\0', ['minimize']), ConfigError);
      await assert.rejects(storage.createStudy('a'.repeat(513), ['minimize']), /at most 512 characters/);
      await assert.rejects(storage.createStudy('t', []), /\[directions\]/);
      assert.equal((await storage.studies()).length, 1);
      await storage.close();
    });

    test('a deleted study takes its trials along, and nothing else', async () => {
      const storage = await open();
      const gone = await storage.createStudy('gone', ['minimize', 'minimize']);
      const stays = await storage.createStudy('stays', ['minimize', 'minimize']);
      await storage.setStudyAttr(gone.id, 'user', 'k', 1);
      const lost = await storage.createTrial(gone.id, full);
      const beating = await storage.createTrial(gone.id);
      await storage.heartbeat(beating.id);
      const kept = await storage.createTrial(stays.id, full);
      await storage.deleteStudy(gone.id);
      assert.equal(await storage.findStudy('gone'), undefined);
      await assert.rejects(storage.deleteStudy(gone.id), /\[study \d+\] must be in the storage/);
      await assert.rejects(storage.trials(gone.id), ConfigError);
      await assert.rejects(storage.createTrial(gone.id), ConfigError);
      await assert.rejects(storage.claimWaiting(gone.id), ConfigError);
      await assert.rejects(storage.trial(lost.id), /\[trial \d+\] must be in the storage/);
      await assert.rejects(storage.writeTrial(beating.id, {}), ConfigError);
      await assert.rejects(storage.heartbeat(beating.id), ConfigError);
      assert.deepEqual(await storage.trials(stays.id), [kept]);
      await storage.close();
    });

    test('a study made after a deletion has trials of its own, whatever its id', async () => {
      const storage = await open();
      for (const value of [1, 2, 3]) {
        const { id } = await storage.createStudy('again', ['minimize']);
        assert.deepEqual(await storage.trials(id), []);
        const made = await storage.createTrial(id, { state: 'COMPLETE', values: [value] });
        const param = { name: 'p', internal: 0, distribution: categoricalDistribution([value]) };
        const other = await storage.createTrial(id);
        await storage.writeTrial(other.id, { params: [param] });
        assert.deepEqual(await storage.trials(id), [made, await storage.trial(other.id)]);
        await storage.deleteStudy(id);
      }
      await storage.close();
    });

    test('attributes of users and of the system do not mix; the last value counts', async () => {
      const storage = await open();
      const { id } = await storage.createStudy('s', ['minimize']);
      await storage.setStudyAttr(id, 'user', 'k', { a: [1, NaN] });
      await storage.setStudyAttr(id, 'system', 'k', 'system');
      await storage.setStudyAttr(id, 'user', 'k', [Infinity, null]);
      const study = await storage.findStudy('s');
      assert.deepEqual(study?.userAttrs, { k: [Infinity, null] });
      assert.deepEqual(study.systemAttrs, { k: 'system' });
      const trial = await storage.createTrial(id);
      await storage.writeTrial(trial.id, { userAttrs: { k: 1, l: 1 }, systemAttrs: { k: 2 } });
      await storage.writeTrial(trial.id, { userAttrs: { k: 3 } });
      const { userAttrs, systemAttrs } = await storage.trial(trial.id);
      assert.deepEqual(userAttrs, { k: 3, l: 1 });
      assert.deepEqual(systemAttrs, { k: 2 });
      await assert.rejects(storage.setStudyAttr(9e8, 'user', 'k', 1), ConfigError);
      await assert.rejects(
        storage.writeTrial(trial.id, { userAttrs: { f: (() => 1) as unknown as Attribute } }),
        /\[attribute f\] must be text, numbers.*but got function/,
      );
      await storage.close();
    });

    test('floats keep every bit, NaN and infinities', async () => {
      const storage = await open();
      const { id } = await storage.createStudy('s', [
        'minimize',
        'minimize',
        'minimize',
        'minimize',
        'minimize',
      ]);
      const floats = [Number.MAX_VALUE, 5e-324, -Number.MAX_VALUE, 0.1 + 0.2, Infinity];
      const trial = await storage.createTrial(id);
      await storage.writeTrial(trial.id, {
        params: [...floats, NaN, -Infinity].map((value, i) => param(`p${i}`, value, x)),
        intermediateValues: new Map([...floats, NaN, -Infinity].map((value, i) => [i, value])),
        userAttrs: { floats: [...floats, NaN, -Infinity] },
        end: { state: 'COMPLETE', values: floats },
      });
      for (const read of [await storage.trial(trial.id), ...(await storage.trials(id))]) {
        assert.deepEqual([...read.internalParams.values()], [...floats, NaN, -Infinity]);
        assert.deepEqual([...read.intermediateValues.values()], [...floats, NaN, -Infinity]);
        assert.deepEqual(read.userAttrs.floats, [...floats, NaN, -Infinity]);
        assert.deepEqual(read.values, floats);
      }
      const other = await storage.createTrial(id);
      await assert.rejects(
        storage.writeTrial(other.id, { end: { state: 'COMPLETE', values: [NaN] } }),
        /\[values\] must be numbers, but got NaN/,
      );
      assert.equal((await storage.trial(other.id)).state, 'RUNNING');
      await storage.close();
    });

    test('a new trial runs, has begun, and has the next number of its study', async () => {
      const before = Date.now();
      const storage = await open();
      const one = await storage.createStudy('one', ['minimize']);
      const two = await storage.createStudy('two', ['minimize']);
      const trials: FrozenTrial[] = [];
      for (const { id } of [one, two, one, two, one]) trials.push(await storage.createTrial(id));
      assert.deepEqual(
        trials.map(({ number }) => number),
        [0, 0, 1, 1, 2],
      );
      assert.equal(new Set(trials.map(({ id }) => id)).size, 5);
      const [trial] = trials;
      assert.equal(trial.state, 'RUNNING');
      assert.ok(trial.datetimeStart!.getTime() >= before && trial.datetimeStart!.getTime() <= Date.now());
      assert.equal(trial.datetimeComplete, null);
      assert.equal(trial.values, null);
      assert.deepEqual(await storage.trial(trial.id), trial);
      assert.deepEqual(await storage.trials(one.id), [trials[0], trials[2], trials[4]]);
      await storage.close();
    });

    test('a template is kept in every field', async () => {
      const storage = await open();
      const { id } = await storage.createStudy('s', ['minimize', 'minimize']);
      await storage.createTrial(id);
      const made = await storage.createTrial(id, full);
      assert.equal(made.number, 1);
      assert.deepEqual(withoutIds(made), full);
      const read = await storage.trial(made.id);
      assert.deepEqual(read, made);
      assert.deepEqual([...read.internalParams.keys()], ['z', 'a', 'm']);
      assert.deepEqual([...read.intermediateValues.keys()], [7, 0, 3]);
      for (const state of ['FAIL', 'PRUNED', 'WAITING', 'RUNNING'] as const) {
        const some = await storage.createTrial(id, { state });
        assert.equal(some.datetimeStart === null, state === 'WAITING');
        assert.equal(some.datetimeComplete === null, state === 'WAITING' || state === 'RUNNING');
        assert.deepEqual(await storage.trial(some.id), some);
      }
      await storage.close();
    });

    test('a template that no database could hold is refused', async () => {
      const storage = await open();
      const { id } = await storage.createStudy('s', ['minimize']);
      const cases: [TrialTemplate, RegExp][] = [
        [{ datetimeStart: new Date(NaN) }, /\[datetime\] must be a time/],
        [{ datetimeComplete: new Date(8e15) }, /\[datetime\] must be a time/],
        [{ values: [NaN] }, /\[values\] must be numbers/],
        [{ internalParams: new Map([['p', 1]]) }, /\[p\] must have a distribution/],
        [{ intermediateValues: new Map([[2 ** 31, 1]]) }, /\[step\] must be an integer/],
        [{ userAttrs: { ['k'.repeat(513)]: 1 } }, /\[attribute key\] must have at most 512/],
        [
          { userAttrs: { d: new Date() as unknown as Attribute } },
          /\[attribute d\] must be text.*got another object/,
        ],
      ];
      for (const [template, expected] of cases)
        await assert.rejects(storage.createTrial(id, template), expected);
      assert.deepEqual(await storage.trials(id), []);
      await storage.close();
    });

    test('a study with trials is copied whole or not at all', async () => {
      const storage = await open();
      const study = {
        name: 's',
        directions: ['minimize', 'maximize'] as const,
        userAttrs: { a: 1 },
        systemAttrs: { b: 2 },
      };
      const many = Array.from({ length: 700 }, (_, i): TrialTemplate => ({ ...full, userAttrs: { i } }));
      const { id } = await storage.importStudy(study, many);
      assert.deepEqual(await storage.findStudy('s'), { id, ...study });
      const trials = await storage.trials(id);
      assert.deepEqual(
        trials.map(({ number, userAttrs }) => [number, userAttrs.i]),
        many.map((_, i) => [i, i]),
      );
      assert.deepEqual(withoutIds(trials[699]), { ...full, userAttrs: { i: 699 } });
      const broken = { ...full, internalParams: new Map([['p', 0]]), distributions: new Map([['p', x]]) };
      const other = { ...broken, distributions: new Map([['p', intDistribution(0, 1)]]) };
      await assert.rejects(storage.importStudy({ ...study, name: 't' }, [broken, other]), ConfigError);
      assert.equal(await storage.findStudy('t'), undefined);
      await assert.rejects(storage.importStudy(study, []), /must be new/);
      await storage.close();
    });

    test('waiting trials are claimed once each, the oldest first, with what they hold', async () => {
      const storage = await open();
      const { id } = await storage.createStudy('s', ['minimize']);
      assert.equal(await storage.claimWaiting(id), undefined);
      const held = {
        ...full,
        state: 'WAITING' as const,
        values: null,
        datetimeStart: null,
        datetimeComplete: null,
      };
      const first = await storage.createTrial(id, held);
      const running = await storage.createTrial(id);
      await storage.createTrial(id, { state: 'WAITING' });
      assert.equal(first.datetimeStart, null);
      const claimed = await storage.claimWaiting(id);
      assert.equal(claimed?.id, first.id);
      assert.equal(claimed.state, 'RUNNING');
      assert.ok(claimed.datetimeStart! >= running.datetimeStart!);
      assert.deepEqual({ ...withoutIds(claimed), state: 'WAITING', datetimeStart: null }, held);
      assert.deepEqual(await storage.trial(first.id), claimed);
      assert.equal((await storage.claimWaiting(id))?.number, 2);
      assert.equal(await storage.claimWaiting(id), undefined);
      // one that is ended while it waits
      const skipped = await storage.createTrial(id, { state: 'WAITING' });
      await storage.writeTrial(skipped.id, { end: { state: 'FAIL', values: null } });
      assert.equal(await storage.claimWaiting(id), undefined);
      await storage.close();
    });

    test('many claims at once give every trial to one caller', async () => {
      const storage = await open();
      const { id } = await storage.createStudy('s', ['minimize']);
      for (let i = 0; i < 10; i++) await storage.createTrial(id, { state: 'WAITING' });
      const claims = await Promise.all(Array.from({ length: 15 }, () => storage.claimWaiting(id)));
      const numbers = claims.filter((trial) => trial !== undefined).map(({ number }) => number);
      assert.deepEqual(
        numbers.sort((a, b) => a - b),
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      );
      await storage.close();
    });

    test('many trials at once get numbers without a gap', async () => {
      const storage = await open();
      const { id } = await storage.createStudy('s', ['minimize']);
      const made = await Promise.all(Array.from({ length: 20 }, () => storage.createTrial(id)));
      assert.deepEqual(
        made.map(({ number }) => number).sort((a, b) => a - b),
        Array.from({ length: 20 }, (_, i) => i),
      );
      await storage.close();
    });

    test('many trials at once stay within a budget, which retries do not use up', async () => {
      const storage = await open();
      const { id } = await storage.createStudy('s', ['minimize']);
      const retry = { state: 'WAITING', systemAttrs: { retry_history: [0], failed_trial: 0 } } as const;
      await storage.createTrial(id, { state: 'FAIL' });
      await storage.createTrial(id, retry);
      const made = await Promise.all(
        Array.from({ length: 12 }, (_, i) => storage.createTrialWithin(id, 8, { userAttrs: { i } })),
      );
      const kept = made.filter((trial) => trial !== undefined);
      assert.equal(kept.length, 7);
      assert.deepEqual(kept.map(({ number }) => number).sort(), [2, 3, 4, 5, 6, 7, 8]);
      const stored = (await storage.trials(id)).slice(2);
      assert.deepEqual(
        stored.map(({ userAttrs }) => userAttrs),
        kept.sort((a, b) => a.number - b.number).map(({ userAttrs }) => userAttrs),
      );
      assert.equal(await storage.createTrialWithin(id, 8), undefined);
      assert.equal((await storage.createTrialWithin(id, Infinity))?.number, 9);
      await assert.rejects(storage.createTrialWithin(id + 1, 8), ConfigError);
      await storage.close();
    });

    test('those that wait begin in their order, and a trial that is run again has the place of its first attempt', async () => {
      const storage = await open();
      const { id } = await storage.createStudy('s', ['minimize']);
      const waiting = { state: 'WAITING' } as const;
      await storage.createTrial(id, { state: 'FAIL' });
      for (let i = 0; i < 11; i++) await storage.createTrial(id, waiting);
      await storage.createTrial(id, { ...waiting, systemAttrs: { failed_trial: 10, retry_history: [10] } });
      await storage.createTrial(id, { ...waiting, systemAttrs: { failed_trial: 0, retry_history: [0] } });
      const order: unknown[] = [];
      for (;;) {
        const trial = await storage.claimWaiting(id);
        if (!trial) break;
        order.push(trial.number);
      }
      assert.deepEqual(order, [13, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 11]);
      await storage.close();
    });

    test('whoever begins a trial has given a heartbeat with it', async () => {
      const storage = await open();
      const { id } = await storage.createStudy('s', ['minimize']);
      await storage.createTrial(id);
      const made = await storage.createTrialWithin(id, 9, { userAttrs: { a: 1 } }, { heartbeat: true });
      await storage.createTrial(id, { state: 'WAITING', systemAttrs: { a: 1, b: 1 } });
      const claimed = await storage.claimWaiting(id, { heartbeat: true, systemAttrs: { b: 2 } });
      assert.deepEqual(claimed?.systemAttrs, { a: 1, b: 2 });
      assert.deepEqual((await storage.trials(id)).slice(1), [made, claimed]);
      assert.deepEqual(
        (await storage.failStale(id, -1)).map(({ number }) => number),
        [1, 2],
      );
      await storage.close();
    });

    test('a trial ends together with the copy that runs it again', async () => {
      const storage = await open();
      const { id } = await storage.createStudy('s', ['minimize']);
      const [stale, parked] = [await storage.createTrial(id), await storage.createTrial(id)];
      for (const trial of [stale, parked]) {
        await storage.writeTrial(trial.id, { params: [param('p', 0.5, x)], userAttrs: { n: trial.number } });
      }
      const copy = ({ userAttrs, internalParams, distributions }: FrozenTrial): TrialTemplate => ({
        state: 'WAITING',
        userAttrs,
        internalParams,
        distributions,
      });
      await storage.heartbeat(stale.id);
      await storage.failStale(id, -1, copy);
      const retry = copy(await storage.trial(parked.id));
      await storage.writeTrial(parked.id, { end: { state: 'FAIL', values: null, retry } });
      await assert.rejects(
        storage.writeTrial(parked.id, { end: { state: 'FAIL', values: null, retry } }),
        TrialFinishedError,
      );
      const trials = await storage.trials(id);
      assert.deepEqual(
        trials.map(({ number, state, userAttrs }) => [number, state, userAttrs.n]),
        [
          [0, 'FAIL', 0],
          [1, 'FAIL', 1],
          [2, 'WAITING', 0],
          [3, 'WAITING', 1],
        ],
      );
      for (const { internalParams } of trials) assert.deepEqual([...internalParams], [['p', 0.5]]);
      // nothing to run again
      assert.deepEqual(await storage.failStale(id, -1, copy), []);
      await storage.close();
    });

    test('a finished trial cannot be changed, and that is said first', async () => {
      const storage = await open();
      const { id } = await storage.createStudy('s', ['minimize']);
      const known = await storage.createTrial(id);
      await storage.writeTrial(known.id, { params: [param('p', 0.5, x)] });
      for (const state of ['COMPLETE', 'PRUNED', 'FAIL'] as const) {
        const trial = await storage.createTrial(id);
        await storage.writeTrial(trial.id, { end: { state, values: state === 'FAIL' ? null : [1] } });
        const ended = await storage.trial(trial.id);
        assert.equal(ended.state, state);
        assert.deepEqual(ended.values, state === 'FAIL' ? null : [1]);
        assert.ok(ended.datetimeComplete! >= ended.datetimeStart!);
        for (const changes of [
          {},
          { userAttrs: { a: 1 } },
          { systemAttrs: { a: 1 } },
          { intermediateValues: new Map([[0, 1]]) },
          { params: [param('p', 1, intDistribution(0, 1))] },
          { end: { state: 'COMPLETE' as const, values: [2] } },
        ]) {
          await assert.rejects(storage.writeTrial(trial.id, changes), TrialFinishedError);
        }
        assert.deepEqual(await storage.trial(trial.id), ended);
      }
      await storage.close();
    });

    test('a parameter keeps its kind, scale and choices within its study', async () => {
      const storage = await open();
      const { id } = await storage.createStudy('s', ['minimize']);
      const other = await storage.createStudy('t', ['minimize']);
      const choices = categoricalDistribution(['a', 'b']);
      const first = await storage.createTrial(id);
      await storage.writeTrial(first.id, { params: [param('p', 0.5, x), param('c', 1, choices)] });
      const second = await storage.createTrial(id);
      for (const bad of [
        param('p', 1, intDistribution(0, 1)),
        param('p', 1, floatDistribution(0.1, 1, { log: true })),
        param('c', 0, categoricalDistribution(['b', 'a'])),
        param('c', 0, categoricalDistribution(['a'])),
      ]) {
        // nothing of a write that is refused is kept
        const write = storage.writeTrial(second.id, {
          params: [param('new', 0, x), bad],
          userAttrs: { a: 1 },
        });
        await assert.rejects(write, /must (stay|keep)/);
        const template = {
          internalParams: new Map([[bad.name, bad.internal]]),
          distributions: new Map([[bad.name, bad.distribution]]),
        };
        await assert.rejects(storage.createTrial(id, template), /must (stay|keep)/);
      }
      assert.deepEqual(await storage.trial(second.id), second);
      assert.equal((await storage.trials(id)).length, 2);
      // bounds may change, and so may everything in another study
      await storage.writeTrial(second.id, {
        params: [param('p', 5, floatDistribution(-9, 9, { step: 0.5 }))],
      });
      const elsewhere = await storage.createTrial(other.id);
      await storage.writeTrial(elsewhere.id, { params: [param('p', 1, intDistribution(0, 1))] });
      assert.equal((await storage.trial(second.id)).internalParams.get('p'), 5);
      await assert.rejects(
        storage.writeTrial(second.id, { params: [param('q', 1, x), param('q', 1, choices)] }),
        /must stay float/,
      );
      await storage.close();
    });

    test('the first value of a parameter and of a step stays', async () => {
      const storage = await open();
      const { id } = await storage.createStudy('s', ['minimize']);
      const { id: trialId } = await storage.createTrial(id);
      await storage.writeTrial(trialId, {
        params: [param('p', 0.5, x)],
        intermediateValues: new Map([[1, 10]]),
      });
      await storage.writeTrial(trialId, {
        params: [param('p', 0.75, x), param('a', 0, x)],
        intermediateValues: new Map([
          [1, 11],
          [0, 12],
        ]),
      });
      const trial = await storage.trial(trialId);
      assert.deepEqual(
        [...trial.internalParams],
        [
          ['p', 0.5],
          ['a', 0],
        ],
      );
      assert.deepEqual(
        [...trial.intermediateValues],
        [
          [1, 10],
          [0, 12],
        ],
      );
      await assert.rejects(
        storage.writeTrial(trialId, { intermediateValues: new Map([[-1, 0]]) }),
        /\[step\]/,
      );
      await assert.rejects(
        storage.writeTrial(trialId, { intermediateValues: new Map([[0.5, 0]]) }),
        /\[step\]/,
      );
      await storage.close();
    });

    test('snapshots do not change with what follows, nor with what the caller does to its values', async () => {
      const storage = await open();
      const { id } = await storage.createStudy('s', ['minimize']);
      const list = [1];
      const reports = new Map([[0, 1]]);
      const trial = await storage.createTrial(id, { userAttrs: { list }, intermediateValues: reports });
      const before = await storage.trials(id);
      const copy = structuredClone(before);
      list.push(2);
      reports.set(1, 2);
      await storage.createTrial(id);
      await storage.writeTrial(trial.id, {
        params: [param('p', 0.5, x)],
        intermediateValues: new Map([[1, 3]]),
        userAttrs: { list: [3], b: 1 },
        end: { state: 'COMPLETE', values: [1] },
      });
      assert.deepEqual(before, copy);
      const after = await storage.trials(id);
      assert.deepEqual(after[0].userAttrs, { list: [3], b: 1 });
      assert.equal(after.length, 2);
      assert.equal(after[0].state, 'COMPLETE');
      await storage.close();
    });

    test('a trial without a heartbeat fails, once, in its own study', async () => {
      const storage = await open();
      const other = await storage.createStudy('other', ['minimize']);
      const elsewhere = await storage.createTrial(other.id);
      // on a machine that stands still for a while all hearts stand still: then once more
      for (let attempt = 1; ; attempt++) {
        const { id } = await storage.createStudy(`s${attempt}`, ['minimize']);
        const [, stale, alive, done] = [
          await storage.createTrial(id),
          await storage.createTrial(id, { userAttrs: { a: 1 } }),
          await storage.createTrial(id),
          await storage.createTrial(id),
        ];
        for (const trial of [elsewhere, done, stale]) await storage.heartbeat(trial.id);
        const beat = performance.now();
        await storage.writeTrial(done.id, { end: { state: 'COMPLETE', values: [0] } });
        await sleep(400 * attempt);
        const begun = performance.now();
        await storage.heartbeat(alive.id);
        assert.deepEqual(await storage.failStale(id, 600), []);
        const grace = (performance.now() - beat - 50) / 1000;
        const found = await Promise.all([storage.failStale(id, grace), storage.failStale(id, grace)]);
        if (performance.now() - begun > 300 * attempt && attempt < 20) continue;
        const [failed] = found.flat();
        assert.equal(found.flat().length, 1);
        assert.equal(failed.id, stale.id);
        assert.equal(failed.state, 'FAIL');
        assert.deepEqual(failed.userAttrs, { a: 1 });
        assert.ok(failed.datetimeComplete);
        assert.deepEqual(await storage.trial(stale.id), failed);
        const states = (await storage.trials(id)).map(({ state }) => state);
        assert.deepEqual(states, ['RUNNING', 'FAIL', 'RUNNING', 'COMPLETE']);
        assert.equal((await storage.trial(elsewhere.id)).state, 'RUNNING');
        // the heart of a finished trial may beat on
        await storage.heartbeat(stale.id);
        assert.deepEqual(await storage.failStale(id, 600), []);
        break;
      }
      await storage.close();
    });
  });
}
