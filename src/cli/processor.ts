/** The vector instructions of the processor, if the system tells. */
import { existsSync, readFileSync } from 'node:fs';

/** The widest vectors that matter here; undefined if unknown. */
export function instructionSet(): 'AVX-512' | 'AVX2' | 'NEON' | undefined {
  if (process.arch === 'arm64') return 'NEON';
  const features = '/proc/cpuinfo';
  if (!existsSync(features)) return undefined;
  const text = readFileSync(features, 'utf8');
  if (/\bavx512f\b/.test(text)) return 'AVX-512';
  return /\bavx2\b/.test(text) ? 'AVX2' : undefined;
}
