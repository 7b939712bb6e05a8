/** The example page in Chromium: it predicts what Node predicts, by address and from picked files; and a page trains. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { build } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import { root } from '../../scripts/house.ts';
import { readDataset } from '../../src/data/read.ts';
import { train } from '../../src/index.ts';
import { launchOptions, patient, skipWithoutChromium } from '../browser/chromium.ts';
import { contentType } from '../browser/pages.ts';
import { temporaryFolder } from '../support/temporary.ts';

const options = { model: { type: 'bigru' }, train: { epochs: 2 } };
const dataset = await readDataset(`${root}examples/tickets.csv`);
const { texts } = dataset;
const labels = Array.from(dataset.labels, (label) => dataset.labelNames[label]);
const asked = 'Where is my parcel?';

/** What is bundled as the pages say: for a browser, from the package's own name. */
async function bundle(contents: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    stdin: { contents, resolveDir: root },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['unrolled-source'],
    write: false,
  });
  return outputFiles[0].contents;
}

describe('in a page', { skip: skipWithoutChromium }, () => {
  const files = new Map<string, Uint8Array>();
  const folder = temporaryFolder();
  let wanted: readonly number[];
  let browser: Browser;
  let page: Page;
  const server = createServer(({ url = '' }, response) => {
    const content = files.get(url.slice(1));
    const type = contentType(url);
    response.writeHead(content ? 200 : 404, { 'content-type': type }).end(content ?? '');
  });

  before(async () => {
    const classifier = await train({ texts, labels }, options);
    wanted = [...classifier.predictProba([asked])];
    await classifier.save(folder);
    for (const [name, bytes] of classifier.files()) files.set(`models/tickets/${name}`, bytes);
    await classifier.close();
    files.set('predict.html', readFileSync(`${root}examples/predict.html`));
    files.set('page.css', readFileSync(`${root}examples/page.css`));
    files.set('predict.bundle.js', await bundle(readFileSync(`${root}examples/predict.js`, 'utf8')));
    files.set('train.html', Buffer.from('<!doctype html><script type="module" src="train.js"></script>'));
    files.set(
      'train.js',
      await bundle(`import * as unrolled from 'unrolled'; Object.assign(globalThis, { unrolled });`),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    browser = await chromium.launch(launchOptions);
    page = patient(await browser.newPage());
  });
  after(async () => {
    await browser?.close();
    server.close();
  });
  const open = (name: string) =>
    page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`);
  const shown = async () => {
    await page.waitForSelector('#result li');
    return page
      .locator('#result meter')
      .evaluateAll((meters) => meters.map((one) => (one as HTMLMeterElement).value));
  };

  test('the example predicts what Node does: by address, and from picked files', async () => {
    const sorted = wanted.toSorted((a, b) => b - a);
    await open('predict.html');
    await page.click('button');
    assert.deepEqual(await shown(), sorted);
    await open('predict.html');
    const names = ['config.json', 'tokenizer.json', 'model.safetensors', 'README.md'];
    await page.setInputFiles(
      '#files',
      names.map((name) => `${folder}/${name}`),
    );
    assert.deepEqual(await shown(), sorted);
    await page.fill('#address', 'models/none');
    await page.click('button');
    await page.waitForFunction(() => document.querySelector('#status')?.textContent?.includes('404'));
    if (process.env.UNROLL_SCREENSHOTS) {
      await page.fill('#address', 'models/tickets');
      await page.click('button');
      await page.waitForFunction(() => document.querySelector('#status')?.textContent?.startsWith('Ready'));
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width: colorScheme === 'dark' ? 360 : 900, height: 720 });
        await page.screenshot({ path: `${process.env.UNROLL_SCREENSHOTS}/${colorScheme}.png` });
      }
    }
  });

  test('a page trains on texts and labels, with the bits of Node', async () => {
    await open('train.html');
    await page.waitForFunction(() => 'unrolled' in globalThis);
    const found = await page.evaluate(
      async ({ documents, settings, text }) => {
        const { train: trainHere } = (globalThis as unknown as { unrolled: { train: typeof train } })
          .unrolled;
        const classifier = await trainHere(documents, settings);
        const probabilities = [...classifier.predictProba([text])];
        await classifier.close();
        return probabilities;
      },
      { documents: { texts: [...texts], labels }, settings: options, text: asked },
    );
    assert.deepEqual(found, wanted);
  });
});
