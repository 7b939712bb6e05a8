/**
 * A cell: the part that differs between recurrent layers. The time loops, directions, threads and weight gradients
 * are the same for all and live in `recurrent.ts`.
 */
import type { Arena } from '../../core/arena.ts';
import type { DescribedMember } from '../../core/family.ts';
import type { OptionsByName } from '../../core/options.ts';
import type { Engine, RecurrentStep } from '../../engine/contract.ts';
import type { Capacity } from '../batch.ts';
import type { Init, Parameter } from '../parameters.ts';

/** Dimensions and memory of one direction of one layer. All numbers are word offsets or words. */
export interface Direction {
  /** Hidden size, padded. */
  readonly H: number;
  /** Columns of G: gates · H. */
  readonly columns: number;
  /** G [tokens × columns]: pre-activations, then activations, then (backward) their gradients. */
  readonly g: number;
  /** U [tokens × (columns - folded)]: hidden products that stay apart from G (GRU's n), then their gradients. */
  readonly u: number;
  /** h [tokens × H], leading dimension `ldh`: this direction's columns of the layer's output. */
  readonly h: number;
  /** Words from one row of h to the next: both directions' columns. */
  readonly ldh: number;
  /** Gradient of h from above, leading dimension `ldh`. */
  readonly dOut: number;
  /** Gradient of h from the next step, [rows × H]. */
  readonly dhNext: number;
  /** W_hh packed for h·W_hh [H × columns]. */
  readonly whh: number;
  /** W_hhᵀ packed for dG·W_hhᵀ: its folded columns [folded × H], then the others. */
  readonly whhT: number;
  /** b_hh [columns]. */
  readonly biasHh: Parameter;
  /** A row of zeros, at least `columns` words. */
  readonly zeros: number;
}

/** A cell with its buffers for one direction of one layer. */
export interface Cell {
  /** Steps forward, in order. G holds x·W_ih + b; the cell adds the hidden product and writes h. */
  forward(engine: Engine, steps: readonly RecurrentStep[]): void;
  /** Steps backward, in order: G becomes dG, U becomes dU, dhNext becomes the gradient for the step before. */
  backward(engine: Engine, steps: readonly RecurrentStep[]): void;
  /** Zeroes gradients per sequence other than dhNext, for sequences [from, to), before the first backward step. */
  resetBackward?(engine: Engine, from: number, to: number): void;
}

/** Gates and a maker of cells. */
export interface CellFactory {
  /** Columns of G in units of the hidden size; PyTorch's gate order. */
  readonly gates: number;
  /** The first gates, whose hidden product and bias add straight to G. Later ones keep them apart, in U. */
  readonly foldedGates: number;
  /** How weight_hh starts. Default uniform in ±1/√H, as in PyTorch. */
  readonly hiddenInit?: Init;
  /** A cell for one direction of one layer. */
  create(direction: Direction, context: CellContext): Cell;
}

/** The sizes of a cell's own buffers. */
export interface CellContext {
  /** Where the cell takes its memory. */
  readonly arena: Arena;
  /** The largest batch. */
  readonly capacity: Capacity;
  /** Begins the names of its ranges in the arena. */
  readonly name: string;
  /** With memory for the backward pass. */
  readonly training: boolean;
}

/** The description of a recurrent layer. */
export interface CellDescription {
  /** In titles: `LSTM`; behind `Bi` for the bidirectional network of it. */
  readonly title: string;
  /** The words before the title in a sentence. */
  readonly article: 'a' | 'an';
  /** Its equations, from the input x_t and the state h_{t-1} to h_t. */
  readonly equations: readonly string[];
  /** The symbol of its additional state; null if there is none. */
  readonly memory: string | null;
  /** A line in flowcharts: its gates, or its equation. */
  readonly line: string;
  /** Options that tables show behind the title: `tanh`. */
  readonly kind?: string;
}

/** A recurrent layer's definition: a member of the layer family. */
export type CellDefinition<Type extends string, Options extends OptionsByName> = DescribedMember<
  Type,
  Options,
  readonly [],
  CellFactory,
  CellDescription
>;

/** Declares a recurrent layer. */
export function cellDefinition<Type extends string, Options extends OptionsByName>(
  definition: CellDefinition<Type, Options>,
): CellDefinition<Type, Options> {
  return definition;
}

/** G += h'·W_hh, all columns. */
export function addHiddenProduct({ k }: Engine, d: Direction, { row, prev, rows }: RecurrentStep): void {
  const g = d.g + row * d.columns;
  k.gemm({
    a: d.h + prev * d.ldh,
    lda: d.ldh,
    bp: d.whh,
    c: g,
    ldc: d.columns,
    init: g,
    ldi: d.columns,
    M: rows,
    K: d.H,
    N: d.columns,
  });
}

/** dh' = dG·W_hhᵀ. */
export function hiddenGradient({ k }: Engine, d: Direction, { row, b, rows }: RecurrentStep): void {
  k.gemm({
    a: d.g + row * d.columns,
    lda: d.columns,
    bp: d.whhT,
    c: d.dhNext + b * d.H,
    ldc: d.H,
    init: d.zeros,
    ldi: 0,
    M: rows,
    K: d.columns,
    N: d.H,
  });
}
