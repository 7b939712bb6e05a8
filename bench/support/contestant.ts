/** Starts contestants and talks to them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Replies, Request } from './protocol.ts';

/** A process that can be asked to work. */
export interface Contestant {
  /** Name and version, from its own mouth. */
  readonly name: string;
  /** Asks and waits. @throws Error when it fails, ends or takes longer than `timeout` ms. */
  ask<K extends Request['do']>(request: Extract<Request, { do: K }>, timeout?: number): Promise<Replies[K]>;
  close(): Promise<void>;
}

/** How to start a contestant. */
export interface Start {
  /** For messages, before it has said its name. */
  readonly label: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const TIMEOUT = 10 * 60_000;

/** Starts a contestant; its standard error is ours. */
export async function startContestant({ label, command, args, env = {} }: Start): Promise<Contestant> {
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const lines = createReplies(label, child);
  const ask = async (request: Request, timeout = TIMEOUT): Promise<unknown> => {
    const reply = lines.next(timeout);
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const { error, ...rest } = JSON.parse(await reply) as { error?: string };
    if (error !== undefined) throw new Error(`${label}: ${error}`);
    return rest;
  };
  const close = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.stdin.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), 2000);
    await ended;
    clearTimeout(timer);
  };
  try {
    const { name } = (await ask({ do: 'hello' })) as Replies['hello'];
    return { name, ask: ask as Contestant['ask'], close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The JSON lines of a process, one per question; anything else that it prints goes to standard error. */
function createReplies(label: string, child: ChildProcess): { next(timeout: number): Promise<string> } {
  let waiting: { resolve(line: string): void; reject(error: Error): void } | undefined;
  let failure: Error | undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    waiting?.reject(error);
    waiting = undefined;
  };
  child.on('error', fail);
  child.on('close', (code, signal) => {
    fail(new Error(`${label} ended (${code === null ? String(signal) : `exit code ${code}`})`));
  });
  child.stdin?.on('error', fail);
  if (!child.stdout) throw new Error(`${label} has no standard output`);
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (!line.startsWith('{') || !waiting) {
      process.stderr.write(`${label}: ${line}\n`);
      return;
    }
    waiting.resolve(line);
    waiting = undefined;
  });
  return {
    next(timeout) {
      if (failure) return Promise.reject(failure);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          fail(new Error(`${label} took longer than ${timeout / 1000} s`));
          child.kill('SIGKILL');
        }, timeout);
        const settled = () => clearTimeout(timer);
        waiting = {
          resolve: (line) => (settled(), resolve(line)),
          reject: (error) => (settled(), reject(error)),
        };
      });
    },
  };
}
