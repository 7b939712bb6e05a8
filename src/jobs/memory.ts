/** Memory that nothing needs any more, given back to the system. */
import { getHeapStatistics } from 'node:v8';

/** A heap of fewer bytes is not worth the tenth of a second. */
const WORTH_IT = 128 * 2 ** 20;

/**
 * Collects the garbage of a large heap. V8 collects when its heap is full, however much the typed arrays beside it need:
 * after reading 120,000 documents two thirds of the heap is garbage, which stays for as long as little else is allocated.
 */
export async function giveBackMemory(): Promise<void> {
  if (getHeapStatistics().total_heap_size < WORTH_IT) return;
  try {
    const { Session } = await import('node:inspector/promises');
    const session = new Session();
    session.connect();
    try {
      await session.post('HeapProfiler.collectGarbage');
    } finally {
      session.disconnect();
    }
  } catch {
    // a Node without its inspector, or one that may not use it (--permission), keeps the garbage: nothing depends on it
  }
}
