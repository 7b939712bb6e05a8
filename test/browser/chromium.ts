/** A Chromium on this machine, with a page that a loopback server gives it. */
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { chromium, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const PLACES = [
  ...(process.env.PATH ?? '').split(delimiter),
  '/usr/bin',
  '/Applications/Chromium.app/Contents/MacOS',
  '/Applications/Google Chrome.app/Contents/MacOS',
];

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Path of the browser: the environment variable CHROMIUM, which is believed unseen, or the first one found. */
export function findChromium(): string | undefined {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const names = [...NAMES, 'Chromium', 'Google Chrome'];
  return PLACES.flatMap((place) => names.map((name) => join(place, name))).find(executable);
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

/** How tests start it: without a window, and without anything that asks the network. */
export const launchOptions = {
  executablePath: findChromium() ?? '',
  headless: true,
  chromiumSandbox: false,
  args: ['--disable-gpu', ...launchArgs],
};

/** The type of a file that a test's server gives, by its ending; files of a model count as scripts do. */
export function contentType(path: string): string {
  if (path.endsWith('.html')) return 'text/html; charset=utf-8';
  return path.endsWith('.css') ? 'text/css' : 'text/javascript';
}

/** Only what the page itself says may run: WebAssembly yes, `eval` no. */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";

function serve(files: ReadonlyMap<string, Uint8Array>): Promise<Server> {
  const server = createServer((request, response) => {
    const name = request.url === '/' ? 'index.html' : (request.url ?? '').slice(1);
    const page = '<!doctype html><title>Same bits</title><script type="module" src="page.js"></script>';
    const content = name === 'index.html' ? page : files.get(name);
    response.writeHead(content === undefined ? 404 : 200, {
      'content-type': contentType(name),
      'content-security-policy': POLICY,
    });
    response.end(content ?? '');
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

/** A page in a browser of its own. */
export interface BrowserPage {
  readonly page: Page;
  /** The browser's version. */
  readonly version: string;
  /** Uncaught errors of the page and its workers so far. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

/** Flags with which Chromium has WebGPU on any machine: SwiftShader computes it on the processor. */
export const SOFTWARE_GPU = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'] as const;

/** Opens `page.js` of these files in a fresh, headless browser; `gpu` says by which flags it has a GPU. */
export async function openPage(
  files: ReadonlyMap<string, Uint8Array>,
  gpu: readonly string[] = ['--disable-gpu'],
): Promise<BrowserPage> {
  if (skipWithoutChromium !== false) throw new Error(skipWithoutChromium);
  const server = await serve(files);
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
    const page = context.pages()[0] ?? (await context.newPage());
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('requestfailed', (request) => errors.push(`${request.url()} could not be loaded`));
    page.on('response', (response) => {
      if (response.status() >= 400 && !response.url().endsWith('/favicon.ico'))
        errors.push(`${response.url()}: ${response.status()}`);
    });
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
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
