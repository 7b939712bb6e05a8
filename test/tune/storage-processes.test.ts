/** Processes on one study; test/slow/storage.test.ts has the long versions. */
import { join } from 'node:path';
import { test } from 'node:test';
import { postgresServer, skipWithoutPostgres } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { checkIntegrity, killedWorkers, manyClaims, manyWriters, serverAway } from './storage-faults.ts';

const folder = temporaryFolder();
const file = (name: string) => join(folder, `${name}.db`);
const pg = { skip: skipWithoutPostgres };

test('SQLite: 3 processes make 30 trials', async () => {
  await manyWriters(file('writers'), 3, 10);
  checkIntegrity(file('writers'));
});

test('SQLite: 3 processes claim 40 waiting trials', () => manyClaims(file('claims'), 3, 40));

test('SQLite: workers are killed 3 times', async () => {
  await killedWorkers(file('kills'), 3, 20);
  checkIntegrity(file('kills'));
});

test('PostgreSQL: 3 processes claim 40 waiting trials', pg, async () => {
  await manyClaims(await postgresServer().create('claims'), 3, 40);
});

test('PostgreSQL goes away and comes back', pg, async () => {
  const server = postgresServer();
  await serverAway(await server.create('away'), server, ['immediate'], 60);
});
