/**
 * Computes the outputs of a graph, operation by operation: used to read an exported file back and compare it with the
 * model. It supports only the operators that we write.
 */
import { UnsupportedError } from '../../core/errors.ts';
import type { OnnxModel } from './model.ts';
import { operators } from './operators.ts';
import type { Value } from './values.ts';

/** A graph whose constants are at hand. */
export interface Evaluator {
  /** The outputs by name. */
  run(inputs: Readonly<Record<string, Value>>): Readonly<Record<string, Value>>;
}

/** Makes a graph computable. Operations on constants alone are done once. @throws UnsupportedError for an unknown operator */
export function createEvaluator({ nodes, constants, outputs }: OnnxModel): Evaluator {
  const unknown = nodes.find(({ op }) => !Object.hasOwn(operators, op));
  if (unknown) throw new UnsupportedError(`[onnx] operators must be ${Object.keys(operators).join(', ')}, but the graph has ${unknown.op}.`); // prettier-ignore
  const fixed = new Map<string, Value>(constants.map((constant) => [constant.name, constant]));
  const isFixed = ({ inputs }: OnnxModel['nodes'][number]) =>
    inputs.length > 0 && inputs.every((name) => fixed.has(name));
  const rest = nodes.filter((node) => {
    if (!isFixed(node)) return true;
    compute(node, fixed);
    return false;
  });
  return {
    run(inputs) {
      const values = new Map([...fixed, ...Object.entries(inputs)]);
      for (const node of rest) compute(node, values);
      return Object.fromEntries(outputs.map(({ name }) => [name, values.get(name) as Value]));
    },
  };
}

function compute(node: OnnxModel['nodes'][number], values: Map<string, Value>): void {
  const inputs = node.inputs.map((name) => values.get(name) as Value);
  const result = operators[node.op](node, inputs);
  const results = Array.isArray(result) ? (result as readonly Value[]) : [result as Value];
  for (const [n, name] of node.outputs.entries()) values.set(name, results[n]);
}
