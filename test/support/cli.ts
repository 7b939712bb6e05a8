/** Runs `unroll` as a process of its own, as a user does. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** What a process left behind. */
export interface Finished {
  /** Exit code; null after a signal. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of `unroll`. */
export interface RunOptions {
  /** Written to standard input, which is then closed. */
  readonly input?: string | Uint8Array;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with the process and all standard error so far, whenever some arrives. */
  readonly onStderr?: (child: ChildProcess, text: string) => void;
  /** Milliseconds after which the process is killed; default 120,000. */
  readonly timeout?: number;
}

/** Runs `unroll ARGS` from the sources and waits for its end. */
export function unroll(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const { input = '', cwd, env = {}, onStderr, timeout = 120_000 } = options;
  return new Promise((resolve, reject) => {
    // the tests' own environment (colours, CI) must not show in what they compare
    const { FORCE_COLOR: _1, DEBUG: _2, NODE_OPTIONS: _3, NODE_TEST_CONTEXT: _4, ...inherited } = process.env;
    const child = spawn(process.execPath, [main, ...args], {
      cwd,
      env: { ...inherited, NO_COLOR: '1', ...env },
      stdio: 'pipe',
      timeout,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      onStderr?.(child, stderr);
    });
    child.stdin.on('error', () => undefined); // a process that refuses its arguments does not read
    child.stdin.end(input);
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
