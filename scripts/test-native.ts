/**
 * Runs the conformance suite of the kernels with the native library under the address and undefined-behaviour sanitizers, in
 * a copy of the sources in build/, so that the library in prebuilds/ stays as it is. Needs GCC.
 *
 *     node scripts/test-native.ts
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, rmSync } from 'node:fs';
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

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
  const { status, signal } = spawnSync(process.execPath, args, {
    cwd: copy,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (status === 0) return;
  process.stderr.write(`[test:native] ${args.join(' ')} must succeed, but ended with ${status ?? signal}.\n`);
  process.exit(1);
}

// the program that loads a library must have loaded the sanitizers before it
const runtimes = ['libasan.so', 'libubsan.so'].map((name) =>
  spawnSync('gcc', [`-print-file-name=${name}`], { encoding: 'utf8' }).stdout?.trim(),
);
if (!runtimes.every((path) => path && existsSync(path))) {
  process.stderr.write('[test:native] needs GCC with its sanitizers, but found none: skipped.\n');
  process.exit(0);
}
run(['scripts/build-native.ts', '--sanitize'], { CC: 'gcc' });
run(['--test', '--test-reporter=dot', 'src/engine/conformance.test.ts'], {
  LD_PRELOAD: runtimes.join(' '),
  ASAN_OPTIONS: 'detect_leaks=0:handle_segv=0', // V8 neither frees all nor does without its own handler
});
rmSync(copy, { recursive: true });
