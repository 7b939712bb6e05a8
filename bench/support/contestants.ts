/** Our own contestant and the PyTorch one. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BenchOptions } from '../bench.ts';
import { type Contestant, startContestant } from './contestant.ts';

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** Starts our own process for so many threads. */
export function startOurs(threads: number): Promise<Contestant> {
  return startContestant({
    label: 'ours',
    command: process.execPath,
    args: [path('../ours/main.ts'), String(threads)],
  });
}

/** A Python that has a module: `UNROLL_PYTHON`, or the machine's own. */
function findPython(module: string): string | undefined {
  const { UNROLL_PYTHON } = process.env;
  const candidates = UNROLL_PYTHON ? [UNROLL_PYTHON] : ['python3', 'python'];
  return candidates.find((command) => spawnSync(command, ['-c', `import ${module}`]).status === 0);
}

/** Why PyTorch is not measured. */
export const NO_PYTORCH =
  'PyTorch is not installed here: set UNROLL_PYTHON to a Python that can import torch to compare';

/** Starts PyTorch for so many threads; undefined where it is not wanted or not installed. */
export async function startPyTorch(
  threads: number,
  { peers, say }: BenchOptions,
): Promise<Contestant | undefined> {
  if (!peers) return undefined;
  const command = findPython('torch');
  if (command === undefined) {
    say(NO_PYTORCH);
    return undefined;
  }
  return startContestant({
    label: 'PyTorch',
    command,
    args: [path('../peers/pytorch.py'), String(threads)],
    env: { OMP_NUM_THREADS: String(threads), MKL_NUM_THREADS: String(threads) },
  });
}

/** Why Optuna is not measured. */
export const NO_OPTUNA =
  'Optuna is not installed here: set UNROLL_PYTHON to a Python that can import optuna to compare';

/** Starts Optuna; undefined where it is not wanted or not installed. */
export async function startOptuna({ peers, say }: BenchOptions): Promise<Contestant | undefined> {
  if (!peers) return undefined;
  const command = findPython('optuna');
  if (command === undefined) {
    say(NO_OPTUNA);
    return undefined;
  }
  return startContestant({
    label: 'Optuna',
    command,
    args: [path('../peers/optuna-tpe.py')],
    // its arrays are small: more threads of NumPy's library only make it slower
    env: { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  });
}
