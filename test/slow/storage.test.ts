/** The long versions of test/tune/storage-processes.test.ts. */
import { join } from 'node:path';
import { test } from 'node:test';
import { postgresServer, skipWithoutPostgres } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary.ts';
import {
  checkIntegrity,
  killedWorkers,
  manyClaims,
  manyWriters,
  serverAway,
} from '../tune/storage-faults.ts';

const folder = temporaryFolder();
const file = (name: string) => join(folder, `${name}.db`);
const pg = { skip: skipWithoutPostgres };

test('SQLite: 4 processes make 200 trials', async () => {
  await manyWriters(file('writers'), 4, 50);
  checkIntegrity(file('writers'));
});

test('SQLite: 4 processes claim 100 waiting trials', () => manyClaims(file('claims'), 4, 100));

test('SQLite: workers are killed 20 times', async () => {
  await killedWorkers(file('kills'), 20, 120);
  checkIntegrity(file('kills'));
});

test('PostgreSQL: 4 processes make 200 trials', pg, async () => {
  await manyWriters(await postgresServer().create('writers'), 4, 50);
});

test('PostgreSQL: 4 processes claim 100 waiting trials', pg, async () => {
  await manyClaims(await postgresServer().create('claims'), 4, 100);
});

test('PostgreSQL: workers are killed 20 times', pg, async () => {
  await killedWorkers(await postgresServer().create('kills'), 20, 120);
});

test('PostgreSQL goes away four times', pg, async () => {
  const server = postgresServer();
  await serverAway(await server.create('away'), server, ['fast', 'immediate', 'immediate', 'fast'], 300);
});
