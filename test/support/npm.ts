/** npm itself, for what users get. */
import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { type Ended, runProgram } from './process.ts';

/** Runs npm with the pinned Node first on the PATH, as on a machine that has a Node of today. */
export function npm(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const program = process.env.npm_execpath;
  const [command, first] = program?.endsWith('.js') ? [process.execPath, [program]] : ['npm', []];
  const PATH = `${dirname(process.execPath)}:${process.env.PATH}`;
  return runProgram(command, [...first, ...args], {
    cwd,
    env: { PATH, INIT_CWD: undefined, NO_COLOR: '1', ...env },
  });
}

/** What `npm pack --json` tells. */
export interface Packed {
  readonly filename: string;
  /** Bytes. */
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

/** Packs the package in `folder`. @param flags More for `npm pack` */
export async function npmPack(folder: string, ...flags: readonly string[]): Promise<Packed> {
  // the package is built first: kernels, types, pages
  const { code, stdout, stderr } = await npm(['pack', '--json', ...flags], folder);
  assert.equal(code, 0, stderr);
  const report: unknown = JSON.parse(stdout.slice(stdout.search(/[[{]/)));
  // a list until npm 11, an object by name since npm 12
  return Object.values(report as Record<string, Packed>)[0];
}
