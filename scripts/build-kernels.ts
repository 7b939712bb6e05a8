/**
 * Compiles kernels/*.ts (AssemblyScript) into src/engine/wasm/binaries.ts: three small modules as base64 text, so that
 * Node, browsers, workers and bundlers load them alike; two of them as differences from the third, which takes half the
 * bytes. For shared memory a module differs in one byte, the flags of its memory's limits; where that byte is stands
 * beside. Does nothing when the sources have not changed.
 *
 *     node scripts/build-kernels.ts [--force]
 */
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { applyPatch } from '../src/engine/wasm/patch.ts';
import { makePatch } from './patch.ts';
import { withoutRelaxed } from './plain-simd.ts';
import { unrollLoops } from './unroll.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = `${root}src/engine/wasm/binaries.ts`;

const FLAGS = ['-O3', '--runtime', 'stub', '--noAssert', '--enable', 'simd'];
const RELAXED = ['--enable', 'relaxed-simd'];
// constants of the kernels sit between 1 KiB and 64 KiB, arenas start above
const MEMORY = ['--importMemory', '--memoryBase', '1024', '--initialMemory', '1', '--maximumMemory', '65536'];
const SHARED = ['--sharedMemory', '--enable', 'threads'];

interface Build {
  readonly name: string;
  readonly entry: string;
  /** Whether it may use relaxed SIMD. */
  readonly relaxed: boolean;
}

/** The modules to build; the first is the base of the others. */
const BUILDS: readonly Build[] = [
  { name: 'narrow', entry: 'kernels/narrow.ts', relaxed: true },
  { name: 'wide', entry: 'kernels/wide.ts', relaxed: true },
  { name: 'plain', entry: 'kernels/narrow.ts', relaxed: false },
];

/** A hash of everything that the binaries depend on. */
function sourceHash(): string {
  const hash = createHash('sha256');
  for (const file of [
    ...['build-kernels', 'patch', 'plain-simd', 'unroll'].map((name) => `scripts/${name}.ts`),
    'src/engine/wasm/patch.ts',
    ...globSync('kernels/*.ts', { cwd: root }).sort(),
  ]) {
    hash.update(file).update(readFileSync(`${root}${file}`));
  }
  return hash.update(asc.version).digest('hex');
}

async function compile({ entry, relaxed }: Build, flags: readonly string[]): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const given = [...FLAGS, ...MEMORY, ...(relaxed ? RELAXED : []), ...flags];
  const { error, stderr } = await asc.main([entry, '--outFile', 'out.wasm', ...given], {
    readFile: (name, base) => {
      const file = `${base === '.' ? root : base}/${name}`;
      if (!existsSync(file)) return null;
      const source = unrollLoops(readFileSync(file, 'utf8'));
      return relaxed ? source : withoutRelaxed(source);
    },
    writeFile: (_name, contents) => {
      binary = contents as unknown as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`asc could not compile ${entry}:\n${stderr.toString()}`);
  return binary;
}

/** A module on memory of its own, and the place of the byte that makes the memory shared. */
async function compileBoth(build: Build): Promise<{ binary: Uint8Array; memoryFlags: number }> {
  const plain = await compile(build, []);
  const shared = await compile(build, SHARED);
  const differing = [...plain.keys()].filter((at) => plain[at] !== shared[at]);
  const [memoryFlags] = differing;
  if (
    differing.length !== 1 ||
    plain.length !== shared.length ||
    plain[memoryFlags] !== 1 ||
    shared[memoryFlags] !== 3
  ) {
    throw new Error(
      `${build.name}: with shared memory more than the memory's flags differ, at ${differing.join(', ')}`,
    );
  }
  return { binary: plain, memoryFlags };
}

/** What is written of a module: itself, or its differences from the base. */
function contentOf(binary: Uint8Array, base: Uint8Array | undefined): { name: string; bytes: Uint8Array } {
  if (!base) return { name: 'base64', bytes: binary };
  const patch = makePatch(base, binary);
  if (Buffer.compare(applyPatch(base, patch), binary) !== 0)
    throw new Error('a patch must make the module it was made from');
  return { name: 'patch', bytes: patch };
}

/** Names of the functions that a module exports. */
function exportsOf(binary: Uint8Array): string[] {
  return WebAssembly.Module.exports(new WebAssembly.Module(new Uint8Array(binary)))
    .filter(({ kind }) => kind === 'function')
    .map(({ name }) => name)
    .sort();
}

async function main(): Promise<void> {
  const hash = sourceHash();
  const stamp = `// sources ${hash}`;
  const force = process.argv.includes('--force');
  if (!force && existsSync(target) && readFileSync(target, 'utf8').startsWith(stamp)) return;
  const lines = [stamp, '// Made by scripts/build-kernels.ts from kernels/. Do not edit.', ''];
  let names: readonly string[] | undefined;
  let base: Uint8Array | undefined;
  for (const build of BUILDS) {
    const { binary, memoryFlags } = await compileBoth(build);
    const { name, bytes } = contentOf(binary, base);
    base ??= binary;
    lines.push(`export const ${build.name} = {`, `  memoryFlags: ${memoryFlags},`, `  ${name}:`);
    lines.push(`    '${Buffer.from(bytes).toString('base64')}',`, '};');
    const found = exportsOf(binary);
    if (names && names.join() !== found.join()) {
      throw new Error(
        `${build.name}: all modules must export the same functions, but ${found.join()} is not ${names.join()}`,
      );
    }
    names = found;
    process.stderr.write(`kernels: ${build.name} ${binary.length} bytes\n`);
  }
  const union = (names ?? []).map((name) => `  | '${name}'`).join('\n');
  lines.push('', '/** The functions of all modules. */', `export type ExportName =\n${union};`);
  writeFileSync(`${target}.${process.pid}`, lines.join('\n') + '\n');
  renameSync(`${target}.${process.pid}`, target);
}

await main();
