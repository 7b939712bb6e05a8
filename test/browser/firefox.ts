/**
 * A Firefox on this machine. Nothing steers it but its command line: the page that it is started with asks a loopback
 * server for tasks, and sends what came of them.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Errand } from './asking-page.ts';
import type { Thread } from './page.ts';
import { PATIENCE } from '../support/patience.ts';
import { findProgram, servePage } from './pages.ts';
import { readPlain, writePlain } from './plain-json.ts';
import type { Task } from './workload.ts';

const NAMES = ['firefox-esr', 'firefox'];
const PLACES = ['/Applications/Firefox.app/Contents/MacOS'];

/** Path of the browser: the environment variable FIREFOX, which is believed unseen, or the first one found. */
export function findFirefox(): string | undefined {
  return process.env.FIREFOX || findProgram(NAMES, PLACES);
}

/** For `test(name, { skip: skipWithoutFirefox }, ...)`: false, or the reason why the test cannot run. */
export const skipWithoutFirefox =
  findFirefox() === undefined
    ? 'there is no Firefox on this machine: install it (Debian: apt-get install firefox-esr), or name it in FIREFOX'
    : false;

/** Nothing asks the network, and no page of Firefox's own opens. */
const PREFERENCES = {
  'app.update.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.aboutwelcome.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.enabled': false,
};

interface Waiting {
  readonly errand: Errand;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** A page in a browser of its own. */
export interface FirefoxPage {
  /** The browser's version, as it tells servers. */
  readonly version: string;
  /** Uncaught errors of the page so far. */
  readonly errors: readonly string[];
  ask(thread: Thread, task: Task): Promise<unknown>;
  close(): Promise<void>;
}

/** Opens `asking-page.js` of these files in a fresh Firefox without a window. */
export async function openFirefox(files: ReadonlyMap<string, Uint8Array>): Promise<FirefoxPage> {
  const waiting: Waiting[] = [];
  let current: Waiting | undefined;
  let idle: ServerResponse | undefined;
  let errors: readonly string[] = [];
  let agent: string | undefined;
  let failure: Error | undefined;

  const handOut = (): void => {
    if (!idle || current || waiting.length === 0) return;
    current = waiting.shift();
    idle.end(writePlain(current?.errand));
    idle = undefined;
  };
  const onAnswer = (body: string): void => {
    const answer = readPlain(body) as { result: unknown; error?: string; errors: string[] };
    ({ errors } = answer);
    if (answer.error === undefined) current?.resolve(answer.result);
    else current?.reject(new Error(answer.error));
    current = undefined;
  };
  const { server, address } = await servePage(files, 'asking-page.js', async (request, response) => {
    agent ??= request.headers['user-agent'];
    if (request.url === '/next') {
      idle = response;
      handOut();
    } else {
      onAnswer(await text(request));
      response.end();
    }
  });

  const profile = mkdtempSync(join(tmpdir(), 'unroll-firefox-'));
  const lines = Object.entries(PREFERENCES).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  );
  writeFileSync(join(profile, 'user.js'), lines.join('\n'));
  const browser = start(profile, address, (error) => {
    failure = error;
    for (const one of [...waiting, ...(current ? [current] : [])]) one.reject(error);
  });
  return {
    get version() {
      return /Firefox\/([\d.]+)/.exec(agent ?? '')?.[1] ?? 'unknown';
    },
    get errors() {
      return errors;
    },
    ask(thread, task) {
      if (failure) return Promise.reject(failure);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`Firefox took longer than ${PATIENCE / 60_000} minutes`)),
          PATIENCE,
        );
        waiting.push({
          errand: { thread, task },
          resolve: (result) => (clearTimeout(timer), resolve(result)),
          reject: (error) => (clearTimeout(timer), reject(error)),
        });
        handOut();
      });
    },
    async close() {
      if (browser.exitCode === null && browser.signalCode === null) {
        const ended = once(browser, 'close');
        browser.kill();
        await ended;
      }
      server.closeAllConnections();
      server.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}

function start(profile: string, address: string, onEnd: (error: Error) => void): ChildProcess {
  const browser = spawn(
    findFirefox() ?? 'firefox',
    ['--headless', '--no-remote', '--profile', profile, address],
    // its own home: what it keeps beside the profile goes there too
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: profile } },
  );
  let said = '';
  browser.stderr?.setEncoding('utf8').on('data', (part: string) => (said = (said + part).slice(-2000)));
  browser.once('error', onEnd);
  browser.once('close', (code, signal) => {
    onEnd(
      new Error(`Firefox ended (${code === null ? String(signal) : `exit code ${code}`}): ${said.trim()}`),
    );
  });
  return browser;
}
