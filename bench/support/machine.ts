/** Where and when figures were measured. */
import { cpus, loadavg, platform, totalmem } from 'node:os';
import { vectorsHere } from '../../src/cli/peak.ts';

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
  const instructions = vectorsHere(() => performance.now());
  const gib = Math.round(totalmem() / 2 ** 30);
  return {
    line: `${model}, ${cpus().length} cores, ${gib} GiB, ${platform()} ${process.arch}, Node ${process.versions.node} (V8 ${process.versions.v8})`,
    ...(instructions && { instructions }),
    load: Number(loadavg()[0].toFixed(2)),
    date: now.toISOString().slice(0, 10),
  };
}
