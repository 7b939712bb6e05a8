/**
 * The GPU engine, in a Chromium whose WebGPU is computed on the processor (SwiftShader): every kernel against the plain loops, bits from
 * run to run, training from texts, checkpoints between devices, and what is said where it does not work.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { readDataset } from '../../src/data/read.ts';
import { load, train } from '../../src/index.ts';
import { root } from '../../scripts/house.ts';
import { bundleGpuPage } from '../browser/bundle.ts';
import { type BrowserPage, openPage, skipWithoutChromium, SOFTWARE_GPU } from '../browser/chromium.ts';
import type { GpuScope } from '../browser/gpu-page.ts';
import { HALF_CASES } from '../browser/gpu-half.ts';
import { CASES } from '../browser/gpu-workload.ts';

type Scope = typeof globalThis & GpuScope;

/** What the kernels may differ by, as a proportion of an array's largest value. */
const BOUND = 1e-5;

describe('the GPU, computed by SwiftShader', { skip: skipWithoutChromium }, () => {
  let browser: BrowserPage;
  before(async () => {
    browser = await openPage((await bundleGpuPage()).files, SOFTWARE_GPU);
  });
  after(() => browser.close());

  test('it is described', async (t) => {
    const facts = await browser.page.evaluate(() => (globalThis as Scope).describeGpu());
    t.diagnostic(JSON.stringify(facts));
    assert.match(facts.name, /swiftshader/i);
    assert.equal(facts.software, true);
    assert.ok(facts.invocations >= 256 && facts.workgroupBytes >= 16384);
  });

  for (const name of Object.keys(CASES)) {
    test(`${name}: as the plain loops, and the same bits again`, async (t) => {
      const result = await browser.page.evaluate((which) => (globalThis as Scope).runCase(which), name);
      const { gradients, losses, bits, correct, tensors, ...rest } = result;
      const all = { ...rest, ...gradients, loss: Math.max(...losses) };
      // Adam divides small gradients by their own size, and with them what they differ by
      assert.ok(tensors <= 10 * BOUND, `weights after the steps: ${tensors.toExponential(1)}`);
      const over = Object.entries(all).filter(([, difference]) => !(difference <= BOUND));
      t.diagnostic(`largest difference ${Math.max(...Object.values(all)).toExponential(1)}`);
      assert.deepEqual(over, []);
      assert.equal(losses.length, 10);
      assert.ok(correct, 'weights and correct documents of the batches');
      assert.equal(bits[1], bits[0]);
    });
  }

  for (const name of Object.keys(HALF_CASES)) {
    test(`weights in half precision, ${name}: gradients within 2e-3, and 1e-5 where the weights are halves`, async (t) => {
      const result = await browser.page.evaluate((which) => (globalThis as Scope).runHalf(which), name);
      t.diagnostic(JSON.stringify(result));
      const { probabilities, gradients, exact, losses, bits } = result;
      assert.ok(probabilities <= BOUND, 'outputs where nothing is learned');
      assert.ok(exact <= BOUND, `gradients of halves: ${exact.toExponential(1)}`);
      assert.ok(gradients <= 2e-3, `gradients: ${gradients.toExponential(1)}`);
      assert.ok(gradients > 1e-5, 'the weights are rounded');
      assert.ok(losses <= 1e-3, `losses of ten steps: ${losses.toExponential(1)}`);
      assert.equal(bits[1], bits[0]);
    });
  }

  test('adversarial training: a second pass that diverges gives the loss of the step and no update, as on the CPU', async () => {
    const { evaluated, cpu, gpu } = await browser.page.evaluate(() => (globalThis as Scope).diverged());
    assert.ok(evaluated, 'the loss of the first pass is finite');
    assert.deepEqual(gpu, { finite: false, moved: false });
    assert.deepEqual(gpu, cpu);
  });

  test('a checkpoint goes from device to device', async (t) => {
    const run = (begins: 'cpu' | 'gpu', ends?: 'cpu' | 'gpu') =>
      browser.page.evaluate(([a, b]) => (globalThis as Scope).resumed(a, b), [begins, ends] as const);
    const whole = await run('gpu');
    assert.match(whole.kernel, /^webgpu /);
    // on one device to the bit
    assert.deepEqual((await run('gpu', 'gpu')).weights, whole.weights);
    const onCpu = await run('cpu');
    for (const other of [whole, await run('gpu', 'cpu'), await run('cpu', 'gpu')]) {
      const worst = (of: 'losses' | 'weights') =>
        Math.max(...onCpu[of].map((x, n) => Math.abs(x - other[of][n])));
      t.diagnostic(
        `${other.kernel}: ${worst('losses').toExponential(1)}, ${worst('weights').toExponential(1)}`,
      );
      assert.equal(other.losses.length, 4);
      assert.ok(worst('losses') < 1e-5 && worst('weights') < 1e-4);
    }
  });

  test('a page trains on texts; Node reads the files and predicts the same', async () => {
    const dataset = await readDataset(`${root}examples/tickets.csv`);
    const rows = Array.from({ length: 24 }, (_, n) => n * 10);
    const documents = {
      texts: rows.map((n) => dataset.texts[n]),
      labels: rows.map((n) => dataset.labelNames[dataset.labels[n]]),
    };
    const settings = {
      model: { type: 'bigru', hidden_size: 8, embedding_dim: 8 },
      train: { epochs: 1, batch_size: 16, schedule: 'constant', device: 'gpu' },
    } as const;
    const asked = documents.texts.slice(0, 3);
    const trained = await browser.page.evaluate(
      async ([given, how, texts]) => {
        const notices: string[] = [];
        const page = globalThis as Scope;
        const classifier = await page.train(given, { ...how, gpu: page.loadGpu });
        const auto = await page.train(given, {
          ...how,
          gpu: page.loadGpu,
          train: { ...how.train, epochs: 1, device: 'auto' },
          listener: (event) => void (event.type === 'notice' && notices.push(event.text)),
        });
        const files = [...classifier.files()].map(([file, bytes]) => [file, [...bytes]] as const);
        const answers = classifier.predict(texts);
        await auto.close();
        await classifier.close();
        return { files, answers, notices };
      },
      [documents, settings, asked] as const,
    );
    const files = new Map(trained.files.map(([file, bytes]) => [file, Uint8Array.from(bytes)]));
    const classifier = await load(files);
    const answers = classifier.predict(asked);
    assert.deepEqual(
      answers.map(({ label }) => label),
      trained.answers.map(({ label }) => label),
    );
    const own = await train(documents, { ...settings, train: { ...settings.train, device: 'cpu' } });
    const expected = own.predict(asked);
    for (const [n, { label, score }] of expected.entries()) {
      assert.equal(answers[n].label, label);
      assert.ok(Math.abs(score - answers[n].score) < 1e-4, `${label}: ${score}`);
    }
    await own.close();
    await classifier.close();
    const timed = trained.notices.find((text) => text.startsWith('a step takes '));
    assert.match(
      timed ?? '',
      /ms on the GPU \(webgpu .*\) and .* ms on the CPU \(wasm .*\): training on the (GPU|CPU)$/,
    );
  });

  test('a lost device, too little memory and what it cannot do are named', async () => {
    const { lost, small, refused } = await browser.page.evaluate(() => (globalThis as Scope).gpuErrors());
    assert.match(lost, /\[device gpu\] the GPU must stay available, but was lost: .*--resume.*--device cpu/);
    assert.match(small, /\[device gpu\] needs \d+ MiB of GPU memory, but the GPU grants 1 MiB.*--device cpu/);
    assert.match(refused, /\[device gpu\] cannot train with model.pooling sum yet/);
  });

  test('nothing else went wrong in the page', () => assert.deepEqual(browser.errors, []));
});
