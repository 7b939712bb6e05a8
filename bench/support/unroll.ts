/** The command as a user runs it, in a process of its own. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/**
 * Runs `unroll ARGS` to its end; what it says on standard error goes to ours.
 * @returns Its standard output.
 * @throws Error where it does not end well
 */
export async function runUnroll(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('close', resolve).once('error', reject);
  });
  const [code, output] = await Promise.all([ended, text(child.stdout)]);
  if (code !== 0)
    throw new Error(`[bench] unroll ${args[0]} must end well, but ended with exit code ${String(code)}.`);
  return output;
}
