import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Explanation } from '../explain/index.ts';
import { explain } from '../explain/index.ts';
import { loadClassifier } from '../run/index.ts';
import { writeModelFolder } from '../run/model-folder.ts';
import { networkFiles } from '../../test/support/classifiers.ts';
import { studioApp } from './app.ts';
import { openClassifiers } from './classifiers.ts';
import { type DocumentsPage, openDocuments } from './documents.ts';
import { openLive } from './live.ts';
import { openTasks, type Task } from './tasks.ts';
import { openWorkspace } from './workspace.ts';

const base = mkdtempSync(join(tmpdir(), 'unroll-studio-app-'));
after(() => {
  rmSync(base, { recursive: true, force: true });
});
const root = join(base, 'mine');
mkdirSync(join(root, 'runs/odd'), { recursive: true });
writeFileSync(join(root, 'tickets.csv'), 'text,label\n<b>one</b> parcel,delivery\na bill,billing\n');
writeFileSync(join(base, 'secret.csv'), 'text,label\nsecret,a\nsecret too,b\n');
symlinkSync(join(base, 'secret.csv'), join(root, 'link.csv'));
symlinkSync(join(base, 'secret.csv'), join(root, 'runs/odd/metrics.jsonl'));

const TOKEN = 'the-token';
const HOST = '127.0.0.1:4321';
const workspace = openWorkspace(root);
const tasks = openTasks({ root, words: () => [], now: () => 0 });
const page = (text: string, type: string) => ({
  content: new TextEncoder().encode(text),
  type,
  hashed: type !== 'text/html',
});
const app = studioApp(
  {
    workspace,
    tasks,
    live: openLive(tasks, workspace),
    documents: openDocuments(),
    classifiers: openClassifiers(workspace),
    pages: new Map([
      ['/index.html', page('<head></head>', 'text/html')],
      ['/teach/index.html', page('<head></head>', 'text/html')],
      ['/assets/a.js', page('1', 'text/javascript')],
    ]),
    token: TOKEN,
  },
  '127.0.0.1',
);
const ask = (path: string, headers: Record<string, string> = {}) =>
  app.request(path, { headers: { host: HOST, ...headers } });
const send = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  app.request(path, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { host: HOST, 'content-type': 'application/json', 'x-unroll-token': TOKEN, ...headers },
  });
const correction = { path: 'tickets.csv', row: 0, label: 'billing' };

test('other origins, rebound names and requests without the token of the page are refused', async () => {
  assert.equal((await ask('/api/overview')).status, 200);
  const refused: readonly (readonly [Record<string, string>, number])[] = [
    [{ host: 'evil.example' }, 421],
    [{ origin: 'https://evil.example' }, 403],
  ];
  for (const [headers, status] of refused) {
    const answer = await ask('/api/overview', headers);
    assert.equal(answer.status, status);
    assert.doesNotMatch(await answer.text(), /--/, 'an option that the studio does not have');
  }
  assert.equal((await send('/api/data/correct', correction, { origin: 'https://evil.example' })).status, 403);
  for (const token of ['', 'another', `${TOKEN}x`])
    assert.equal((await send('/api/data/correct', correction, { 'x-unroll-token': token })).status, 403);
  assert.ok(!existsSync(join(root, 'tickets.corrections.csv')), 'nothing was written');
  assert.equal((await send('/api/data/correct', correction)).status, 200);
  assert.match(readFileSync(join(root, 'tickets.corrections.csv'), 'utf8'), /0,delivery,billing/);
});

test('no route reads outside of the folder', async () => {
  const outside = ['../secret.csv', join(base, 'secret.csv'), 'link.csv', 'runs/../../secret.csv'];
  for (const path of outside) {
    const query = new URLSearchParams({ path, run: path, name: 'a', label: 'a', predicted: 'a' });
    for (const route of [
      'data',
      'run',
      'run/metrics',
      'run/figures',
      'run/documents',
      'study',
      'label-next',
    ]) {
      const answer = await ask(`/api/${route}?${query}`);
      assert.equal(answer.status, 403, `${route} ${path}`);
      assert.doesNotMatch(await answer.text(), /secret too/);
    }
    assert.equal((await ask(`/api/events?${query}`)).status, 403);
    assert.equal((await ask(`/api/export/file?${query}`)).status, 403, path);
    assert.equal((await send('/api/tasks', { kind: 'export', run: path, target: 'html' })).status, 403);
    for (const kind of ['train', 'audit', 'labels', 'search'])
      assert.equal((await send('/api/tasks', { kind, source: path })).status, 403, `${kind} ${path}`);
    const overrides = [{ key: 'data.test', text: path }];
    assert.equal((await send('/api/tasks', { kind: 'train', source: 'tickets.csv', overrides })).status, 403);
    assert.equal((await send('/api/try', { run: path, text: 'a' })).status, 403);
  }
  // a run whose file is a link
  const run = await ask('/api/run/metrics?path=runs/odd');
  assert.equal(run.status, 403);
  assert.doesNotMatch(await run.text(), /secret/);
  assert.deepEqual(tasks.list(), [], 'nothing has begun');
});

test('links beside data are not followed, nor links in the place of the folders that tasks write', async () => {
  writeFileSync(join(root, 'bills.csv'), 'text,label\na parcel,delivery\na bill,billing\n');
  const corrections = join(root, 'bills.corrections.csv');
  writeFileSync(join(base, 'outside.csv'), 'row,old,new\n0,delivery,billing\n');
  symlinkSync(join(base, 'outside.csv'), corrections);
  for (const answer of [
    await ask('/api/data?path=bills.csv'),
    await send('/api/data/correct', { path: 'bills.csv', row: 1, label: 'delivery' }),
  ]) {
    assert.equal(answer.status, 422);
    assert.match(await answer.text(), /must be in the folder itself, but is a link/);
  }
  assert.equal(readFileSync(join(base, 'outside.csv'), 'utf8'), 'row,old,new\n0,delivery,billing\n');
  rmSync(corrections);
  assert.equal((await ask('/api/data?path=bills.csv')).status, 200);
  mkdirSync(join(base, 'elsewhere'));
  symlinkSync(join(base, 'elsewhere'), join(root, 'exports'));
  const begun = await send('/api/tasks', { kind: 'train', source: 'bills.csv', overrides: [] });
  assert.equal(begun.status, 403);
  rmSync(join(root, 'exports'));
  assert.deepEqual(tasks.list(), [], 'nothing has begun');
});

test('an upload is a table with a plain name, replaces nothing, and may not be too large', async () => {
  const put = (name: string, body = 'text,label\na,b\n') =>
    send(`/api/upload?${new URLSearchParams({ name })}`, body, { 'content-type': 'text/csv' });
  assert.deepEqual(await (await put('new data.csv')).json(), { path: 'new data.csv' });
  assert.equal(readFileSync(join(root, 'new data.csv'), 'utf8'), 'text,label\na,b\n');
  // whatever the overview lists can be added
  const { endings } = (await (await ask('/api/overview')).json()) as { endings: string[] };
  for (const ending of [...endings, '.NDJSON']) assert.equal((await put(`any${ending}`)).status, 200, ending);
  for (const ending of [...endings, '.NDJSON']) rmSync(join(root, `any${ending}`));
  for (const name of ['new data.csv', '../x.csv', 'x.html', 'x.js', '.x.csv', 'link.csv']) {
    assert.ok([403, 422].includes((await put(name)).status), name);
  }
  const large = await put('large.csv', 'x'.repeat(64 * 2 ** 20 + 1));
  assert.equal(large.status, 413);
  assert.match(await large.text(), /Copy the file into the folder of the studio/);
  assert.ok(!existsSync(join(root, 'large.csv')));
});

test('pages run no script of others and nothing inline; only that of /teach may compile WebAssembly', async () => {
  const first = await ask('/');
  assert.match(await first.text(), new RegExp(`<meta name="unroll-token" content="${TOKEN}"`));
  const policy = (answer: Response) => answer.headers.get('content-security-policy') ?? '';
  assert.match(policy(first), /default-src 'none'/);
  assert.doesNotMatch(policy(first), /unsafe/);
  const teach = await ask('/teach/');
  assert.doesNotMatch(await teach.text(), /unroll-token/);
  assert.match(policy(teach), /script-src 'self' 'wasm-unsafe-eval';/);
  assert.doesNotMatch(policy(teach).replace('wasm-unsafe-eval', ''), /unsafe/);
  assert.equal(
    (await ask('/assets/a.js')).headers.get('cache-control'),
    'public, max-age=31536000, immutable',
  );
  assert.equal((await ask('/assets/none.js')).status, 404);
  assert.equal((await ask('/teach')).headers.get('location'), '/teach/');
});

test('what cannot be used is answered with a message and no stack', async () => {
  for (const body of [{}, { kind: 'train' }, { kind: 'nonsense', source: 'a' }, [], 'no json']) {
    const answer = await send('/api/tasks', body);
    assert.ok([400, 422].includes(answer.status));
    assert.doesNotMatch(await answer.text(), /\.ts:\d+/);
  }
  const config = { kind: 'train', source: 'tickets.csv', config: '/etc/passwd' };
  assert.equal((await send('/api/tasks', config)).status, 422);
  assert.equal((await ask('/api/data?path=none.csv')).status, 404);
  mkdirSync(join(root, 'empty'));
  assert.equal((await ask('/api/run?path=empty')).status, 404);
});

test('an error about a file names it by its path in the folder', async () => {
  mkdirSync(join(root, 'runs/torn/model'), { recursive: true });
  writeFileSync(join(root, 'runs/torn/description.json'), '{');
  writeFileSync(join(root, 'runs/torn/model/config.json'), '{');
  writeFileSync(join(root, 'odd.csv'), 'text,label\n"a,b\n');
  for (const answer of [
    await ask('/api/run?path=runs/torn'),
    await send('/api/try', { run: 'runs/torn', text: 'a' }),
    await ask('/api/data?path=odd.csv'),
    await ask('/api/study?path=odd.csv&name=a'),
  ]) {
    const { error } = (await answer.json()) as { error: string };
    assert.equal(answer.status, 422, error);
    assert.match(error, /(?:^|[^/])(?:runs\/torn\/|odd\.csv)/);
    assert.ok(!error.includes(root) && !error.includes(workspace.root), error);
  }
});

test('a text is explained by few gradients while it is typed, fewer where it is long, and to a gap below 1 % in a pause', async () => {
  const folder = join(root, 'runs/net/model');
  mkdirSync(join(root, 'runs/net'), { recursive: true });
  const files = await networkFiles({ model: { hidden_size: 16, embedding_std: 4 } });
  writeModelFolder(folder, { ...files, card: '' });
  const classifier = await loadClassifier(folder);
  const short = 'the team said a new goal';
  const long = `${short} of the bank `.repeat(30);
  for (const [text, steps] of [
    [short, 5],
    [long, 2],
  ] as const) {
    const asked = { run: 'runs/net', text, label: 'money' };
    const first = (await (await send('/api/try', { ...asked, first: true })).json()) as Explanation;
    assert.equal(first.steps, steps);
    const refined = (await (await send('/api/try', asked)).json()) as Explanation;
    assert.deepEqual(refined, JSON.parse(JSON.stringify(explain(classifier, text, { label: 'money' }))));
    assert.ok(refined.gap! < 0.01 && refined.steps! > steps);
    assert.deepEqual(refined.probabilities, first.probabilities);
  }
  // a page that goes on typing gives it up
  const given = new AbortController();
  const answer = app.request('/api/try', {
    method: 'POST',
    body: JSON.stringify({ run: 'runs/net', text: long }),
    headers: { host: HOST, 'content-type': 'application/json', 'x-unroll-token': TOKEN },
    signal: given.signal,
  });
  given.abort();
  assert.match(await (await answer).text(), /the explanation was stopped/);
  await classifier.close();
});

test('a file is read as the settings of its page say, which its errors name', async () => {
  const bytes = Buffer.from('body,queue,text\nGr\xfc\xdfe,a,1\nCaf\xe9,b,2\n', 'latin1');
  writeFileSync(join(root, 'latin.csv'), bytes);
  const refused = await ask('/api/data?path=latin.csv');
  assert.equal(refused.status, 422);
  assert.match(await refused.text(), /read it with data\.encoding windows-1252\./);
  const settings = { 'data.encoding': 'windows-1252', 'data.text_col': 'body', 'data.label_col': 'queue' };
  const read = await ask(`/api/data?${new URLSearchParams({ path: 'latin.csv', ...settings })}`);
  const { documents, labels } = (await read.json()) as DocumentsPage;
  assert.deepEqual(
    [documents.map(({ text }) => text), labels],
    [
      ['Grüße', 'Café'],
      ['a', 'b'],
    ],
  );
  const overrides = Object.entries(settings).map(([key, text]) => ({ key, text }));
  const one = { path: 'latin.csv', row: 1, label: 'a' };
  assert.equal((await send('/api/data/correct', one)).status, 422);
  assert.equal((await send('/api/data/correct', { ...one, overrides })).status, 200);
  const outside = [...overrides, { key: 'data.label_map', text: '../secret.csv' }];
  assert.equal((await send('/api/data/correct', { ...one, overrides: outside })).status, 403);
  const { id } = (await (await send('/api/tasks', { kind: 'audit', source: 'latin.csv' })).json()) as Task;
  assert.match((await tasks.ended(id)).error?.message ?? '', /read it with data\.encoding windows-1252\./);
});
