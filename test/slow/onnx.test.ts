/**
 * A network that was trained on real mails: onnxruntime gives the probabilities of Unroll within 1e-5 on 500 of them, and so
 * does onnxruntime-web, the one for browsers, which is large and no dependency: UNROLL_ORT_WEB names its folder.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { readDataset } from '../../src/data/node.ts';
import { idsInput } from '../../src/export/onnx/read-back.ts';
import { loadClassifier } from '../../src/run/index.ts';
import { readTokenizerJson } from '../../src/text/tokenizer-json.ts';
import { unrollHere } from '../support/cli.ts';
import { python } from '../support/python.ts';
import { temporaryFolder } from '../support/temporary.ts';

const { skip, run } = python('onnx', 'onnxruntime');
const DOCUMENTS = 500;
const BATCH = 50;

type Batch = ReturnType<typeof idsInput>;

interface Exported {
  readonly onnx: Uint8Array;
  readonly batches: readonly Batch[];
  /** [DOCUMENTS × C] */
  readonly ours: Float64Array;
}

let made: Promise<Exported> | undefined;

/** Trains, exports, and prepares the mails, once for all tests. */
function exported(): Promise<Exported> {
  made ??= (async () => {
    const cwd = temporaryFolder();
    const network = '--model.embedding_dim 24 --model.hidden_size 24 --model.pooling last+mean+max';
    const training = '--train.epochs 2 --text.max_length 200 --evaluate.figures false';
    for (const command of [
      `train spam --model bilstm ${network} ${training} -o run -q`,
      'export run --to onnx -o onnx -q',
    ]) {
      const ended = await unrollHere(command.split(' '), { cwd });
      assert.equal(ended.code, 0, ended.stderr);
    }
    const { texts } = await readDataset('spam');
    const chosen = texts.filter((_, n) => n % 12 === 0).slice(0, DOCUMENTS);
    assert.equal(chosen.length, DOCUMENTS);
    const pipeline = readTokenizerJson(readFileSync(`${cwd}/onnx/tokenizer.json`, 'utf8'));
    const classifier = await loadClassifier(`${cwd}/run`);
    const ours = classifier.predictProba(chosen);
    await classifier.close();
    const batches = Array.from({ length: DOCUMENTS / BATCH }, (_, b) =>
      idsInput(chosen.slice(b * BATCH, (b + 1) * BATCH).map((text) => pipeline.encode(text).ids)),
    );
    return { onnx: readFileSync(`${cwd}/onnx/model.onnx`), batches, ours };
  })();
  return made;
}

function assertAgree(t: TestContext, theirs: readonly number[], ours: Float64Array): void {
  assert.equal(theirs.length, ours.length);
  const largest = ours.reduce((most, p, i) => Math.max(most, Math.abs(p - theirs[i])), 0);
  t.diagnostic(`largest difference: ${largest}`);
  assert.ok(largest < 1e-5, `largest difference: ${largest}`);
}

test(`ONNX Runtime agrees within 1e-5 on ${DOCUMENTS} mails`, { skip }, async (t) => {
  const { onnx, batches, ours } = await exported();
  const text = Buffer.from(onnx).toString('base64');
  const asked = batches.map((batch) => {
    const inputs = Object.entries(batch).map(([name, { dims, data }]) => [
      name,
      { type: 'int64', dims, data: Array.from(data) },
    ]);
    return { onnx: text, inputs: Object.fromEntries(inputs) as unknown };
  });
  assertAgree(t, (run('test/golden/onnx/onnxruntime_side.py', asked) as number[][]).flat(), ours);
});

/** What is used of onnxruntime-web. */
interface OrtWeb {
  readonly InferenceSession: {
    create(
      model: Uint8Array,
      options: { readonly executionProviders: readonly string[] },
    ): Promise<{ run(feeds: object): Promise<Readonly<Record<string, { readonly data: Float32Array }>>> }>;
  };
  readonly Tensor: new (type: 'int64', data: BigInt64Array, dims: readonly number[]) => unknown;
}

const { UNROLL_ORT_WEB: folder } = process.env;
const entry = resolve(folder ?? '', 'dist/ort.node.min.mjs');
const skipWeb =
  (folder === undefined || !existsSync(entry)) &&
  'UNROLL_ORT_WEB must name the folder of onnxruntime-web, such as node_modules/onnxruntime-web';

test(`onnxruntime-web agrees within 1e-5 on ${DOCUMENTS} mails`, { skip: skipWeb }, async (t) => {
  const { onnx, batches, ours } = await exported();
  const ort = (await import(pathToFileURL(entry).href)) as OrtWeb;
  const session = await ort.InferenceSession.create(onnx, { executionProviders: ['wasm'] });
  const theirs: number[] = [];
  for (const batch of batches) {
    const feeds = Object.entries(batch).map(([name, { dims, data }]) => [
      name,
      new ort.Tensor(
        'int64',
        BigInt64Array.from(data, (value) => BigInt(value)),
        dims,
      ),
    ]);
    const { probabilities } = await session.run(Object.fromEntries(feeds) as object);
    theirs.push(...probabilities.data);
  }
  assertAgree(t, theirs, ours);
});
