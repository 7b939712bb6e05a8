/** The library parts in Firefox, which has another engine for JavaScript and WebAssembly: the same bits as in Node. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { bundleAskingPage } from '../browser/bundle.ts';
import { expected, expectedTraining, narrowChosen, sameBits } from '../browser/expected.ts';
import { type FirefoxPage, openFirefox, skipWithoutFirefox } from '../browser/firefox.ts';
import { readPlain, writePlain } from '../browser/plain-json.ts';
import { describeStudies } from '../browser/studies.ts';
import { describeData, RECIPES, type RecipeName, STEPS } from '../browser/workload.ts';

test('results travel with every bit', () => {
  const results = { losses: [0.1 + 0.2, -0, 0, Number.NaN, Infinity, -Infinity, 5e-324], text: 'ä' };
  sameBits(readPlain(writePlain(results)), results, 'results');
});

describe('same bits in Firefox', { skip: skipWithoutFirefox }, () => {
  let firefox: FirefoxPage;
  before(async () => {
    firefox = await openFirefox((await bundleAskingPage()).files);
  });
  after(() => firefox?.close());

  test('narrow kernels are chosen, in the page and in a worker', async (t) => {
    narrowChosen(await firefox.ask('main thread', { do: 'choice' }));
    narrowChosen(await firefox.ask('worker', { do: 'choice' }));
    t.diagnostic(`Firefox ${firefox.version}`);
  });

  test('data: reading, splitting, tokens, vocabulary', async () => {
    sameBits(await firefox.ask('main thread', { do: 'data' }), describeData(), 'data');
  });

  test('searches: every sampler, pruners, importances, hypervolume', async () => {
    sameBits(await firefox.ask('worker', { do: 'studies' }), await describeStudies(), 'studies');
  });

  for (const name of Object.keys(RECIPES) as RecipeName[]) {
    test(`${name}: ${STEPS} steps`, async () => {
      sameBits(
        await firefox.ask('worker', { do: 'steps', name, kernels: 'narrow' }),
        await expected(name),
        name,
      );
    });
  }

  test('the training loop, interrupted and resumed, and the model files', async () => {
    const resumed = await firefox.ask('worker', { do: 'training', kernels: 'narrow', stopAfter: 5 });
    sameBits(resumed, await expectedTraining(), 'training');
  });

  test('nothing went wrong in the page meanwhile', () => {
    assert.deepEqual(firefox.errors, []);
  });
});
