/**
 * What may not grow unnoticed: a bundle for a page that predicts, the heart of the library, and the time that the
 * kernels take beside plain loops. Fails where one is over its budget; raise a budget knowingly, in the change that needs
 * it. How fast the kernels are in milliseconds is for `npm run bench`, on a quiet machine.
 */
import { globSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { maxOf, minOf } from '../src/core/lists.ts';
import { testEngines } from '../src/engine/index.ts';
import { root } from './house.ts';

/** What a page needs that reads the files of a model itself and predicts. */
const PREDICTION = `
  export { chooseEngine } from './src/engine/index.ts';
  export { capacityFor, createSession, predictSequences, readModelConfig, readSafetensors } from './src/models/index.ts';
  export { encodeTexts, readTokenizerJson } from './src/text/index.ts';`;

/** The same in one call. */
const LOAD = `export { load } from './src/classifier/index.ts';`;

/** Folders without which nothing trains or predicts. */
const HEART = ['core', 'text', 'engine', 'nn', 'models', 'train'];

interface Size {
  readonly what: string;
  readonly unit: string;
  readonly measured: number;
  /** At most; what was measured when it was last set, and a little. */
  readonly budget: number;
}

/** KiB of a bundle after gzip, and of zod in it before gzip. */
async function bundleOf(contents: string): Promise<{ readonly kibibytes: number; readonly zod: number }> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    stdin: { contents, resolveDir: root, sourcefile: 'predict.js' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2024',
    write: false,
    metafile: true,
  });
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const zod = inputs.filter(([file]) => file.includes('node_modules/zod/'));
  return {
    kibibytes: gzipSync(outputFiles[0].contents, { level: 9 }).length / 1024,
    zod: zod.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0) / 1024,
  };
}

function linesOf(folders: readonly string[]): number {
  const files = folders.flatMap((name) => globSync(`src/${name}/**/*.ts`, { cwd: root }));
  return files
    .filter(
      (file) => !file.endsWith('.test.ts') && !file.endsWith('binaries.ts') && !file.endsWith('unicode.ts'),
    )
    .reduce((sum, file) => sum + readFileSync(root + file, 'utf8').split('\n').length - 1, 0);
}

/**
 * Time of a matrix product by the fastest kernels, in percent of that by the plain loops of the reference: the least of
 * three measurements. Both slow down alike on a busy machine, and the budget leaves room for a factor of two.
 */
function kernelTime(): number {
  const ratios = Array.from({ length: 3 }, () => {
    const { tests } = testEngines(() => performance.now(), { all: true });
    const speeds = (prefix: string) =>
      tests.filter(({ name }) => name.startsWith(prefix)).map(({ gflops }) => gflops ?? 0);
    return (100 * maxOf(speeds('reference'))) / maxOf(speeds('wasm'));
  });
  return minOf(ratios);
}

const [prediction, load] = [await bundleOf(PREDICTION), await bundleOf(LOAD)];
const sizes: readonly Size[] = [
  { what: 'bundle that predicts, after gzip', unit: 'KiB', measured: prediction.kibibytes, budget: 66 },
  {
    what: 'bundle that loads a model and predicts, after gzip',
    unit: 'KiB',
    measured: load.kibibytes,
    budget: 91,
  },
  { what: 'of both zod, before gzip', unit: 'KiB', measured: prediction.zod + load.zod, budget: 0 },
  { what: `src/{${HEART.join(',')}} without tests`, unit: 'lines', measured: linesOf(HEART), budget: 23_310 },
  { what: 'time of a matrix product, of that by plain loops', unit: '%', measured: kernelTime(), budget: 3 },
];
for (const { what, unit, measured, budget } of sizes) {
  const shown = unit === 'lines' ? String(measured) : measured.toFixed(1);
  const over = measured > budget;
  process.stdout.write(`${over ? '✖' : '✔'} ${what}: ${shown} ${unit}, at most ${budget}\n`);
  if (over) process.exitCode = 1;
}
if (process.exitCode === 1)
  process.stderr.write(
    '[budgets] every size must be within its budget. Make it smaller, or raise the budget in scripts/budgets.ts.\n',
  );
