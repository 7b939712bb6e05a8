/** Builds a graph node by node: names for what lies between, and constants by their value. */
import type { Attribute, Constant, OnnxModel, OnnxNode, Port } from './model.ts';

/** A graph under construction. */
export class GraphBuilder {
  readonly #nodes: OnnxNode[] = [];
  readonly #constants = new Map<string, Constant>();

  /** Adds an operation with one output. @returns the name of the output */
  op(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    name = `${op.toLowerCase()}_${this.#nodes.length}`,
  ): string {
    return this.ops(op, inputs, attributes, [name])[0];
  }

  /** Adds an operation with several outputs; '' for one that is not needed. */
  ops(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
    outputs: readonly string[],
  ): readonly string[] {
    this.#nodes.push({ op, inputs, outputs, attributes });
    return outputs;
  }

  /** A constant of single precision. @returns its name */
  floats(name: string, dims: readonly number[], data: ArrayLike<number>): string {
    return this.#constant({ name, dims, type: 'float', data: Float32Array.from(data) });
  }

  /** A list of integers, such as axes; a single number without a shape where `dims` is []. @returns its name */
  ints(values: readonly number[], dims: readonly number[] = [values.length]): string {
    const name = `${dims.length === 0 ? 'int' : 'ints'}_${values.join('_').replaceAll('-', 'minus')}`;
    return this.#constant({ name, dims, type: 'int64', data: Float64Array.from(values) });
  }

  /** Weights of 8 bits, made floats again in the graph: `data` · `scales`, a scale for each row. @returns the name of the floats */
  quantised(name: string, dims: readonly number[], data: Int8Array, scales: Float32Array): string {
    const weights = this.#constant({ name: `${name}.int8`, dims, type: 'int8', data });
    const scale = this.floats(`${name}.scale`, [scales.length], scales);
    return this.op('DequantizeLinear', [weights, scale], { axis: 0 }, name);
  }

  /** The finished model. */
  finish(
    inputs: readonly Port[],
    outputs: readonly Port[],
    metadata: Readonly<Record<string, string>>,
  ): OnnxModel {
    return { inputs, outputs, constants: [...this.#constants.values()], nodes: this.#nodes, metadata };
  }

  #constant(constant: Constant): string {
    this.#constants.set(constant.name, constant);
    return constant.name;
  }
}
