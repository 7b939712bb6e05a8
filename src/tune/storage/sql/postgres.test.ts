import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import pg from 'pg';
import { postgresServer, skipWithoutPostgres } from '../../../../test/support/postgres.ts';
import { temporaryFolder } from '../../../../test/support/temporary.ts';
import { floatDistribution } from '../../space/distributions.ts';
import { TrialFinishedError } from '../../trial/end.ts';
import type { StudyStorage } from '../contract.ts';
import { openStorage } from '../open.ts';

/** What happens to the next COMMIT on its way to the server. */
type Fault = 'lose the request' | 'lose the answer';

/** Stands between a storage and the server, and cuts the line at the worst moment. */
class Line {
  fault: Fault | undefined;
  cuts = 0;
  readonly folder = temporaryFolder();
  readonly #server: Server;

  constructor(serverFolder: string) {
    this.#server = createServer((client) => {
      const upstream = createConnection(join(serverFolder, '.s.PGSQL.5432'));
      client.on('data', (bytes) => this.#forward(bytes, client, upstream));
      upstream.on('data', (bytes) => {
        if (!client.destroyed) client.write(bytes);
      });
      for (const [end, other] of [
        [client, upstream],
        [upstream, client],
      ]) {
        end.on('error', () => undefined);
        end.on('close', () => other.destroy());
      }
    });
  }

  #forward(bytes: Buffer, client: Socket, upstream: Socket): void {
    if (!this.fault || !bytes.includes('COMMIT')) {
      upstream.write(bytes);
      return;
    }
    const { fault } = this;
    this.fault = undefined;
    this.cuts++;
    if (fault === 'lose the answer') {
      // the server commits, and only then the client hears that the line is dead
      upstream.removeAllListeners('data');
      upstream.once('data', () => client.destroy());
      upstream.write(bytes);
    } else client.destroy();
  }

  async listen(): Promise<void> {
    this.#server.listen(join(this.folder, '.s.PGSQL.5432'));
    await once(this.#server, 'listening');
  }

  close(): void {
    this.#server.close();
  }
}

const x = floatDistribution(0, 1);

/** Each write, how to call it, and what must be so afterwards, once and not twice. */
const writes: Record<
  string,
  (storage: StudyStorage, id: number, cut: () => void) => Promise<(other: StudyStorage) => Promise<void>>
> = {
  'a study': async (storage, _, cut) => {
    cut();
    const made = await storage.createStudy('new', ['minimize']);
    return async (other) => {
      assert.deepEqual(await other.findStudy('new'), made);
      await assert.rejects(storage.createStudy('new', ['minimize']), /must be new/);
    };
  },
  'the end of a study': async (storage, id, cut) => {
    cut();
    await storage.deleteStudy(id);
    return async (other) => assert.equal(await other.findStudy('s'), undefined);
  },
  'a trial': async (storage, id, cut) => {
    cut();
    const made = await storage.createTrial(id);
    return async (other) => assert.deepEqual(await other.trials(id), [made]);
  },
  'a trial of a template': async (storage, id, cut) => {
    cut();
    const made = await storage.createTrial(id, { state: 'WAITING', userAttrs: { a: 1 } });
    return async (other) => assert.deepEqual(await other.trials(id), [made]);
  },
  'a claim': async (storage, id, cut) => {
    for (let i = 0; i < 2; i++) await storage.createTrial(id, { state: 'WAITING' });
    cut();
    const claimed = await storage.claimWaiting(id);
    return async (other) => {
      assert.equal(claimed?.number, 0);
      assert.deepEqual(
        (await other.trials(id)).map(({ state }) => state),
        ['RUNNING', 'WAITING'],
      );
    };
  },
  'the end of a trial': async (storage, id, cut) => {
    const trial = await storage.createTrial(id);
    cut();
    await storage.writeTrial(trial.id, {
      params: [{ name: 'x', internal: 0.5, distribution: x }],
      intermediateValues: new Map([[0, 1]]),
      userAttrs: { a: 1 },
      end: { state: 'COMPLETE', values: [2] },
    });
    return async (other) => {
      const { state, values, userAttrs, internalParams } = await other.trial(trial.id);
      assert.deepEqual({ state, values, userAttrs }, { state: 'COMPLETE', values: [2], userAttrs: { a: 1 } });
      assert.deepEqual([...internalParams], [['x', 0.5]]);
      await assert.rejects(storage.writeTrial(trial.id, {}), TrialFinishedError);
    };
  },
  'stale trials': async (storage, id, cut) => {
    const trial = await storage.createTrial(id);
    await storage.heartbeat(trial.id);
    cut();
    const failed = await storage.failStale(id, -1);
    return async (other) => {
      assert.deepEqual(
        failed.map(({ number }) => number),
        [0],
      );
      assert.equal((await other.trial(trial.id)).state, 'FAIL');
    };
  },
  'an attribute': async (storage, id, cut) => {
    cut();
    await storage.setStudyAttr(id, 'user', 'k', NaN);
    return async (other) => assert.deepEqual((await other.findStudy('s'))?.userAttrs, { k: NaN });
  },
};

suite('PostgreSQL', { skip: skipWithoutPostgres }, () => {
  let count = 0;
  let shared: string | undefined;
  const database = () => postgresServer().create(`lines${++count}`);

  for (const [what, write] of Object.entries(writes)) {
    for (const fault of ['lose the request', 'lose the answer'] as const) {
      test(`${what}: written once where the line breaks at COMMIT (${fault})`, async () => {
        const direct = (shared ??= await database());
        const line = new Line(new URL(direct.replace('@/', '@socket/')).searchParams.get('host')!);
        await line.listen();
        const said: string[] = [];
        const storage = await openStorage(direct.replace(/host=.*/, `host=${line.folder}`), {
          onWait: (message) => said.push(message),
          waitSeconds: 20,
        });
        const other = await openStorage(direct);
        for (const study of await other.studies()) await other.deleteStudy(study.id);
        const { id } = await storage.createStudy('s', ['minimize']);
        const check = await write(storage, id, () => (line.fault = fault));
        assert.equal(line.cuts, 1);
        await check(other);
        assert.match(said[0], /does not answer .*waiting for it/);
        assert.match(said[1], /is back after \d+ s/);
        await storage.close();
        await other.close();
        line.close();
      });
    }
  }

  test('a trial that another ended meanwhile is not ours', async () => {
    const url = await database();
    const [one, other] = [await openStorage(url), await openStorage(url)];
    const { id } = await one.createStudy('s', ['minimize']);
    const trial = await one.createTrial(id);
    const ends = await Promise.allSettled(
      [one, other].map((storage) =>
        storage.writeTrial(trial.id, { end: { state: 'COMPLETE', values: [0] } }),
      ),
    );
    assert.deepEqual(ends.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    await one.close();
    await other.close();
  });

  test('waiting ends at its limit, and with close', async () => {
    const url = await database();
    const line = new Line(new URL(url.replace('@/', '@socket/')).searchParams.get('host')!);
    await line.listen();
    const through = url.replace(/host=.*/, `host=${line.folder}`);
    const brief = await openStorage(through, { waitSeconds: 0.5 });
    const closed = await openStorage(through, { waitSeconds: 100 });
    const { id } = await brief.createStudy('s', ['minimize']);
    for (const storage of [brief, closed]) {
      line.fault = 'lose the request';
      line.close();
      rmSync(join(line.folder, '.s.PGSQL.5432'), { force: true });
      const call = storage.createTrial(id);
      const expected =
        storage === brief
          ? /no answer for 0.5 s .*Start the server, then resume/
          : /was closed while it waited/;
      const refused = assert.rejects(call, expected);
      if (storage === closed) setTimeout(() => void storage.close(), 300);
      await refused;
      await storage.close();
    }
  });

  test('calls that queue up while the server is away give up together', async () => {
    const url = await database();
    const line = new Line(new URL(url.replace('@/', '@socket/')).searchParams.get('host')!);
    await line.listen();
    // a clock that is 1 s later at each look: how long the machine takes does not matter
    let looks = 0;
    const storage = await openStorage(url.replace(/host=.*/, `host=${line.folder}`), {
      waitSeconds: 3,
      now: () => new Date(1e12 + 1000 * looks++),
    });
    const { id } = await storage.createStudy('s', ['minimize']);
    line.fault = 'lose the request';
    line.close();
    rmSync(join(line.folder, '.s.PGSQL.5432'), { force: true });
    looks = 0;
    const calls = await Promise.allSettled(Array.from({ length: 8 }, () => storage.createTrial(id)));
    for (const call of calls)
      assert.match(String((call as PromiseRejectedResult).reason), /no answer for 3 s/);
    // 8 to date the trials, 4 until the first gives up, and one for each of the others
    assert.equal(looks, 19);
    await storage.close();
  });

  test('what is wrong with an address is said, its password is not', async () => {
    await database();
    const server = postgresServer();
    const good = server.url('lines1');
    const cases: [string, RegExp][] = [
      [server.url('nowhere'), /\[postgresql:.*\] must name a database that exists/],
      [good.replace('tester@', 'stranger:geheim@'), /must name a user that may connect/],
      [good.replace(/host=.*/, 'host=/nonexistent'), /must be a server that answers/],
      ['postgresql://u:geheim@127.0.0.1:1/db', /must be a server that answers.*ECONNREFUSED/],
      ['postgresql://u:geheim@host.invalid/db', /must name a host that exists/],
    ];
    for (const [url, expected] of cases) {
      await assert.rejects(openStorage(url), (error: Error) => {
        assert.match(error.message, expected);
        assert.doesNotMatch(error.message, /geheim/);
        return true;
      });
    }
  });

  test('tables of another version or of something else are left alone', async () => {
    const query = async (url: string, sql: string) => {
      const client = new pg.Client(url);
      await client.connect();
      await client.query(sql);
      await client.end();
    };
    const newer = await database();
    await (await openStorage(newer)).close();
    await query(newer, "UPDATE alembic_version SET version_num = 'v9.9.9.a'");
    await assert.rejects(openStorage(newer), /schema v3\.2\.0\.a, but got revision v9\.9\.9\.a/);
    const strange = await database();
    await query(strange, 'CREATE TABLE trials (patient INTEGER)');
    await assert.rejects(openStorage(strange), /got a table trials of something else/);
    const readOnly = await database();
    await (await openStorage(readOnly)).close();
    await query(readOnly, `ALTER DATABASE lines${count} SET default_transaction_read_only = on`);
    const storage = await openStorage(readOnly);
    await assert.rejects(storage.createStudy('s', ['minimize']), /must be writable.*read-only/);
    await storage.close();
  });

  test('workers that start together make the tables once', async () => {
    const url = await database();
    const storages = await Promise.all(Array.from({ length: 4 }, () => openStorage(url)));
    await storages[0].createStudy('s', ['minimize']);
    for (const storage of storages) {
      assert.equal((await storage.findStudy('s'))?.name, 's');
      await storage.close();
    }
  });

  test('heartbeats are in the zone of the session, as Optuna reads them', async () => {
    const url = await database();
    const client = new pg.Client(url);
    await client.connect();
    await client.query(`ALTER DATABASE lines${count} SET timezone = 'Asia/Tokyo'`);
    const storage = await openStorage(url);
    const { id } = await storage.createStudy('s', ['minimize']);
    const trial = await storage.createTrial(id);
    await storage.heartbeat(trial.id);
    const { rows } = await client.query<{ hours: string; start: string }>(
      `SELECT round(extract(epoch from heartbeat - now() at time zone 'UTC') / 3600)::text AS hours,
              round(extract(epoch from datetime_start - now() at time zone 'UTC') / 3600)::text AS start
       FROM trial_heartbeats JOIN trials USING (trial_id)`,
    );
    assert.deepEqual(rows, [{ hours: '9', start: '0' }]);
    assert.deepEqual(await storage.failStale(id, 5), []);
    assert.equal((await storage.failStale(id, -1)).length, 1);
    await client.end();
    await storage.close();
  });
});
