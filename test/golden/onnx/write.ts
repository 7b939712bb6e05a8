/** Writes probabilities.json: what onnxruntime makes of the cases. Run with UNROLL_PYTHON set to a Python that has it. */
import { writeFileSync } from 'node:fs';
import { root } from '../../../scripts/house.ts';
import { python } from '../../support/python.ts';
import { forPython, onnxCases } from './cases.ts';

const names = Object.keys(onnxCases);
const results = python('onnx', 'onnxruntime').run(
  'test/golden/onnx/onnxruntime_side.py',
  names.map((name) => forPython(onnxCases[name]())),
) as number[][];
const content = {
  made_by: 'onnxruntime 1.30.0, onnx 1.23.1 (checker)',
  probabilities: Object.fromEntries(names.map((name, n) => [name, results[n]])),
};
writeFileSync(`${root}test/golden/onnx/probabilities.json`, `${JSON.stringify(content, null, 1)}\n`);
