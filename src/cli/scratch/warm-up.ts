/** The first half of `unroll scratch`: a toy task, the gradient check, the gradient through time; and their tables. */
import { ConfigError, InterruptedError } from '../../core/errors.ts';
import { maxOf } from '../../core/lists.ts';
import { nearest } from '../../core/nearest.ts';
import type { ScratchFile } from '../../run/index.ts';
import type { Colors } from '../io.ts';
import type { Say } from '../load-data.ts';
import { checkGradients, measureGradientFlow, type Task, tasks, trainTask } from './network.ts';

/** What the warm-up finds out. */
export type WarmUp = Omit<ScratchFile, 'settings'>;

/** How the warm-up runs. */
export interface WarmUpOptions {
  readonly task: Task;
  readonly epochs: number;
  readonly seed: number;
  /** Called after each epoch with the loss on other sequences. */
  readonly onEpoch?: (epoch: number, loss: number) => void;
  /** Aborted where the warm-up is to stop. */
  readonly stop?: AbortSignal | undefined;
}

/** The task of a name, or the first. @throws ConfigError */
export function findTask(name: string | undefined): Task {
  const found = name === undefined ? tasks[0] : tasks.find((task) => task.name === name);
  if (found) return found;
  const names = tasks.map((task) => task.name);
  const guess = nearest(name ?? '', names);
  throw new ConfigError(
    `[command line] --task must be one of ${names.join(', ')}, but got "${name}".${guess ? ` Did you mean "${guess}"?` : ''}`,
  );
}

/** Says the loss of the warm-up about ten times. */
export function sayEpochs(say: Say, name: string, epochs: number): (epoch: number, loss: number) => void {
  const every = Math.max(1, Math.round(epochs / 10));
  return (epoch, loss) => {
    if (epoch % every === 0 || epoch === epochs) {
      say(`${name}: epoch ${epoch} of ${epochs}, mean squared error ${loss.toPrecision(3)}`);
    }
  };
}

/** Reads `--task-epochs`. @throws ConfigError */
export function readEpochs(text: string | undefined, task: Task): number {
  const epochs = text === undefined ? task.settings.epochs : Number(text);
  if (Number.isInteger(epochs) && epochs >= 1) return epochs;
  throw new ConfigError(
    `[command line] --task-epochs must be a whole number of at least 1, but got "${text}".`,
  );
}

/** Runs the warm-up. @throws InterruptedError where it is told to stop; nothing of it is kept then */
export async function warmUp({ task, epochs, seed, onEpoch, stop }: WarmUpOptions): Promise<WarmUp> {
  const hearSignals = async (where: string) => {
    await new Promise((resolve) => setImmediate(resolve));
    if (!stop?.aborted) return;
    throw new InterruptedError(
      `[scratch] stopped on request in the warm-up, ${where}; nothing of it is saved. It begins anew with the same command.`,
    );
  };
  const result = await trainTask(task, {
    seed,
    settings: { ...task.settings, epochs },
    onEpoch: async ({ epoch, loss }) => {
      onEpoch?.(epoch, loss);
      await hearSignals(`in epoch ${epoch} of ${epochs} of the toy task`);
    },
  });
  const { curve, predictions } = result;
  const checks = checkGradients(seed);
  await hearSignals('after the gradient check');
  const flow = measureGradientFlow(seed);
  await hearSignals('at its end');
  return {
    task: {
      ...result,
      summary: task.summary,
      curve: [...curve],
      predictions: predictions.map(({ x, target, output }) => ({
        x: x.map((step) => [...step]),
        target: [...target],
        output: [...output],
      })),
    },
    gradient_check: checks.map(({ weights, ...check }) => ({
      ...check,
      weights: weights.map((entry) => ({ ...entry, shape: [...entry.shape] })),
    })),
    gradient_flow: copyFlow(flow),
  };
}

function copyFlow({ curves, ...flow }: ReturnType<typeof measureGradientFlow>): WarmUp['gradient_flow'] {
  return { ...flow, curves: curves.map(({ norms, ...curve }) => ({ ...curve, norms: [...norms] })) };
}

/** The warm-up as a person reads it; ends with a line end. */
export function renderWarmUp(found: WarmUp, colors: Colors): string {
  return [renderTask(found.task, colors), renderCheck(found, colors), renderFlow(found, colors)].join('\n');
}

/** Which letters of the equations an array's name stands for. */
const written = { Wxh: 'W_xh', Whh: 'W_hh', bh: 'b_h', Why: 'W_hy', by: 'b_y' } as const;

function renderTask({ task, summary, curve, fall }: WarmUp['task'], { bold, dim }: Colors): string {
  const [first, last] = [curve[0].loss, curve[curve.length - 1].loss];
  return [
    `${bold('warm-up')} ${task}: ${summary}`,
    `  mean squared error ${first.toPrecision(4)} → ${last.toPrecision(4)}, ${bold(`${fall.toFixed(1)} times smaller`)}`,
    dim(`  on sequences that were not learned from, before and after ${curve.length - 1} epochs of 50 steps`),
    '',
  ].join('\n');
}

function renderCheck({ gradient_check: checks }: WarmUp, { bold, dim }: Colors): string {
  const rows = checks.flatMap(({ loss, weights }) =>
    weights.map((entry) => [
      loss,
      written[entry.name],
      entry.shape.join(' × '),
      String(entry.count),
      entry.analytic.toPrecision(8),
      entry.numeric.toPrecision(8),
      entry.largestError.toExponential(1),
    ]),
  );
  const head = ['loss', 'weights', 'shape', 'count', 'BPTT', 'differences', 'error'];
  const total = checks.flatMap(({ weights }) => weights).reduce((sum, { count }) => sum + count, 0);
  const largest = maxOf(checks, ({ largestError }) => largestError);
  return [
    `${bold('gradient check')}: all ${total} weights of two networks; of each array the weight with the largest relative error`,
    ...table([head, ...rows], 'llrrrrr').map((row, i) => (i === 0 ? dim(row) : row)),
    `  largest relative error ${bold(largest.toExponential(1))}`,
    '',
  ].join('\n');
}

function renderFlow({ gradient_flow: { curves, sequences } }: WarmUp, { bold, dim }: Colors): string {
  const lengths = [...new Set(curves.map(({ length }) => length))];
  const names = [...new Set(curves.map(({ summary }) => summary))];
  const head = ['‖∂L/∂h_1‖ / ‖∂L/∂h_T‖', ...lengths.map((T) => `T = ${T}`)];
  const rows = names.map((name) => [
    name,
    ...lengths.map((T) => {
      const curve = curves.find(({ summary, length }) => summary === name && length === T);
      return curve ? curve.arrives.toExponential(1) : '-';
    }),
  ]);
  return [
    `${bold('gradient through time')}: what arrives at the first step of a sequence, mean of ${sequences} random ones`,
    ...table([head, ...rows], `l${'r'.repeat(lengths.length)}`).map((row, i) => (i === 0 ? dim(row) : row)),
    '',
  ].join('\n');
}

/** Columns as wide as their widest cell, two spaces apart; `l` and `r` say on which side a column is flush. */
function table(rows: readonly (readonly string[])[], sides: string): string[] {
  const widths = rows[0].map((_, c) => maxOf(rows, (row) => row[c].length));
  return rows.map((row) => {
    const cells = row.map((cell, c) =>
      sides[c] === 'r' ? cell.padStart(widths[c]) : cell.padEnd(widths[c]),
    );
    return `  ${cells.join('  ')}`.trimEnd();
  });
}
