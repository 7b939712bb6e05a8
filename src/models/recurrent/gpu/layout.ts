/**
 * A recurrent classifier on the GPU: offsets, and the kernel calls of a training step and of a forward pass.
 * Parameters have the layout of the CPU, word for word, so that both read the same files.
 */
import { Arena, padded } from '../../../core/arena.ts';
import type { Gpu } from '../../../engine/webgpu/device.ts';
import { type GpuCell, recurrentMemory } from '../../../engine/webgpu/kernels/recurrent.ts';
import { UnsupportedError } from '../../../core/errors.ts';
import { layers } from '../../../nn/layers/index.ts';
import type { Parameters } from '../../../nn/parameters.ts';
import { lossesOf } from '../../trainable.ts';
import { cellOptions } from '../options.ts';
import type { ClassifierPlan } from '../plan.ts';
import { RESULT } from '../../../engine/webgpu/kernels/loss.ts';
import { NORM_WORDS } from '../../../engine/webgpu/kernels/optim.ts';
import { type GpuPoolings, layPoolings } from './pooling-layout.ts';
import { gpuCell } from './refuse.ts';

/** One layer. Numbers are word offsets in the floats, but for those of weights. */
export interface GpuLayer {
  readonly index: number;
  /** Input, its words a row, and the input before dropout; the same where there is none. */
  readonly x: number;
  readonly below: number;
  readonly I: number;
  /** Gradient of the input. */
  readonly dx: number;
  readonly out: number;
  readonly dOut: number;
  /** [directions] each; the step from one direction to the next. */
  readonly g: number;
  readonly gStep: number;
  readonly u: number;
  readonly uStep: number;
  readonly c: number;
  readonly tc: number;
  readonly cStep: number;
  readonly whhT: number;
  readonly tStep: number;
  /** In the halves: W_hh in pairs of rows, and its transpose. */
  readonly packed: number;
  readonly packedT: number;
  readonly packedStep: number;
  /** In the parameters. */
  readonly wih: number;
  readonly whh: number;
  readonly bih: number;
  readonly bhh: number;
  readonly wStep: number;
  /** W_hh as a training batch sees it: `whh`, or a copy of which weights are dropped. */
  readonly seen: { readonly whh: number; readonly wStep: number };
  readonly dropout: boolean;
}

/** Mixtures of documents: [rows × features] and their gradient; [rows × ldC] gradient for the classes of the partners; its result. */
export interface GpuMixup {
  readonly mixed: number;
  readonly dMixed: number;
  readonly dPartners: number;
  readonly result: number;
}

/** R-drop: α; [rows × ldC] outputs of the first pass and their gradient; the result of the second pass. */
export interface GpuRDrop {
  readonly alpha: number;
  readonly first: number;
  readonly dFirst: number;
  readonly resultSecond: number;
}

/** Adversarial training: ε; R, [tokens × D]; the result of the perturbed pass. */
export interface GpuAdversarial {
  readonly size: number;
  readonly direction: number;
  readonly result: number;
}

/** All offsets. */
export interface GpuLayout {
  readonly plan: ClassifierPlan;
  readonly cell: GpuCell;
  readonly H: number;
  readonly D: number;
  readonly directions: number;
  readonly columns: number;
  readonly folded: number;
  /** Sequences of a workgroup of the recurrent kernels. */
  readonly sequences: number;
  readonly x: number;
  readonly dx: number;
  readonly layers: readonly GpuLayer[];
  /** The states that are pooled and their gradient, `width` words a row. */
  readonly top: { readonly out: number; readonly dOut: number };
  readonly width: number;
  readonly pools: GpuPoolings;
  readonly pooled: number;
  readonly dropped: number;
  readonly dPooled: number;
  readonly logits: number;
  readonly dLogits: number;
  readonly mixup: GpuMixup | undefined;
  readonly rDrop: GpuRDrop | undefined;
  readonly adversarial: GpuAdversarial | undefined;
  /** C, padded. */
  readonly ldC: number;
  readonly classWeights: number;
  /** [classes] each: what a loss adds to the outputs. */
  readonly shifts: readonly number[];
  readonly perRow: number;
  readonly norms: number;
  readonly normChunks: number;
  readonly result: number;
  /** [words] gradients; and each state array of the optimiser. */
  readonly grad: number;
  readonly slots: readonly number[];
  /** Words of the floats; and of the parameters with the dropped weights behind them. */
  readonly words: number;
  readonly weightWords: number;
  /** Of the weights in half precision. */
  readonly packedWords: number;
  /** Offset of a parameter, in the parameters and in the gradients from `grad`. */
  at(name: string): number;
}

/** Sequences per workgroup: one if there are enough workgroups for all, more if the weights would be read too often. */
function sequencesOf(gpu: Gpu, cell: GpuCell, H: number, workgroups: number): number {
  const wanted = workgroups <= 128 ? 1 : workgroups <= 512 ? 2 : 4;
  for (let sequences = wanted; sequences >= 1; sequences /= 2) {
    if (recurrentMemory({ cell, H, sequences }) <= gpu.facts.workgroupBytes) return sequences;
  }
  throw new UnsupportedError(
    `[device gpu] a layer must fit the memory of a workgroup, ${gpu.facts.workgroupBytes} bytes on this GPU, but model.hidden_size ${H} takes ${recurrentMemory({ cell, H, sequences: 1 })}. Lower it, or use --device cpu.`,
  );
}

/** Lays a classifier out. @throws UnsupportedError where a layer does not fit */
export function layOut(plan: ClassifierPlan, parameters: Parameters, gpu: Gpu): GpuLayout {
  const { shape, capacity, training } = plan;
  const { model } = shape;
  const cell = gpuCell(model);
  if (!cell) throw new Error('a layer without a kernel is refused before');
  const factory = layers.create(cellOptions(model));
  const directions = model.bidirectional ? 2 : 1;
  const [H, D, ldC] = [padded(model.hidden_size), padded(model.embedding_dim), padded(shape.classes)];
  const arena = new Arena();
  const places = placesOf(arena, parameters);
  const { alloc, at } = places;
  const trains = training !== undefined;
  const grad = alloc('gradients', parameters.words, trains);
  const slots = parameters.slots.map((_, s) => alloc(`optimizer.${s}`, parameters.words));
  const x = alloc('x', capacity.tokens * D);
  const dx = alloc('dx', capacity.tokens * D, trains);
  const width = directions * H;
  const stack: GpuLayer[] = [];
  const sizes = { H, directions, gates: factory.gates, folded: factory.foldedGates };
  for (let l = 0; l < model.num_layers; l++) {
    const below = stack.at(-1) ?? { out: x, dOut: dx };
    const I = l === 0 ? D : width;
    const drops = trains && l > 0 && model.dropout > 0;
    stack.push(layLayer({ index: l, below, I, drops }, sizes, plan, places));
  }
  const pools = layPoolings(plan, width, places);
  const { features } = pools;
  const pooled = alloc('pooled', capacity.rows * features);
  const normChunks = Math.ceil(parameters.words / NORM_WORDS);
  return {
    plan,
    cell,
    ...{ H, D, directions, columns: factory.gates * H, folded: factory.foldedGates * H },
    sequences: stack.length === 0 ? 1 : sequencesOf(gpu, cell, H, capacity.rows * directions),
    ...{ x, dx, layers: stack, top: stack.at(-1) ?? { out: x, dOut: dx }, width, pools },
    pooled,
    dropped: trains && model.dropout > 0 ? alloc('dropped', capacity.rows * features) : pooled,
    dPooled: alloc('dPooled', capacity.rows * features, trains),
    logits: alloc('logits', capacity.rows * ldC),
    dLogits: alloc('dLogits', capacity.rows * ldC, trains),
    ldC,
    ...layPasses(plan, { features, ldC, D }, places),
    classWeights: alloc('classWeights', shape.classes),
    shifts: lossesOf(plan).map((_, n) => alloc(`shift.${n}`, shape.classes)),
    perRow: alloc('perRow', 2 * capacity.rows),
    norms: alloc('norms', normChunks),
    normChunks,
    result: alloc('result', RESULT.words),
    ...{ grad, slots, at },
    words: arena.words,
    weightWords: places.weightWords(),
    packedWords: places.packedWords(),
  };
}

/** What the options need that run several passes, or mix documents. */
function layPasses(
  { capacity: { rows, tokens }, training }: ClassifierPlan,
  { features, ldC, D }: { readonly features: number; readonly ldC: number; readonly D: number },
  { alloc }: Places,
): Pick<GpuLayout, 'mixup' | 'rDrop' | 'adversarial'> {
  const { mixup = 0, rDrop: alpha = 0, adversarial: size = 0 } = training ?? {};
  const resultOf = (name: string) => alloc(`${name}.result`, RESULT.words);
  const layMixup = (): GpuMixup => ({
    mixed: alloc('mixup.mixed', rows * features),
    dMixed: alloc('mixup.dMixed', rows * features),
    dPartners: alloc('mixup.dPartners', rows * ldC),
    result: resultOf('mixup'),
  });
  const layRDrop = (): GpuRDrop => ({
    alpha,
    first: alloc('rDrop.first', rows * ldC),
    dFirst: alloc('rDrop.dFirst', rows * ldC),
    resultSecond: resultOf('rDrop'),
  });
  const layAdversarial = (): GpuAdversarial => ({
    size,
    direction: alloc('adversarial.direction', tokens * D),
    result: resultOf('adversarial'),
  });
  return {
    mixup: mixup > 0 ? layMixup() : undefined,
    rDrop: alpha > 0 ? layRDrop() : undefined,
    adversarial: size > 0 ? layAdversarial() : undefined,
  };
}

/** Where arrays are taken from. */
interface Places {
  /** Floats; 0 where they are not needed. */
  alloc(name: string, words: number, needed?: boolean): number;
  /** Words behind the parameters. */
  allocWeights(words: number): number;
  /** Offset of a parameter. */
  at(name: string): number;
  /** Words of the parameters and what was taken behind them. */
  weightWords(): number;
  /** Words for weights in half precision. */
  allocPacked(words: number): number;
  packedWords(): number;
}

function placesOf(arena: Arena, parameters: Parameters): Places {
  const last = parameters.list[parameters.list.length - 1];
  let weightWords = last.at + last.words - parameters.at;
  let packedWords = 0;
  return {
    alloc: (name, words, needed = true) => (needed ? arena.alloc(name, words) : 0),
    allocWeights(words) {
      weightWords += words;
      return weightWords - words;
    },
    at: (name) => parameters.get(name).at - parameters.at,
    weightWords: () => weightWords,
    allocPacked(words) {
      packedWords += words;
      return packedWords - words;
    },
    packedWords: () => packedWords,
  };
}

function layLayer(
  {
    index,
    below,
    I,
    drops,
  }: { index: number; below: { out: number; dOut: number }; I: number; drops: boolean },
  { H, directions, gates, folded }: { H: number; directions: number; gates: number; folded: number },
  { shape: { model }, capacity: { tokens }, training }: ClassifierPlan,
  { alloc, allocWeights, allocPacked, at }: Places,
): GpuLayer {
  const of = (name: string, d = 0) => at(`rnn.${name}_l${index}${d === 1 ? '_reverse' : ''}`);
  const steps = { gStep: tokens * gates * H, uStep: tokens * H, cStep: tokens * H, tStep: gates * H * H };
  const take = (name: string, step: number, needed = true) =>
    alloc(`l${index}.${name}`, directions * step, needed);
  const trains = training !== undefined;
  const lstm = gates === 4;
  const wStep = directions === 2 ? of('weight_ih', 1) - of('weight_ih') : 0;
  const whh = of('weight_hh');
  const copied = trains && model.weight_drop > 0;
  const packedStep = steps.tStep / 2;
  const takePacked = () => (training?.halfWeights === true ? allocPacked(directions * packedStep) : 0);
  return {
    index,
    I,
    below: below.out,
    x: drops ? alloc(`l${index}.x`, tokens * I) : below.out,
    dx: below.dOut,
    out: take('out', tokens * H),
    dOut: take('dOut', tokens * H, trains),
    g: take('g', steps.gStep),
    u: take('u', steps.uStep, folded < gates),
    c: take('c', steps.cStep, lstm),
    tc: take('tc', steps.cStep, lstm),
    whhT: take('whhT', steps.tStep, trains),
    ...{ packed: takePacked(), packedT: takePacked(), packedStep },
    ...steps,
    wih: of('weight_ih'),
    whh,
    bih: of('bias_ih'),
    bhh: of('bias_hh'),
    wStep,
    seen: copied ? { whh: allocWeights(directions * steps.tStep), wStep: steps.tStep } : { whh, wStep },
    dropout: drops,
  };
}
