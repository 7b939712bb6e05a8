/**
 * Phases of a training: what learns in an epoch, at which rate, by which loss and from how much of a text. They come from
 * `train.phases`, from gradual unfreezing with lower rates in lower layers (Howard and Ruder, 2018, ULMFiT), and from
 * `model.vectors_freeze`.
 *
 * With G groups of parameters, lowest first, d the decay and N the epochs of gradual unfreezing, group g in [0, G) learns at the
 * rate d^(G - 1 - g) from epoch N (G - 1 - g) on, where no phase freezes it.
 */
import { ConfigError } from '../core/errors.ts';
import type { TypeAndOptions } from '../core/family.ts';
import { losses } from '../nn/losses/index.ts';
import { lossOptions } from './describe.ts';
import { scheduleMonitor, type TrainOptions } from './options.ts';
import type { PhaseOptions } from './phase-options.ts';

/** A phase with its place among the epochs: [from, to), counted from 0. */
export interface PlacedPhase extends PhaseOptions {
  readonly from: number;
  readonly to: number;
}

/** The settings in effect in an epoch. */
export interface EpochPlan {
  /** Number of the phase, from 1; epochs between two changes of any kind are one phase. */
  readonly phase: number;
  /** What distinguishes it from the other phases, in words; empty for a single phase. */
  readonly name: string;
  /** Factor on the learning rate of each group; 0: frozen. Undefined where nothing ever differs between groups. */
  readonly rates: readonly number[] | undefined;
  /** The same for the pretrained vectors. */
  readonly vectors: number;
  /** Number of the loss among those of the specification. */
  readonly loss: number;
  /** Factor on the learning rate of the schedule. */
  readonly lrFactor: number;
  /** Tokens that are read of a training text; undefined: as many as of any text. */
  readonly maxLength: number | undefined;
}

/** The course of a training. */
export interface PhasePlan {
  /** The settings in effect in epoch `epoch`, from 0. */
  at(epoch: number): EpochPlan;
  /** Whether an epoch begins a phase after the first. */
  changes(epoch: number): boolean;
  /** The first epoch of the last phase, from 0. */
  readonly settled: number;
  /** How often group g, or with `vectors` the pretrained vectors, has learned in the epochs before this one. */
  epochsLearned(of: number | 'vectors', epoch: number): number;
}

function refuse(key: string, text: string): ConfigError {
  return new ConfigError(`[train.${key}] ${text}`, { key: `train.${key}` });
}

/**
 * The phases with their places; one over all epochs where none are given.
 * @throws ConfigError where they do not fill the epochs
 */
export function placedPhases({ phases, epochs }: Pick<TrainOptions, 'phases' | 'epochs'>): PlacedPhase[] {
  if (phases.length === 0) return [{ freeze: [], lr_factor: 1, from: 0, to: epochs }];
  let from = 0;
  const placed = phases.map((phase, p) => {
    const last = p === phases.length - 1;
    if (phase.epochs === undefined && !last)
      throw refuse(
        'phases',
        `phase ${p + 1} must have its number of epochs, but has none. Give it epochs: only the last phase may leave them out.`,
      );
    const to = from + (phase.epochs ?? Math.max(1, epochs - from));
    const found = { ...phase, from, to };
    from = to;
    return found;
  });
  if (from === epochs) return placed;
  const sum = phases.reduce((total, phase) => total + (phase.epochs ?? 1), 0);
  throw refuse(
    'phases',
    `must have ${epochs} epochs in all, as train.epochs has, but ${sum > epochs ? `need ${phases.at(-1)?.epochs === undefined ? 'at least ' : ''}${sum}` : `have ${sum}`}. Change train.epochs, or leave out the epochs of the last phase.`,
  );
}

/** The options of a phase's loss: of those of the section, the ones that it knows. */
function phaseLoss(train: TrainOptions, type: TrainOptions['loss']): TypeAndOptions {
  const flat = train as unknown as Readonly<Record<string, unknown>>;
  const known = Object.keys(losses.get(type).options).filter((key) => flat[key] != null);
  return { type, ...Object.fromEntries(known.map((key) => [key, flat[key]])) };
}

/**
 * The final loss of a training, which maps outputs to probabilities, and those of earlier phases.
 * @throws ConfigError where values of different losses would be compared
 */
export function phaseLosses(train: TrainOptions): {
  readonly loss: TypeAndOptions;
  readonly phaseLosses: readonly TypeAndOptions[];
} {
  const types = placedPhases(train).map(({ loss }) => loss ?? train.loss);
  const final = types[types.length - 1];
  const loss = final === train.loss ? lossOptions(train) : phaseLoss(train, final);
  const others = [...new Set(types)].filter((type) => type !== final);
  if (others.length > 0) {
    const why = `the losses of phases (${[...new Set(types)].join(', ')}) cannot be compared`;
    if (train.monitor === 'val_loss' && train.keep === 'best')
      throw refuse('monitor', `must not be val_loss where phases change the loss: ${why}. Set it to val_log_loss or val_accuracy, or set train.keep to last.`); // prettier-ignore
    if (train.schedule.type === 'plateau' && scheduleMonitor(train) === 'val_loss')
      throw refuse('schedule', `plateau must not watch val_loss where phases change the loss: ${why}. Give it monitor val_log_loss, or set another schedule.`); // prettier-ignore
  }
  return { loss, phaseLosses: others.map((type) => phaseLoss(train, type)) };
}

/** The context of a plan. */
export interface PlanContext {
  /** Names of the groups of parameters, lowest first; undefined where a model has none. */
  readonly groups: readonly string[] | undefined;
  /** Pretrained vectors: the factor on their learning rate, and the epochs in which they are frozen. */
  readonly pretrained?: { readonly rate: number; readonly frozenEpochs: number } | undefined;
  /** Most tokens that are read of any text. */
  readonly maxLength?: number | undefined;
}

/**
 * Plans the epochs of a training.
 * @throws ConfigError where the phases do not fit the epochs, the model or the texts
 */
export function planPhases(train: TrainOptions, context: PlanContext): PhasePlan {
  const phases = placedPhases(train);
  requireGroups(train, context);
  const { phaseLosses: others } = phaseLosses(train);
  const numberOf = (type: string) => 1 + others.findIndex((one) => one.type === type);
  const epochs = Array.from({ length: train.epochs }, (_, epoch): Omit<EpochPlan, 'phase' | 'name'> => {
    const phase = phases.find(({ to }) => epoch < to) ?? phases[phases.length - 1];
    const rates = ratesIn(epoch, phase, train, context);
    const { rate = 1, frozenEpochs = 0 } = context.pretrained ?? {};
    const frozen = epoch < frozenEpochs || phase.freeze.includes('vectors');
    return {
      rates,
      vectors: frozen ? 0 : rate * (rates?.[0] ?? 1),
      loss: numberOf(phase.loss ?? train.loss),
      lrFactor: phase.lr_factor,
      maxLength: phase.max_length,
    };
  });
  const same = (a: number, b: number) => JSON.stringify(epochs[a]) === JSON.stringify(epochs[b]);
  const starts = epochs.map((_, e) => e).filter((e) => e === 0 || !same(e, e - 1));
  const names = namesOf(starts.map((e) => epochs[e]), train, context); // prettier-ignore
  return {
    at(epoch) {
      const phase = starts.filter((start) => start <= epoch).length;
      return { ...epochs[epoch], phase, name: names[phase - 1] };
    },
    changes: (epoch) => epoch > 0 && starts.includes(epoch),
    settled: starts[starts.length - 1],
    epochsLearned: (of, epoch) =>
      epochs.slice(0, epoch).filter((one) => (of === 'vectors' ? one.vectors : (one.rates?.[of] ?? 1)) !== 0)
        .length,
  };
}

/** @throws ConfigError where there is nothing that could be frozen as it is asked for */
function requireGroups(train: TrainOptions, { groups, pretrained, maxLength }: PlanContext): void {
  const { phases, gradual_unfreezing: epochs, layer_lr_decay: decay } = train;
  if (groups === undefined) {
    const key = phases.length > 0 ? 'phases' : epochs > 0 ? 'gradual_unfreezing' : 'layer_lr_decay';
    if (phases.length > 0 || epochs > 0 || decay !== 1)
      throw refuse(key, 'must be left out for a model that does not run on an engine.');
    return;
  }
  const needed = epochs * (groups.length - 1);
  if (epochs > 0 && needed >= train.epochs)
    throw refuse('gradual_unfreezing', `must leave an epoch in which all learns, but ${groups.length} parts of the network (${[...groups].reverse().join(', ')}) need ${needed + 1} epochs at ${epochs} each, and train.epochs is ${train.epochs}. Set train.epochs to ${needed + 1} or more.`); // prettier-ignore
  for (const [p, { freeze, max_length }] of phases.entries()) {
    const unknown = freeze.find((name) => name.startsWith('layer_') && !groups.includes(name));
    if (unknown !== undefined)
      throw refuse('phases', `phase ${p + 1} must freeze parts that there are (${groups.join(', ')}), but freezes ${unknown}.`); // prettier-ignore
    if (freeze.includes('vectors') && !pretrained)
      throw refuse('phases', `phase ${p + 1} must not freeze vectors without model.vectors. Freeze the embedding, or set model.vectors.`); // prettier-ignore
    if (max_length !== undefined && maxLength !== undefined && max_length > maxLength)
      throw refuse('phases', `phase ${p + 1} must read at most text.max_length = ${maxLength} tokens, but has max_length ${max_length}.`); // prettier-ignore
    if (frozenIn(freeze, groups).size === groups.length)
      throw refuse('phases', `phase ${p + 1} must leave something that learns, but freezes ${freeze.join(', ')}.`); // prettier-ignore
  }
}

/** The groups that a phase freezes. */
function frozenIn(freeze: readonly string[], groups: readonly string[]): Set<string> {
  const all = freeze.includes('layers');
  return new Set(groups.filter((name) => freeze.includes(name) || (all && name.startsWith('layer_'))));
}

function ratesIn(
  epoch: number,
  { freeze }: PlacedPhase,
  { gradual_unfreezing: every, layer_lr_decay: decay }: TrainOptions,
  { groups }: PlanContext,
): readonly number[] | undefined {
  if (!groups) return undefined;
  const frozen = frozenIn(freeze, groups);
  const rates: number[] = [];
  let rate = 1;
  for (const [above, name] of [...groups].reverse().entries()) {
    rates.unshift(frozen.has(name) || epoch < every * above ? 0 : rate);
    rate *= decay;
  }
  return rates.every((one) => one === 1) ? undefined : rates;
}

/** Each phase by what differs between phases; one alone has no name. */
function namesOf(
  phases: readonly Omit<EpochPlan, 'phase' | 'name'>[],
  train: TrainOptions,
  { groups = [], pretrained, maxLength }: PlanContext,
): string[] {
  if (phases.length === 1) return [''];
  const { loss, phaseLosses: others } = phaseLosses(train);
  const title = (n: number) => losses.describe([loss, ...others][n]).title;
  const frozen = ({ rates, vectors }: (typeof phases)[number]) => {
    const names = groups.filter((_, g) => rates?.[g] === 0).map((name) => name.replace('_', ' '));
    const own = pretrained && vectors === 0 && rates?.[0] !== 0 ? ['vectors', ...names] : names;
    return own.length === 0 ? 'all parameters learn' : `${own.join(' + ')} frozen`;
  };
  const length = (tokens: number | undefined) =>
    tokens === undefined && maxLength === undefined ? 'all tokens' : `${tokens ?? maxLength} tokens`;
  const facets: ((phase: (typeof phases)[number]) => string)[] = [
    (phase) => title(phase.loss),
    (phase) => length(phase.maxLength),
    (phase) => `rate × ${phase.lrFactor}`,
    frozen,
  ];
  const differing = facets.filter((facet) => new Set(phases.map(facet)).size > 1);
  return phases.map((phase) => differing.map((facet) => facet(phase)).join(', '));
}
