/** How long tests wait. */
import assert from 'node:assert/strict';

/** For what must come, in ms. It is there to end a hang: a machine that is busy, and ten times slower, passes. */
export const PATIENCE = 20 * 60_000;

/** Waits until it holds. @throws AssertionError with what `told` says, where that takes too long */
export async function until(holds: () => boolean | Promise<boolean>, told: () => string): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!(await holds())) {
    assert.ok(performance.now() < end, `waited for ${PATIENCE / 60_000} minutes: ${told()}`);
    await pause(10);
  }
}

/** Waits for some milliseconds, or more on a machine that is busy: nothing may depend on how many. */
export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
