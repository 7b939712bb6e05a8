/** Where and when figures were measured. */
import { existsSync, readFileSync } from 'node:fs';
import { cpus, loadavg, platform, totalmem } from 'node:os';

/** What a reader must know to judge a figure. */
export interface Machine {
  /** One line: processor, cores, memory, system, Node. */
  readonly line: string;
  /** The widest vectors of the processor, where the system tells: how fast a peer is depends on them. */
  readonly instructions?: string;
  /** Processes that were ready to run when the benchmark began, mean of the last minute: near 0 on a quiet machine. */
  readonly load: number;
  /** ISO date. */
  readonly date: string;
}

/** Describes this machine. */
export function describeMachine(now = new Date()): Machine {
  const [first] = cpus();
  const model = first ? first.model.trim() : process.arch;
  const gib = Math.round(totalmem() / 2 ** 30);
  return {
    line: `${model}, ${cpus().length} cores, ${gib} GiB, ${platform()} ${process.arch}, Node ${process.versions.node} (V8 ${process.versions.v8})`,
    ...instructionSet(),
    load: Number(loadavg()[0].toFixed(2)),
    date: now.toISOString().slice(0, 10),
  };
}

/** From Linux's list of the processor's features. */
function instructionSet(): Pick<Machine, 'instructions'> {
  const list = '/proc/cpuinfo';
  if (!existsSync(list)) return {};
  const text = readFileSync(list, 'utf8');
  if (/\bavx512f\b/.test(text)) return { instructions: 'AVX-512' };
  if (/\bavx2\b/.test(text)) return { instructions: 'AVX2' };
  return /\basimd\b/.test(text) ? { instructions: 'NEON' } : {};
}
