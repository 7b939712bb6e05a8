/** Studies that figures have trouble with, beside ordinary ones: made by hand, the same each time. */
import { createRng } from '../../src/core/rng.ts';
import type { Sources, StudyFacts } from '../../src/figures/index.ts';
import {
  categoricalDistribution,
  type Distribution,
  type FrozenTrial,
  floatDistribution,
  intDistribution,
  toInternal,
} from '../../src/tune/index.ts';
import { makeTrial } from '../../src/tune/testing/trials.ts';

const start = Date.UTC(2026, 0, 5, 9);
const at = (seconds: number) => new Date(start + 1000 * seconds);

const space = {
  lr: floatDistribution(1e-4, 0.1, { log: true }),
  hidden_size: intDistribution(16, 256, { log: true }),
  dropout: floatDistribution(0, 0.6, { step: 0.05 }),
  cell: categoricalDistribution(['rnn', 'gru', 'lstm']),
  pooling: categoricalDistribution(['last', 'mean', 'max', 'last+mean+max']),
} satisfies Record<string, Distribution>;
const momentum = floatDistribution(0, 0.99);

/**
 * A search for a high accuracy that comes to prefer what is good: 60 trials on two workers, of which some are pruned,
 * two fail, one runs and one waits. Only trials of a plain RNN have a momentum.
 */
function usual(): StudyFacts {
  const rng = createRng(11);
  const free = [0, 0];
  const found: { params: number[]; value: number }[] = [];
  const trials = Array.from({ length: 60 }, (_, number): FrozenTrial => {
    if (number === 59) return makeTrial({ number, state: 'WAITING' });
    const worker = free[0] <= free[1] ? 0 : 1;
    const elite = [...found].sort((a, b) => b.value - a.value)[rng.int(4)];
    const near = number >= 10 && rng.uniform(0, 1) < 0.75 ? elite?.params : undefined;
    const unit = Array.from({ length: 6 }, (_unused, k) =>
      near ? Math.min(1, Math.max(0, near[k] + 0.16 * rng.normal())) : rng.uniform(0, 1),
    );
    const choice = near && rng.uniform(0, 1) < 0.55 ? near[3] : unit[3];
    unit[3] = choice;
    const cell = Math.min(2, Math.floor(3 * choice));
    const params: Record<string, readonly [number, Distribution]> = {
      lr: [1e-4 * 1000 ** unit[0], space.lr],
      hidden_size: [Math.round(16 * 16 ** unit[1]), space.hidden_size],
      dropout: [Number((0.05 * Math.round(12 * unit[2])).toFixed(2)), space.dropout],
      cell: [cell, space.cell],
      pooling: [Math.min(3, Math.floor(4 * unit[4])), space.pooling],
      ...(cell === 0 ? { momentum: [0.99 * unit[5], momentum] as const } : {}),
    };
    const value =
      0.93 -
      0.9 * (unit[0] - 0.55) ** 2 -
      0.15 * (unit[1] - 0.7) ** 2 -
      0.04 * (2 - cell) -
      0.05 * unit[2] +
      0.012 * rng.normal();
    const steps = 12 + rng.int(9);
    const curve = Array.from({ length: steps }, (_unused, t) =>
      Number((value - (value - 0.25) * Math.exp(-0.35 * (t + 1)) + 0.006 * rng.normal()).toFixed(4)),
    );
    const pruned = number > 5 && value < 0.86 && number % 4 !== 0;
    const failed = number === 23 || number === 41;
    const running = number === 58;
    const length = failed ? 2 : running ? 6 : pruned ? 3 + rng.int(4) : steps;
    const from = free[worker] + 0.2;
    const to = from + 0.9 * length;
    free[worker] = to;
    const reports = curve.slice(0, length);
    const last = reports[reports.length - 1];
    if (!failed && !running) found.push({ params: unit, value });
    return makeTrial({
      number,
      params,
      reports,
      state: failed ? 'FAIL' : running ? 'RUNNING' : pruned ? 'PRUNED' : 'COMPLETE',
      values: failed || running ? null : [pruned ? last : Math.max(...reports)],
      datetimeStart: at(from),
      datetimeComplete: running ? null : at(to),
    });
  });
  return { name: 'news-bilstm', directions: ['maximize'], metric_names: ['val_accuracy'], trials };
}

/** Trials with given parameters; values by number. */
function simple(
  count: number,
  params: Readonly<Record<string, Distribution>>,
  valueOf: (unit: readonly number[], number: number) => readonly number[] | null,
  rest: (number: number, values: readonly number[] | null) => Parameters<typeof makeTrial>[0] = () => ({}),
): FrozenTrial[] {
  const rng = createRng(5);
  return Array.from({ length: count }, (_, number) => {
    const unit = Object.keys(params).map(() => rng.uniform(0, 1));
    const values = valueOf(unit, number);
    return makeTrial({
      number,
      values,
      params: Object.fromEntries(
        Object.entries(params).map(([name, one], k): [string, readonly [number, Distribution]] => [
          name,
          [internal(one, unit[k]), one],
        ]),
      ),
      datetimeStart: at(20 * number),
      datetimeComplete: at(20 * number + 18),
      ...rest(number, values),
    });
  });
}

function internal(distribution: Distribution, unit: number): number {
  if (distribution.type === 'categorical')
    return Math.min(distribution.choices.length - 1, Math.floor(unit * distribution.choices.length));
  const { low, high, log, step } = distribution;
  if (log)
    return distribution.type === 'int' ? Math.round(low * (high / low) ** unit) : low * (high / low) ** unit;
  return step === null ? low + unit * (high - low) : low + step * Math.round((unit * (high - low)) / step);
}

const study = (
  trials: readonly FrozenTrial[],
  rest: Partial<StudyFacts> = {},
): { readonly study: StudyFacts } => ({
  study: { name: 'made-up', directions: ['minimize'], trials, ...rest },
});

const x = floatDistribution(-5, 10);
const y = floatDistribution(0, 15);
const bowl = ([a, b]: readonly number[]) => [1 + 100 * (a - 0.3) ** 2 + 60 * (b - 0.6) ** 2];
const longNames = categoricalDistribution([
  'bidirectional LSTM with two layers and dropout',
  'bidirectional LSTM with three layers and dropout',
  '<b>&"quoted"</b>',
  '体育新闻和其他非常长的类别名称体育新闻和其他非常长的类别名称',
  '',
  null,
  true,
  0.000123456,
]);

/** The studies by the name of the case. */
export const studyCases: Readonly<Record<string, Sources>> = {
  study: { study: usual() },
  'study-empty': study([]),
  'study-waiting': study([makeTrial({ state: 'WAITING' }), makeTrial({ number: 1, state: 'WAITING' })]),
  'study-one-trial': study(simple(1, { x, y }, bowl, () => ({ reports: [3] }))),
  'study-two-trials': study(simple(2, { x, y }, bowl)),
  'study-none-complete': study(
    simple(
      6,
      { x, y },
      () => null,
      (number) => ({
        state: number % 2 === 0 ? 'FAIL' : 'PRUNED',
        values: number % 2 === 0 ? null : [number],
        reports: number % 2 === 0 ? [] : [9, number],
      }),
    ),
  ),
  'study-not-finite': study(
    simple(
      24,
      { x, y },
      (unit, number) => (number % 6 === 1 ? [Infinity] : number % 6 === 3 ? [1e9] : bowl(unit)),
      (number) => ({ reports: [NaN, 5 + number, Infinity, 4, number % 3 === 0 ? NaN : 3] }),
    ),
  ),
  'study-all-infinite': study(
    simple(
      4,
      { x },
      () => [-Infinity],
      () => ({ reports: [NaN] }),
    ),
  ),
  'study-one-parameter': study(simple(30, { x }, ([a]) => [1e-3 + 40 * (a - 0.4) ** 4])),
  'study-no-parameters': study(simple(12, {}, (_, number) => [number % 5])),
  'study-constant': study(
    simple(
      15,
      { x, fixed: intDistribution(3, 3), only: categoricalDistribution(['this']) },
      () => [0.5],
      () => ({ reports: [0.5, 0.5] }),
    ),
  ),
  'study-long-names': study(
    simple(
      40,
      {
        'the.kind of network & how it\nreads its texts, in words': longNames,
        'two\u0007bells': longNames,
        '': x,
      },
      (unit, number) => [unit[0] + 0.1 * (number % 3)],
    ),
    {
      metric_names: ['validation cross-entropy of the fifth fold,\nweighted by the length of each document'],
    },
  ),
  'study-twenty': study(
    simple(
      80,
      Object.fromEntries(
        Array.from({ length: 20 }, (_, p): [string, Distribution] => [
          `parameter_${p + 1}`,
          [x, space.lr, space.hidden_size, space.cell, floatDistribution(0.001, 0.004, { log: true })][p % 5],
        ]),
      ),
      (unit) => [unit.reduce((sum, u, p) => sum + (u - 0.5) ** 2 / (p + 1), 0)],
    ),
  ),
  'study-thousand': study(
    simple(
      1000,
      { x, y, lr: space.lr, cell: space.cell },
      (unit, number) => (number % 7 === 0 ? [2000 * unit[0]] : bowl(unit)),
      (number) => ({
        ...(number % 5 === 0 ? { state: 'PRUNED' as const } : {}),
        reports: Array.from({ length: number % 5 === 0 ? 30 : 100 }, (_, t) => 300 / (t + 1) + (number % 13)),
      }),
    ),
  ),
  'study-two-objectives': study(
    simple(
      50,
      { size: intDistribution(8, 512, { log: true }), lr: space.lr, cell: space.cell },
      ([a, b, c]) => [
        0.95 - 0.3 * (1 - a) ** 2 - 0.2 * (b - 0.5) ** 2 - 0.05 * c,
        0.2 + 4 * a ** 3 + 0.3 * c,
      ],
    ),
    { directions: ['maximize', 'minimize'], metric_names: ['val_accuracy', 'size_mib'] },
  ),
  'study-three-objectives': study(
    simple(30, { x, y }, ([a, b]) => [a, (1 - a) * b, a * (1 - b)]),
    { directions: ['minimize', 'maximize', 'maximize'] },
  ),
  'study-infeasible': study(
    simple(40, { x, y }, bowl, (number) => ({ systemAttrs: { constraints: [number % 3 === 0 ? 1 : -1] } })),
  ),
  'study-none-feasible': study(
    simple(
      12,
      { x, y },
      ([a, b]) => [a, b],
      () => ({ systemAttrs: { 'constraints:size': 2 } }),
    ),
    { directions: ['minimize', 'minimize'] },
  ),
  'study-without-times': study(
    simple(12, { x, y }, bowl, (number) =>
      number < 10 ? { datetimeStart: null, datetimeComplete: null } : {},
    ),
  ),
  'study-days': study(
    simple(8, { x, y }, bowl, (number) => ({
      number: number + 100,
      datetimeStart: at(90_000 * number),
      datetimeComplete: at(90_000 * number + 200_000),
    })),
  ),
  'study-queued-outside': study([
    ...simple(10, { lr: space.lr, x }, bowl),
    makeTrial({ number: 10, values: [0.5], params: { lr: [0, space.lr], x: [40, x] } }),
    makeTrial({ number: 11, values: [0.7], params: { lr: [toInternal(space.lr, 0.5) ?? 0, space.lr] } }),
  ]),
};
