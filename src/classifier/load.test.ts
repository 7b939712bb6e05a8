import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FileError, UnsupportedError } from '../core/errors.ts';
import { load } from './load.ts';
import { train } from './train.ts';

const texts = Array.from({ length: 40 }, (_, n) => (n % 2 ? `shares ${n} fell` : `the match ${n} was won`));
const classifier = await train(
  { texts, labels: texts.map((_, n) => n % 2) },
  { model: { hidden_size: 4, embedding_dim: 4 }, train: { epochs: 1 }, evaluate: { bootstrap_samples: 0 } },
);
const files = classifier.files();
const wanted = classifier.predictProba(texts);

/** A server that has the model at `/model`; `missing` answers in its own way. */
const server =
  (missing?: () => Response | Promise<Response>): typeof fetch =>
  async (url) => {
    const name = (url as string).replace('https://example.org/model/', '');
    const bytes = files.get(name);
    if (missing && name === 'tokenizer.json') return missing();
    return bytes ? new Response(bytes) : new Response('', { status: 404, statusText: 'Not Found' });
  };

test('a model folder is fetched by its address, with or without a slash at its end', async () => {
  for (const address of ['https://example.org/model', new URL('https://example.org/model/')]) {
    const loaded = await load(address, { fetch: server() });
    assert.deepEqual(loaded.predictProba(texts), wanted);
    await loaded.close();
  }
});

test('what the server answers in place of a file is told', async () => {
  const fails = (missing: () => Response | Promise<Response>, message: RegExp) =>
    assert.rejects(load('https://example.org/model', { fetch: server(missing) }), {
      name: 'FileError',
      message,
    });
  const page = { headers: { 'content-type': 'text/html; charset=utf-8' } };
  await fails(
    () => new Response('', { status: 503 }),
    /^\[https:\/\/example\.org\/model\/tokenizer\.json\] .* the server answered 503\. Give the address/,
  );
  await fails(() => new Response('<!doctype html>', page), /the server answered with a web page/);
  await fails(() => Promise.reject(new TypeError('Failed to fetch')), /not be fetched \(Failed to fetch\)/);
  await assert.rejects(
    load('https://example.org/other', { fetch: server() }),
    /config\.json\] the model must have the file config\.json, but the server answered 404 Not Found/,
  );
});

test('of a folder that was picked, the files of its model are taken, and a missing one is named', async () => {
  const picked = (folder: string, names: readonly string[]) =>
    names.map((name) =>
      Object.assign(new File([files.get(name) ?? '{}'], name), { webkitRelativePath: `${folder}${name}` }),
    );
  const run = [
    ...picked('tickets/old/model/', ['config.json']),
    ...picked('tickets/', ['test.json']),
    ...picked('tickets/model/', [...files.keys()]),
  ];
  const loaded = await load(run);
  assert.deepEqual(loaded.predictProba(texts), wanted);
  await loaded.close();
  await assert.rejects(load(picked('', ['config.json', 'tokenizer.json'])), {
    name: 'FileError',
    message: /there is no model\.safetensors among config\.json, tokenizer\.json/,
  });
  await assert.rejects(load([]), FileError);
  await assert.rejects(load(new Map()), /there is no config\.json among no files/);
  await assert.rejects(
    load(['config.json'] as never),
    /files\[0\] must be a File, but got the text "config\.json"/,
  );
});

test('texts that are no list of strings are named', () => {
  assert.throws(
    () => classifier.predict('shares' as never),
    /\[predict\] texts must be a list .* Write predict\(\[text\]\)/,
  );
  assert.throws(() => classifier.predictProba([1] as never), /\[predictProba\] texts\[0\] must be a text/);
});

test('without files of its own, a platform says what to do instead', async () => {
  await assert.rejects(train('tickets.csv' as never), UnsupportedError);
  await assert.rejects(classifier.save('somewhere'), /take classifier\.files\(\)/);
});

test('weights with a changed bit are refused', async () => {
  const changed = new Map(files);
  const weights = (files.get('model.safetensors') ?? new Uint8Array()).slice();
  weights[weights.length - 1] ^= 1;
  changed.set('model.safetensors', weights);
  await assert.rejects(load(changed), {
    name: 'CorruptFileError',
    message: /\[model\.safetensors\] .* SHA-256/,
  });
});

test('options of the model that cannot be used are refused: where, what they must be, what came, the fix', async () => {
  const config = JSON.parse(new TextDecoder().decode(files.get('config.json'))) as { model: object };
  const changed = (model: object) =>
    new Map([
      ...files,
      [
        'config.json',
        new TextEncoder().encode(JSON.stringify({ ...config, model: { ...config.model, ...model } })),
      ],
    ]);
  for (const [model, problem] of [
    [{ hidden_size: '4' }, 'model.hidden_size must be a whole number, but got "4".'],
    [{ dropout: 1 }, 'model.dropout must be below 1, but got 1.'],
    [{ hiden_size: 4 }, 'model.hiden_size is not a known key. Did you mean model.hidden_size?'],
    [{ type: 'lsmt' }, 'model.type must be one of lstm, gru, rnn, bilstm, bigru, birnn'],
  ] as const)
    await assert.rejects(load(changed(model)), (error: Error) => {
      assert.equal(error.name, 'CorruptFileError');
      assert.ok(error.message.startsWith(`[config.json] ${problem}`), error.message);
      assert.match(error.message, / The file was changed or damaged: fetch or write it again\.$/);
      return true;
    });
});
