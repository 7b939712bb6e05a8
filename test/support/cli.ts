/** Runs `unroll` as a process of its own, as a user does. */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import pc from 'picocolors';
import { runCli } from '../../src/cli/app.ts';
import type { Output } from '../../src/cli/io.ts';
import { type Ended, type ProgramOptions, runProgram } from './process.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
/** Loaded into a process, halves the time that it takes to load the sources. */
export const faster = new URL('../../scripts/relative-imports.mjs', import.meta.url).href;

/** Runs `unroll ARGS` from the sources and waits for its end. */
export function unroll(args: readonly string[], options: ProgramOptions = {}): Promise<Ended> {
  // what the person who runs the tests has set must not show in what they compare
  const env = { NO_COLOR: '1', DEBUG: undefined, CI: undefined, ...options.env };
  return runProgram(process.execPath, ['--import', faster, main, ...args], { ...options, env });
}

/** Asserts a refusal: the exit code, one short paragraph that matches, nothing on standard output, no stack. */
export function assertRefused({ code, stdout, stderr }: Ended, expected: number, pattern: RegExp): void {
  const paragraph = stderr.slice(stderr.indexOf('error:'));
  assert.match(paragraph, pattern);
  assert.equal(code, expected, stderr);
  assert.equal(stdout, '');
  assert.doesNotMatch(stderr, /\n\s+at |node:internal/);
  assert.ok(paragraph.trimEnd().split('\n').length <= 2, paragraph);
  assert.ok(paragraph.length < 900, paragraph);
}

/** Options of `unrollHere`. */
export interface HereOptions {
  /** The folder to run in; default that of this process. */
  readonly cwd?: string;
  /** Standard input. */
  readonly input?: string;
  /** Whether output goes to a terminal. */
  readonly terminal?: boolean;
  /** Called with all standard error so far, whenever some is written; `interrupt` does what Ctrl-C does. */
  readonly onStderr?: (interrupt: () => void, text: string) => unknown;
}

/** The folder is one for the whole process: commands in it wait for each other. */
let last: Promise<unknown> = Promise.resolve();

/** Runs a command in this process, without the second that starting one takes: for all that does not depend on one. */
export function unrollHere(args: readonly string[], options: HereOptions = {}): Promise<Ended> {
  const ended = last.then(() => runHere(args, options));
  last = ended.catch(() => undefined);
  return ended;
}

async function runHere(
  args: readonly string[],
  { cwd, input = '', terminal = false, onStderr }: HereOptions,
): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  let stop: () => void = () => undefined;
  const interrupt = () => stop();
  const output = (name: 'stdout' | 'stderr'): Output => ({
    write(text) {
      written[name] += text;
      if (name === 'stderr') onStderr?.(interrupt, written.stderr);
    },
    drained: () => Promise.resolve(),
    terminal,
    columns: 80,
    colors: pc.createColors(false),
  });
  const before = process.cwd();
  if (cwd !== undefined) process.chdir(cwd);
  try {
    const code = await runCli(args, {
      out: output('stdout'),
      err: output('stderr'),
      in: Readable.from([Buffer.from(input)]),
      env: {},
      now: () => performance.now(),
      // signals are for commands in processes of their own; watching for them takes a thread
      watchInterrupt(onFirst) {
        const controller = new AbortController();
        stop = () => {
          if (controller.signal.aborted) return;
          controller.abort();
          onFirst();
        };
        return { signal: controller.signal, release: () => (stop = () => undefined) };
      },
    });
    return { code, signal: null, ...written };
  } finally {
    process.chdir(before);
  }
}
