/** `unroll tune --workers 1`, killed and stopped at moments of chance: the same trials and the same model in the end. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createRng } from '../../src/core/rng.ts';
import { lastAttempts } from '../../src/tune/index.ts';
import { openStorage } from '../../src/tune/storage/open.ts';
import { unroll } from '../support/cli.ts';
import type { ProgramOptions } from '../support/process.ts';
import { temporaryFolder, writeFiles } from '../support/temporary.ts';
import { tinyCsv } from '../support/tiny.ts';

const search = `
model:
  type: { type: categorical, choices: [lstm, gru, rnn] }
  embedding_dim: 8
  hidden_size: { type: int, low: 4, high: 12, step: 4 }
train:
  batch_size: 8
  epochs: 9
  checkpoint_seconds: 0
  lr: { type: float, low: 1.0e-3, high: 0.3, log: true }
  schedule: { type: plateau, patience: 0 }
tune:
  trials: 10
  workers: 1
  sampler: { type: tpe, n_startup_trials: 3 }
  pruner: { type: hyperband, max_resource: 9 }
  max_retries: 100
evaluate: { bootstrap_samples: 50, figures: false }
`;

const folder = temporaryFolder();
const path = writeFiles(folder, { 'tiny.csv': tinyCsv(300), 'search.yaml': search });

/** What a finished search is judged by: the last attempts of its trials and the weights that came of it. */
async function resultOf(storage: string, run: string) {
  const opened = await openStorage(path(storage), { create: false });
  try {
    const study = await opened.findStudy('search');
    assert.ok(study);
    const trials = await opened.trials(study.id);
    return {
      attempts: trials.length,
      weights: readFileSync(path(`${run}/model/model.safetensors`)).toString('hex'),
      trials: lastAttempts(trials).map(({ state, values, internalParams, intermediateValues, userAttrs }) => {
        const { seconds: _, ...notes } = userAttrs;
        return { state, values, params: [...internalParams], reports: [...intermediateValues], notes };
      }),
    };
  } finally {
    await opened.close();
  }
}

/** Runs the search from the beginning or on from where it was. */
function tune(name: string, { resume = false, ...options }: ProgramOptions & { resume?: boolean }) {
  const place = ['--storage', `sqlite:///${name}.db`, '--study', 'search', '-o', name];
  const words = ['tune', 'tiny.csv', '-c', 'search.yaml', ...place, ...(resume ? ['--resume'] : [])];
  return unroll(words, { cwd: folder, ...options });
}

/** Sends a signal some time after the trials have begun, unless they are done before. */
function endAfter(milliseconds: number, signal: NodeJS.Signals) {
  let timer: NodeJS.Timeout | undefined;
  return (child: ChildProcess, said: string) => {
    if (said.includes('a trial with all its epochs takes')) {
      timer ??= setTimeout(() => child.kill(signal), milliseconds);
    }
    if (said.includes('all trials are done')) clearTimeout(timer);
  };
}

test('killed and stopped at moments of chance: the same trials and the same weights', async () => {
  const whole = await tune('whole', {});
  assert.equal(whole.code, 0, whole.stderr);
  const rng = createRng(3).fork('moments');
  let ended = 0;
  for (let n = 0; n < 15; n++) {
    const signal = n % 3 === 2 ? 'SIGINT' : 'SIGKILL';
    const onStderr = endAfter(50 + rng.int(500), signal);
    const { code, signal: killed, stderr } = await tune('broken', { resume: n > 0, onStderr });
    if (code === 0) break;
    assert.ok(killed === 'SIGKILL' || code === 130, stderr);
    ended++;
  }
  if (!existsSync(path('broken/model'))) {
    const { code, stderr } = await tune('broken', { resume: true });
    assert.equal(code, 0, stderr);
  }
  const [a, b] = [await resultOf('whole.db', 'whole'), await resultOf('broken.db', 'broken')];
  assert.ok(ended >= 3 && b.attempts >= a.attempts + 2, `${ended} ends, ${b.attempts} attempts`);
  assert.deepEqual(b.trials, a.trials);
  assert.equal(b.weights, a.weights);
});
