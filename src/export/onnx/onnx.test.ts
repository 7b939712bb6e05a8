import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { classifierOf, fittedFiles, networkFiles } from '../../../test/support/classifiers.ts';
import { forPython, onnxCases } from '../../../test/golden/onnx/cases.ts';
import { python } from '../../../test/support/python.ts';
import type { ModelFiles } from '../../classifier/index.ts';
import { CorruptFileError, UnsupportedError } from '../../core/errors.ts';
import type { ExportInput } from '../target.ts';
import { onnx } from '../targets/onnx.ts';
import { createEvaluator } from './evaluate.ts';
import { readOnnx, writeOnnx } from './model.ts';
import { MessageWriter, readFields } from './protobuf.ts';
import { checkOnnx } from './read-back.ts';

const golden = JSON.parse(
  readFileSync(new URL('../../../test/golden/onnx/probabilities.json', import.meta.url), 'utf8'),
) as { readonly probabilities: Readonly<Record<string, readonly number[]>> };

function assertClose(found: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  assert.equal(found.length, expected.length);
  for (const [i, p] of expected.entries())
    assert.ok(Math.abs(found[i] - p) <= tolerance, `number ${i}: ${found[i]}, expected ${p}`);
}

for (const [name, make] of Object.entries(onnxCases)) {
  test(`onnx: ${name}: written, read back and evaluated, it gives what onnxruntime gives, within 1e-6`, () => {
    const { model, inputs } = make();
    const { probabilities } = createEvaluator(readOnnx(writeOnnx(model))).run(inputs);
    assertClose(probabilities.data, golden.probabilities[name], 1e-6);
  });
}

const { skip, run } = python('onnx', 'onnxruntime');

test(
  "onnx: Python's checker takes the files, and its onnxruntime gives the recorded numbers",
  { skip },
  () => {
    const names = Object.keys(onnxCases);
    const results = run(
      'test/golden/onnx/onnxruntime_side.py',
      names.map((name) => forPython(onnxCases[name]())),
    ) as number[][];
    for (const [n, name] of names.entries()) assertClose(results[n], golden.probabilities[name], 1e-6);
  },
);

test('onnx: an unknown document gets the class frequencies, and padding changes nothing', () => {
  const { model, inputs } = onnxCases['bilstm of two layers, last + mean + max']();
  const evaluator = createEvaluator(model);
  const all = evaluator.run(inputs)['probabilities'].data;
  assertClose(all.slice(6, 9), [0.5, 0.3, 0.2], 1e-7);
  const alone = evaluator.run({
    ids: { dims: [1, 1], data: Float64Array.of(8) },
    lengths: { dims: [1], data: Float64Array.of(1) },
  });
  assertClose(alone['probabilities'].data, [...all.slice(3, 6)], 1e-7);
});

/** Exports a model: what the graph computes is compared with the classifier, and refused where it differs. */
async function assertExported(files: ModelFiles): Promise<void> {
  const classifier = await classifierOf(files, undefined);
  const texts = ['the team said a new goal', 'Bank and money', 'zzz'];
  const none = () => Promise.reject(new Error('no page is exported'));
  const input: ExportInput = {
    ...{ files, classifier, texts, name: 'tiny' },
    place: 'x-onnx',
    programs: { page: none, module: none },
  };
  const { check } = await onnx.export(input);
  assert.ok(check !== undefined);
  await classifier.close();
}

test('onnx: thresholds of the classes are in the graph, of a network and of a linear model', async () => {
  const thresholds = [0.6, 0.1, 0.3];
  const linear = await fittedFiles({ type: 'linear', C: 1 });
  await assertExported(await networkFiles({ thresholds, temperature: 1.5 }));
  await assertExported({ ...linear, config: { ...linear.config, thresholds } });
});

test('onnx: windows and segments of documents of several lengths are those of the classifier', async () => {
  for (const size of [1, 2, 4, 100]) {
    const pooling = [
      { type: 'windows', size },
      { type: 'hierarchical', size },
    ];
    await assertExported(await networkFiles({ model: { type: 'bigru', pooling } }));
  }
});

test('onnx: a file that is not the model is refused', () => {
  const { model, inputs } = onnxCases['gru, mean']();
  const bytes = writeOnnx(model);
  const right = Float64Array.from(golden.probabilities['gru, mean']);
  assert.ok(checkOnnx(bytes, right, 4, () => inputs).largest < 1e-6);
  assert.throws(() => checkOnnx(bytes, right.with(0, right[0] + 2e-5), 4, () => inputs), UnsupportedError);
});

test('onnx: damaged files are refused, operators that are not ours too', () => {
  const bytes = writeOnnx(onnxCases['gru, mean']().model);
  assert.throws(() => readOnnx(bytes.slice(0, -3)), CorruptFileError);
  assert.throws(() => [...readFields(Uint8Array.of(0x0b), 'x.onnx')], CorruptFileError); // a group
  const { model } = onnxCases['gru, mean']();
  const foreign = { ...model, nodes: [{ op: 'Conv', inputs: [], outputs: ['y'], attributes: {} }] };
  assert.throws(() => createEvaluator(foreign), /the graph has Conv/);
});

test('protobuf: integers of every length, negative ones too', () => {
  for (const value of [0, 1, 127, 128, 300, 2 ** 31, 2 ** 53 - 1, -1, -128]) {
    const [field] = readFields(new MessageWriter().int(5, value).finish(), 'x');
    assert.deepEqual(field, { field: 5, value });
  }
  // the example of the specification: field 1 is 150
  assert.deepEqual([...new MessageWriter().int(1, 150).finish()], [0x08, 0x96, 0x01]);
});
