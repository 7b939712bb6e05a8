/** Real disks that refuse: small ones that fill up, and read-only ones. Both need the right to mount. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new empty folder for the duration of `use`. */
export function withFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-test-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Why disks cannot be mounted here, or false where they can: for the `skip` of a test. */
export const cannotMount: string | false = (() => {
  try {
    withFolder((folder) => {
      mount(folder, 'size=64k');
      execFileSync('umount', [folder]);
    });
    return false;
  } catch {
    return 'mounting a small disk needs Linux and root';
  }
})();

/** Mounts an empty disk of so many KiB for the duration of `use`, which gets its folder and a switch to read-only. */
export function withDisk(kib: number, use: (folder: string, makeReadOnly: () => void) => void): void {
  withFolder((folder) => {
    mount(folder, `size=${kib}k`);
    try {
      use(folder, () => execFileSync('mount', ['-o', 'remount,ro', folder]));
    } finally {
      execFileSync('umount', [folder]);
    }
  });
}

function mount(folder: string, options: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' });
}
