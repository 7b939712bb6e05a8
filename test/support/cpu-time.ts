/** Time of the processor that work takes: other programs do not count, and how fast the machine is does not matter. */
import assert from 'node:assert/strict';

/** Seconds of CPU time that this process spends on some work, garbage collection included. */
function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** Asserts that ten times the work takes about ten times as long, at most 30 times: in proportion, not with the square. */
export function assertProportional(what: string, few: () => void, tenTimes: () => void): void {
  // the least of some: the compiler counts little
  const before = Math.min(cpuSeconds(few), cpuSeconds(few), cpuSeconds(few));
  const most = 30 * before + 0.1;
  let after = Infinity;
  for (let n = 0; n < 3 && after >= most; n++) after = Math.min(after, cpuSeconds(tenTimes));
  assert.ok(after < most, `${what}: ${before.toFixed(4)} s, then ${after.toFixed(4)} s`);
}
