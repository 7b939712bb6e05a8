/** `unroll tune` on PostgreSQL: several commands on one study, as on several machines, and what may happen to them. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FrozenTrial, lastAttempts, retryHistory } from '../../src/tune/index.ts';
import { openStorage } from '../../src/tune/storage/open.ts';
import { assertRefused, unroll, unrollHere } from '../support/cli.ts';
import { postgresServer, skipWithoutPostgres } from '../support/postgres.ts';
import type { Ended, ProgramOptions } from '../support/process.ts';
import { temporaryFolder, writeFiles } from '../support/temporary.ts';
import { tinyCsv } from '../support/tiny.ts';

/** Trials of a second or two; `seconds` between signs of life. */
const search = (trials: number, seconds = 20) => `
model:
  type: { type: categorical, choices: [gru, rnn] }
  embedding_dim: 8
  hidden_size: { type: int, low: 4, high: 12, step: 4 }
train:
  batch_size: 8
  epochs: 60
  lr: { type: float, low: 1.0e-3, high: 0.1, log: true }
tune: { trials: ${trials}, workers: 2, pruner: none, heartbeat_seconds: ${seconds} }
evaluate: { bootstrap_samples: 50, figures: false }
`;

/** A machine: a folder of its own with the same data and the same search. */
function machine(config: string, url: string) {
  const folder = temporaryFolder();
  writeFiles(folder, { 'tiny.csv': tinyCsv(150), 'search.yaml': config });
  const args = ['tune', 'tiny.csv', '-c', 'search.yaml', '--storage', url, '--study', 's', '--json'];
  const tune = (options: ProgramOptions = {}) => unroll(args, { ...options, cwd: folder });
  return { folder, tune };
}

interface Summary {
  readonly study: string;
  readonly storage: string;
  readonly trials: number;
  readonly complete: number;
  readonly best: { readonly number: number };
  readonly run: { readonly run: string };
}

function summaryOf({ code, stdout, stderr }: Ended): Summary {
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Summary;
}

async function trialsOf(url: string): Promise<readonly FrozenTrial[]> {
  const storage = await openStorage(url, { create: false });
  try {
    const study = await storage.findStudy('s');
    return study ? await storage.trials(study.id) : [];
  } finally {
    await storage.close();
  }
}

/** Numbers of the trials that a command has shown as finished. */
function shown({ stderr }: Pick<Ended, 'stderr'>): number[] {
  return Array.from(stderr.matchAll(/^\d+\/\d+ {2}trial (\d+) /gm), ([, number]) => Number(number));
}

/** Numbers have no gap, and `n` trials have an end, each once. */
function checkComplete(trials: readonly FrozenTrial[], n: number): void {
  assert.deepEqual(
    trials.map(({ number }) => number),
    trials.map((_, i) => i),
  );
  const last = lastAttempts(trials);
  assert.equal(last.length, n);
  for (const { number, state } of last) assert.equal(state, 'COMPLETE', `trial ${number}`);
}

/** The paths and texts of all files of a folder. */
function filesIn(folder: string): { readonly path: string; readonly bytes: Buffer }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, bytes: readFileSync(path) }));
}

suite('unroll tune on PostgreSQL', { skip: skipWithoutPostgres }, () => {
  test('a study with its figures and its report; the password is nowhere', async () => {
    const server = postgresServer();
    await server.create('secrets');
    const password = 'ge:h/eim@7';
    await server.query(
      'secrets',
      `CREATE ROLE guarded LOGIN PASSWORD '${password}'; GRANT ALL ON SCHEMA public TO guarded`,
    );
    const url = server.url('secrets', `guarded:${encodeURIComponent(password)}`);
    const { folder, tune } = machine(search(3), url);
    const ended = await tune();
    const summary = summaryOf(ended);
    assert.deepEqual([summary.study, summary.trials, summary.complete], ['s', 3, 3]);
    assert.match(summary.storage, /^postgresql:\/\/guarded:\*{3}@/);
    const trials = await trialsOf(url);
    checkComplete(trials, 3);
    assert.deepEqual(shown(ended).sort(), [0, 1, 2]);
    const run = join(folder, summary.run.run);
    for (const file of ['test.json', 'model/model.safetensors', 'model/README.md']) {
      assert.ok(readFileSync(join(run, file)).length > 0);
    }
    const drawn = await unroll(['figures', url, '--study', 's', '--format', 'svg,csv', '--json'], {
      cwd: folder,
    });
    assert.equal(drawn.code, 0, drawn.stderr);
    assert.ok(readdirSync(join(folder, 'figures/s')).includes('optimization-history.svg'));
    const written = await unroll(['report', url, '--format', 'html', '--format', 'md'], { cwd: folder });
    assert.equal(written.code, 0, written.stderr);
    const report = readFileSync(join(folder, 'report/s/report.md'), 'utf8');
    assert.match(report, /Its model, trained again/);
    assert.match(report, /guarded:\*{3}@/);
    const texts = [ended, drawn, written].flatMap(({ stdout, stderr }) => [stdout, stderr]);
    const kept = await server.query(
      'secrets',
      'SELECT value_json AS text FROM study_user_attributes UNION ALL SELECT value_json FROM trial_user_attributes',
    );
    texts.push(...kept.map(({ text }) => String(text)));
    const places = texts.map((text, i) => ({ path: `output ${i}`, bytes: Buffer.from(text) }));
    const everything = [...places, ...filesIn(folder)];
    assert.ok(everything.length > 20);
    for (const { path, bytes } of everything) {
      for (const word of [password, encodeURIComponent(password), 'h/eim', 'h%2Feim']) {
        assert.ok(!bytes.includes(word), `${word} in ${path}`);
      }
    }
  });

  test('two commands that start together share one study, and each ends with the same model', async () => {
    const server = postgresServer();
    const url = await server.create('shared');
    const gate = await server.gate('shared');
    const machines = [machine(search(8), url), machine(search(8), url)];
    const running = Promise.all(machines.map(({ tune }) => tune()));
    await gate.open(2);
    const both = await running;
    const summaries = both.map(summaryOf);
    for (const summary of summaries) assert.deepEqual([summary.trials, summary.complete], [8, 8]);
    const trials = await trialsOf(url);
    checkComplete(trials, 8);
    assert.equal(trials.length, 8);
    for (const one of both) assert.ok(shown(one).length > 0, one.stderr);
    assert.deepEqual(both.flatMap(shown).sort(), [0, 1, 2, 3, 4, 5, 6, 7]);
    const [one, other] = summaries.map(({ run }, i) =>
      readFileSync(join(machines[i].folder, run.run, 'model/model.safetensors')),
    );
    assert.deepEqual(one, other);
    // one that comes late has nothing to try, and says what it does instead
    const late = await machine(search(8), url).tune();
    assert.deepEqual([summaryOf(late).trials, summaryOf(late).best.number], [8, summaries[0].best.number]);
    assert.match(late.stderr, /resuming the study s .*found 8 trials: 8 complete/);
    assert.match(late.stderr, /all trials are done: 8 trials: 8 complete/);
    assert.match(late.stderr, /another command has done so, into runs\/tiny-1, and .* same to the bit/);
    // a run of that name that is another one is not taken for it
    const elsewhere = temporaryFolder();
    mkdirSync(join(elsewhere, 'runs/tiny-1/model'), { recursive: true });
    writeFiles(elsewhere, { 'runs/tiny-1/model/model.safetensors': 'other' });
    for (const [cwd, found] of [
      [machines[0].folder, true],
      [elsewhere, false],
    ] as const) {
      const { code, stderr } = await unroll(['report', url, '--format', 'md', '-o', 'r'], { cwd });
      assert.equal(code, 0, stderr);
      assert.equal(/trained again/.test(readFileSync(join(cwd, 'r/report.md'), 'utf8')), found);
    }
  });

  test('of three commands one is stopped and one is killed: the third runs their trials again', async () => {
    const server = postgresServer();
    const url = await server.create('deaths');
    const gate = await server.gate('deaths');
    const machines = [1, 2, 3].map(() => machine(search(10, 5), url));
    // at its second epoch at the earliest: while its trials run
    const strike = (signal: NodeJS.Signals): ProgramOptions => ({
      onStderr(child, text) {
        if (/^\d+\/10 {2}trial /m.test(text) && !child.killed) child.kill(signal);
      },
    });
    const running = Promise.all([
      machines[0].tune(strike('SIGINT')),
      machines[1].tune(strike('SIGKILL')),
      machines[2].tune(),
    ]);
    await gate.open(3);
    const [stopped, killed, last] = await running;
    assert.equal(killed.signal, 'SIGKILL');
    assert.equal(stopped.code, 130, stopped.stderr);
    assert.match(stopped.stderr, /stopped on request; .* \d+ waiting/);
    assert.match(stopped.stderr, /Resume it with: unroll tune tiny\.csv .*--study s .*--resume/);
    assert.deepEqual([summaryOf(last).trials, summaryOf(last).complete], [10, 10]);
    assert.match(last.stderr, /its worker sent no heartbeat for 10 s\. It will be run again/);
    const trials = await trialsOf(url);
    checkComplete(trials, 10);
    assert.ok(trials.some((trial) => retryHistory(trial).length > 0));
    assert.equal(trials.filter(({ state }) => state === 'RUNNING' || state === 'WAITING').length, 0);
    // what was told before is as it was told
    for (const number of [...shown(stopped), ...shown(killed)])
      assert.equal(trials[number].state, 'COMPLETE');
  });

  test('a server that goes away twice: both commands wait, say so, go on, and run no trial twice', async () => {
    const server = postgresServer();
    const url = await server.create('outage');
    const gate = await server.gate('outage');
    const said = ['', ''];
    let ended = 0;
    const running = said.map((_, i) =>
      machine(search(14, 10), url)
        .tune({
          onStderr: (_child, text) => {
            said[i] = text;
          },
        })
        .finally(() => ended++),
    );
    const until = async (what: string, holds: (text: string) => boolean) => {
      // looks are counted, not seconds: a machine may stand still, and the commands with it
      for (let looks = 0; !said.every(holds); looks++) {
        assert.ok(looks < 12_000 && ended === 0, `${what}: ${said.join('\n\n')}`);
        await sleep(100);
      }
    };
    const times = (pattern: RegExp) => (text: string) => text.match(pattern)?.length ?? 0;
    await gate.open(2);
    await until('both have finished a trial', (text) => /^\d+\/14 {2}trial /m.test(text));
    for (const [k, mode] of (['fast', 'immediate'] as const).entries()) {
      server.stop(mode);
      try {
        await until('both wait', (text) => times(/does not answer .*waiting for it/g)(text) > k);
        // for longer than a trial may be silent
        if (k === 0) await sleep(21_000);
      } finally {
        server.start();
      }
      await until('both go on', (text) => times(/is back after \d+ s/g)(text) > k);
    }
    const both = await Promise.all(running);
    for (const summary of both.map(summaryOf)) assert.equal(summary.complete, 14);
    const trials = await trialsOf(url);
    assert.equal(trials.length, 14);
    checkComplete(trials, 14);
    const numbers = both.flatMap(shown).sort((a, b) => a - b);
    assert.deepEqual(
      numbers,
      trials.map(({ number }) => number),
    );
  });

  test('what cannot be used is refused in one paragraph, and left as it is', async () => {
    const server = postgresServer();
    const data = writeFiles(temporaryFolder(), { 'tiny.csv': tinyCsv(30) })('tiny.csv');
    await server.create('usable');
    await server.query(
      'usable',
      `DO $$ BEGIN CREATE ROLE guarded LOGIN; EXCEPTION WHEN duplicate_object THEN END $$;
       ALTER ROLE guarded PASSWORD 'geheim'; CREATE ROLE weak LOGIN`,
    );
    const good = await server.create('good');
    await (await openStorage(good)).close();
    const versions: [string, string][] = [
      ['older', "UPDATE alembic_version SET version_num = 'v2.6.0.a'"],
      ['newer', "UPDATE alembic_version SET version_num = 'v9.0.0.a'"],
      ['numbered', 'DROP TABLE alembic_version; UPDATE version_info SET schema_version = 13'],
    ];
    for (const [name, sql] of versions) {
      await server.query('postgres', `CREATE DATABASE ${name} TEMPLATE good`);
      await server.query(name, sql);
    }
    const others = ['alembic_version', 'version_info', 'studies', 'trials'];
    for (const name of others) {
      await server.create(`other_${name}`);
      await server.query(`other_${name}`, `CREATE TABLE ${name} (patient INTEGER)`);
    }
    const web = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
    web.listen(0, '127.0.0.1');
    await once(web, 'listening');
    const { port } = web.address() as { port: number };
    const absent = server.url('usable').replace(/host=.*/, 'host=/nonexistent');
    const cases: [string, number, RegExp][] = [
      ['postgress://me:geheim@h/db', 2, /Did you mean postgresql\?/],
      ['postgresql://me:geheim/db', 2, /must be an address such as postgresql:\/\/USER:PASSWORD@HOST/],
      ['postgresql://me:ge/heim@h/db', 2, /must be an address .*%2F/],
      ['postgresql://me:geheim@127.0.0.1:1/db', 1, /must be a server that answers.*ECONNREFUSED.*Start it/],
      [`postgresql://me:geheim@127.0.0.1:${port}/db`, 1, /must be a (server that answers|PostgreSQL server)/],
      [absent, 1, /must be a server that answers/],
      [server.url('usable', 'guarded:wronggeheim'), 2, /must name a user that may connect.*Correct user and/],
      [server.url('usable', 'guarded'), 2, /must come with a password.*PGPASSWORD/],
      [server.url('usable', 'stranger'), 2, /must name a user that may connect.*stranger/],
      [server.url('nowhere'), 2, /must name a database that exists.*createdb/],
      [server.url('usable', 'weak'), 1, /must let this user read and write.*Grant the rights/],
      [`${server.url('usable')}&sslmode=require`, 2, /must agree with the server on SSL.*sslmode/],
      [server.url('older'), 2, /got revision v2\.6\.0\.a\. Run `optuna storage upgrade/],
      [server.url('newer'), 2, /got revision v9\.0\.0\.a\. Use another database/],
      [server.url('numbered'), 2, /got schema version 13/],
      ...others.map((name): [string, number, RegExp] => [
        server.url(`other_${name}`),
        2,
        new RegExp(`got a table ${name} of something else\\. Use another database`),
      ]),
    ];
    for (const [url, code, message] of cases) {
      const tried = await unrollHere(['tune', data, '-c', 'rnn-workshop', '--storage', url]);
      assertRefused(tried, code, message);
      assert.doesNotMatch(tried.stderr, /ge\/?heim/);
    }
    for (const [url, code] of cases) {
      for (const command of ['figures', 'report']) {
        const tried = await unrollHere([command, url, '--study', 's', '--quiet']);
        // who may only read may find nothing where another could make something
        if (url === server.url('usable', 'weak')) assertRefused(tried, 2, /must hold studies/);
        else assertRefused(tried, code, /error: \[/);
        assert.doesNotMatch(tried.stderr, /ge\/?heim/);
      }
    }
    assertRefused(
      await unrollHere(['report', server.url('usable')]),
      2,
      /must hold studies, but got a database/,
    );
    web.close();
    const tables = `SELECT count(*)::int AS n FROM pg_tables WHERE schemaname = 'public'`;
    assert.deepEqual(await server.query('usable', tables), [{ n: 0 }]);
    for (const name of others) assert.deepEqual(await server.query(`other_${name}`, tables), [{ n: 1 }]);
  });
});
