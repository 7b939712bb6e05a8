/**
 * Builds the native library from native/ into prebuilds/PLATFORM-ARCH/unroll.node, where a C compiler is found. Nothing
 * needs it: without it the kernels in WebAssembly run, with the same bits.
 *
 *     node scripts/build-native.ts [--sanitize]
 *
 * kernels.c is compiled once per instruction set; addon.c chooses among them at run time. `--sanitize` adds the address and
 * undefined-behaviour sanitizers, for scripts/test-native.ts. `CC` names the compiler.
 */
import { spawnSync } from 'node:child_process';
import * as crypto from 'node:crypto';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { sourceStamp } from '../src/engine/native/library.ts';
import { root } from './house.ts';

/** Multiply-adds are fused where the source says so, and nowhere else: so that all instruction sets give the same bits. */
const COMMON =
  '-std=gnu11 -O3 -fPIC -fvisibility=hidden -ffp-contract=off -fno-math-errno -fno-trapping-math -Wall -Wextra -Wno-unknown-pragmas -Wno-psabi'.split(
    ' ',
  );
const SETS = {
  avx512: '-mavx512f -mavx512dq -mavx512bw -mavx512vl -mfma -mprefer-vector-width=512',
  avx2: '-mavx2 -mfma',
};
const SANITIZE = ['-g', '-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];

function stop(message: string): never {
  process.stderr.write(`[build:native] ${message} Without it the kernels in WebAssembly run.\n`);
  process.exit(1);
}

function findCompiler(): string {
  const candidates = process.env.CC ? [process.env.CC] : ['cc', 'gcc', 'clang'];
  const found = candidates.find((command) => spawnSync(command, ['--version']).status === 0);
  return (
    found ?? stop(`needs a C compiler (${candidates.join(', ')}), but found none. Install GCC or Clang.`)
  );
}

if (process.platform !== 'linux' || process.arch !== 'x64')
  stop(`builds for linux x64, but this is ${process.platform} ${process.arch}.`);
const compiler = findCompiler();
const sanitize = process.argv.includes('--sanitize');
const folder = `${root}prebuilds/${process.platform}-${process.arch}`;
const work = fs.mkdtempSync(`${tmpdir()}/unroll-native-`);

function run(args: readonly string[]): void {
  const { status } = spawnSync(compiler, args, { cwd: `${root}native`, stdio: ['ignore', 2, 2] });
  if (status !== 0) stop(`${compiler} must compile native/, but failed: see above.`);
}

const flags = [...COMMON, ...(sanitize ? SANITIZE : [])];
for (const [set, options] of Object.entries(SETS))
  run(['-c', ...flags, ...options.split(' '), 'kernels.c', '-o', `${work}/${set}.o`]);
run(['-c', ...flags, `-DSTAMP="${sourceStamp(fs, crypto)}"`, 'addon.c', '-o', `${work}/addon.o`]);
const objects = ['addon', ...Object.keys(SETS)].map((name) => `${work}/${name}.o`);
// of libc only memcpy is used, which Node brings: so one file suits every Linux
const link = sanitize ? ['-fsanitize=address,undefined'] : ['-nostdlib', '-s'];
run(['-shared', ...link, ...objects, '-lgcc', '-o', `${work}/unroll.node`]);
fs.mkdirSync(folder, { recursive: true });
// beside, then renamed: a process that has loaded the file before keeps what it has loaded
fs.copyFileSync(`${work}/unroll.node`, `${folder}/unroll.node.${process.pid}`);
fs.renameSync(`${folder}/unroll.node.${process.pid}`, `${folder}/unroll.node`);
fs.rmSync(work, { recursive: true });
process.stderr.write(`native library: ${folder.slice(root.length)}/unroll.node\n`);
