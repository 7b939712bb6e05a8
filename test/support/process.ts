/** Runs a program to its end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { PATIENCE } from './patience.ts';

/** What a program left behind. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of `runProgram`. */
export interface ProgramOptions {
  readonly cwd?: string;
  /** Added to this process's environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string | Uint8Array;
  /** Called with the process and all standard output so far, whenever some arrives. */
  readonly onStdout?: (child: ChildProcess, text: string) => unknown;
  /** The same for standard error. */
  readonly onStderr?: (child: ChildProcess, text: string) => unknown;
  /** Milliseconds after which it is killed. Default {@link PATIENCE}. */
  readonly timeout?: number;
}

/** Runs `command ARGS` and waits for its end. */
export function runProgram(
  command: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<Ended> {
  const { cwd, env = {}, input = '', onStdout, onStderr, timeout = PATIENCE } = options;
  return new Promise((resolve, reject) => {
    // a program under test is not a test file of this run, whatever it inherits
    const { NODE_TEST_CONTEXT: _1, NODE_OPTIONS: _2, FORCE_COLOR: _3, ...inherited } = process.env;
    const child = spawn(command, args, {
      cwd,
      env: { ...inherited, ...env },
      stdio: 'pipe',
      timeout,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      onStdout?.(child, stdout);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      onStderr?.(child, stderr);
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
