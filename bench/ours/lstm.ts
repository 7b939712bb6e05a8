/** Forward and backward of a recurrent stack by itself. */
import { createEngine, createEngineMemory, type EngineChoice } from '../../src/engine/choose.ts';
import { createTeamControl, leadTeam, soloTeam } from '../../src/engine/team.ts';
import { startThread, type TeamWorker } from '../../src/engine/workers.ts';
import type { LstmSpec } from '../support/protocol.ts';
import type { Work } from '../support/serve.ts';
import { writeData } from './data.ts';
import { lstmFlop } from './flop.ts';
import { createStack, type StackWorkerData } from './stack.ts';

const SEED = 7;

/** Sets a stack up on so many threads. */
export async function prepareLstm(spec: LstmSpec, engine: EngineChoice, threads: number): Promise<Work> {
  const stack = createStack(spec, threads);
  const shared = threads > 1;
  const memory = createEngineMemory(engine, stack.words, shared);
  stack.bind(createEngine(engine, { words: stack.words, memory }));
  stack.fill(SEED);
  const control = createTeamControl();
  const workers: TeamWorker[] = [];
  for (let thread = 1; thread < threads; thread++) {
    const data: StackWorkerData = { spec, engine, memory, control, thread, threads };
    workers.push(await startThread(new URL('./stack-worker.ts', import.meta.url), data));
  }
  const team = shared ? leadTeam(control, threads, stack.program) : soloTeam(stack.program);
  const step = () => team.run();
  step();
  const data = writeData(stack.arrays());
  return {
    variants: { ours: { step, check: stack.check() } },
    data,
    flop: lstmFlop(spec, 3),
    async release() {
      data.remove();
      for (const worker of workers) await worker.close();
    },
  };
}
