/** A PostgreSQL server of the test's own: in a temporary folder, on a socket there, gone with the test. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import pg from 'pg';
import { openStorage } from '../../src/tune/storage/open.ts';
import { until } from './patience.ts';

/** Where Debian and others put the programs; the newest first. */
function findPrograms(): string | undefined {
  const { UNROLL_POSTGRES_BIN, PATH = '' } = process.env;
  const debian = globSync('/usr/lib/postgresql/*/bin').sort((a, b) =>
    b.localeCompare(a, 'en', { numeric: true }),
  );
  return [UNROLL_POSTGRES_BIN, ...debian, ...PATH.split(':')].find(
    (folder) => folder && ['initdb', 'pg_ctl', 'postgres'].every((name) => existsSync(join(folder, name))),
  );
}

/** PostgreSQL refuses to run as root. */
function userForServer(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const { status, stdout } = spawnSync('id', ['-u', name], { encoding: 'utf8' });
    if (status === 0) {
      return { uid: Number(stdout), gid: Number(execFileSync('id', ['-g', name], { encoding: 'utf8' })) };
    }
  }
  return undefined;
}

const programs = findPrograms();

/** For `test(name, { skip: skipWithoutPostgres }, ...)`: false, or the reason why the test cannot run. */
export const skipWithoutPostgres =
  programs === undefined
    ? 'PostgreSQL is not on this machine: install it, or set UNROLL_POSTGRES_BIN to the folder of initdb'
    : false;

/** A running server. */
export interface TestServer {
  /** The address of a database, for `tester`, who may do everything, or `USER` or `USER:PASSWORD`. */
  readonly url: (database: string, user?: string) => string;
  /** Runs SQL in a database, as `tester`. The role `guarded` needs a password, once it is made. */
  readonly query: (database: string, sql: string) => Promise<readonly Record<string, unknown>[]>;
  /** Makes a database and returns its address. */
  readonly create: (database: string) => Promise<string>;
  /**
   * Keeps all from making trials in a database until `open` is called, which waits until so many programs want to: so they
   * begin together, however long each takes to start.
   */
  readonly gate: (database: string) => Promise<{ readonly open: (programs: number) => Promise<void> }>;
  /** Stops the server: `fast` ends its sessions, `immediate` is a crash. */
  readonly stop: (mode: 'fast' | 'immediate') => void;
  readonly start: () => void;
}

let running: TestServer | undefined;
const endings: (() => void)[] = [];
after(() => {
  for (const end of endings) end();
});

/** The server of this test file: started when it is first asked for, gone with the last test. */
export function postgresServer(): TestServer {
  running ??= startPostgres();
  return running;
}

function startPostgres(): TestServer {
  const owner = userForServer();
  const folder = mkdtempSync(join(tmpdir(), 'unroll-pg-'));
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (owner) for (const path of [folder, data]) chownSync(path, owner.uid, owner.gid);
  chmodSync(folder, 0o755);
  const run = (name: string, args: readonly string[]) => {
    // what is started in the background must not keep the test's pipes
    execFileSync(join(programs!, name), args, { ...owner, cwd: folder, stdio: 'ignore' });
  };
  const options = [
    ['listen_addresses', ''],
    ['unix_socket_directories', folder],
    // a crash of the server loses nothing that way; a power cut would
    ['fsync', 'off'],
  ].flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const start = () =>
    run('pg_ctl', ['-D', data, '-l', join(folder, 'log'), '-w', '-o', options.map(quote).join(' '), 'start']);
  const stop = (mode: 'fast' | 'immediate') => run('pg_ctl', ['-D', data, '-w', '-m', mode, 'stop']);
  run('initdb', ['-D', data, '-U', 'tester', '--auth=trust', '--no-sync', '--encoding=UTF8', '--no-locale']);
  const rules = join(data, 'pg_hba.conf');
  writeFileSync(rules, `local all guarded scram-sha-256\n${readFileSync(rules, 'utf8')}`);
  start();
  endings.push(() => {
    try {
      stop('immediate');
    } catch {
      // a test has stopped it
    }
    rmSync(folder, { recursive: true, force: true });
  });
  const url = (database: string, user = 'tester') => `postgresql://${user}@/${database}?host=${folder}`;
  const query: TestServer['query'] = async (database, sql) => {
    const client = new pg.Client({ host: folder, user: 'tester', database });
    await client.connect();
    try {
      // several statements give a list of results
      const results = [(await client.query(sql)) as { readonly rows: Record<string, unknown>[] }].flat();
      return results.flatMap(({ rows }) => rows);
    } finally {
      await client.end();
    }
  };
  return {
    url,
    start,
    stop,
    query,
    gate: async (database) => {
      await (await openStorage(url(database))).close();
      const client = new pg.Client({ host: folder, user: 'tester', database });
      await client.connect();
      await client.query('BEGIN; LOCK TABLE trials IN SHARE ROW EXCLUSIVE MODE');
      const waiting = `SELECT pid FROM pg_stat_activity
        WHERE application_name = 'unroll' AND wait_event_type = 'Lock' AND datname = current_database()`;
      return {
        async open(programs) {
          try {
            await until(
              async () => (await query(database, waiting)).length >= programs,
              () => `${programs} programs must want to make a trial`,
            );
          } finally {
            await client.end();
          }
        },
      };
    },
    create: async (database) => {
      await query('postgres', `CREATE DATABASE ${database}`);
      return url(database);
    },
  };
}

function quote(word: string): string {
  return `'${word}'`;
}
