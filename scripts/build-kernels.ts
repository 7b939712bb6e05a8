/**
 * Compiles kernels/*.ts (AssemblyScript) into src/engine/wasm/binaries.ts: four small modules as base64 text, so that
 * Node, browsers, workers and bundlers load them alike. Does nothing when the sources have not changed.
 *
 *     node scripts/build-kernels.ts [--force]
 */
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = `${root}src/engine/wasm/binaries.ts`;

const FLAGS = ['-O3', '--runtime', 'stub', '--noAssert', '--enable', 'simd', '--enable', 'relaxed-simd'];
// constants of the kernels sit between 1 KiB and 64 KiB, arenas start above
const MEMORY = ['--importMemory', '--memoryBase', '1024', '--initialMemory', '1', '--maximumMemory', '65536'];
const SHARED = ['--sharedMemory', '--enable', 'threads'];

/** The modules to build: name in binaries.ts, entry file, extra flags. */
const MODULES = [
  { name: 'wide', entry: 'kernels/wide.ts', flags: [] },
  { name: 'narrow', entry: 'kernels/narrow.ts', flags: [] },
  { name: 'wideShared', entry: 'kernels/wide.ts', flags: SHARED },
  { name: 'narrowShared', entry: 'kernels/narrow.ts', flags: SHARED },
] as const;

/** A hash of everything that the binaries depend on. */
function sourceHash(): string {
  const hash = createHash('sha256');
  for (const file of ['scripts/build-kernels.ts', ...globSync('kernels/*.ts', { cwd: root }).sort()]) {
    hash.update(file).update(readFileSync(`${root}${file}`));
  }
  return hash.update(asc.version).digest('hex');
}

async function compile(entry: string, flags: readonly string[]): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main([entry, '--outFile', 'out.wasm', ...FLAGS, ...MEMORY, ...flags], {
    readFile: (name, base) => {
      const file = `${base === '.' ? root : base}/${name}`;
      return existsSync(file) ? readFileSync(file, 'utf8') : null;
    },
    writeFile: (_name, contents) => {
      binary = contents as unknown as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`asc could not compile ${entry}:\n${stderr.toString()}`);
  return binary;
}

async function main(): Promise<void> {
  const hash = sourceHash();
  const stamp = `// sources ${hash}`;
  const force = process.argv.includes('--force');
  if (!force && existsSync(target) && readFileSync(target, 'utf8').startsWith(stamp)) return;
  const lines = [stamp, '// Made by scripts/build-kernels.ts from kernels/. Do not edit.', ''];
  for (const { name, entry, flags } of MODULES) {
    const binary = await compile(entry, flags);
    lines.push(`export const ${name} =`, `  '${Buffer.from(binary).toString('base64')}';`);
    process.stderr.write(`kernels: ${name} ${binary.length} bytes\n`);
  }
  writeFileSync(`${target}.${process.pid}`, lines.join('\n') + '\n');
  renameSync(`${target}.${process.pid}`, target);
}

await main();
