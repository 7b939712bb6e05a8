/** Any sequence of calls gives the same in memory and in SQLite, whichever of two open storages gets each call. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { anyString } from '../../../test/support/strings.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import {
  categoricalDistribution,
  type Distribution,
  floatDistribution,
  intDistribution,
} from '../space/distributions.ts';
import type { Attribute, Attributes, FrozenTrial } from '../trial/frozen-trial.ts';
import type { StudyStorage, TrialChanges, TrialTemplate } from './contract.ts';
import { openStorage } from './open.ts';

const states = ['RUNNING', 'COMPLETE', 'PRUNED', 'FAIL', 'WAITING'] as const;
const names = fc.constantFrom('a', 'b', '__proto__');
const numbers = fc.oneof(fc.double(), fc.constantFrom(0, NaN, Infinity, -Infinity));
const attribute: fc.Arbitrary<Attribute> = fc.oneof(
  numbers,
  anyString({ maxLength: 5 }),
  fc.constant(null),
  fc.array(numbers, { maxLength: 3 }),
  fc.record({ deep: fc.array(fc.boolean(), { maxLength: 2 }) }),
);
const attributes: fc.Arbitrary<Attributes> = fc
  .array(fc.tuple(names, attribute), { maxLength: 2 })
  .map((entries) => Object.fromEntries(entries));
const reports = fc
  .array(fc.tuple(fc.constantFrom(0, 1, 2, 7, -1, 0.5), numbers), { maxLength: 3 })
  .map((entries) => new Map(entries));
const values = fc.option(fc.array(numbers, { minLength: 1, maxLength: 2 }));
// distributions that go together and others that do not
const distribution: fc.Arbitrary<Distribution> = fc.constantFrom(
  floatDistribution(0, 1),
  floatDistribution(-5, 5, { step: 0.5 }),
  floatDistribution(0.1, 1, { log: true }),
  intDistribution(0, 3),
  categoricalDistribution(['x', null, NaN]),
);
const param = fc.record({ name: names, internal: numbers, distribution });
const params = fc.array(param, { maxLength: 3 });
const moment = fc.option(fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }));

const template: fc.Arbitrary<TrialTemplate> = fc
  .record(
    {
      state: fc.constantFrom(...states),
      values,
      intermediateValues: reports,
      userAttrs: attributes,
      systemAttrs: attributes,
      datetimeStart: moment,
      datetimeComplete: moment,
      params,
    },
    { requiredKeys: [] },
  )
  .map(({ params, ...rest }) => ({
    ...rest,
    ...(params && {
      internalParams: new Map(params.map(({ name, internal }) => [name, internal])),
      distributions: new Map(params.map(({ name, distribution }) => [name, distribution])),
    }),
  }));
const changes: fc.Arbitrary<TrialChanges> = fc.record(
  {
    params,
    intermediateValues: reports,
    userAttrs: attributes,
    systemAttrs: attributes,
    end: fc.record({ state: fc.constantFrom('COMPLETE', 'PRUNED', 'FAIL'), values }),
  },
  { requiredKeys: [] },
);

/** A storage, and its ids in the order in which things were made. */
interface Side {
  readonly storages: readonly StudyStorage[];
  readonly studies: number[];
  readonly trials: number[];
}

/** One call; `pick` chooses among what was made, `via` the storage it goes through. */
interface Call {
  readonly name: string;
  readonly via: number;
  readonly run: (storage: StudyStorage, side: Side) => Promise<unknown>;
}

const at = (ids: readonly number[], pick: number) => (ids.length === 0 ? 999_999 : ids[pick % ids.length]);

function call<T>(
  name: string,
  input: fc.Arbitrary<T>,
  run: (storage: StudyStorage, side: Side, input: T, pick: number) => Promise<unknown>,
): fc.Arbitrary<Call> {
  return fc.tuple(input, fc.nat(20), fc.nat(1)).map(([value, pick, via]) => ({
    name,
    via,
    run: (storage, side) => run(storage, side, value, pick),
    [fc.toStringMethod]: () => `${name}(${fc.stringify(value)}) of ${pick} via ${via}`,
  }));
}

const noted = (side: Side, trial: FrozenTrial) => {
  side.trials.push(trial.id);
  return shown(trial);
};

const calls = fc.array(
  fc.oneof(
    {
      arbitrary: call('createStudy', names, async (storage, side, name) => {
        const { id, ...study } = await storage.createStudy(name, ['minimize', 'maximize']);
        side.studies.push(id);
        return study;
      }),
      weight: 2,
    },
    call('deleteStudy', fc.constant(null), (storage, side, _, pick) =>
      storage.deleteStudy(at(side.studies, pick)),
    ),
    call(
      'setStudyAttr',
      fc.tuple(fc.constantFrom('user', 'system'), names, attribute),
      (storage, side, [kind, key, value], pick) =>
        storage.setStudyAttr(at(side.studies, pick), kind, key, value),
    ),
    {
      arbitrary: call(
        'createTrial',
        fc.option(template, { nil: undefined }),
        async (storage, side, made, pick) =>
          noted(side, await storage.createTrial(at(side.studies, pick), made)),
      ),
      weight: 6,
    },
    {
      arbitrary: call('claimWaiting', fc.constant(null), async (storage, side, _, pick) => {
        const trial = await storage.claimWaiting(at(side.studies, pick));
        return trial && shown(trial);
      }),
      weight: 2,
    },
    {
      arbitrary: call('writeTrial', changes, (storage, side, change, pick) =>
        storage.writeTrial(at(side.trials, pick), change),
      ),
      weight: 8,
    },
    call('trial', fc.constant(null), async (storage, side, _, pick) =>
      shown(await storage.trial(at(side.trials, pick))),
    ),
    {
      arbitrary: call('trials', fc.constant(null), async (storage, side, _, pick) =>
        (await storage.trials(at(side.studies, pick))).map(shown),
      ),
      weight: 3,
    },
    call('heartbeat', fc.constant(null), (storage, side, _, pick) =>
      storage.heartbeat(at(side.trials, pick)),
    ),
  ),
  { maxLength: 40 },
);

/** A trial without what the clock and the storage choose. */
function shown({ id: _, datetimeStart, datetimeComplete, ...trial }: FrozenTrial) {
  const given = (date: Date | null) =>
    date && date.getTime() > 1.7e12 && date.getTime() < 1.9e12 ? 'now' : date;
  return {
    ...trial,
    // Maps are compared with their order
    internalParams: [...trial.internalParams],
    distributions: [...trial.distributions],
    intermediateValues: [...trial.intermediateValues],
    userAttrs: Object.entries(trial.userAttrs),
    systemAttrs: Object.entries(trial.systemAttrs),
    datetimeStart: given(datetimeStart),
    datetimeComplete: given(datetimeComplete),
  };
}

/** All there is, seen through one storage. */
async function everything(storage: StudyStorage) {
  const studies = await storage.studies();
  return Promise.all(
    studies
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(async ({ id, ...study }) => ({ ...study, trials: (await storage.trials(id)).map(shown) })),
  );
}

/** What a call gave, an error by its class and message without ids and addresses. */
async function outcome(side: Side, { run, via }: Call): Promise<unknown> {
  try {
    return await run(side.storages[via % side.storages.length], side);
  } catch (error) {
    const { name, message } = error as Error;
    return `${name}: ${message.replace(/\[(study|trial) \d+\] must be in the storage \(.*\)/, '[$1]')}`;
  }
}

test('memory and SQLite agree', async () => {
  const file = join(temporaryFolder(), 'model.db');
  const memory = await openStorage('memory:');
  const sqlite = [await openStorage(file), await openStorage(file)];
  await fc.assert(
    fc.asyncProperty(calls, async (sequence) => {
      // the same file each time: ids come again
      for (const storage of [memory, sqlite[0]]) {
        for (const { id } of await storage.studies()) await storage.deleteStudy(id);
      }
      const sides: Side[] = [
        { storages: [memory], studies: [], trials: [] },
        { storages: sqlite, studies: [], trials: [] },
      ];
      for (const call of sequence) {
        const [ours, theirs] = [await outcome(sides[0], call), await outcome(sides[1], call)];
        // ids of deleted studies may be in use again in SQLite
        if (call.name === 'deleteStudy') for (const side of sides) forget(side);
        assert.deepEqual(theirs, ours, call.name);
      }
      const want = await everything(memory);
      for (const storage of sqlite) assert.deepEqual(await everything(storage), want);
    }),
    { numRuns: 300 },
  );
  for (const storage of sqlite) await storage.close();
});

/** After a deletion, what was made before is not asked for any more. */
function forget(side: Side): void {
  side.studies.length = 0;
  side.trials.length = 0;
}
