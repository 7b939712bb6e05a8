/** Our own contestant and the PyTorch one. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BenchOptions } from '../bench.ts';
import { type Contestant, type Start, startContestant } from './contestant.ts';
import { buildMklSwitch } from './mkl.ts';

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** Starts our own process for so many threads, with an engine in place of the fastest where one is named. */
export function startOurs(threads: number, engine?: string): Promise<Contestant> {
  return startContestant({
    label: 'ours',
    command: process.execPath,
    args: [path('../ours/main.ts'), String(threads)],
    ...(engine !== undefined && { env: { UNROLL_ENGINE: engine } }),
  });
}

/** A Python that has a module: `UNROLL_PYTHON`, or the machine's own. */
function findPython(module: string): string | undefined {
  const { UNROLL_PYTHON } = process.env;
  const candidates = UNROLL_PYTHON ? [UNROLL_PYTHON] : ['python3', 'python'];
  return candidates.find((command) => spawnSync(command, ['-c', `import ${module}`]).status === 0);
}

/** Why a peer in Python is not measured. */
const notInstalled = (label: string, module: string) =>
  `${label} is not installed here: set UNROLL_PYTHON to a Python that can import ${module} to compare`;

/** Why PyTorch is not measured. */
export const NO_PYTORCH = notInstalled('PyTorch', 'torch');

/** Why Optuna is not measured. */
export const NO_OPTUNA = notInstalled('Optuna', 'optuna');

/** Why scikit-learn is not measured. */
export const NO_SKLEARN = notInstalled('scikit-learn', 'sklearn');

/** Starts scikit-learn; undefined where it is not wanted or not installed. */
export function startSklearn(options: BenchOptions): Promise<Contestant | undefined> {
  return startPython('sklearn', options, {
    label: 'scikit-learn',
    args: [path('../peers/sklearn-linear.py')],
    env: { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  });
}

/**
 * Starts PyTorch for so many threads; undefined where it is not wanted or not installed. On a processor where MKL would
 * leave AVX-512 unused it is made to use it, unless the options want PyTorch as it is installed.
 */
export async function startPyTorch(threads: number, options: BenchOptions): Promise<Contestant | undefined> {
  const library = options.peers && !options.asInstalled ? buildMklSwitch(options.say) : undefined;
  const peer = await startPython('torch', options, {
    label: 'PyTorch',
    args: [path('../peers/pytorch.py'), String(threads)],
    env: {
      OMP_NUM_THREADS: String(threads),
      MKL_NUM_THREADS: String(threads),
      ...(library !== undefined && { LD_PRELOAD: library }),
    },
  });
  return peer && library !== undefined ? { ...peer, name: `${peer.name} with MKL's AVX-512` } : peer;
}

/** Starts Optuna; undefined where it is not wanted or not installed. */
export function startOptuna(options: BenchOptions): Promise<Contestant | undefined> {
  return startPython('optuna', options, {
    label: 'Optuna',
    args: [path('../peers/optuna-tpe.py')],
    // its arrays are small: more threads of NumPy's library only make it slower
    env: { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  });
}

async function startPython(
  module: string,
  { peers, say }: BenchOptions,
  start: Omit<Start, 'command'>,
): Promise<Contestant | undefined> {
  if (!peers) return undefined;
  const command = findPython(module);
  if (command === undefined) {
    say(notInstalled(start.label, module));
    return undefined;
  }
  return startContestant({ ...start, command });
}
