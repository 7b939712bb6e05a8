import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { spawn } from 'node:child_process';

const source = `
import { watchInterrupt } from ${JSON.stringify(new URL('./interrupt.ts', import.meta.url).href)};
watchInterrupt(() => console.log('first'));
setInterval(() => {}, 1000);
console.log('ready');
`;

/** Sends signals to a process that watches; tells what it printed and its exit code, null while it runs. */
async function signalled(pauses: readonly number[]): Promise<{ printed: string; code: number | null }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (bytes: Buffer) => {
      printed += bytes.toString();
      if (printed.includes('ready')) resolve();
    });
  });
  for (const pause of pauses) {
    await wait(pause);
    child.kill('SIGINT');
  }
  await wait(300);
  const code = child.exitCode;
  if (code === null) child.kill('SIGKILL');
  return { printed, code };
}

test('the same Ctrl-C delivered twice is one; a second one leaves at once', async () => {
  const [twice, again] = await Promise.all([signalled([0, 50]), signalled([0, 900])]);
  assert.deepEqual(twice, { printed: 'ready\nfirst\n', code: null });
  assert.deepEqual(again, { printed: 'ready\nfirst\n', code: 130 });
});
