import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { zipSync } from 'fflate';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { DataError } from '../../core/errors.ts';
import type { Archive } from './bbc-news.ts';
import { loadArchive } from './bbc-news.ts';

const folder = temporaryFolder();
const utf8 = (text: string) => new TextEncoder().encode(text);
const archive = zipSync({
  'bbc/README.TXT': utf8('about'),
  'bbc/sport/002.txt': Uint8Array.from([0xa3, 0x35]), // £5 in Latin-1, as the real archive has it
  'bbc/sport/001.txt': utf8('one'),
  'bbc/tech/001.txt': utf8('two'),
  '__MACOSX/bbc/._x': utf8('no'),
});
const sha256 = createHash('sha256').update(archive).digest('hex');

let served = 0;
const server = createServer((request, response) => {
  served++;
  if (request.url === '/bbc.zip') response.end(archive);
  else if (request.url === '/moved.zip') response.writeHead(302, { location: '/bbc.zip' }).end();
  else if (request.url === '/short.zip') {
    response.writeHead(200, { 'content-length': archive.length });
    response.write(archive.subarray(0, 50));
    setTimeout(() => response.destroy(), 20);
  } else response.writeHead(404).end('no');
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
after(() => {
  server.close();
  server.closeAllConnections();
});
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const genuine: Archive = { url: `${address}/bbc.zip`, sha256, counts: { sport: 2, tech: 1 } };
const load = (
  change: Partial<Archive> = {},
  cacheDir = join(folder, `cache-${Math.floor(performance.now() * 1000)}`),
) => {
  const notices: string[] = [];
  const context = { cacheDir, fetch, notice: (sentence: string) => notices.push(sentence) };
  return loadArchive({ ...genuine, ...change }, context).then(({ rows }) => ({ rows, notices }));
};

const expected = [
  { text: 'one', label: 'sport', row: 0 },
  { text: '£5', label: 'sport', row: 1 },
  { text: 'two', label: 'tech', row: 2 },
];

test('downloaded once, then from the cache; a damaged cache is not used', async () => {
  const cacheDir = join(folder, 'cache');
  const before = served;
  assert.deepEqual((await load({}, cacheDir)).rows, expected);
  assert.equal(served, before + 1);
  const again = await load({ url: `${address}/gone.zip` }, cacheDir);
  assert.deepEqual(again, { rows: expected, notices: [] });
  assert.equal(served, before + 1);
  const [file] = readdirSync(cacheDir);
  writeFileSync(join(cacheDir, file), 'damaged');
  assert.deepEqual((await load({}, cacheDir)).rows, expected);
  assert.equal(served, before + 2);
});

test('follows a redirection; works where the cache cannot be written', async () => {
  assert.deepEqual((await load({ url: `${address}/moved.zip` })).rows, expected);
  writeFileSync(join(folder, 'file'), '');
  const { rows, notices } = await load({}, join(folder, 'file', 'cache'));
  assert.deepEqual(rows, expected);
  assert.match(notices.at(-1) ?? '', /cannot be written/);
});

test('another archive, or none: an error that names the other way, and nothing is kept', async () => {
  const cases: [Partial<Archive>, RegExp][] = [
    [{ sha256: '0'.repeat(64) }, new RegExp(`must have the SHA-256 0{64}, but has ${sha256}`)],
    [{ counts: { sport: 3, tech: 1 } }, /must hold 3 documents of sport, but has 2/],
    [{ counts: { sport: 2, tech: 1, arts: 1 } }, /must hold 1 documents of arts, but has 0/],
    [{ url: `${address}/none.zip` }, /the server answers 404 Not Found/],
    [{ url: `${address}/short.zip` }, /the download was interrupted/],
    [{ url: 'http://127.0.0.1:1/x.zip' }, /the server cannot be reached/],
  ];
  for (const [i, [change, message]] of cases.entries()) {
    const cacheDir = join(folder, `none-${i}`);
    await assert.rejects(load(change, cacheDir), (error) => {
      assert.ok(error instanceof DataError);
      assert.match(error.message, message);
      assert.match(error.message, /give the path of its folder in place of the name bbc-news\.$/);
      return true;
    });
    assert.equal(existsSync(cacheDir), false);
  }
});
