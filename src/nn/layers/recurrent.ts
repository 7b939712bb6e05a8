/**
 * A stack of recurrent layers over a packed batch: its parameters, its memory, and the order of its layers. The
 * computation of a layer is in `layer-passes.ts`.
 */
import { type Arena, padded } from '../../core/arena.ts';
import { gemmTNWorkspace } from '../../engine/contract.ts';
import type { Capacity } from '../batch.ts';
import type { Context } from '../context.ts';
import type { Parameters, ParameterSpec } from '../parameters.ts';
import type { CellFactory } from './cell.ts';
import { type DirectionState, dropWeights, packDirection } from './direction.ts';
import { backwardLayer, forwardLayer, type LayerState } from './layer-passes.ts';

/** Shape of a stack. */
export interface RecurrentOptions {
  /** The cell: LSTM, GRU, ... */
  readonly cell: CellFactory;
  /** Prefix of the parameter names, such as `rnn`. */
  readonly name: string;
  /** D, columns of the input; of each of its groups. */
  readonly inputSize: number;
  /** Groups of columns that the input has, each padded by itself: 2 for the states of both directions. Default 1. */
  readonly inputGroups?: number;
  /** H, per direction. */
  readonly hiddenSize: number;
  /** Layers in the stack; of none, the output is the input. */
  readonly numLayers: number;
  /** A second stack reads from the end; its states follow those of the first. */
  readonly bidirectional: boolean;
  /** Probability of dropout between layers. */
  readonly dropout: number;
  /** One dropout mask per sequence instead of one per token (Gal and Ghahramani, 2016). */
  readonly variational: boolean;
  /**
   * Probability that a hidden-to-hidden weight is 0 in a training batch, and the others are scaled (DropConnect: Wan et al., 2013;
   * Merity et al., 2018). One mask a batch for all time steps. Default 0.
   */
  readonly weightDrop?: number;
}

/** PyTorch's suffix of layer l, direction d. */
function suffix(layer: number, direction: number): string {
  return `_l${layer}${direction === 1 ? '_reverse' : ''}`;
}

/** Declares the parameters, PyTorch's names and shapes. */
export function recurrentParameters(options: RecurrentOptions): ParameterSpec[] {
  const { cell, name, inputSize, inputGroups = 1, hiddenSize: H, numLayers, bidirectional } = options;
  const init = { kind: 'uniform', bound: 1 / Math.sqrt(H) } as const;
  const out = { groups: cell.gates, size: H };
  const specs: ParameterSpec[] = [];
  for (let l = 0; l < numLayers; l++) {
    for (let d = 0; d < (bidirectional ? 2 : 1); d++) {
      const s = suffix(l, d);
      const input =
        l === 0 ? { groups: inputGroups, size: inputSize } : { groups: bidirectional ? 2 : 1, size: H };
      specs.push(
        { name: `${name}.weight_ih${s}`, out, in: input, transposed: true, init },
        {
          name: `${name}.weight_hh${s}`,
          out,
          in: { groups: 1, size: H },
          transposed: true,
          init: cell.hiddenInit ?? init,
        },
        { name: `${name}.bias_ih${s}`, out, transposed: false, init },
        { name: `${name}.bias_hh${s}`, out, transposed: false, init },
      );
    }
  }
  return specs;
}

/** A stack with its memory. */
export interface Recurrent {
  /** Output of the top layer [tokens × width], directions side by side. */
  readonly out: number;
  /** Words of a row of the output. */
  readonly width: number;
  /** Gradient of `out`, to be written before `backward`. */
  readonly dOut: number;
  /** Packs the weights; needed after each change of the parameters. */
  pack(ctx: Context): void;
  /** Forward pass. */
  forward(ctx: Context): void;
  /**
   * Backward pass; adds to the gradients of the parameters. Those of dropped weights are right after `maskGradients`.
   * @param lowest The lowest layer that is passed, from 0; as many as there are layers: none. Default 0.
   */
  backward(ctx: Context, lowest?: number): void;
  /** Zeroes the gradient of the weights that were dropped for the batch: once, after its last backward pass. */
  maskGradients(ctx: Context): void;
}

/** Where a stack lives. */
export interface RecurrentMemory {
  /** Where it takes its memory. */
  readonly arena: Arena;
  /** Its parameters. */
  readonly parameters: Pick<Parameters, 'get'>;
  /** The largest batch. */
  readonly capacity: Capacity;
  /** The stack's input [tokens × inputGroups · padded(inputSize)], and where its gradient goes. */
  readonly x: number;
  /** Offset of the gradient of the input; -1: none. */
  readonly dx: number;
  /** A row of zeros, at least gates·H words. */
  readonly zeros: number;
  /** With memory for the backward pass. */
  readonly training: boolean;
  /** Offset of each thread's workspace, {@link recurrentWorkspace} words. */
  readonly workspace: (thread: number) => number;
}

/** Words of workspace per thread. */
export function recurrentWorkspace(options: RecurrentOptions): number {
  const { cell, hiddenSize, bidirectional } = options;
  const H = padded(hiddenSize);
  return gemmTNWorkspace(Math.max(inputWords(options), (bidirectional ? 2 : 1) * H), cell.gates * H);
}

/** Words of a row of the input. */
function inputWords({ inputSize, inputGroups = 1 }: RecurrentOptions): number {
  return inputGroups * padded(inputSize);
}

/** Builds a stack. */
export function createRecurrent(options: RecurrentOptions, memory: RecurrentMemory): Recurrent {
  if (options.numLayers === 0) return passOn(options, memory);
  const layers: LayerState[] = [];
  for (let l = 0; l < options.numLayers; l++) layers.push(createLayer(options, memory, l, layers[l - 1]));
  const top = layers[layers.length - 1];
  const all = layers.flatMap((layer) => layer.directions.map((d) => ({ d, I: layer.I })));
  return {
    out: top.out,
    width: top.directions.length * top.directions[0].H,
    dOut: top.directions[0].dOut,
    pack(ctx) {
      for (const { d, I } of ownDirections(ctx, all)) packDirection(ctx, d, I, memory.training);
    },
    forward(ctx) {
      for (const [l, layer] of layers.entries()) {
        if (l > 0) ctx.barrier(); // the layer below is complete
        forwardLayer(ctx, layer);
      }
    },
    backward(ctx, lowest = 0) {
      for (let l = layers.length - 1; l >= lowest; l--) {
        backwardLayer(ctx, layers[l], memory);
        ctx.barrier(); // dX is complete
      }
    },
    maskGradients(ctx) {
      for (const { d } of ownDirections(ctx, all)) dropWeights(ctx, d, d.weightHh.grad, d.weightHh.grad);
    },
  };
}

/** A stack of no layers. */
function passOn(options: RecurrentOptions, { x, dx }: RecurrentMemory): Recurrent {
  const nothing = () => undefined;
  return {
    out: x,
    width: inputWords(options),
    dOut: dx,
    pack: nothing,
    forward: nothing,
    backward: nothing,
    maskGradients: nothing,
  };
}

/** Whole directions of layers, dealt to the threads. */
function ownDirections<T>({ thread, threads }: Context, all: readonly T[]): readonly T[] {
  return all.filter((_, task) => task % threads === thread);
}

function createLayer(
  options: RecurrentOptions,
  memory: RecurrentMemory,
  l: number,
  below: LayerState | undefined,
): LayerState {
  const { arena, capacity, training } = memory;
  const { cell, name, hiddenSize } = options;
  const H = padded(hiddenSize);
  const count = options.bidirectional ? 2 : 1;
  const I = below ? count * H : inputWords(options);
  const label = `${name}.l${l}`;
  const drops = below !== undefined && training && options.dropout > 0;
  const x = !below ? memory.x : drops ? arena.alloc(`${label}.x`, capacity.tokens * I) : below.out;
  const out = arena.alloc(`${label}.out`, capacity.tokens * count * H);
  const dOut = training ? arena.alloc(`${label}.dOut`, capacity.tokens * count * H) : -1;
  const directions = Array.from({ length: count }, (_, d): DirectionState => {
    const direction = {
      ...allocateDirection(options, memory, I, H, suffix(l, d)),
      h: out + d * H,
      ldh: count * H,
      dOut: dOut + d * H,
      reverse: d === 1,
    };
    return {
      ...direction,
      cell: cell.create(direction, { arena, capacity, name: `${name}${suffix(l, d)}`, training }),
    };
  });
  return {
    x,
    I,
    dx: below ? below.directions[0].dOut : memory.dx,
    out,
    below: below ? below.out : -1,
    dropout: drops ? { p: options.dropout, name: label, variational: options.variational } : undefined,
    directions,
  };
}

function allocateDirection(
  { cell, name, weightDrop = 0 }: RecurrentOptions,
  memory: RecurrentMemory,
  I: number,
  H: number,
  s: string,
) {
  const { arena, capacity, parameters, training, zeros } = memory;
  const prefix = `${name}.`;
  const drops = training && weightDrop > 0;
  const columns = cell.gates * H;
  const folded = cell.foldedGates * H;
  const alloc = (part: string, words: number, needed = true) =>
    needed ? arena.alloc(`${prefix}${part}${s}`, words) : -1;
  return {
    H,
    columns,
    folded,
    zeros,
    g: alloc('g', capacity.tokens * columns),
    u: alloc('u', capacity.tokens * (columns - folded), folded < columns),
    dhNext: alloc('dhNext', capacity.rows * H, training),
    bias: alloc('bias', columns),
    dropped: alloc('dropped', H * columns, drops),
    weightDrop: drops ? { p: weightDrop, name: `${prefix}weight_hh${s}`, variational: false } : undefined,
    wih: alloc('wih', I * columns),
    whh: alloc('whh', H * columns),
    wihT: alloc('wihT', I * columns, training),
    whhT: alloc('whhT', H * columns, training),
    weightIh: parameters.get(`${prefix}weight_ih${s}`),
    weightHh: parameters.get(`${prefix}weight_hh${s}`),
    biasIh: parameters.get(`${prefix}bias_ih${s}`),
    biasHh: parameters.get(`${prefix}bias_hh${s}`),
  };
}
