/** The command as a user runs it, in a process of its own. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/**
 * Runs `unroll ARGS` to its end; what it says on standard error goes to ours.
 * @returns Its standard output.
 * @throws Error where it does not end well
 */
export async function runUnroll(args: readonly string[]): Promise<string> {
  return (await measureUnroll(args)).output;
}

/** The same, with the most memory that it held, in MiB, where the system tells (RSS, Linux). */
export async function measureUnroll(
  args: readonly string[],
): Promise<{ readonly output: string; readonly peakRssMib: number | undefined }> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('close', resolve).once('error', reject);
  });
  let peakRssMib: number | undefined;
  const watch = setInterval(() => (peakRssMib = peakRssOf(child.pid) ?? peakRssMib), 200);
  const [code, output] = await Promise.all([ended, text(child.stdout)]).finally(() => clearInterval(watch));
  if (code !== 0)
    throw new Error(`[bench] unroll ${args[0]} must end well, but ended with exit code ${String(code)}.`);
  return { output, peakRssMib };
}

/** The most memory that a process has held so far, MiB. */
function peakRssOf(pid: number | undefined): number | undefined {
  const file = `/proc/${pid ?? 'none'}/status`;
  const kib = existsSync(file) ? /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(file, 'utf8'))?.[1] : undefined;
  return kib === undefined ? undefined : Number(kib) / 1024;
}
