/** Searches that must give the same bits everywhere, with every sampler, as plain data. */
import { log } from '../../src/core/math.ts';
import {
  createStudy,
  type Direction,
  hypervolume,
  paramImportances,
  pruners,
  samplers,
  toLosses,
  type Trial,
  TrialPruned,
} from '../../src/tune/index.ts';

/** Trials of each search: enough for a second generation, and for splits of several good trials. */
const TRIALS = 45;

interface Search {
  readonly sampler: { readonly type: string; readonly [option: string]: unknown };
  readonly pruner?: { readonly type: string; readonly [option: string]: unknown };
  readonly directions: readonly Direction[];
}

const SEARCHES: Readonly<Record<string, Search>> = {
  tpe: { sampler: { type: 'tpe' }, pruner: { type: 'median' }, directions: ['minimize'] },
  'tpe, in groups': {
    sampler: { type: 'tpe', group: true },
    pruner: { type: 'hyperband', max_resource: 9 },
    directions: ['maximize'],
  },
  'tpe, two objectives': { sampler: { type: 'tpe' }, directions: ['minimize', 'maximize'] },
  nsga2: { sampler: { type: 'nsga2', population_size: 10 }, directions: ['minimize', 'maximize'] },
  qmc: { sampler: { type: 'qmc' }, pruner: { type: 'wilcoxon' }, directions: ['minimize'] },
  random: {
    sampler: { type: 'random' },
    pruner: { type: 'successive_halving', min_resource: 1, reduction_factor: 2 },
    directions: ['minimize'],
  },
};

/** Every kind of range; the arithmetic is what all engines round alike. */
function suggest(trial: Trial) {
  const lr = trial.suggestFloat('lr', 1e-5, 1e-1, { log: true });
  const dropout = trial.suggestFloat('dropout', 0, 0.6, { step: 0.05 });
  const width = trial.suggestInt('width', 16, 256, { log: true });
  const layers = trial.suggestInt('layers', 1, 4);
  const cell = trial.suggestCategorical('cell', ['rnn', 'gru', 'lstm']);
  const slope = cell === 'rnn' ? trial.suggestFloat('slope', -1, 1) : 0;
  const loss = (log(lr) + 6) ** 2 / 10 + (dropout - 0.2) ** 2 + Math.abs(layers - 2) + slope ** 2 + 8 / width;
  return { loss, size: width * layers };
}

async function objective(trial: Trial, objectives: number): Promise<number | readonly number[]> {
  const { loss, size } = suggest(trial);
  trial.setConstraint('size', size - 700);
  if (objectives > 1) return [size, -loss];
  for (let step = 1; step <= 9; step++) {
    trial.report(loss * (1 + 1 / step) + (trial.number % 3) / 16, step);
    if (await trial.shouldPrune()) throw new TrialPruned();
  }
  return loss;
}

/** The trials of every search, without their times. */
export async function describeStudies(): Promise<Readonly<Record<string, unknown>>> {
  const all: Record<string, unknown> = {};
  for (const [name, { sampler, pruner = { type: 'none' }, directions }] of Object.entries(SEARCHES)) {
    const study = await createStudy({
      name,
      directions,
      sampler: samplers.create(sampler, { seed: 7 }),
      pruner: pruners.create(pruner),
    });
    await study.optimize((trial) => objective(trial, directions.length), { trials: TRIALS });
    const view = await study.view();
    const losses = (await study.bestTrials()).map(({ values }) => toLosses(values ?? [], directions));
    all[name] = {
      trials: view.trials.map(({ state, values, internalParams, intermediateValues, systemAttrs }) => ({
        state,
        values,
        params: [...internalParams],
        reports: [...intermediateValues],
        systemAttrs,
      })),
      importances: [...paramImportances(view)],
      volume: directions.length > 1 ? hypervolume(losses, [1024, 20]) : null,
    };
  }
  return all;
}
