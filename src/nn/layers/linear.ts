import { type Arena, padded } from '../../core/arena.ts';
import { gemmTNWorkspace } from '../../engine/contract.ts';
import type { Context } from '../context.ts';
import type { Axis, Parameters, ParameterSpec } from '../parameters.ts';
import { axisWords } from '../parameters.ts';

/** Options of a linear layer. */
export interface LinearOptions {
  /** Prefix of the parameter names, such as `classifier`. */
  readonly name: string;
  /** Input columns, in groups that are padded one by one. */
  readonly in: Axis;
  /** Output columns. */
  readonly outFeatures: number;
}

/** Declares weight [C × F] and bias [C], uniform in ±1/√F, as `torch.nn.Linear`. */
export function linearParameters({ name, in: input, outFeatures }: LinearOptions): ParameterSpec[] {
  const init = { kind: 'uniform', bound: 1 / Math.sqrt(input.groups * input.size) } as const;
  const out = { groups: 1, size: outFeatures };
  return [
    { name: `${name}.weight`, out, in: input, transposed: true, init },
    { name: `${name}.bias`, out, transposed: false, init },
  ];
}

/** Y = X·Wᵀ + b for a handful of rows; one thread runs it. */
export interface Linear {
  /** Y [rows × ld]. */
  readonly y: number;
  /** Words from one row of Y to the next. */
  readonly ld: number;
  /** Gradient of Y, to be written before `backward`. */
  readonly dy: number;
  /** Y = X·Wᵀ + b for the first `rows` rows of X. */
  forward(ctx: Context, x: number, rows: number): void;
  /** dX = dY·W, dW += dYᵀ·X, db += Σ dY. */
  backward(ctx: Context, x: number, dx: number, rows: number): void;
}

/** Words of workspace that `backward` needs. */
export function linearWorkspace({ in: input, outFeatures }: LinearOptions): number {
  return gemmTNWorkspace(axisWords(input), padded(outFeatures));
}

/** Builds a linear layer. */
export function createLinear(
  options: LinearOptions,
  {
    arena,
    parameters,
    rows: capacity,
    zeros,
    training,
    workspace,
  }: {
    arena: Arena;
    parameters: Parameters;
    rows: number;
    zeros: number;
    training: boolean;
    workspace: (thread: number) => number;
  },
): Linear {
  const F = axisWords(options.in);
  const C = padded(options.outFeatures);
  const weight = parameters.get(`${options.name}.weight`);
  const bias = parameters.get(`${options.name}.bias`);
  const packed = arena.alloc(`${options.name}.packed`, F * C);
  const y = arena.alloc(`${options.name}.y`, capacity * C);
  const dy = training ? arena.alloc(`${options.name}.dy`, capacity * C) : -1;
  return {
    y,
    ld: C,
    dy,
    forward({ engine: { k } }, x, rows) {
      k.packB(weight.at, C, packed, F, C);
      k.gemm({ a: x, lda: F, bp: packed, c: y, ldc: C, init: bias.at, ldi: 0, M: rows, K: F, N: C });
    },
    backward({ engine: { k }, thread, vectorsOnly }, x, dx, rows) {
      k.packBt(weight.at, C, packed, C, F);
      k.gemm({ a: dy, lda: C, bp: packed, c: dx, ldc: F, init: zeros, ldi: 0, M: rows, K: C, N: F });
      if (vectorsOnly) return;
      k.gemmTN([{ a: x, lda: F, index: 0, M: F, c: weight.grad, ldc: C }], dy, C, rows, C, workspace(thread));
      k.sumRows(bias.grad, dy, C, rows, C);
    },
  };
}
