/**
 * Builds the native library from native/ into prebuilds/PLATFORM-ARCH/unroll.node, where a C compiler is found. Nothing
 * needs it: without it the kernels in WebAssembly run, with the same bits.
 *
 *     node scripts/build-native.ts [--arch x64|arm64] [--sanitize]
 *
 * kernels.c is compiled once per instruction set; addon.c chooses among them at run time. `--sanitize` adds the address and
 * undefined-behaviour sanitizers, for scripts/test-native.ts. `--arch` builds for another processor with a cross compiler.
 * `CC` names the compiler.
 */
import { spawnSync } from 'node:child_process';
import * as crypto from 'node:crypto';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { sealOf, sourceStamp } from '../src/engine/native/library.ts';
import { root } from './house.ts';

/** Multiply-adds are fused where the source says so, and nowhere else: so that all instruction sets give the same bits. */
const COMMON =
  '-std=gnu11 -O3 -fPIC -fvisibility=hidden -ffp-contract=off -fno-math-errno -fno-trapping-math -Wall -Wextra -Wno-unknown-pragmas -Wno-psabi'.split(
    ' ',
  );
/** Instruction sets of each architecture, and the compilers that build for it elsewhere. */
const ARCHITECTURES = {
  x64: {
    sets: {
      avx512: '-mavx512f -mavx512dq -mavx512bw -mavx512vl -mfma -mprefer-vector-width=512',
      avx2: '-mavx2 -mfma',
    },
    cross: ['x86_64-linux-gnu-gcc'],
  },
  arm64: { sets: { neon: '-march=armv8-a' }, cross: ['aarch64-linux-gnu-gcc'] },
} as const;
type Architecture = keyof typeof ARCHITECTURES;
const SANITIZE = ['-g', '-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];

function stop(message: string): never {
  process.stderr.write(`[build:native] ${message} Without it the kernels in WebAssembly run.\n`);
  process.exit(1);
}

function findCompiler(): string {
  const own = arch === process.arch ? ['cc', 'gcc', 'clang'] : ARCHITECTURES[arch].cross;
  const candidates = process.env.CC ? [process.env.CC] : own;
  const found = candidates.find((command) => spawnSync(command, ['--version']).status === 0);
  return (
    found ?? stop(`needs a C compiler (${candidates.join(', ')}), but found none. Install GCC or Clang.`)
  );
}

function chooseArchitecture(given: string): Architecture {
  const known = Object.keys(ARCHITECTURES) as Architecture[];
  if (process.platform !== 'linux') stop(`builds on linux, but this is ${process.platform}.`);
  return (
    known.find((one) => one === given) ?? stop(`builds for ${known.join(' and ')}, but not for ${given}.`)
  );
}

const USAGE = 'npm run build:native -- [--arch x64|arm64] [--sanitize]';
/** The options of the command line. */
function readOptions(): { readonly arch?: string; readonly sanitize?: boolean; readonly help?: boolean } {
  try {
    const options = {
      arch: { type: 'string' },
      sanitize: { type: 'boolean' },
      help: { type: 'boolean' },
    } as const;
    return parseArgs({ options }).values;
  } catch (error) {
    return stop(`${(error as Error).message}. Write: ${USAGE}.`);
  }
}

const options = readOptions();
if (options.help) {
  process.stdout.write(`${USAGE}\n`);
  process.exit(0);
}
const arch = chooseArchitecture(options.arch ?? process.arch);
const compiler = findCompiler();
const { sanitize = false } = options;
const folder = `${root}prebuilds/${process.platform}-${arch}`;
const work = fs.mkdtempSync(`${tmpdir()}/unroll-native-`);

function run(args: readonly string[]): void {
  const { status } = spawnSync(compiler, args, { cwd: `${root}native`, stdio: ['ignore', 2, 2] });
  if (status !== 0) stop(`${compiler} must compile native/, but failed: see above.`);
}

const flags = [...COMMON, ...(sanitize ? SANITIZE : [])];
const { sets } = ARCHITECTURES[arch];
for (const [set, machine] of Object.entries(sets))
  run(['-c', ...flags, ...machine.split(' '), 'kernels.c', '-o', `${work}/${set}.o`]);
run(['-c', ...flags, `-DSTAMP="${sourceStamp(fs, crypto)}"`, 'addon.c', '-o', `${work}/addon.o`]);
const objects = ['addon', ...Object.keys(sets)].map((name) => `${work}/${name}.o`);
// of libc only memcpy is used, which Node brings: so one file suits every Linux
const link = sanitize ? ['-fsanitize=address,undefined'] : ['-nostdlib', '-s'];
run(['-shared', ...link, ...objects, '-lgcc', '-o', `${work}/unroll.node`]);
fs.mkdirSync(folder, { recursive: true });
const library = fs.readFileSync(`${work}/unroll.node`);
const seal = sealOf(`${process.platform}-${arch}`, library, crypto);
// beside, then renamed: a process that has loaded the file before keeps what it has loaded
fs.writeFileSync(`${folder}/unroll.node.${process.pid}`, Buffer.concat([library, Buffer.from(seal)]));
fs.renameSync(`${folder}/unroll.node.${process.pid}`, `${folder}/unroll.node`);
fs.rmSync(work, { recursive: true });
process.stderr.write(`native library: ${folder.slice(root.length)}/unroll.node\n`);
