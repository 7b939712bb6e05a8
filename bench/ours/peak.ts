/** What the machine can do at most: multiply-adds on registers alone. */
import { peakLoop } from '../../src/cli/peak.ts';
import type { EngineChoice } from '../../src/engine/choose.ts';
import { createTeamControl, leadTeam, soloTeam, type TeamProgram } from '../../src/engine/team.ts';
import { startThread, type TeamWorker } from '../../src/engine/workers.ts';
import type { Work } from '../support/serve.ts';

/** What a worker of the peak loop gets. */
export interface PeakWorkerData {
  readonly engine: Pick<EngineChoice, 'name'>;
  readonly control: SharedArrayBuffer;
  readonly thread: number;
  readonly threads: number;
}

const PEAK_LOOPS = 200_000;

/** The loop, for one thread. */
export function peakProgram(engine: Pick<EngineChoice, 'name'>): TeamProgram {
  const run = peakLoop(engine);
  return () => void run(PEAK_LOOPS);
}

/** Sets up the loop that shows the peak of so many threads at once, with vectors as wide as the kernels have. */
export async function preparePeak({ name }: EngineChoice, threads: number): Promise<Work> {
  const program = peakProgram({ name });
  const control = createTeamControl();
  const workers: TeamWorker[] = [];
  for (let thread = 1; thread < threads; thread++) {
    const data: PeakWorkerData = { engine: { name }, control, thread, threads };
    workers.push(await startThread(new URL('./peak-worker.ts', import.meta.url), data));
  }
  const team = threads > 1 ? leadTeam(control, threads, program) : soloTeam(program);
  return {
    variants: { ours: { step: () => team.run(), check: [] } },
    flop: threads * peakLoop({ name })(PEAK_LOOPS),
    async release() {
      for (const worker of workers) await worker.close();
    },
  };
}
