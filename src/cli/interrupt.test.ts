import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { pause, until } from '../../test/support/patience.ts';

/** Keeps the main thread from everything; a test that passes does not wait for its end. */
const BUSY = 'const end = performance.now() + 600_000; while (performance.now() < end);';
const IDLE = 'setInterval(() => {}, 1000);';
/** A signal that comes this long after the first may be another one, in ms. */
const SECOND = 700;

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

/** A process that watches. */
async function watching(options: SignalledOptions = {}) {
  const { signal = 'SIGINT', args = [] } = options;
  const child = spawn(process.execPath, [...args, '--input-type=module', '-e', source(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const ended = () => child.exitCode ?? child.signalCode;
  const says = async (word: string) => {
    await until(
      () => printed.includes(word) || ended() !== null,
      () => printed,
    );
  };
  await says('ready');
  return {
    says,
    send: () => child.kill(signal),
    /** Sends further signals, as long as it takes: on a busy machine the process may hear the first late. */
    async sendUntilItEnds() {
      for (let n = 0; n < 40 && ended() === null; n++) {
        await pause(SECOND);
        child.kill(signal);
        await pause(100);
      }
      return this.end();
    },
    /** What it printed and how it ended, null where it still ran; it does not any more. */
    async end() {
      const found = { printed, ended: ended() };
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      return found;
    },
  };
}

/** The same signal delivered twice, which the process must take for one. */
async function twice(options: SignalledOptions = {}) {
  for (;;) {
    const child = await watching(options);
    const from = performance.now();
    child.send();
    await pause(50);
    child.send();
    const between = performance.now() - from;
    await child.says('first');
    await pause(SECOND);
    const found = await child.end();
    // on a machine that stood still meanwhile they were two
    if (between < 400) return found;
  }
}

/** A second signal, some time after the first. */
async function again(options: SignalledOptions = {}) {
  const child = await watching(options);
  child.send();
  await child.says('first');
  return child.sendUntilItEnds();
}

describe('a watch', { concurrency: true }, () => {
  test('the same Ctrl-C delivered twice is one; a second one ends the process', async () => {
    const [one, two] = await Promise.all([twice(), again()]);
    assert.deepEqual(one, { printed: 'ready\nfirst\n', ended: null });
    assert.deepEqual(two, { printed: 'ready\nfirst\n', ended: 'SIGINT' });
  });

  test('a second Ctrl-C ends the process within a long synchronous call', async () => {
    const [single, more] = await Promise.all([watching({ then: BUSY }), watching({ then: BUSY })]);
    for (const child of [single, more]) child.send();
    assert.deepEqual(await more.sendUntilItEnds(), { printed: 'ready\n', ended: 'SIGINT' });
    assert.deepEqual(await single.end(), { printed: 'ready\n', ended: null });
  });

  test('SIGTERM and the hang-up of a closed terminal ask for a stop as Ctrl-C does', async () => {
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
      const child = await watching({ signal });
      child.send();
      await child.says('first');
      await pause(400);
      assert.deepEqual(await child.end(), { printed: 'ready\nfirst\n', ended: null });
    }
  });

  test('a released watch gives the signals back', async () => {
    const child = await watching({ then: `watch.release(); console.log('released'); ${IDLE}` });
    await child.says('released');
    assert.deepEqual(await child.sendUntilItEnds(), { printed: 'ready\nreleased\n', ended: 'SIGINT' });
  });

  test('where the permission model allows no thread, the main thread watches', async () => {
    const args = ['--permission', '--allow-fs-read=*'];
    const [one, two] = await Promise.all([twice({ args }), again({ args })]);
    assert.deepEqual(one, { printed: 'ready\nfirst\n', ended: null });
    assert.deepEqual(two, { printed: 'ready\nfirst\n', ended: 130 });
  });
});
