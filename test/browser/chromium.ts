/** A Chromium on this machine, with a page that a loopback server gives it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { PATIENCE } from '../support/patience.ts';
import { findProgram, servePage } from './pages.ts';

const NAMES = [
  ...['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  ...['Chromium', 'Google Chrome'],
];
const PLACES = [
  '/Applications/Chromium.app/Contents/MacOS',
  '/Applications/Google Chrome.app/Contents/MacOS',
];

/** Path of the browser: the environment variable CHROMIUM, which is believed unseen, or the first one found. */
export function findChromium(): string | undefined {
  return process.env.CHROMIUM || findProgram(NAMES, PLACES);
}

/** For `test(name, { skip: skipWithoutChromium }, ...)`: false, or the reason why the test cannot run. */
export const skipWithoutChromium =
  findChromium() === undefined
    ? 'there is no Chromium on this machine: install it (Debian: apt-get install chromium), or name it in CHROMIUM'
    : false;

/** Nothing asks the network. */
const launchArgs = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Lets a page, or all pages of a context, wait as long as tests do for what must come. */
export function patient<T extends { setDefaultTimeout(milliseconds: number): void }>(pages: T): T {
  pages.setDefaultTimeout(PATIENCE);
  return pages;
}

/** Bytes of the scripts that a page has loaded, unpacked. */
export const scriptBytes = (page: Page): Promise<number> =>
  page.evaluate(() =>
    (performance.getEntriesByType('resource') as PerformanceResourceTiming[])
      .filter(({ initiatorType }) => initiatorType === 'script')
      .reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0),
  );

/** How tests start it: without a window, and without anything that asks the network. */
export const launchOptions = {
  executablePath: findChromium() ?? '',
  headless: true,
  chromiumSandbox: false,
  timeout: PATIENCE,
  args: ['--disable-gpu', ...launchArgs],
};

/** A page in a browser of its own. */
export interface BrowserPage {
  readonly page: Page;
  /** The browser's version. */
  readonly version: string;
  /** Uncaught errors of the page and its workers so far. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

/**
 * Flags with which Chromium has WebGPU on any machine: SwiftShader computes it on the processor, and may take as long as it
 * wants: the watchdog would take a slow one for one that hangs, and end it.
 */
export const SOFTWARE_GPU = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--disable-gpu-watchdog',
] as const;

/** Opens `page.js` of these files in a fresh, headless browser; `gpu` says by which flags it has a GPU. */
export async function openPage(
  files: ReadonlyMap<string, Uint8Array>,
  gpu: readonly string[] = ['--disable-gpu'],
): Promise<BrowserPage> {
  if (skipWithoutChromium !== false) throw new Error(skipWithoutChromium);
  const { server, address } = await servePage(files, 'page.js');
  const profile = mkdtempSync(join(tmpdir(), 'unroll-chromium-'));
  const release = () => {
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const context = await chromium.launchPersistentContext(profile, {
      ...launchOptions,
      args: [...gpu, ...launchArgs],
    });
    const errors: string[] = [];
    const page = patient(context).pages()[0] ?? (await context.newPage());
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('requestfailed', (request) => errors.push(`${request.url()} could not be loaded`));
    page.on('response', (response) => {
      if (response.status() >= 400 && !response.url().endsWith('/favicon.ico'))
        errors.push(`${response.url()}: ${response.status()}`);
    });
    await page.goto(address);
    await page.waitForFunction(() => 'checkBits' in globalThis);
    return {
      page,
      version: context.browser()?.version() ?? 'unknown',
      errors,
      async close() {
        await context.close();
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}
