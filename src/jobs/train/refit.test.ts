/** `train.refit`: what is learned again, what stays that of the first training, and how it is resumed. Whole runs of small networks. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { temporaryFolder, writeFiles } from '../../../test/support/temporary.ts';
import { InterruptedError } from '../../core/errors.ts';
import { createRng } from '../../core/rng.ts';
import { openRunFolder, readChoice, readModelFolder, readValidation } from '../../run/index.ts';
import { type JobEvent, train } from '../index.ts';

const folder = temporaryFolder();
const rng = createRng(4);
const fill = ['so', 'it', 'was', 'and', 'then', 'just', 'now', 'here'];

/** Documents whose class is told by two words; the words that name the part occur in it alone. */
function csv(count: number, mark: string): string {
  const lines = Array.from({ length: count }, (_, n) => {
    const up = n % 2 === 0;
    const filler = () => fill[rng.int(fill.length)];
    const told = rng.int(4) === 0 ? filler() : up ? 'rise' : 'fall';
    return `${filler()} ${told} ${filler()} ${mark}${n % 3},${up ? 'up' : 'down'}\n`;
  });
  return `text,label\n${lines.join('')}`;
}

const path = writeFiles(folder, {
  'train.csv': csv(120, 'trainword'),
  'val.csv': csv(60, 'valword'),
  'test.csv': csv(60, 'testword'),
});

const config = (refit: boolean, more: object = {}) => ({
  data: { val: path('val.csv'), test: path('test.csv'), allow_leakage: true },
  model: { type: 'gru', embedding_dim: 6, hidden_size: 6 },
  train: { epochs: 4, lr: 0.02, batch_size: 16, threads: 1, checkpoint_seconds: 0, refit, ...more },
  evaluate: { bootstrap_samples: 20, figures: false },
});
const runOf = (name: string) => openRunFolder(join(folder, name));
const read = (file: string) => readFileSync(file, 'utf8');

async function trained(name: string, refit: boolean, more: object = {}) {
  const events: JobEvent[] = [];
  const request = { source: path('train.csv'), output: join(folder, name), config: config(refit, more) };
  const { summary, test } = await train(request, { listener: (event) => events.push(event) });
  return { summary, test, events, run: runOf(name), request };
}

/** Trained once: several tests ask what it leaves and what it tells. */
let whole: Awaited<ReturnType<typeof trained>>;
before(async () => {
  whole = await trained('again', true);
});

describe('a network that learns again', () => {
  test('knows words of the validation part, and none of the test part; what is said of validation documents is that of the first', async () => {
    const [plain, again] = [await trained('plain', false), whole];
    const [before, after] = [plain, again].map(({ run }) => read(join(run.paths.model, 'tokenizer.json')));
    assert.ok(before.includes('trainword1') && !before.includes('valword1'));
    assert.ok(after.includes('trainword1') && after.includes('valword1') && !after.includes('testword1'));
    assert.deepEqual(readValidation(again.run.paths.validation), readValidation(plain.run.paths.validation));
    assert.deepEqual(again.summary.val, plain.summary.val);
    const [first, second] = [plain, again].map(({ run }) => readModelFolder(run.path).config);
    assert.notEqual(first.temperature, undefined);
    assert.equal(second.temperature, first.temperature);
    assert.notDeepEqual(again.test, plain.test);
    assert.equal(again.summary.refit_documents, 180);
    assert.ok(!('refit_documents' in plain.summary));
    assert.match(
      read(join(again.run.paths.model, 'README.md')),
      /trained again on the training and the validation documents/,
    );
  });

  test('says so once, and the parts stay those of the split', () => {
    const { events } = whole;
    const begins = events.filter((event) => event.type === 'refit-begins');
    assert.deepEqual(begins, [{ type: 'refit-begins', documents: 180, epochs: 4 }]);
    const prepared = events.filter((event) => event.type === 'prepared');
    assert.deepEqual(
      prepared.map(({ parts }) => parts),
      [{ train: 120, val: 60, test: 60 }],
    );
    const done = events.flatMap((event) =>
      event.type === 'fitting' && event.what === 'refit' ? [event.done] : [],
    );
    assert.equal(done.at(-1), 1);
    assert.ok(done.every((value, i) => i === 0 || value > done[i - 1]));
  });

  test('ends with the epoch that the first training kept', async () => {
    // after the first epoch none is so much better
    const { events } = await trained('early', true, { epochs: 8, patience: 2, min_delta: 10, keep: 'best' });
    const epochs = events.flatMap((event) => (event.type === 'refit-begins' ? [event.epochs] : []));
    assert.deepEqual(epochs, [1]);
    const done = events.flatMap((event) =>
      event.type === 'fitting' && event.what === 'refit' ? [event.done] : [],
    );
    assert.equal(done.length, Math.ceil(180 / 16));
    assert.equal(done.at(-1), 1);
  });

  test('is compared with a linear model that has learned from the same documents', async () => {
    const { events } = whole;
    const alone = await train({
      source: path('train.csv'),
      output: join(folder, 'linear'),
      config: { ...config(false), model: { type: 'linear' }, train: {} },
    });
    const found = events.find((event) => event.type === 'baseline')?.results;
    assert.ok(found && alone.summary.params !== undefined);
    // words of the validation part are features too
    assert.ok(found.baseline.parameters > alone.summary.params);
  });

  test('interrupted in its second training, it is resumed to the same bits', async () => {
    const output = join(folder, 'stopped');
    const stop = new AbortController();
    const listener = (event: JobEvent) => {
      if (event.type === 'fitting' && event.what === 'refit' && event.done > 0.5) stop.abort();
    };
    const request = { ...whole.request, output };
    await assert.rejects(train(request, { listener, stop: stop.signal }), (error: Error) => {
      assert.ok(error instanceof InterruptedError);
      assert.match(error.message, /in epoch 3 of the second training/);
      return true;
    });
    const events: JobEvent[] = [];
    await train({ ...request, resume: true }, { listener: (event) => events.push(event) });
    const notices = events.flatMap((event) => (event.type === 'notice' ? [event.text] : []));
    assert.ok(notices.includes('resuming the second training in epoch 3'), notices.join('\n'));
    const resumed = runOf('stopped');
    for (const file of ['model.safetensors', 'tokenizer.json'])
      assert.equal(read(join(resumed.paths.model, file)), read(join(whole.run.paths.model, file)), file);
    assert.equal(read(resumed.paths.test), read(whole.run.paths.test));
    assert.ok(!existsSync(resumed.paths.checkpoints));
  });
});

test('with train.auto the choice is that of the first training, and a network in an average has learned again', async () => {
  const [plain, again] = [
    await trained('auto', false, { auto: true, epochs: 12 }),
    await trained('auto-again', true, { auto: true, epochs: 12 }),
  ];
  const [before, after] = [plain, again].map(({ run }) => readChoice(run.paths.choice));
  assert.equal(after.chosen, 'average', JSON.stringify(after));
  assert.deepEqual({ ...after }, { ...before, refit: true });
  const tokens = (name: string) => read(join(runOf(name).paths.model, 'member-1.tokenizer.json'));
  assert.ok(!tokens('auto').includes('valword1') && tokens('auto-again').includes('valword1'));
});
