/**
 * A worker process of the storage tests: `storage-worker.ts URL STUDY TASK N`.
 *
 * `work` runs trials until the study has N; each of them begins with a heartbeat, and is printed when it has been told. `make`
 * makes and tells N. `claim` says that it is ready, waits for a line, and claims waiting trials until there is none.
 */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { floatDistribution } from '../../src/tune/space/distributions.ts';
import { openStorage } from '../../src/tune/storage/open.ts';
import { TrialFinishedError } from '../../src/tune/trial/end.ts';
import type { FrozenTrial } from '../../src/tune/trial/frozen-trial.ts';

const [url, studyName, task, n] = process.argv.slice(2);
const storage = await openStorage(url, {
  onWait: (message) => process.stderr.write(`${message}\n`),
  waitSeconds: 60,
});
const study = await storage.findStudy(studyName);
if (!study) throw new Error(`no study ${studyName}`);
const distribution = floatDistribution(0, 1000);

async function run(trial: FrozenTrial): Promise<void> {
  await storage.writeTrial(trial.id, {
    params: [{ name: 'x', internal: trial.number, distribution }],
    userAttrs: { worker: process.pid },
  });
  for (let step = 0; step < 3; step++) {
    await sleep(1);
    await storage.writeTrial(trial.id, { intermediateValues: new Map([[step, trial.number + step]]) });
  }
  try {
    await storage.writeTrial(trial.id, { end: { state: 'COMPLETE', values: [trial.number] } });
  } catch (error) {
    // slow, and taken for dead
    if (!(error instanceof TrialFinishedError)) throw error;
    return;
  }
  process.stdout.write(`told ${trial.number}\n`);
}

if (task === 'claim') {
  process.stdout.write('ready\n');
  await once(process.stdin, 'data');
  process.stdin.destroy();
  for (;;) {
    const trial = await storage.claimWaiting(study.id);
    if (!trial) {
      const left = (await storage.trials(study.id)).filter(({ state }) => state === 'WAITING');
      // each other worker may be about to commit a claim
      if (left.length > 3) throw new Error(`nothing to claim, but ${left.length} wait`);
      break;
    }
    process.stdout.write(`claimed ${trial.number}\n`);
  }
} else if (task === 'make') {
  for (let i = 0; i < Number(n); i++) await run(await storage.createTrial(study.id));
} else {
  while ((await storage.trials(study.id)).length < Number(n)) {
    const alive = { heartbeat: true };
    const claimed = await storage.claimWaiting(study.id, alive);
    await run(claimed ?? (await storage.createTrialWithin(study.id, Infinity, {}, alive))!);
  }
}
await storage.close();
