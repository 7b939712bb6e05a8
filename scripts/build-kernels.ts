/**
 * Compiles kernels/*.ts (AssemblyScript) into src/engine/wasm/binaries.ts: two small modules as base64 text, so that
 * Node, browsers, workers and bundlers load them alike. For shared memory a module differs in one byte, the flags of
 * its memory's limits; where that byte is stands beside. Does nothing when the sources have not changed.
 *
 *     node scripts/build-kernels.ts [--force]
 */
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { unrollLoops } from './unroll.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = `${root}src/engine/wasm/binaries.ts`;

const FLAGS = ['-O3', '--runtime', 'stub', '--noAssert', '--enable', 'simd', '--enable', 'relaxed-simd'];
// constants of the kernels sit between 1 KiB and 64 KiB, arenas start above
const MEMORY = ['--importMemory', '--memoryBase', '1024', '--initialMemory', '1', '--maximumMemory', '65536'];
const SHARED = ['--sharedMemory', '--enable', 'threads'];

/** The modules to build. */
const WIDTHS = ['wide', 'narrow'] as const;

/** A hash of everything that the binaries depend on. */
function sourceHash(): string {
  const hash = createHash('sha256');
  for (const file of [
    'scripts/build-kernels.ts',
    'scripts/unroll.ts',
    ...globSync('kernels/*.ts', { cwd: root }).sort(),
  ]) {
    hash.update(file).update(readFileSync(`${root}${file}`));
  }
  return hash.update(asc.version).digest('hex');
}

async function compile(entry: string, flags: readonly string[]): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main([entry, '--outFile', 'out.wasm', ...FLAGS, ...MEMORY, ...flags], {
    readFile: (name, base) => {
      const file = `${base === '.' ? root : base}/${name}`;
      return existsSync(file) ? unrollLoops(readFileSync(file, 'utf8')) : null;
    },
    writeFile: (_name, contents) => {
      binary = contents as unknown as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`asc could not compile ${entry}:\n${stderr.toString()}`);
  return binary;
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
  for (const width of WIDTHS) {
    const plain = await compile(`kernels/${width}.ts`, []);
    const shared = await compile(`kernels/${width}.ts`, SHARED);
    const differing = [...plain.keys()].filter((at) => plain[at] !== shared[at]);
    const [flags] = differing;
    if (differing.length !== 1 || plain.length !== shared.length || plain[flags] !== 1 || shared[flags] !== 3)
      throw new Error(
        `${width}: with shared memory more than the memory's flags differ, at ${differing.join(', ')}`,
      );
    lines.push(`export const ${width} = {`, `  memoryFlags: ${flags},`, '  base64:');
    lines.push(`    '${Buffer.from(plain).toString('base64')}',`, '};');
    const found = exportsOf(plain);
    if (names && names.join() !== found.join())
      throw new Error(
        `${width}: both modules must export the same functions, but ${found.join()} is not ${names.join()}`,
      );
    names = found;
    process.stderr.write(`kernels: ${width} ${plain.length} bytes\n`);
  }
  const union = (names ?? []).map((name) => `  | '${name}'`).join('\n');
  lines.push('', '/** The functions of both modules. */', `export type ExportName =\n${union};`);
  writeFileSync(`${target}.${process.pid}`, lines.join('\n') + '\n');
  renameSync(`${target}.${process.pid}`, target);
}

await main();
