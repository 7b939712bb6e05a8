/**
 * PyTorch's products come from Intel's MKL, which keeps to AVX2 on a processor of another maker, though it has AVX-512.
 * A peer must not be held back by that: a library of two lines, loaded before it, lets MKL use what the processor has.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instructionSet } from '../../src/cli/processor.ts';

/** The function by which MKL asks whether the processor is Intel's. */
const ANSWER = 'int mkl_serv_intel_cpu_true(void) { return 1; }\n';

/** Whether MKL would leave AVX-512 unused here. */
function isHeldBack(): boolean {
  if (process.platform !== 'linux' || process.arch !== 'x64' || instructionSet() !== 'AVX-512') return false;
  return !/^vendor_id\s*:\s*GenuineIntel$/m.test(readFileSync('/proc/cpuinfo', 'utf8'));
}

/**
 * Builds that library where MKL needs it.
 * @returns its path; undefined where MKL uses AVX-512 by itself, the processor has none, or there is no C compiler
 */
export function buildMklSwitch(say: (message: string) => void): string | undefined {
  if (!isHeldBack()) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'unroll-mkl-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const library = join(folder, 'mkl-avx512.so');
  writeFileSync(join(folder, 'mkl-avx512.c'), ANSWER);
  const { CC = 'cc' } = process.env;
  const { status } = spawnSync(CC, ['-shared', '-fPIC', '-o', library, join(folder, 'mkl-avx512.c')]);
  if (status === 0) return library;
  say(
    "PyTorch's MKL keeps to AVX2 on this processor, and without a C compiler that cannot be changed: PyTorch is slower than it could be.",
  );
  return undefined;
}
