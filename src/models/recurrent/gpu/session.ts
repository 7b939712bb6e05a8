/**
 * A session on the GPU. It belongs to a CPU session of the same plan, which initialises, reads and writes the
 * parameters, so that files are the same wherever a model was trained. Each step is one command buffer, and its
 * result comes back while later ones run.
 */
import { UnsupportedError } from '../../../core/errors.ts';
import { type Gpu, openGpu } from '../../../engine/webgpu/device.ts';
import { RESULT } from '../../../engine/webgpu/kernels/loss.ts';
import { type CallList, Program } from '../../../engine/webgpu/program.ts';
import { adjustments, classWeights } from '../../../nn/losses/loss.ts';
import { type Loss, losses } from '../../../nn/losses/index.ts';
import { UNK_ID } from '../../../text/vocabulary.ts';
import { closedError, requireBatch } from '../../arguments.ts';
import type { Session } from '../../session.ts';
import {
  type BatchResult,
  type LearningClassifier,
  lossesOf,
  type PretrainedVectors,
  type Tensor,
  type TrainingStep,
} from '../../trainable.ts';
import { replacedTokens } from '../word-dropout.ts';
import { GpuBatch } from './batch.ts';
import type { Recording } from './calls.ts';
import { addForward } from './forward.ts';
import { type GpuLayout, layOut } from './layout.ts';
import { refusedByGpu } from './refuse.ts';
import { Scalars } from './scalars.ts';
import { addTraining } from './training.ts';
import { addUpdate, type GpuUpdates } from './update.ts';

/** Steps in flight before the result of the oldest is awaited. */
const AHEAD = 4;

/** How batches are read that nothing is learned from. */
const EVALUATION = { replaced: undefined, replacement: UNK_ID, learns: false, learnedIds: 0 } as const;

/** A classifier on the GPU. */
export interface GpuSession extends LearningClassifier {
  /** Loss and gradients without an update, dropout as in `step`; the gradients by the parameters' names. */
  gradients(
    sequences: readonly Int32Array[],
    labels: ArrayLike<number>,
    step?: number,
  ): Promise<{ readonly result: BatchResult; readonly gradients: Record<string, Float32Array> }>;
  /** Copies the parameters to the session of the CPU. */
  download(): Promise<void>;
}

/**
 * Makes a classifier on the GPU.
 * @param cpu A session with training of one thread or more; its parameters are taken over.
 * @throws UnsupportedError where the GPU cannot train this, or has too little memory
 */
export async function createGpuSession(cpu: Session, gpu: Gpu): Promise<GpuSession> {
  const { plan } = cpu;
  requireSupported(plan);
  const layout = layOut(plan, cpu.parameters, gpu);
  const batch = new GpuBatch(plan);
  const scalars = new Scalars();
  const program = new Program(gpu);
  const pass = {
    training: true,
    masks: 0,
    adds: false,
    outputs: { z: layout.logits, dz: layout.dLogits },
  };
  const recording = { layout, batch, keys: scalars, facts: gpu.facts, pass, current: { loss: 0 } };
  const [training, gradients, inference] = [program.list(), program.list(), program.list()];
  addForward(inference, { ...recording, pass: { ...pass, training: false } });
  let updates: GpuUpdates | undefined;
  if (plan.training) {
    for (const list of [training, gradients]) addTraining(list, recording);
    updates = addUpdate(training, { ...recording, scalars, parameters: cpu.parameters });
  }
  try {
    const { weightWords: parameters, words: floats, packedWords: packed } = layout;
    await program.begin({ parameters, floats, integers: batch.words.length, packed });
  } catch (error) {
    program.close();
    throw error;
  }
  return new SessionOnGpu({
    cpu,
    ...{ layout, batch, scalars, program, current: recording.current },
    lists: { training, gradients, inference },
    updates,
  });
}

/**
 * The model of a session on the GPU of this machine; closing it gives the GPU back.
 * @param cpu A session with training of one thread or more; its parameters are taken over.
 * @throws UnsupportedError where there is no GPU, it cannot train this, or it has too little memory
 */
export async function openOnGpu(cpu: Session): Promise<GpuSession> {
  requireSupported(cpu.plan); // also if there is no GPU
  const gpu = await openGpu();
  try {
    return await createGpuSession(cpu, gpu);
  } catch (error) {
    gpu.close();
    throw error;
  }
}

function requireSupported(plan: Session['plan']): void {
  const refused = refusedByGpu(plan);
  if (refused === undefined) return;
  throw new UnsupportedError(
    `[device gpu] cannot train with ${refused} yet. Change it, or use --device cpu.`,
  );
}

/** State of an open session. */
interface Work {
  readonly cpu: Session;
  readonly layout: GpuLayout;
  readonly batch: GpuBatch;
  readonly current: Recording['current'];
  readonly scalars: Scalars;
  readonly program: Program;
  readonly lists: Readonly<Record<'training' | 'gradients' | 'inference', CallList>>;
  readonly updates: GpuUpdates | undefined;
}

class SessionOnGpu implements GpuSession {
  readonly plan: Session['plan'];
  readonly kernel: string;
  readonly threads = 1;
  readonly ahead = AHEAD;
  readonly parameters: Session['parameters'];
  readonly groups: readonly string[];
  readonly #losses: readonly Loss[];
  #work: Work | undefined;
  #probabilities = new Float64Array();

  constructor(work: Work) {
    const { cpu, layout, program } = work;
    const { plan } = cpu;
    this.plan = plan;
    this.kernel = `webgpu ${program.gpu.facts.name}`;
    this.parameters = cpu.parameters;
    this.groups = cpu.groups ?? [];
    const { training, shape } = plan;
    const { classWeights: weights, classPriors: priors } = training ?? {};
    const context = { classes: shape.classes, ...(weights && { weights }), ...(priors && { priors }) };
    this.#losses = lossesOf(plan).map((loss) => losses.create(loss, context));
    this.#work = work;
    program.write('f', layout.classWeights, Float32Array.from(classWeights(context)));
    for (const [n, loss] of lossesOf(plan).entries()) {
      const tau = Number(loss['logit_adjustment'] ?? 0);
      program.write('f', layout.shifts[n], Float32Array.from(adjustments(tau, context)));
    }
    this.#upload();
  }

  initialise(seed: number, pretrained?: PretrainedVectors): void {
    const { cpu } = this.#open('initialise');
    cpu.initialise(seed, pretrained);
    this.#upload();
  }

  async step(
    sequences: readonly Int32Array[],
    labels: ArrayLike<number>,
    at: TrainingStep,
  ): Promise<Readonly<BatchResult>> {
    const { program, lists, updates, layout } = this.#open('step');
    this.#writeTrainingBatch('step', sequences, labels, at);
    updates?.write(at);
    const { batch } = this.#open('step');
    program.writeIntegers(batch.words, batch.written);
    const result = await program.run(lists.training, this.#cleared(), {
      at: layout.result,
      words: RESULT.words,
    });
    return this.#resultOf(result);
  }

  async gradients(
    sequences: readonly Int32Array[],
    labels: ArrayLike<number>,
    step = 0,
  ): Promise<{ readonly result: BatchResult; readonly gradients: Record<string, Float32Array> }> {
    const { program, lists, layout, batch } = this.#open('gradients');
    this.#writeTrainingBatch('gradients', sequences, labels, { step, lr: 0 });
    program.writeIntegers(batch.words, batch.written);
    const result = await program.run(lists.gradients, this.#cleared(), {
      at: layout.result,
      words: RESULT.words,
    });
    const { at: first, words, list } = this.parameters;
    const grad = await program.read('f', { at: layout.grad, words });
    const trained = list.filter(({ spec }) => !spec.fixed);
    return {
      result: this.#resultOf(result),
      gradients: Object.fromEntries(trained.map((p) => [p.name, p.read(grad, p.at - first)])),
    };
  }

  async evaluate(
    sequences: readonly Int32Array[],
    labels: ArrayLike<number>,
    loss = 0,
  ): Promise<Readonly<BatchResult>> {
    const { f, ld } = await this.#outputs('evaluate', sequences, labels);
    const i = Int32Array.from(labels);
    const result = this.#losses[loss].run({ f, i, logits: 0, ld, labels: 0, B: sequences.length });
    return { ...result, gradientNorm: NaN };
  }

  async predict(sequences: readonly Int32Array[]): Promise<Float64Array> {
    await this.#outputs('predict', sequences);
    return this.probabilities();
  }

  probabilities(): Float64Array {
    this.#open('probabilities');
    return this.#probabilities.slice();
  }

  async tensors(): Promise<Record<string, Tensor>> {
    await this.download();
    return this.#open('tensors').cpu.tensors();
  }

  async download(): Promise<void> {
    const { cpu, program } = this.#open('download');
    const { at, words } = this.parameters;
    const values = await program.read('w', { at: 0, words });
    cpu.engine.f.set(values, at);
    cpu.load(cpu.tensors()); // marks them as changed
  }

  load(tensors: Readonly<Record<string, Tensor>>): void {
    this.#open('load').cpu.load(tensors);
    this.#upload();
  }

  async optimizerState(): Promise<Record<string, Float32Array | Float64Array>> {
    const { program, layout } = this.#open('optimizerState');
    const { words } = this.parameters;
    const state: Record<string, Float32Array> = {};
    for (const [s, at] of layout.slots.entries())
      state[`optimizer.${s}`] = await program.read('f', { at, words });
    return state;
  }

  loadOptimizerState(state: Readonly<Record<string, ArrayLike<number>>>): void {
    const { cpu, program, layout } = this.#open('loadOptimizerState');
    cpu.loadOptimizerState(state); // the CPU session refuses what does not fit
    for (const [s, at] of layout.slots.entries())
      program.write('f', at, Float32Array.from(state[`optimizer.${s}`]));
  }

  async exchangeAverage(): Promise<void> {
    const { cpu } = this.#open('exchangeAverage');
    cpu.loadOptimizerState(await this.optimizerState());
    await this.download();
    cpu.exchangeAverage?.();
    this.loadOptimizerState(cpu.optimizerState());
    this.#upload();
  }

  async close(): Promise<void> {
    const { program } = this.#work ?? {};
    this.#work = undefined;
    program?.close();
    program?.gpu.close();
  }

  /** Copies the parameters from the session of the CPU. */
  #upload(): void {
    const { cpu, program } = this.#open('upload');
    const { at, list } = this.parameters;
    const last = list[list.length - 1];
    program.write('w', 0, Float32Array.from(cpu.engine.f.subarray(at, last.at + last.words)));
  }

  /** Buffers that a step adds to or only partly overwrites. */
  #cleared() {
    return [{ at: this.#open('step').layout.grad, words: this.parameters.words }];
  }

  #resultOf(result: Float32Array): BatchResult & { readonly correct: number } {
    const { clipNorm = null } = this.plan.training ?? {};
    return {
      loss: result[RESULT.loss],
      weight: result[RESULT.weight],
      correct: result[RESULT.correct],
      gradientNorm: clipNorm === null ? NaN : result[RESULT.norm],
    };
  }

  /** The outputs without dropout, their probabilities kept. */
  async #outputs(where: string, sequences: readonly Int32Array[], labels?: ArrayLike<number>) {
    const { batch, program, lists, layout } = this.#open(where);
    requireBatch(where, { sequences, ...(labels && { labels }) }, this.plan.capacity);
    batch.write(sequences, labels, EVALUATION);
    program.writeIntegers(batch.words, batch.written);
    const [B, ld] = [sequences.length, layout.ldC];
    const f = await program.run(lists.inference, [], { at: layout.logits, words: B * ld });
    const probabilities = new Float64Array(B * this.plan.shape.classes);
    this.#losses[0].probabilities({ f, logits: 0, ld, B }, probabilities);
    this.#probabilities = probabilities;
    return { f, ld };
  }

  #writeTrainingBatch(
    where: string,
    sequences: readonly Int32Array[],
    labels: ArrayLike<number>,
    { step, pretrainedRate = 1, targets, loss = 0 }: TrainingStep,
  ): void {
    const { batch, scalars, current } = this.#open(where);
    const { capacity, shape, training } = this.plan;
    requireBatch(where, { sequences, labels }, capacity);
    const { pretrained, vocabularySize } = shape;
    const trained = vocabularySize - (pretrained?.fixed ?? 0);
    const learnedIds = pretrained && pretrainedRate === 0 ? Math.min(pretrained.from, trained) : trained;
    batch.write(sequences, labels, {
      replaced: replacedTokens(this.plan, step),
      replacement: UNK_ID,
      ...{ learns: true, learnedIds, targets },
    });
    current.loss = loss;
    const { seed = 0 } = training ?? {};
    batch.mixture?.write(batch, { seed, step }, labels);
    scalars.write(batch, seed, step);
  }

  /** @throws UnsupportedError after `close` */
  #open(where: string): Work {
    if (!this.#work) throw closedError(where);
    return this.#work;
  }
}
