/**
 * Parameters: PyTorch's names and shapes outside, the engine's layout inside.
 *
 * Inside, all parameters of a model form one contiguous range (so do gradients and optimiser states), weights are
 * stored [in × out], and every axis is padded to whole vectors with zeros. Outside, `read` and `write` speak
 * PyTorch's row-major [out × in] without padding.
 */
import { type Arena, padded } from '../core/arena.ts';
import { ShapeError } from '../core/errors.ts';
import type { Rng } from '../core/rng.ts';

/** An axis made of equal groups (gates, directions, pooled parts), each padded by itself. */
export interface Axis {
  /** Consecutive parts, such as the gates of a cell; each is padded separately. */
  readonly groups: number;
  /** Elements of a part, without padding. */
  readonly size: number;
}

/** How a parameter starts: PyTorch's default initialisations. */
export type Init =
  /** Uniform in [-bound, bound). */
  | { readonly kind: 'uniform'; readonly bound: number }
  /** N(0, std²), with row `zeroRow` zero (an embedding's padding index). */
  | { readonly kind: 'normal'; readonly std: number; readonly zeroRow: number }
  /** The identity matrix (Le, Jaitly and Hinton, 2015). */
  | { readonly kind: 'identity' }
  /** Zeros: the values are written later. */
  | { readonly kind: 'zero' };

/** Declaration of a parameter. */
export interface ParameterSpec {
  /** PyTorch's name, such as `rnn.weight_ih_l0`. */
  readonly name: string;
  /** First axis of PyTorch's shape. */
  readonly out: Axis;
  /** Second axis, absent for a vector. */
  readonly in?: Axis;
  /** Stored [in × out] (weights of products) instead of [out × in] (tables of rows). */
  readonly transposed: boolean;
  /** Distribution of the initial values. */
  readonly init: Init;
  /** Never trained: it has no gradient and no state of the optimiser. Default false. */
  readonly fixed?: boolean;
}

/** Words of an axis inside. */
export function axisWords(axis: Axis): number {
  return axis.groups * padded(axis.size);
}

/** Position of element i of an axis inside. */
function place(axis: Axis, i: number): number {
  const group = Math.floor(i / axis.size);
  return group * padded(axis.size) + (i - group * axis.size);
}

/** A parameter with its place in memory. */
export class Parameter {
  /** Its definition. */
  readonly spec: ParameterSpec;
  /** PyTorch's name. */
  readonly name: string;
  /** PyTorch's shape. */
  readonly shape: readonly number[];
  /** Word offset of the values. */
  readonly at: number;
  /** Word offset of the gradient; -1 in a model that only predicts, and of a fixed parameter. */
  readonly grad: number;
  /** Leading dimension inside, words. */
  readonly ld: number;
  /** Words inside. */
  readonly words: number;

  constructor(spec: ParameterSpec, at: number, grad: number) {
    this.spec = spec;
    this.name = spec.name;
    this.at = at;
    this.grad = grad;
    const out = spec.out.groups * spec.out.size;
    this.shape = spec.in ? [out, spec.in.groups * spec.in.size] : [out];
    this.ld = spec.in && !spec.transposed ? axisWords(spec.in) : axisWords(spec.out);
    this.words = parameterWords(spec);
  }

  /** Real elements, without padding. */
  get size(): number {
    return this.shape.reduce((product, n) => product * n, 1);
  }

  /** Calls `visit` with the word offset (from `base`) of each element in PyTorch's order. */
  #each(base: number, visit: (word: number, index: number) => void): void {
    const { spec, ld } = this;
    const [rows, columns = 1] = this.shape;
    for (let r = 0, index = 0; r < rows; r++) {
      const row = place(spec.out, r);
      for (let c = 0; c < columns; c++, index++) {
        if (!spec.in) visit(base + row, index);
        else if (spec.transposed) visit(base + place(spec.in, c) * ld + row, index);
        else visit(base + r * ld + place(spec.in, c), index);
      }
    }
  }

  /** The values (or, with `base`, another array of the same layout, such as the gradient) in PyTorch's order. */
  read<T extends Float32Array | Float64Array>(f: T, base = this.at): T {
    const to = new (f.constructor as new (n: number) => T)(this.size);
    this.#each(base, (word, index) => (to[index] = f[word]));
    return to;
  }

  /** Sets the values from PyTorch's order; padding stays zero. */
  write(f: Float32Array | Float64Array, values: ArrayLike<number>, base = this.at): void {
    if (values.length !== this.size) {
      throw new ShapeError(
        `[${this.name}] must have ${this.size} values (shape ${this.shape.join('×')}), but got ${values.length}.`,
      );
    }
    this.#each(base, (word, index) => (f[word] = values[index]));
  }

  /** Draws the initial values. Each parameter has its own stream, named after it. */
  initialise(f: Float32Array | Float64Array, rng: Rng): void {
    const { init, name } = this.spec;
    const stream = rng.fork('init', name);
    const columns = this.shape[1] ?? 1;
    this.#each(this.at, (word, index) => {
      switch (init.kind) {
        case 'uniform':
          f[word] = Math.fround(stream.uniform(-init.bound, init.bound));
          break;
        case 'normal':
          f[word] = Math.fround(init.std * stream.normal());
          if (Math.floor(index / columns) === init.zeroRow) f[word] = 0;
          break;
        case 'zero':
          f[word] = 0;
          break;
        case 'identity':
          f[word] = Math.floor(index / columns) === index % columns ? 1 : 0;
          break;
        default:
          init satisfies never;
      }
    });
  }
}

function parameterWords(spec: ParameterSpec): number {
  if (!spec.in) return axisWords(spec.out);
  return spec.transposed
    ? axisWords(spec.in) * axisWords(spec.out)
    : spec.out.groups * spec.out.size * axisWords(spec.in);
}

/** All parameters of a model, in one range of memory: those that are trained, then the fixed ones. */
export class Parameters {
  /** In the order of their offsets. */
  readonly list: readonly Parameter[];
  /** Word offsets of the three kinds of ranges, each `words` long. */
  readonly at: number;
  /** Word offset of the gradients; -1 in a model that only predicts. */
  readonly grad: number;
  /** Word offset of each of the optimiser's state arrays. */
  readonly slots: readonly number[];
  /** Words of each range, padding included: those of the trained parameters. The fixed ones follow the values. */
  readonly words: number;
  readonly #byName: Map<string, Parameter>;

  /** @param slots Optimiser state arrays per parameter; undefined for a model that only predicts. */
  constructor(arena: Arena, specs: readonly ParameterSpec[], slots?: readonly string[]) {
    const fixed = specs.filter((spec) => spec.fixed);
    const trained = specs.filter((spec) => !spec.fixed);
    const wordsOf = (list: readonly ParameterSpec[]) =>
      list.reduce((sum, spec) => sum + parameterWords(spec), 0);
    this.words = wordsOf(trained);
    this.at = arena.alloc('parameters', this.words + wordsOf(fixed));
    this.grad = slots ? arena.alloc('gradients', this.words) : -1;
    this.slots = (slots ?? []).map((name) => arena.alloc(`optimizer.${name}`, this.words));
    let offset = 0;
    this.list = [...trained, ...fixed].map((spec) => {
      const grad = slots && !spec.fixed ? this.grad + offset : -1;
      const parameter = new Parameter(spec, this.at + offset, grad);
      offset += parameter.words;
      return parameter;
    });
    this.#byName = new Map(this.list.map((p) => [p.name, p]));
  }

  /** Parameters that are trained, without padding: what PyTorch would count. */
  get count(): number {
    return this.list.reduce((sum, p) => sum + (p.spec.fixed ? 0 : p.size), 0);
  }

  /** The parameter called `name`. */
  get(name: string): Parameter {
    const found = this.#byName.get(name);
    if (!found)
      throw new ShapeError(
        `[model] must have a parameter "${name}", but has ${[...this.#byName.keys()].join(', ')}.`,
      );
    return found;
  }

  /** Draws all initial values. */
  initialise(f: Float32Array | Float64Array, rng: Rng): void {
    for (const parameter of this.list) parameter.initialise(f, rng);
  }
}
