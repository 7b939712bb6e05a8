/** The eight problems of the distribution test. `test/golden/tpe/problems.py` holds the same in Python. */
import type { Choice, RangeOptions } from '../../src/tune/index.ts';

/** What a problem asks of a trial. */
export interface Asked {
  suggestFloat(name: string, low: number, high: number, options?: RangeOptions): number;
  suggestInt(name: string, low: number, high: number, options?: RangeOptions): number;
  suggestCategorical<const T extends Choice>(name: string, choices: readonly T[]): T;
}

const HARTMANN_WEIGHTS = [1, 1.2, 3, 3.2];
const HARTMANN_WIDTHS = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const HARTMANN_CENTRES = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
];

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** A function of x0, x1, … from one interval. */
function over(f: (x: readonly number[]) => number, low: number, high: number, dimensions: number) {
  return (trial: Asked) =>
    f(Array.from({ length: dimensions }, (_, i) => trial.suggestFloat(`x${i}`, low, high)));
}

function branin(trial: Asked): number {
  const x = trial.suggestFloat('x0', -5, 10);
  const y = trial.suggestFloat('x1', 0, 15);
  const curve = y - (5.1 / (4 * Math.PI ** 2)) * x ** 2 + (5 / Math.PI) * x - 6;
  return curve ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
}

function hartmann(x: readonly number[]): number {
  const bumps = HARTMANN_WEIGHTS.map((weight, k) => {
    const away = x.map((v, i) => HARTMANN_WIDTHS[k][i] * (v - HARTMANN_CENTRES[k][i]) ** 2);
    return weight * Math.exp(-sum(away));
  });
  return -sum(bumps);
}

function rosenbrock(x: readonly number[]): number {
  return sum(x.slice(1).map((b, i) => 100 * (b - x[i] ** 2) ** 2 + (1 - x[i]) ** 2));
}

function ackley(x: readonly number[]): number {
  const root = Math.sqrt(sum(x.map((v) => v * v)) / x.length);
  const waves = sum(x.map((v) => Math.cos(2 * Math.PI * v))) / x.length;
  return -20 * Math.exp(-0.2 * root) - Math.exp(waves) + 20 + Math.E;
}

function mixed(trial: Asked): number {
  const kind = trial.suggestCategorical('kind', ['rnn', 'gru', 'lstm', 'linear']);
  const units = trial.suggestInt('units', 4, 1024, { log: true });
  const layers = trial.suggestInt('layers', 1, 6);
  const dropout = trial.suggestFloat('dropout', 0, 0.9, { step: 0.05 });
  const lr = trial.suggestFloat('lr', 1e-5, 1, { log: true });
  return (
    { rnn: 0.3, gru: 0.05, lstm: 0, linear: 0.5 }[kind] +
    (Math.log(units / 96) / 3) ** 2 +
    ((layers - 2) / 5) ** 2 +
    (dropout - 0.35) ** 2 +
    (Math.log(lr / 3e-3) / 5) ** 2
  );
}

function conditional(trial: Asked): number {
  if (trial.suggestCategorical('model', ['linear', 'deep']) === 'linear') {
    const c = trial.suggestFloat('c', 1e-4, 1e4, { log: true });
    return 0.4 + (Math.log(c / 3) / 6) ** 2;
  }
  const depth = trial.suggestInt('depth', 1, 12);
  const rate = trial.suggestFloat('rate', -1, 1);
  return ((depth - 7) / 6) ** 2 + (rate - 0.3) ** 2 + 0.1 * (1 - Math.cos(9 * (rate - 0.3)));
}

/** Functions to minimise, by name. */
export const PROBLEMS: Readonly<Record<string, (trial: Asked) => number>> = {
  sphere5: over((x) => sum(x.map((v) => v * v)), -5, 5, 5),
  branin,
  hartmann6: over(hartmann, 0, 1, 6),
  rosenbrock4: over(rosenbrock, -2.048, 2.048, 4),
  ackley8: over(ackley, -5, 5, 8),
  'styblinski-tang5': over((x) => sum(x.map((v) => v ** 4 - 16 * v ** 2 + 5 * v)) / 2, -5, 5, 5),
  mixed,
  conditional,
};
