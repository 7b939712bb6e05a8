/** A recurrent stack by itself, as every thread builds it. */
import { Arena, padded } from '../../src/core/arena.ts';
import { createRng } from '../../src/core/rng.ts';
import type { EngineChoice } from '../../src/engine/choose.ts';
import type { EngineMemory } from '../../src/engine/memory.ts';
import type { Engine } from '../../src/engine/contract.ts';
import type { TeamProgram } from '../../src/engine/team.ts';
import { Batch } from '../../src/nn/batch.ts';
import { threadRange } from '../../src/nn/context.ts';
import { layers } from '../../src/nn/layers/index.ts';
import { createRecurrent, recurrentParameters, recurrentWorkspace } from '../../src/nn/layers/recurrent.ts';
import { Parameters } from '../../src/nn/parameters.ts';
import type { LstmSpec } from '../support/protocol.ts';
import type { NamedArray } from './data.ts';

/** What a worker of a stack gets. */
export interface StackWorkerData {
  readonly spec: LstmSpec;
  readonly engine: EngineChoice;
  readonly memory: EngineMemory;
  readonly control: SharedArrayBuffer;
  readonly thread: number;
  readonly threads: number;
}

/** A stack laid out in memory. */
export interface Stack {
  readonly words: number;
  bind(engine: Engine): void;
  /** Draws weights, input and gradient of the output, and writes the batch. */
  fill(seed: number): void;
  /** One forward and backward pass: weights packed, gradients cleared, as in training. */
  readonly program: TeamProgram;
  /** Weights, input and gradient of the output, for the other side. */
  arrays(): NamedArray[];
  /** Σ|output|, Σ|gradient of the input|, Σ|gradients of the weights|. */
  check(): number[];
}

/** Lays out a stack for the batch of a spec. */
export function createStack(spec: LstmSpec, threads: number): Stack {
  const { lengths, input, hidden, bidirectional } = spec;
  const arena = new Arena();
  const tokens = lengths.reduce((sum, n) => sum + n, 0);
  const capacity = { rows: lengths.length, tokens, steps: lengths[0] };
  let engine: Engine;
  const batch = new Batch(arena, capacity, () => engine.i);
  const options = {
    cell: layers.create({ type: 'lstm' }),
    name: 'rnn',
    inputSize: input,
    hiddenSize: hidden,
    numLayers: spec.layers,
    bidirectional,
    dropout: 0,
    variational: false,
  };
  const directions = bidirectional ? 2 : 1;
  const parameters = new Parameters(arena, recurrentParameters(options), []);
  const [x, dx] = ['x', 'dx'].map((name) => arena.alloc(name, tokens * padded(input)));
  const zeros = arena.alloc('zeros', 4 * padded(hidden) + padded(input));
  const workspaceWords = padded(recurrentWorkspace(options));
  const workspaces = arena.alloc('workspace', workspaceWords * threads);
  const workspace = (thread: number) => workspaces + thread * workspaceWords;
  const memory = { arena, parameters, capacity, x, dx, zeros, workspace, training: true };
  const recurrent = createRecurrent(options, memory);

  /** The real columns of a matrix of `groups` of `size` columns. */
  const columns = (at: number, groups: number, size: number, visit: (word: number) => void): void => {
    for (let row = 0; row < tokens * groups; row++)
      for (let j = 0; j < size; j++) visit(at + row * padded(size) + j);
  };
  const read = (at: number, groups: number, size: number): Float32Array => {
    const values: number[] = [];
    columns(at, groups, size, (word) => values.push(engine.f[word]));
    return Float32Array.from(values);
  };
  const sumAbs = (values: Float32Array | Float64Array): number => {
    let sum = 0;
    for (const value of values) sum += Math.abs(value);
    return sum;
  };

  return {
    words: arena.words,
    bind(bound) {
      engine = bound;
    },
    fill(seed) {
      const rng = createRng(seed);
      parameters.initialise(engine.f, rng);
      const [inputs, gradients] = [rng.fork('x'), rng.fork('dOut')];
      columns(x, 1, input, (word) => (engine.f[word] = inputs.normal()));
      columns(recurrent.dOut, directions, hidden, (word) => (engine.f[word] = gradients.normal()));
      batch.write(lengths.map((n) => new Int32Array(n)));
    },
    program(_args, thread, count, barrier) {
      const ctx = { engine, batch, thread, threads: count, barrier, training: true, seed: 0, step: 0 };
      recurrent.pack(ctx);
      const [from, to] = threadRange(ctx, parameters.words);
      engine.f.fill(0, parameters.grad + from, parameters.grad + to);
      barrier();
      recurrent.forward(ctx);
      barrier();
      recurrent.backward(ctx);
    },
    arrays() {
      const out = directions * hidden;
      return [
        ...parameters.list.map((p) => ({ name: p.name, shape: p.shape, data: p.read(engine.f) })),
        { name: 'x', shape: [tokens, input], data: read(x, 1, input) },
        { name: 'dout', shape: [tokens, out], data: read(recurrent.dOut, directions, hidden) },
      ];
    },
    check() {
      let weights = 0;
      for (const p of parameters.list) weights += sumAbs(p.read(engine.f, p.grad));
      return [sumAbs(read(recurrent.out, directions, hidden)), sumAbs(read(dx, 1, input)), weights];
    },
  };
}
