import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { createStudy } from '../../tune/index.ts';
import { bePresent } from './presence.ts';

test('a search that died is known to be gone, one that lives or left is not', async () => {
  const folder = temporaryFolder();
  const first = bePresent(folder);
  assert.equal(first.gone.size, 0);
  const program = `
    import { bePresent } from ${JSON.stringify(new URL('./presence.ts', import.meta.url).href)};
    globalThis.presence = bePresent(${JSON.stringify(folder)});
    console.log(presence.worker);
    setInterval(() => undefined, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const name = String(said).trim();
  const second = bePresent(folder);
  assert.equal(second.gone.size, 0, 'both live');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const third = bePresent(folder);
  assert.deepEqual([...third.gone], [name]);
  assert.deepEqual([...bePresent(folder).gone], [name], 'until it is cleared');
  third.clear();
  assert.equal(bePresent(folder).gone.size, 0);
  second.release();
  assert.ok(!readdirSync(folder).includes(second.worker ?? ''));
});

test('what cannot be locked, read or removed keeps no search from working', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const nowhere = bePresent(file);
  assert.deepEqual([nowhere.worker, nowhere.gone.size], [undefined, 0]);
  nowhere.clear();
  nowhere.release();
  assert.deepEqual(readdirSync(folder), ['file']);
});

test('trials of a search that is gone are run again at once, those of others are not touched', async () => {
  const warnings: string[] = [];
  const study = await createStudy({ onWarning: (message) => warnings.push(message) });
  const begin = async (worker: string | undefined) => {
    const trial = await study.askWithin({ heartbeatSeconds: 20, worker });
    trial?.suggestFloat('x', 0, 1);
    await trial?.flush();
  };
  for (const worker of ['a', 'b', undefined]) await begin(worker);
  const lost = await study.retryLost((worker) => worker === 'a', { maxRetries: 1 });
  assert.deepEqual(
    lost.map(({ number, state, systemAttrs }) => [number, state, systemAttrs.fail_reason]),
    [[0, 'FAIL', 'its worker has ended']],
  );
  const [first, , , copy] = await study.trials();
  assert.deepEqual([copy.state, copy.systemAttrs.failed_trial], ['WAITING', 0]);
  assert.equal(copy.systemAttrs.worker, undefined);
  assert.deepEqual(copy.internalParams, first.internalParams);
  assert.match(warnings.join(), /\[trial 0\] its process has ended. It will be run again/);
  // as Optuna copies it, with all attributes
  const systemAttrs = { ...first.systemAttrs, failed_trial: 0, retry_history: [0] };
  const { number } = await study.storage.createTrial(study.id, { state: 'RUNNING', systemAttrs });
  assert.deepEqual(await study.retryLost((worker) => worker === 'a'), [], 'whose is not known');
  await study.tell(number, 1);
  await begin('c');
  await study.retryLost((worker) => worker === 'c', { maxRetries: 1 });
  assert.match(warnings.at(-1) ?? '', /no retries left/);
  assert.deepEqual(
    (await study.trials()).map(({ state }) => state),
    ['FAIL', 'RUNNING', 'RUNNING', 'FAIL', 'COMPLETE'],
  );
});
