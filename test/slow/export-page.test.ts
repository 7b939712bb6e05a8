/** An exported page, opened from disk in a real browser: it classifies and explains, asks for nothing, and shows texts as texts. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { loadClassifier } from '../../src/run/index.ts';
import { launchOptions, patient, skipWithoutChromium } from '../browser/chromium.ts';
import { unrollHere } from '../support/cli.ts';
import { temporaryFolder, writeFiles } from '../support/temporary.ts';
import { tinyCsv, tinyModel } from '../support/tiny.ts';

const cwd = temporaryFolder();
const HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script>';

async function unroll(...args: readonly string[]): Promise<void> {
  const ended = await unrollHere([...args, '-q'], { cwd });
  assert.equal(ended.code, 0, ended.stderr);
}

/** What the page shows of each class. */
const shown = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('.bar')].map((bar) => [
      bar.querySelector('.label')?.textContent,
      bar.querySelector('.value')?.textContent,
    ]),
  );

describe('in a browser', { skip: skipWithoutChromium }, () => {
  let context: BrowserContext;
  const profile = mkdtempSync(join(tmpdir(), 'unroll-export-'));

  before(async () => {
    // a label that would be HTML
    writeFiles(cwd, { 'tiny.csv': tinyCsv().replaceAll(',music\n', ',"<b>music</b>"\n') });
    await unroll('train', 'tiny.csv', '--model', 'bilstm', '-o', 'runs/net', ...tinyModel);
    await unroll('train', 'tiny.csv', '--model', 'linear', '-o', 'runs/linear');
    for (const run of ['net', 'linear'])
      await unroll('export', `runs/${run}`, '--to', 'html', '--max-drop', '100');
    await unroll('export', 'runs/net', '--to', 'web', '-o', 'net');
    context = patient(await chromium.launchPersistentContext(profile, launchOptions));
  });

  after(async () => {
    await context?.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });

  /** Opens a page of the folder; `asked` are the addresses that it loads, `errors` what it complains of. */
  async function open(file: string, width = 1100, colorScheme: 'light' | 'dark' = 'light') {
    const page = await context.newPage();
    const asked: string[] = [];
    const errors: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await page.goto(pathToFileURL(join(cwd, file)).href);
    await page.waitForFunction(() => document.documentElement.dataset['ready'] !== undefined);
    assert.deepEqual(errors, []);
    return { page, asked, errors };
  }

  for (const run of ['net', 'linear']) {
    test(`${run}: the probabilities are those of the exported model, and words are marked`, async () => {
      assert.ok(statSync(join(cwd, `${run}.html`)).size < 2_000_000);
      const { page, asked, errors } = await open(`${run}.html`);
      const text = 'the ball and a goal of the team';
      await page.getByLabel('Text', { exact: true }).fill(text);
      await page.waitForSelector('#words mark');
      const found = await shown(page);
      const classifier = await loadClassifier(join(cwd, 'runs', run));
      const ours = classifier.predictProba([text]);
      assert.deepEqual(
        found.map(([label]) => label),
        classifier.labelNames,
      );
      for (const [c, [, value]] of found.entries())
        assert.ok(
          Math.abs(Number.parseFloat(value?.replace(/[<>]/, '') ?? '') - 100 * ours[c]) < 2,
          `${value}, expected ${100 * ours[c]}`,
        );
      await classifier.close();
      assert.equal((await page.locator('#words').textContent())?.trim(), text);
      // another class, by the keyboard
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.getElementById('for')?.textContent?.includes('money'));
      assert.deepEqual([asked.length, errors], [1, []], asked.join(' '));
      await page.close();
    });
  }

  test('texts and labels are shown as they are, never as HTML', async () => {
    const { page, errors } = await open('net.html');
    await page.getByLabel('Text', { exact: true }).fill(`${HOSTILE} ball`);
    await page.waitForSelector('#words mark');
    assert.equal(await page.locator('#words').textContent(), `${HOSTILE} ball`);
    assert.equal(await page.locator('#words img, #words script, #bars b').count(), 0);
    assert.ok((await shown(page)).some(([label]) => label === '<b>music</b>'));
    assert.equal(await page.title(), 'net');
    await page.getByLabel('Text', { exact: true }).fill('');
    assert.match((await page.locator('#summary').textContent()) ?? '', /Write or paste/);
    assert.ok(await page.locator('#legend').isHidden(), 'a legend of nothing');
    await page.getByLabel('Text', { exact: true }).fill('qwertz');
    assert.match((await page.locator('#summary').textContent()) ?? '', /knows no word/);
    await page.getByLabel('Text', { exact: true }).fill('a goal of the team '.repeat(90));
    await page.getByText(/^\d+ more tokens of the text are not read\.$/).waitFor();
    assert.deepEqual(errors, []);
    await page.close();
  });

  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  for (const [width, scheme] of [
    [1100, 'light'],
    [390, 'dark'],
  ] as const) {
    test(`axe-core finds nothing, ${width} pixels wide, ${scheme}`, async () => {
      const { page } = await open('net.html', width, scheme);
      await page
        .getByLabel('Text', { exact: true })
        .fill('the bank and the market said a ball of new song, people');
      await page.waitForSelector('#words mark');
      const pictures = process.env['UNROLL_PICTURES'];
      if (pictures) {
        mkdirSync(pictures, { recursive: true });
        writeFileSync(
          join(pictures, `page-${width}-${scheme}.png`),
          await page.screenshot({ fullPage: true }),
        );
      }
      await page.evaluate(axe);
      const { violations } = await page.evaluate<{
        violations: { id: string; help: string; nodes: { html: string }[] }[];
      }>('axe.run()');
      assert.deepEqual(
        violations.map(({ id, help, nodes }) => `${id}: ${help} ${nodes[0].html.slice(0, 200)}`),
        [],
      );
      const { scroll, inner } = await page.evaluate(() => ({
        scroll: document.documentElement.scrollWidth,
        inner: innerWidth,
      }));
      assert.ok(scroll <= inner, `the page is ${scroll} wide, the window ${inner}`);
      await page.close();
    });
  }

  test('the folder for a web site: its module predicts what the model predicts', async () => {
    const types: Record<string, string> = { '.js': 'text/javascript', '.json': 'application/json' };
    const server = createServer((request, response) => {
      const name = (request.url ?? '/').slice(1);
      if (name === 'favicon.ico') {
        response.writeHead(404).end();
        return;
      }
      const content = name === '' ? '<!doctype html><title>x</title>' : readFileSync(join(cwd, name));
      response.writeHead(200, {
        'content-type': name === '' ? 'text/html' : (types[extname(name)] ?? 'application/octet-stream'),
      });
      response.end(content);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const found = await page.evaluate(async (address: string) => {
      const { loadClassifier: loadHere, explain } = (await import(address)) as {
        loadClassifier(): Promise<{ predictProba(texts: readonly string[]): Float64Array }>;
        explain(classifier: unknown, text: string): { tokens: readonly { text: string }[] };
      };
      const classifier = await loadHere();
      const { tokens } = explain(classifier, 'the ball');
      return {
        probabilities: [...classifier.predictProba(['the ball'])],
        tokens: tokens.map(({ text }) => text),
      };
    }, '/net/classifier.js');
    const classifier = await loadClassifier(join(cwd, 'runs', 'net'));
    assert.deepEqual(found.probabilities, [...classifier.predictProba(['the ball'])]);
    assert.deepEqual(found.tokens, ['the', 'ball']);
    await classifier.close();
    await page.close();
    server.closeAllConnections();
    server.close();
  });
});
