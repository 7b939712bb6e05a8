/** Tasks to warm up on: sequences made of random numbers, and what a network should answer to them. */
import { accumulate, createRandom, createRnn, forward, lossOf, sgdStep, zeroGradient } from './rnn.ts';
import type { Example, Random, Rnn } from './rnn.ts';

/** A task: how its sequences look, and settings with which an RNN learns it. */
export interface Task {
  readonly name: string;
  /** One phrase. */
  readonly summary: string;
  /** D, numbers a step; each step has one number as its answer, O = 1. */
  readonly inputs: number;
  /** A new sequence for each call. */
  example(random: Random): Example;
  readonly settings: TaskSettings;
}

/** How a network learns a task. */
export interface TaskSettings {
  /** H. */
  readonly hidden: number;
  readonly lr: number;
  /** Largest size of a number in the gradient. */
  readonly clip: number;
  /** An epoch is 50 steps of 8 new sequences. */
  readonly epochs: number;
}

const sine: Task = {
  name: 'sine',
  summary: 'the next value of a noisy sine wave',
  inputs: 1,
  example(random) {
    const T = 30;
    const step = 0.2 + 0.2 * random.uniform(); // radians: a wave of 16 to 31 steps
    const phase = 2 * Math.PI * random.uniform();
    const wave = Array.from({ length: T + 1 }, (_, t) => Math.sin(phase + step * t) + 0.05 * random.normal());
    return { x: wave.slice(0, T).map((value) => [value]), target: wave.slice(1) };
  },
  settings: { hidden: 16, lr: 0.1, clip: 0.1, epochs: 20 },
};

const echo: Task = {
  name: 'echo',
  summary: 'the value of three steps ago',
  inputs: 1,
  example(random) {
    const [T, delay] = [20, 3];
    const values = Array.from({ length: T }, () => 2 * random.uniform() - 1);
    return {
      x: values.map((value) => [value]),
      target: values.map((_, t) => (t < delay ? null : values[t - delay])),
    };
  },
  settings: { hidden: 16, lr: 0.3, clip: 0.1, epochs: 20 },
};

const adding: Task = {
  name: 'adding',
  summary:
    'the sum of the two values that are marked, asked for at the end (Hochreiter and Schmidhuber, 1997)',
  inputs: 2,
  example(random) {
    const T = 10;
    const values = Array.from({ length: T }, () => random.uniform());
    const first = Math.floor((random.uniform() * T) / 2);
    const second = Math.floor(((1 + random.uniform()) * T) / 2);
    return {
      x: values.map((value, t) => [value, t === first || t === second ? 1 : 0]),
      target: values.map((_, t) => (t === T - 1 ? values[first] + values[second] : null)),
    };
  },
  settings: { hidden: 16, lr: 0.2, clip: 0.1, epochs: 40 },
};

/** The tasks: adding one is a line here. */
export const tasks: readonly Task[] = [sine, echo, adding];

/** A point of the loss curve. */
export interface TaskPoint {
  /** 0 before the first step. */
  readonly epoch: number;
  /** Mean squared error on sequences that the network does not learn from. */
  readonly loss: number;
}

/** The results of a task, as plain JSON. */
export interface TaskResult {
  readonly task: string;
  readonly seed: number;
  readonly settings: TaskSettings;
  /** The loss before learning and after each epoch. */
  readonly curve: readonly TaskPoint[];
  /** How many times smaller the loss has become. */
  readonly fall: number;
  /** A few held-out sequences: input, target, prediction; null where there is no target. */
  readonly predictions: readonly {
    readonly x: readonly (readonly number[])[];
    readonly target: readonly (number | null)[];
    readonly output: readonly (number | null)[];
  }[];
}

/** How {@link trainTask} runs. */
export interface TaskRun {
  readonly seed: number;
  readonly settings?: TaskSettings;
  /** Called and waited for after each epoch; false ends the training. */
  readonly onEpoch?: (point: TaskPoint) => boolean | void | Promise<boolean | void>;
}

const STEPS = 50;
const BATCH = 8;
const HELD_OUT = 100;

/** Trains a network on a task with MSE, BPTT and SGD. The same seed gives the same numbers. */
export async function trainTask(
  task: Task,
  { seed, settings = task.settings, onEpoch }: TaskRun,
): Promise<TaskResult> {
  const { hidden: H, lr, clip, epochs } = settings;
  const random = createRandom(seed);
  const heldOut = Array.from({ length: HELD_OUT }, () => task.example(random));
  const net = createRnn({ D: task.inputs, H, O: 1 }, random, { recurrent: 0.9 });
  const grad = zeroGradient(net);
  const curve: TaskPoint[] = [{ epoch: 0, loss: meanLoss(net, heldOut) }];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    // the learning rate falls towards the end, so that the network converges
    const rate = lr * (1 - (0.9 * (epoch - 1)) / epochs);
    for (let step = 0; step < STEPS; step++) {
      for (let n = 0; n < BATCH; n++) accumulate(net, task.example(random), 'mse', grad);
      sgdStep(net, grad, { lr: rate, clip, examples: BATCH });
    }
    const point = { epoch, loss: meanLoss(net, heldOut) };
    curve.push(point);
    if ((await onEpoch?.(point)) === false) break;
  }
  return {
    task: task.name,
    seed,
    settings,
    curve,
    fall: curve[0].loss / curve[curve.length - 1].loss,
    predictions: heldOut.slice(0, 4).map((example) => answers(net, example)),
  };
}

function meanLoss(net: Rnn, examples: readonly Example[]): number {
  const losses = examples.map(({ x, target }) => lossOf(net, forward(net, x), target, 'mse').loss);
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

function answers(net: Rnn, { x, target }: Example): TaskResult['predictions'][number] {
  const { o } = forward(net, x);
  const asked = Array.from(target);
  return {
    x: Array.from(x as ArrayLike<readonly number[]>),
    target: asked,
    output: asked.map((wanted, t) => (wanted === null ? null : o[t + 1])),
  };
}
