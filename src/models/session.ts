/**
 * A session: a classifier with its memory and its threads. What training, evaluation and prediction work with.
 */
import { padded } from '../core/arena.ts';
import { invariant, ShapeError } from '../core/errors.ts';
import { createRng } from '../core/rng.ts';
import type { Engine } from '../engine/contract.ts';
import { createEngine, createEngineMemory, type EngineChoice } from '../engine/choose.ts';
import type { EngineMemory } from '../engine/memory.ts';
import { createTeamControl, leadTeam, soloTeam, type Team } from '../engine/team.ts';
import { type StartWorker, startThread, type TeamWorker } from '../engine/workers.ts';
import type { Parameters } from '../nn/parameters.ts';
import { losses } from '../nn/losses/index.ts';
import { UNK_ID } from '../text/vocabulary.ts';
import { closedError, requireBatch } from './arguments.ts';
import { type Classifier, COMMANDS, createClassifier } from './recurrent/classifier.ts';
import { loadTensors } from './recurrent/load-tensors.ts';
import type { ClassifierPlan } from './recurrent/plan.ts';
import { replacedTokens } from './recurrent/word-dropout.ts';
import {
  type BatchResult,
  type GroupStep,
  lossOf,
  type PretrainedVectors,
  type Tensor,
  type TrainableClassifier,
  type TrainingStep,
} from './trainable.ts';

export type { Tensor, TrainableClassifier } from './trainable.ts';

/** Options of {@link createSession}. */
export interface SessionOptions extends Omit<ClassifierPlan, 'threads'> {
  /** From `chooseEngine`. */
  readonly engine: EngineChoice;
  /** Threads, this one included. More than one in a page needs `worker`, and a page that is cross-origin isolated. Default 1. */
  readonly threads?: number;
  /** Starts a worker of a page, whose script imports `unrolled/worker`; Node needs none. */
  readonly worker?: StartWorker | undefined;
}

/** A running recurrent classifier: {@link TrainableClassifier}, and internals for tests and benchmarks. */
export interface Session extends TrainableClassifier {
  /** What the session was made for. */
  readonly plan: ClassifierPlan;
  /** Memory and kernels. */
  readonly engine: Engine;
  /** Where the parameters stand in the memory. */
  readonly parameters: Parameters;
  /** Loss and gradients without an update, dropout as in `step`. */
  gradients(
    sequences: readonly Int32Array[],
    labels: ArrayLike<number>,
    step?: number,
    pretrainedRate?: number,
  ): Readonly<BatchResult>;
}

/** Whether a classifier is a recurrent one on an engine. */
export function isSession(classifier: TrainableClassifier): classifier is Session {
  return 'engine' in classifier && 'gradients' in classifier;
}

/** What a worker of a session gets. */
export interface SessionWorkerData {
  readonly plan: ClassifierPlan;
  readonly engine: EngineChoice;
  readonly memory: EngineMemory;
  readonly control: SharedArrayBuffer;
  readonly thread: number;
}

/**
 * Creates a session. Its parameters are zero until `initialise` or `load`.
 * @throws UnsupportedError where there cannot be that many threads
 */
export async function createSession({
  engine: choice,
  threads = 1,
  worker,
  ...rest
}: SessionOptions): Promise<Session> {
  const plan: ClassifierPlan = { ...rest, threads };
  const classifier = createClassifier(plan);
  const { words } = classifier;
  const program = (args: ArrayLike<number>, thread: number, _threads: number, barrier: () => void) =>
    classifier.run(args, thread, barrier);
  const control = threads > 1 ? createTeamControl() : undefined;
  const memory = createEngineMemory(choice, words, control !== undefined);
  const engine = createEngine(choice, { words, memory });
  classifier.bind(engine);
  if (!control) return new ClassifierSession({ classifier, engine, team: soloTeam(program), workers: [] });
  // compiled, this file and the worker's end in .js
  const url = new URL(
    import.meta.url.endsWith('.ts') ? './recurrent/session-worker.ts' : './recurrent/session-worker.js',
    import.meta.url,
  );
  const workers = await Promise.all(
    Array.from({ length: threads - 1 }, (_, w) => {
      const data: SessionWorkerData = { plan, engine: choice, memory, control, thread: w + 1 };
      return startThread(url, data, worker);
    }),
  );
  return new ClassifierSession({ classifier, engine, team: leadTeam(control, threads, program), workers });
}

/** State of an open session. */
interface Work {
  readonly classifier: Classifier;
  readonly engine: Engine;
  readonly team: Team;
  readonly workers: readonly TeamWorker[];
  /**
   * The garbage collector does not count shared memory, so it would not collect unreachable sessions. This array of
   * the same size makes it count; it is never written, so it takes no physical memory.
   */
  readonly counted?: ArrayBuffer;
}

/** Most bytes of that array. */
const COUNTED_BYTES = 2 ** 30;

/** Ends the threads of unreachable sessions that were not closed: they hold memory. */
const unreachable = new FinalizationRegistry<readonly TeamWorker[]>((workers) => {
  for (const worker of workers) void worker.close();
});

class ClassifierSession implements Session {
  readonly plan: ClassifierPlan;
  readonly kernel: string;
  readonly fused: boolean;
  readonly threads: number;
  readonly parameters: Parameters;
  readonly groups: readonly string[];
  readonly #loss: ReturnType<typeof losses.create>;
  /** Undefined after `close`. */
  #work: Work | undefined;

  constructor(work: Work) {
    const { classifier, engine, team, workers } = work;
    this.plan = classifier.plan;
    this.kernel = engine.name;
    this.fused = engine.fused;
    this.threads = team.threads;
    this.parameters = classifier.parameters;
    this.groups = classifier.groups.names;
    this.#loss = losses.create(lossOf(classifier.plan), { classes: classifier.plan.shape.classes });
    this.#work = work;
    if (workers.length === 0) return;
    unreachable.register(this, workers, this);
    this.#work = { ...work, counted: new ArrayBuffer(Math.min(COUNTED_BYTES, classifier.words * 4)) };
  }

  get engine(): Engine {
    return this.#open('engine').engine;
  }

  initialise(seed: number, pretrained?: PretrainedVectors): void {
    const { engine, classifier } = this.#open('initialise');
    this.parameters.initialise(engine.f, createRng(seed));
    if (pretrained) placeVectors(this.plan, this.parameters, engine, pretrained);
    classifier.parametersChanged();
  }

  step(sequences: readonly Int32Array[], labels: ArrayLike<number>, at: TrainingStep): Readonly<BatchResult> {
    const { step, lr, pretrainedRate = 1, averageRate = 0, loss = 0 } = at;
    const work = this.#open('step');
    this.#writeTrainingBatch('step', sequences, labels, at);
    this.#writeGroups(at);
    work.team.run(COMMANDS.step, step, lr, pretrainedRate, averageRate, loss);
    return { ...work.classifier.result };
  }

  gradients(
    sequences: readonly Int32Array[],
    labels: ArrayLike<number>,
    step = 0,
    pretrainedRate = 1,
  ): Readonly<BatchResult> {
    const work = this.#open('gradients');
    this.#writeTrainingBatch('gradients', sequences, labels, { step });
    this.#writeGroups({ step, pretrainedRate });
    work.team.run(COMMANDS.gradients, step, 0, pretrainedRate);
    return { ...work.classifier.result };
  }

  evaluate(sequences: readonly Int32Array[], labels: ArrayLike<number>, loss = 0): Readonly<BatchResult> {
    const { classifier, team } = this.#open('evaluate');
    requireBatch('evaluate', { sequences, labels }, this.plan.capacity);
    classifier.batch.write(sequences, labels);
    team.run(COMMANDS.evaluate, 0, 0, 0, 0, loss);
    return { ...classifier.result };
  }

  predict(sequences: readonly Int32Array[]): Float64Array {
    const { classifier, team } = this.#open('predict');
    requireBatch('predict', { sequences }, this.plan.capacity);
    classifier.batch.write(sequences);
    team.run(COMMANDS.predict, 0, 0, 0);
    return this.probabilities();
  }

  probabilities(): Float64Array {
    const { classifier, engine } = this.#open('probabilities');
    const { batch, logits } = classifier;
    const to = new Float64Array(batch.rows * this.plan.shape.classes);
    this.#loss.probabilities({ f: engine.f, logits: logits.at, ld: logits.ld, B: batch.rows }, to);
    return to;
  }

  attention(): readonly Float64Array[] | undefined {
    const { classifier, engine } = this.#open('attention');
    const { attention, batch } = classifier;
    if (!attention) return undefined;
    const { at, heads } = attention;
    return Array.from({ length: batch.rows }, (_, b) => {
      const T = batch.length(b);
      const weight = (r: number, t: number) => engine.f[at + (batch.start(t) + b) * heads + r];
      return Float64Array.from({ length: heads * T }, (_, i) => weight(Math.floor(i / T), i % T));
    });
  }

  tensors(): Record<string, Tensor> {
    const { f } = this.#open('tensors').engine;
    return Object.fromEntries(
      this.parameters.list.map((p) => {
        const tensor: Tensor = { shape: p.shape, data: p.read(f) };
        // fixed values are pretrained vectors, which are exact in half precision
        return [p.name, p.spec.fixed ? { ...tensor, dtype: 'F16' } : tensor];
      }),
    );
  }

  load(tensors: Readonly<Record<string, Tensor>>): void {
    const { engine, classifier } = this.#open('load');
    loadTensors(this.parameters, engine, tensors);
    classifier.parametersChanged();
  }

  optimizerState(): Record<string, Float32Array | Float64Array> {
    const { words, slots } = this.parameters;
    const { f } = this.#open('optimizerState').engine;
    return Object.fromEntries(slots.map((at, s) => [`optimizer.${s}`, f.slice(at, at + words)]));
  }

  loadOptimizerState(state: Readonly<Record<string, ArrayLike<number>>>): void {
    const { words, slots } = this.parameters;
    const { f } = this.#open('loadOptimizerState').engine;
    for (const [s, at] of slots.entries()) {
      const values = state[`optimizer.${s}`] as ArrayLike<number> | undefined;
      if (values?.length !== words) {
        throw new ShapeError(
          `[checkpoint] optimiser state ${s} must have ${words} words, but has ${values?.length ?? 0}.`,
        );
      }
      f.set(values, at);
    }
  }

  exchangeAverage(): void {
    const { engine, classifier } = this.#open('exchangeAverage');
    invariant(this.plan.training?.average === true, 'the plan has an average');
    const { at, words, slots } = this.parameters;
    const average = slots[slots.length - 1];
    const weights = engine.f.slice(at, at + words);
    engine.f.copyWithin(at, average, average + words);
    engine.f.set(weights, average);
    classifier.parametersChanged();
  }

  async close(): Promise<void> {
    const workers = this.#work?.workers ?? [];
    this.#work = undefined; // frees the memory even if the session is still referenced
    unreachable.unregister(this);
    await Promise.all(workers.map((worker) => worker.close()));
  }

  /** @throws UnsupportedError after `close` */
  #open(where: string): Work {
    if (!this.#work) throw closedError(where);
    return this.#work;
  }

  /** Sets how each group of parameters is updated, the pretrained rows last. */
  #writeGroups(at: Pick<TrainingStep, 'step' | 'groups' | 'pretrainedRate' | 'pretrainedUpdates'>): void {
    const { classifier, engine } = this.#open('step');
    const { step, pretrainedRate = 1, pretrainedUpdates = step } = at;
    const { groups = this.groups.map((): GroupStep => ({ rate: 1, updates: step })) } = at;
    invariant(groups.length === this.groups.length, 'there is a rate for each group');
    classifier.groups.write(engine, [...groups, { rate: pretrainedRate, updates: pretrainedUpdates }]);
  }

  #writeTrainingBatch(
    where: string,
    sequences: readonly Int32Array[],
    labels: ArrayLike<number>,
    { step, targets }: Pick<TrainingStep, 'step' | 'targets'>,
  ): void {
    const { classifier, engine } = this.#open(where);
    requireBatch(where, { sequences, labels }, this.plan.capacity);
    const { batch, plan } = classifier;
    batch.write(sequences, labels, targets && { f: engine.f, targets });
    const replaced = replacedTokens(plan, step);
    if (!replaced) return;
    for (let row = 0; row < batch.tokens; row++) if (replaced(row)) batch.replace(row, UNK_ID);
  }
}

/** Writes pretrained vectors over the rows that were drawn, and gives the other rows their spread. */
function placeVectors(
  { shape: { pretrained } }: ClassifierPlan,
  parameters: Parameters,
  { f }: Engine,
  { vectors, spread }: PretrainedVectors,
): void {
  invariant(pretrained !== undefined, 'vectors need rows to go to');
  const weight = parameters.get('embedding.weight');
  const [rows, dim] = weight.shape;
  const values = weight.read(f);
  for (let i = 0; i < Math.min(pretrained.from, rows) * dim; i++) values[i] = Math.fround(values[i] * spread);
  values.set(vectors.subarray(0, (rows - pretrained.from) * dim), pretrained.from * dim);
  weight.write(f, values);
  if (pretrained.fixed > 0)
    parameters.get('embedding.fixed').write(f, vectors.subarray((rows - pretrained.from) * dim));
}

/** Bytes that a session of this plan takes, for a preview. */
export function sessionBytes(options: Omit<SessionOptions, 'engine'>): number {
  return padded(createClassifier({ ...options, threads: options.threads ?? 1 }).words) * 4;
}
