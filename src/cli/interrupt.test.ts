import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

const BUSY = 'const end = performance.now() + 8000; while (performance.now() < end);';
const IDLE = 'setInterval(() => {}, 1000);';

interface SignalledOptions {
  /** Run while it watches. */
  readonly then?: string;
  readonly signal?: NodeJS.Signals;
  readonly args?: readonly string[];
}

const source = ({ then = IDLE }: SignalledOptions) => `
import { watchInterrupt } from ${JSON.stringify(new URL('./interrupt.ts', import.meta.url).href)};
const watch = watchInterrupt(() => console.log('first'));
console.log('ready');
${then}
`;

interface Heard {
  readonly printed: string;
  readonly ended: number | NodeJS.Signals | null;
}

/** Sends signals to a process that watches; tells what it printed and how it ended, null while it runs. */
async function signalled(pauses: readonly number[], options: SignalledOptions = {}): Promise<Heard> {
  const { signal = 'SIGINT', args = [] } = options;
  const child = spawn(process.execPath, [...args, '--input-type=module', '-e', source(options)], {
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
    child.kill(signal);
  }
  await wait(400);
  const ended = child.exitCode ?? child.signalCode;
  if (ended === null) child.kill('SIGKILL');
  return { printed, ended };
}

describe('a watch', { concurrency: true }, () => {
  test('the same Ctrl-C delivered twice is one; a second one ends the process', async () => {
    const [twice, again] = await Promise.all([signalled([0, 50]), signalled([0, 900])]);
    assert.deepEqual(twice, { printed: 'ready\nfirst\n', ended: null });
    assert.deepEqual(again, { printed: 'ready\nfirst\n', ended: 'SIGINT' });
  });

  test('a second Ctrl-C ends the process within a long synchronous call', async () => {
    const [once, again] = await Promise.all([
      signalled([100], { then: BUSY }),
      signalled([100, 900], { then: BUSY }),
    ]);
    assert.deepEqual(once, { printed: 'ready\n', ended: null });
    assert.deepEqual(again, { printed: 'ready\n', ended: 'SIGINT' });
  });

  test('SIGTERM and the hang-up of a closed terminal ask for a stop as Ctrl-C does', async () => {
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
      assert.deepEqual(await signalled([0], { signal }), { printed: 'ready\nfirst\n', ended: null });
    }
  });

  test('a released watch gives the signals back', async () => {
    const then = `watch.release(); await new Promise((done) => setTimeout(done, 100)); console.log('released'); ${IDLE}`;
    assert.equal((await signalled([300], { then })).ended, 'SIGINT');
  });

  test('where the permission model allows no thread, the main thread watches', async () => {
    const args = ['--permission', '--allow-fs-read=*'];
    const [twice, again] = await Promise.all([signalled([0, 50], { args }), signalled([0, 900], { args })]);
    assert.deepEqual(twice, { printed: 'ready\nfirst\n', ended: null });
    assert.deepEqual(again, { printed: 'ready\nfirst\n', ended: 130 });
  });
});
