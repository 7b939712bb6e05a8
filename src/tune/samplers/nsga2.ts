/**
 * NSGA-II (Deb et al., 2002): generations of trials, each bred from the best of all before. For several objectives;
 * also works with one.
 *
 * The first generation is random. A later trial has two parents, each the winner of two drawn at random, and takes
 * each parameter from one or the other; now and then one is sampled again. A generation is full when `population_size`
 * trials of it are COMPLETE; then its best and its parents' become the parents of the next (`selectElite`). A trial
 * stores its generation, under Optuna's key, and the first trials of a generation also store the ids of the parents,
 * so that a whole generation has the same parents even if late trials of the previous one still finish.
 */
import { member } from '../../core/family.ts';
import { integer, number } from '../../core/options.ts';
import type { Rng } from '../../core/rng.ts';
import { contains, isSingle } from '../space/distributions.ts';
import { intersectionSpace } from '../space/joint-space.ts';
import type { StudyView } from '../study/view.ts';
import type { Attribute, FrozenTrial } from '../trial/frozen-trial.ts';
import type { SamplerContext } from './context.ts';
import { rival, selectElite } from './elite.ts';
import { NO_RELATIVE, type Sampler } from './sampler.ts';
import { fromUnit } from './uniform.ts';

const GENERATION = 'NSGAIISampler:generation';
const parentKey = (generation: number) => `NSGAIISampler:parent:${generation}`;

function generationOf(trial: FrozenTrial): number | undefined {
  const generation = trial.systemAttrs[GENERATION];
  return typeof generation === 'number' ? generation : undefined;
}

/** The generation of a new trial: the last one, or the next if that is full. */
function nextGeneration({ trials }: StudyView, populationSize: number): number {
  let last = 0;
  let count = 0;
  for (const trial of trials) {
    const generation = trial.state === 'COMPLETE' ? generationOf(trial) : undefined;
    if (generation === undefined || generation < last) continue;
    count = generation > last ? 1 : count + 1;
    last = generation;
  }
  return count < populationSize ? last : last + 1;
}

/** The parents of a generation, by number, and whether a trial already stores them. */
function parentsOf(
  study: StudyView,
  generation: number,
  populationSize: number,
): { readonly parents: readonly FrozenTrial[]; readonly kept: boolean } {
  if (generation <= 0) return { parents: [], kept: true };
  const key = parentKey(generation);
  const ids = study.trials.find((trial) => key in trial.systemAttrs)?.systemAttrs[key];
  if (Array.isArray(ids)) {
    const chosen = new Set<Attribute>(ids as readonly Attribute[]);
    return { parents: study.trials.filter(({ id }) => chosen.has(id)), kept: true };
  }
  const population = study.trials.filter(
    (trial) => trial.state === 'COMPLETE' && generationOf(trial) === generation - 1,
  );
  const before = parentsOf(study, generation - 1, populationSize).parents;
  const parents = selectElite([...population, ...before], study.directions, populationSize);
  return { parents: [...parents].sort((a, b) => a.number - b.number), kept: false };
}

interface BreedingOptions {
  readonly mutation_prob: number | null;
  readonly crossover_prob: number;
  readonly swapping_prob: number;
}

/** The internal values of a child; a parameter that mutates is left out, to be sampled again. */
function breed(
  study: StudyView,
  parents: readonly FrozenTrial[],
  o: BreedingOptions,
  rng: Rng,
): Map<string, number> {
  const beats = rival(parents, study.directions);
  const select = (from: readonly FrozenTrial[]) => {
    const [a, b] = [from[rng.int(from.length)], from[rng.int(from.length)]];
    return beats(a, b) ? a : b;
  };
  const two = parents.length > 1 && rng.float() < o.crossover_prob;
  const first = two ? select(parents) : parents[rng.int(parents.length)];
  const second = two ? select(parents.filter((trial) => trial !== first)) : first;
  const complete = study.trials.filter(({ state }) => state === 'COMPLETE');
  const space = [...intersectionSpace(complete)].filter(([, distribution]) => !isSingle(distribution));
  const mutation = o.mutation_prob ?? 1 / Math.max(1, space.length);
  const child = new Map<string, number>();
  for (const [name, distribution] of space) {
    const value = (rng.float() < o.swapping_prob ? first : second).internalParams.get(name);
    if (rng.float() < mutation) continue;
    if (value !== undefined && contains(distribution, value)) child.set(name, value);
  }
  return child;
}

const share = { min: 0, max: 1 } as const;

/** NSGA-II. */
export const nsga2 = member({
  type: 'nsga2',
  summary: 'Breeds trials from the best so far, in generations (NSGA-II); for several objectives.',
  options: {
    population_size: integer({ min: 2, default: 50, doc: 'COMPLETE trials of a generation' }),
    mutation_prob: number({
      ...share,
      nullable: true,
      default: null,
      doc: 'probability that a parameter is drawn again, in [0, 1]; null: 1 / number of parameters',
    }),
    crossover_prob: number({
      ...share,
      default: 0.9,
      doc: 'probability that a trial has two parents rather than one, in [0, 1]',
    }),
    swapping_prob: number({
      ...share,
      default: 0.5,
      doc: 'probability that a parameter is taken from the first of two parents',
    }),
  },
  create(o, { seed }: SamplerContext): Sampler {
    return {
      type: 'nsga2',
      seed,
      sampleRelative(study, trial) {
        const generation = generationOf(trial) ?? nextGeneration(study, o.population_size);
        const { parents, kept } = parentsOf(study, generation, o.population_size);
        const systemAttrs = {
          [GENERATION]: generation,
          ...(!kept && { [parentKey(generation)]: parents.map(({ id }) => id) }),
        };
        if (parents.length === 0) return { ...NO_RELATIVE, systemAttrs };
        const params = breed(study, parents, o, study.rng.fork('breed'));
        const { distributions } = parents[0];
        return {
          params,
          distributions: new Map([...distributions].filter(([name]) => params.has(name))),
          systemAttrs,
        };
      },
      sampleIndependent: (study, _trial, name, distribution) =>
        fromUnit(distribution, study.rng.fork('independent', name).float()),
    };
  },
});
