/**
 * The page that teaches a classifier, as a static folder in Chromium: from a table to a model that is tried, explained and
 * taken away. Nothing leaves the page. UNROLL_SCREENSHOTS names a folder for pictures.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { join, normalize } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { unzipSync } from 'fflate';
import { type Browser, chromium, type Download, type Page } from 'playwright-core';
import { buildStudio } from '../../scripts/build-studio.ts';
import { load } from '../../src/index.ts';
import { launchOptions, patient, scriptBytes, skipWithoutChromium } from '../browser/chromium.ts';
import { temporaryFolder } from '../support/temporary.ts';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript',
  css: 'text/css',
};
const asked = 'Where is my parcel?';
/** Bytes of the scripts that the page loads before it is painted, at most: 639,000 when this was written. */
const SCRIPTS = 700_000;

/** Serious findings of axe on the page as it is. */
async function serious(page: Page): Promise<string[]> {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => ['serious', 'critical'].includes(impact))
      .map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
  });
}

async function bytesOf(download: Download): Promise<Uint8Array> {
  return readFileSync(await download.path());
}

/** What an isolated page needs, so that its threads may share memory. */
const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

describe('the page that teaches', { skip: skipWithoutChromium }, () => {
  const folder = temporaryFolder();
  let isolated = false;
  const requests: string[] = [];
  const errors: string[] = [];
  const results: string[] = [];
  let browser: Browser;
  let page: Page;
  let origin: string;
  // a web server as any other: no headers of its own, the folder below a path
  const server = createServer(({ url = '' }, response) => {
    const path = normalize(url.split('?')[0].replace(/^\/sub\/path\//, ''));
    const file = join(folder, 'teach', path === '.' || path === '/' ? 'index.html' : path);
    const found = !path.startsWith('..') && existsSync(file);
    response
      .writeHead(found ? 200 : 404, {
        'content-type': TYPES[file.split('.').at(-1) ?? ''] ?? 'text/plain',
        ...(isolated && ISOLATED),
      })
      .end(found ? readFileSync(file) : '');
  });
  const shoot = async (name: string) => {
    const { UNROLL_SCREENSHOTS: to } = process.env;
    if (!to) return;
    mkdirSync(to, { recursive: true });
    await page.screenshot({ path: join(to, `teach-${name}.png`), fullPage: true });
  };

  before(async () => {
    await buildStudio(folder);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await chromium.launch(launchOptions);
    const context = patient(await browser.newContext({ acceptDownloads: true }));
    context.on('request', (request) => requests.push(request.url()));
    page = await context.newPage();
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await page.goto(`${origin}/sub/path/`);
  });
  after(async () => {
    await browser?.close();
    server.close();
  });

  test('the page loads little before it is painted, and has no script in its text', async (t) => {
    const paints: number[] = [];
    for (let n = 0; n < 3; n++) {
      await page.goto(`${origin}/sub/path/`);
      await page.getByRole('button', { name: 'Use the example' }).waitFor();
      paints.push(
        await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime),
      );
    }
    t.diagnostic(`first paint after ${paints.map((ms) => ms.toFixed(0)).join(', ')} ms`);
    const bytes = await scriptBytes(page);
    assert.ok(bytes > 0 && bytes < SCRIPTS, `${bytes} bytes of scripts`);
    assert.deepEqual(
      await page.evaluate(() => [...document.scripts].filter(({ src }) => src === '').length),
      0,
    );
  });

  test('the example is trained by two clicks, and the page never blocks', async (t) => {
    await page.getByRole('button', { name: 'Use the example' }).click();
    await page.getByText('240 documents of 4 classes').waitFor();
    assert.deepEqual(await serious(page), []);
    await page.evaluate(() => {
      const scope = globalThis as unknown as { answers: number };
      scope.answers = 0;
      setInterval(() => scope.answers++, 20);
    });
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await shoot('training');
    await page.getByRole('heading', { name: '3. How good it is' }).waitFor();
    const told = (await page.getByText(/^Trained in/).textContent()) ?? '';
    const answers = await page.evaluate(() => (globalThis as unknown as { answers: number }).answers);
    t.diagnostic(`${told} Meanwhile the page answered ${answers} times`);
    // training in the page itself would not answer once until its end
    assert.ok(answers > 10, `${answers} times`);
    const rows = await page.locator('tbody tr').allTextContents();
    results.push(...rows);
    assert.match(rows[0], /Recurrent network.*\d %/);
    assert.match(rows[1], /Linear model.*\d %/);
    // with 24 validation documents the last epoch is kept, which need not be the best
    const epochs = /after (\d+) epochs/.exec(
      (await page.getByRole('img', { name: /Accuracy after/ }).getAttribute('aria-label')) ?? '',
    )?.[1];
    await page.getByText(`the weights of epoch ${epochs} are kept`).waitFor();
    // what hides the shadow at the end of a table has the colour of the page behind it
    const [behind, hiding] = await page.evaluate(() => [
      getComputedStyle(document.documentElement).backgroundColor,
      getComputedStyle(document.querySelector('.scroll') as Element).backgroundImage,
    ]);
    assert.ok(hiding.includes(behind), `${behind} in ${hiding}`);
    await shoot('trained');
  });

  test('a sentence is classified and explained while typing', async () => {
    await page.getByLabel('A text to classify').fill(asked);
    await page.getByText('Blue words support delivery').waitFor();
    assert.match((await page.locator('ol li').first().textContent()) ?? '', /delivery/);
    const marks = await page.locator('mark').allTextContents();
    assert.ok(marks.includes('parcel'), marks.join());
    await page.getByLabel('A text to classify').fill('<img src=x onerror=alert(1)> my password');
    await page.getByText('Blue words support').waitFor();
    assert.equal(await page.locator('main img').count(), 0);
    assert.deepEqual(await serious(page), []);
  });

  test('the files are those of a model, the page opens from disk and says the same', async () => {
    const [zip] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Files of the model' }).click(),
    ]);
    const files = Object.entries(unzipSync(await bytesOf(zip)));
    const model = new Map(files.map(([name, bytes]) => [name.replace('model/', ''), new Uint8Array(bytes)]));
    const classifier = await load(model);
    const [{ label, score }] = classifier.predict([asked]);
    await classifier.close();
    assert.equal(label, 'delivery');

    const [html] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'One HTML page' }).click(),
    ]);
    const path = join(folder, 'tickets.html');
    await html.saveAs(path);
    assert.ok(readFileSync(path).length < 2e6);
    const opened = await page.context().newPage();
    opened.on('pageerror', (error) => errors.push(String(error)));
    await opened.goto(`file://${path}`);
    await opened.getByLabel('Text', { exact: true }).fill(asked);
    const best = opened.locator('.bar.best');
    await best.waitFor();
    assert.equal(await best.locator('.label').textContent(), 'delivery');
    const shown = Number(/[\d.]+/.exec((await best.locator('.value').textContent()) ?? '')?.[0]) / 100;
    // of weights in 8 bits
    assert.ok(Math.abs(shown - score) < 0.03, `${shown} is not ${score}`);
    await opened.locator('#words mark').first().waitFor();
    if (process.env.UNROLL_SCREENSHOTS)
      await opened.screenshot({ path: join(process.env.UNROLL_SCREENSHOTS, 'teach-exported.png') });
    await opened.close();
  });

  test('phone width and dark: nothing is cut off, axe finds nothing serious', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.emulateMedia({ colorScheme: 'dark' });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 360, `${wide} pixels wide`);
    assert.deepEqual(await serious(page), []);
    await shoot('phone-dark');
    await page.setViewportSize({ width: 1000, height: 800 });
    await page.emulateMedia({ colorScheme: 'light' });
  });

  test('a pasted table: columns are detected and can be named; what cannot be read is said', async () => {
    await page.getByLabel('or paste it here').fill('queue;message\n');
    await page
      .getByLabel('or paste it here')
      .fill(
        [
          'queue;message;id',
          'a;"good; and fine";1',
          'b;"bad\nand worse";2',
          'a;better still;3',
          'b;not good;4',
        ].join('\n'),
      );
    await page.getByText('4 documents of 2 classes').waitFor();
    assert.equal(await page.getByLabel('Texts').inputValue(), 'message');
    assert.equal(await page.getByLabel('Labels').inputValue(), 'queue');
    await page.getByLabel('or paste it here').fill('only one column\nof words');
    assert.match((await page.getByRole('alert').textContent()) ?? '', /column/);
    assert.equal(await page.getByRole('button', { name: 'Train', exact: true }).isDisabled(), true);
  });

  test('with the keyboard alone: example, train, stop', async () => {
    await page.reload();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('240 documents of 4 classes').waitFor();
    await page.getByRole('button', { name: 'Train', exact: true }).focus();
    await page.keyboard.press('Enter');
    // a fast machine may have ended by itself before the key is pressed
    const ended = page.getByRole('heading', { name: '3. How good it is' }).waitFor();
    await page.getByRole('img', { name: /Accuracy after \d+ epochs?/ }).waitFor();
    const stop = page.getByRole('button', { name: 'Stop' }).press('Enter');
    await Promise.race([stop.catch(() => undefined), ended]);
    await ended;
    await page.getByRole('heading', { name: '3. How good it is' }).waitFor();
  });

  test('a table of copies is trained and tried, though no document is left to measure on', async () => {
    await page
      .getByLabel('or paste it here')
      .fill('text,label\n' + 'a good one,x\na bad thing,y\n'.repeat(10));
    await page.getByText('20 documents of 2 classes').waitFor();
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByText('there is none left to measure on').waitFor();
    assert.match((await page.locator('figcaption').textContent()) ?? '', /on the training\s+documents/);
    assert.doesNotMatch((await page.locator('main').textContent()) ?? '', /--(val|test)/);
    await page.getByLabel('A text to classify').fill('bad thing');
    await page.getByText('Blue words support y').waitFor();
    assert.ok(await page.getByRole('button', { name: 'Train', exact: true }).isEnabled());
    assert.deepEqual(errors, []);
  });

  test('in an isolated page, as that of the studio, it trains on threads, to the same result', async (t) => {
    isolated = true;
    await page.goto(`${origin}/sub/path/`);
    await page.reload();
    assert.equal(await page.evaluate(() => crossOriginIsolated), true);
    let most = 0;
    page.on('worker', () => (most = Math.max(most, page.workers().length)));
    await page.getByRole('button', { name: 'Use the example' }).click();
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByRole('heading', { name: '3. How good it is' }).waitFor();
    t.diagnostic(`${await page.getByText(/^Trained in/).textContent()} Workers: ${most}.`);
    const cores = await page.evaluate(() => navigator.hardwareConcurrency);
    if (cores > 1) assert.ok(most > 1, `${most} worker of ${cores} cores`);
    assert.deepEqual(await page.locator('tbody tr').allTextContents(), results);
  });

  test('nothing went elsewhere, and nothing went wrong', () => {
    assert.deepEqual(
      requests.filter((url) => !url.startsWith(origin) && !/^(?:blob|data|file):/.test(url)),
      [],
    );
    assert.deepEqual(errors, []);
  });
});
