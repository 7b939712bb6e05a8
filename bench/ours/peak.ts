/** What the machine can do at most: multiply-adds on registers alone. */
import asc from 'assemblyscript/asc';
import {
  createTeamControl,
  leadTeam,
  soloTeam,
  startTeamWorker,
  type TeamProgram,
  type TeamWorker,
} from '../../src/engine/team.ts';
import type { EngineChoice } from '../../src/engine/choose.ts';
import type { Work } from '../support/serve.ts';

/** What a worker of the peak loop gets. */
export interface PeakWorkerData {
  readonly module: WebAssembly.Module;
  readonly control: SharedArrayBuffer;
  readonly thread: number;
  readonly threads: number;
}

/** The loop, for one thread. */
export function peakProgram(module: WebAssembly.Module): TeamProgram {
  const { exports } = new WebAssembly.Instance(module, {});
  const peak = exports.peak as (at: number, n: number) => void;
  return () => peak(1024, PEAK_LOOPS);
}

const PEAK_LOOPS = 200_000;

/**
 * AssemblyScript for a loop that multiplies and adds on registers alone: as many accumulators as a tile of the
 * product has (6 rows of `vectors` vectors), nothing read or written while it runs.
 */
function peakSource(vectors: number): string {
  const cells = Array.from({ length: 6 * vectors }, (_, n) => n);
  const indices = [...Array(vectors).keys()];
  return [
    'export function peak(at: usize, n: i32): void {',
    ...cells.map((n) => `let c${n} = v128.load(at, ${256 + n * 16});`),
    ...indices.map((j) => `const b${j} = v128.load(at, ${j * 16});`),
    'const x = v128.load32_splat(at, 128);',
    'do {',
    ...cells.map((n) => `c${n} = f32x4.relaxed_madd(x, b${n % vectors}, c${n});`),
    '} while (--n > 0);',
    // from the highest down: V8 fuses stores only in that order
    ...cells.toReversed().map((n) => `v128.store(at, c${n}, ${256 + n * 16});`),
    '}',
  ].join('\n');
}

/** Sets up the loop that shows the peak of so many threads at once, with vectors as wide as the kernels have. */
export async function preparePeak(engine: EngineChoice, threads: number): Promise<Work> {
  const vectors = engine.name === 'wasm narrow' ? 2 : 4;
  let binary: Uint8Array<ArrayBuffer> | undefined;
  const flags = ['--runtime', 'stub', '--noAssert', '--enable', 'simd', '--enable', 'relaxed-simd', '-O3'];
  const memory = ['--memoryBase', '4096', '--initialMemory', '1'];
  const { error, stderr } = await asc.main(['peak.ts', '--outFile', 'peak.wasm', ...flags, ...memory], {
    readFile: (name) => (name === 'peak.ts' ? peakSource(vectors) : null),
    writeFile: (_name, contents) => {
      binary = contents as unknown as Uint8Array<ArrayBuffer>;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`asc could not compile the peak loop: ${stderr.toString()}`);
  const module = new WebAssembly.Module(binary);
  const program = peakProgram(module);
  const control = createTeamControl();
  const workers: TeamWorker[] = [];
  for (let thread = 1; thread < threads; thread++) {
    const data: PeakWorkerData = { module, control, thread, threads };
    workers.push(await startTeamWorker(new URL('./peak-worker.ts', import.meta.url), data));
  }
  const team = threads > 1 ? leadTeam(control, threads, program) : soloTeam(program);
  return {
    variants: { ours: { step: () => team.run(), check: [] } },
    flop: threads * PEAK_LOOPS * 6 * vectors * 8, // 4 lanes, a multiplication and an addition each
    async release() {
      for (const worker of workers) await worker.close();
    },
  };
}
