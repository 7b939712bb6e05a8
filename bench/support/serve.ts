/** The contestant's side of the protocol, for those in our language. Peers written in .mjs use it too. */
import { createInterface } from 'node:readline';
import type { Check, DataFile, Replies, Request, Spec } from './protocol.ts';

/** Work that is set up. */
export interface Work {
  /** Ways to do it, each with the figures that must agree with the other side. */
  readonly variants: Readonly<Record<string, { step(): void | Promise<void>; readonly check: Check }>>;
  readonly data?: DataFile;
  readonly flop?: number;
  release?(): void | Promise<void>;
}

/** Warming up: at least so many steps and ms. A step longer than that is warm at once. */
const WARM_STEPS = 3;
const WARM_MS = 800;

/** Answers on standard output until standard input ends. */
export async function serve(
  name: string,
  prepare: (spec: Spec, data: DataFile | undefined) => Promise<Work>,
): Promise<void> {
  let work: Work | undefined;
  const release = async (): Promise<void> => {
    await work?.release?.();
    work = undefined;
  };
  const answer = async (request: Request): Promise<Replies[Request['do']]> => {
    switch (request.do) {
      case 'hello':
        return { name };
      case 'prepare': {
        await release();
        work = await prepare(request.spec, request.data);
        const { variants, data, flop } = work;
        for (const { step } of Object.values(variants)) await warmUp(step);
        return {
          variants: Object.fromEntries(Object.entries(variants).map(([key, { check }]) => [key, check])),
          ...(data && { data }),
          ...(flop !== undefined && { flop }),
        };
      }
      case 'run': {
        const variant = work?.variants[request.variant];
        if (!variant) throw new Error(`nothing called "${request.variant}" is prepared`);
        return { ms: await time(variant.step, request.steps) };
      }
      case 'release':
        await release();
        return {};
      default:
        return request satisfies never;
    }
  };
  for await (const line of createInterface({ input: process.stdin })) {
    let reply: unknown;
    try {
      reply = await answer(JSON.parse(line) as Request);
    } catch (error) {
      reply = { error: error instanceof Error ? error.message : String(error) };
    }
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
  await release();
}

async function warmUp(step: () => void | Promise<void>): Promise<void> {
  const start = performance.now();
  for (let n = 0; n < WARM_STEPS || performance.now() - start < WARM_MS; n++) {
    await step();
    if (n === 0 && performance.now() - start > WARM_MS) return;
  }
}

/** Milliseconds a step over `steps` steps, after one that wakes threads and fills caches. */
async function time(step: () => void | Promise<void>, steps: number): Promise<number> {
  await step();
  const start = performance.now();
  for (let n = 0; n < steps; n++) {
    const pending = step();
    if (pending) await pending; // a step that is done costs no turn of the event loop
  }
  return (performance.now() - start) / steps;
}
