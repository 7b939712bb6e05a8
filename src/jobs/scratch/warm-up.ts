/** The first half of `unroll scratch`: a toy task, the gradient check, and the gradient through time. */
import { ConfigError } from '../../core/errors.ts';
import { didYouMean, nearest } from '../../core/nearest.ts';
import type { ScratchFile } from '../../run/index.ts';
import { type Job, pause, stoppable } from '../context.ts';
import { checkGradients } from '../../scratch/gradient-check.ts';
import { measureGradientFlow } from '../../scratch/gradient-flow.ts';
import { type Task, type TaskResult, tasks, trainTask } from '../../scratch/tasks.ts';

/** The results of the warm-up. */
export type WarmUp = Omit<ScratchFile, 'settings'>;

/** The task of the warm-up, and for how many epochs. */
export interface WarmUpSettings {
  readonly task: Task;
  /** Passes over the task's sequences, from 1. */
  readonly epochs: number;
  readonly seed: number;
}

/** The names of the toy tasks. */
export const taskNames: readonly string[] = tasks.map(({ name }) => name);

/** The task of a name, or the first. @throws ConfigError */
export function findTask(name: string | undefined): Task {
  const found = name === undefined ? tasks[0] : tasks.find((task) => task.name === name);
  if (found) return found;
  const guess = nearest(name ?? '', taskNames);
  throw new ConfigError(
    `[command line] --task must be one of ${taskNames.join(', ')}, but got "${name}".${didYouMean(guess)}`,
    { key: 'task' },
  );
}

/** Runs the warm-up. @throws InterruptedError if the job must stop; nothing is kept then */
export async function warmUp({ task, epochs, seed }: WarmUpSettings, job: Job): Promise<WarmUp> {
  const hearSignals = (where: string) =>
    pause(
      job,
      `[scratch] stopped on request in the warm-up, ${where}; nothing of it is saved. The same command starts it again.`,
    );
  return stoppable(job, 'warm-up', async () => {
    const result = await trainTask(task, {
      seed,
      settings: { ...task.settings, epochs },
      onEpoch: async ({ epoch, loss }) => {
        job.emit({ type: 'warm-up', task: task.name, epoch, epochs, loss });
        await hearSignals(`in epoch ${epoch} of ${epochs} of the toy task`);
      },
    });
    const checks = checkGradients(seed);
    await hearSignals('after the gradient check');
    const flow = measureGradientFlow(seed);
    await hearSignals('at its end');
    return {
      task: copyTask(result, task.summary),
      gradient_check: checks.map(({ weights, ...check }) => ({
        ...check,
        weights: weights.map((entry) => ({ ...entry, shape: [...entry.shape] })),
      })),
      gradient_flow: copyFlow(flow),
    };
  });
}

function copyTask(result: TaskResult, summary: string): WarmUp['task'] {
  return {
    ...result,
    summary,
    curve: [...result.curve],
    predictions: result.predictions.map(({ x, target, output }) => ({
      x: x.map((step) => [...step]),
      target: [...target],
      output: [...output],
    })),
  };
}

function copyFlow({ curves, ...flow }: ReturnType<typeof measureGradientFlow>): WarmUp['gradient_flow'] {
  return { ...flow, curves: curves.map(({ norms, ...curve }) => ({ ...curve, norms: [...norms] })) };
}
