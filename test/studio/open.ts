/** A studio as a person starts it in a clone, and a browser that looks at it. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { root } from '../../scripts/house.ts';
import { launchOptions, patient } from '../browser/chromium.ts';

/** Where screenshots go; none are taken where it is not set. */
const { UNROLL_SCREENSHOTS: pictures } = process.env;

/** A studio that runs, with a page on it. */
export interface OpenedStudio {
  readonly url: string;
  readonly page: Page;
  readonly browser: Browser;
  /** Errors of the page, and requests that left this machine. */
  readonly complaints: string[];
  /** Goes to a place behind #. */
  go(hash: string): Promise<void>;
  /** Takes a picture, where they are asked for. */
  picture(name: string): Promise<void>;
  /** Findings of axe in the page as it is that are serious or critical. */
  findings(): Promise<readonly string[]>;
  /** Ends the studio as Ctrl-C does; resolves to its exit code. */
  close(): Promise<number | null>;
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string | null;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/** Starts the studio on a folder with the repository's own script, which builds the pages where they are missing. */
export async function openStudio(dir: string): Promise<OpenedStudio> {
  const { NODE_TEST_CONTEXT: _1, NODE_OPTIONS: _2, ...env } = process.env;
  const script = ['scripts/with-node.mjs', 'src/cli/main.ts', 'studio', dir, '--port', '0', '--no-open'];
  const child = spawn(process.execPath, script, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const url = await addressOf(child);
  const browser = await chromium.launch(launchOptions);
  const page = patient(await browser.newPage({ viewport: { width: 1200, height: 900 } }));
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} ${message.location().url}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !/^(data|blob):/.test(request.url()))
      complaints.push(`asked for ${request.url()}`);
  });
  return {
    url,
    page,
    browser,
    complaints,
    async go(hash) {
      await page.goto(url + hash);
    },
    async picture(name) {
      if (!pictures) return;
      mkdirSync(pictures, { recursive: true });
      await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
    },
    async findings() {
      await page.evaluate(axe);
      const { violations } = await page.evaluate<AxeResults>('axe.run()');
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) =>
          nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
        );
    },
    async close() {
      await browser.close();
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
      child.kill('SIGINT');
      return ended;
    },
  };
}

/** The address that it writes. Building the pages takes a while on a busy machine. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stdout?.on('data', (chunk: Buffer) => {
      const [url] = /http:\S+/.exec(chunk.toString()) ?? [];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', (code) => {
      reject(new Error(`the studio ended with ${code}: ${said}`));
    });
  });
}

/** Asserts that a page has no serious finding: wide and on a phone, light and dark. */
export async function assertAccessible(studio: OpenedStudio, name: string): Promise<void> {
  const { page } = studio;
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of [1200, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.waitForTimeout(300);
      await studio.picture(`${name}-${colorScheme}-${width}`);
      assert.deepEqual(await studio.findings(), [], `${name}, ${colorScheme}, ${width} pixels wide`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${name} at ${width} pixels: the page is ${overflow} pixels too wide`);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1200, height: 900 });
}
