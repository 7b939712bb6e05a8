/** The parameters of a study, and their axes. */
import { type Choice, type Distribution, toExternal } from '../../tune/space/distributions.ts';
import type { FrozenTrial } from '../../tune/trial/frozen-trial.ts';
import { type AxisScale, axisScale } from '../chart/axes.ts';
import { SIZES } from '../chart/drawing.ts';
import { formatCount, formatNumber } from '../chart/format.ts';
import { fitName, oneLine } from '../chart/text.ts';
import type { StudyFacts } from '../sources.ts';

/** A parameter, with the union of its ranges over all trials. */
export interface Param {
  readonly name: string;
  /** `number`: an interval; `choice`: one of a list. */
  readonly kind: 'number' | 'choice';
  readonly log: boolean;
  readonly whole: boolean;
  /** Ends of the interval, or first and last index of the choices. */
  readonly low: number;
  readonly high: number;
  /** The choices in words; empty for an interval. */
  readonly choices: readonly string[];
}

/** The message where there is none. */
export const NO_PARAMS = 'The trials have no parameters.';

/** Most parameters in one drawing: the first ones. */
export const MOST_PARAMS = 30;

/** The note beneath a drawing that leaves out some of `count` parameters. */
export function paramWarnings(count: number): string[] {
  return count > MOST_PARAMS
    ? [`The first ${MOST_PARAMS} of ${formatCount(count)} parameters are drawn.`]
    : [];
}

/** The parameters in the order in which trials first have them. */
export function paramsOf(trials: readonly FrozenTrial[]): Param[] {
  const found = new Map<string, Param>();
  for (const { distributions, internalParams } of trials) {
    for (const [name, distribution] of distributions) {
      const value = internalParams.get(name);
      if (value === undefined || !Number.isFinite(value)) continue;
      found.set(name, merge(found.get(name), describe(name, distribution, value)));
    }
  }
  return [...found.values()].map((param) => ({ ...param, log: param.log && param.low > 0 }));
}

/** The parameters that are drawn: those that were asked for, in that order, or all. */
export function drawnParams({ trials, params: wanted }: Pick<StudyFacts, 'trials' | 'params'>): Param[] {
  const all = paramsOf(trials);
  return wanted ? wanted.flatMap((name) => all.find((param) => param.name === name) ?? []) : all;
}

function describe(name: string, distribution: Distribution, value: number): Param {
  if (distribution.type === 'categorical') {
    const choices = distribution.choices.map(choiceText);
    return { name, kind: 'choice', log: false, whole: true, low: 0, high: choices.length - 1, choices };
  }
  const { type, log, low, high } = distribution;
  // a trial that was put in the queue by hand may lie outside
  const ends = { low: Math.min(low, value), high: Math.max(high, value) };
  return { name, kind: 'number', log, whole: type === 'int', ...ends, choices: [] };
}

function merge(a: Param | undefined, b: Param): Param {
  if (a === undefined || a.kind !== b.kind) return a ?? b;
  const choices = a.choices.length >= b.choices.length ? a.choices : b.choices;
  return { ...a, choices, low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
}

/** A choice in words. */
function choiceText(choice: Choice): string {
  if (choice === null) return 'none';
  if (typeof choice === 'number') return formatNumber(choice, 6);
  return oneLine(String(choice)) || '(empty)';
}

/** The name of a parameter on one line, never nothing. */
export function paramText({ name }: Pick<Param, 'name'>): string {
  return oneLine(name) || '(no name)';
}

/** A value of a parameter in words. */
export function paramValue(param: Param, internal: number): string {
  if (param.kind === 'choice') return param.choices.at(internal) ?? String(internal);
  return param.whole ? formatNumber(internal, 6) : formatNumber(internal, 3);
}

/** A value of a parameter for tables: a number as it is, a choice in words. */
export function paramCell(param: Param, internal: number): string | number {
  return param.kind === 'choice' ? paramValue(param, internal) : internal;
}

/** Where a value stands between the ends of its parameter, in [0, 1]: on the parameter's own scale. */
export function positionOf(param: Param, internal: number): number {
  if (!(param.high > param.low)) return 0.5;
  const at = (value: number) => (param.log ? Math.log(value) : value);
  return (at(internal) - at(param.low)) / (at(param.high) - at(param.low));
}

/** The internal value of a parameter in a trial; undefined where it has none. */
export function internalOf(trial: FrozenTrial, { name }: Pick<Param, 'name'>): number | undefined {
  const value = trial.internalParams.get(name);
  return value === undefined || !Number.isFinite(value) ? undefined : value;
}

/** How the axis of a parameter is made. */
export interface ParamScaleOptions {
  /** About how many ticks an interval has. Default 4. */
  readonly ticks?: number;
  /** Width for the label of a choice. Default: the distance between two choices, as on a horizontal axis. */
  readonly room?: number;
}

/** The axis of a parameter. Choices are half a step from the ends; their labels are shortened to fit. */
export function paramScale(
  param: Param,
  range: readonly [number, number],
  { ticks = 4, room }: ParamScaleOptions = {},
): AxisScale {
  if (param.kind === 'choice') {
    const domain: readonly [number, number] = [param.low - 0.5, param.high + 0.5];
    const fits = room ?? Math.abs(range[1] - range[0]) / param.choices.length - 2;
    const scale = axisScale({ domain, range, nice: false });
    return withTicks(
      scale,
      param.choices.map((choice, value) => ({ value, label: fitChoice(choice, param.choices, fits) })),
    );
  }
  const { low, high, log, whole } = param;
  const scale = axisScale({ domain: [low, high], range, log, whole, ticks, nice: false });
  if (scale.ticks.length >= 2 || !(high > low)) {
    return high > low ? scale : withTicks(scale, [{ value: low, label: paramValue(param, low) }]);
  }
  // less than a decade: the ticks of a linear scale on the logarithmic one
  const plain = axisScale({ domain: [low, high], range, whole, ticks, nice: false });
  return withTicks(scale, plain.ticks);
}

/** A choice shortened to fit; empty where too little of it is left, or where another choice would look the same. */
function fitChoice(choice: string, all: readonly string[], room: number): string {
  const fitted = fitName(choice, room, SIZES.tick);
  if (fitted === choice) return choice;
  const alike = all.some((other) => other !== choice && fitName(other, room, SIZES.tick) === fitted);
  return fitted.length < 5 || alike ? '' : fitted;
}

function withTicks(scale: AxisScale, ticks: AxisScale['ticks']): AxisScale {
  return Object.assign((value: number) => scale(value), { domain: scale.domain, ticks, text: scale.text });
}

/** Distributions in words, for tables: `0.0001 to 0.1, logarithmic`, `16, 32, …, 128`, `a, b or c`. */
export function distributionText(distribution: Distribution): string {
  if (distribution.type === 'categorical') {
    const choices = distribution.choices.map(choiceText);
    return choices.length < 2
      ? choices.join('')
      : `${choices.slice(0, -1).join(', ')} or ${choices[choices.length - 1]}`;
  }
  const { type, low, high, log, step } = distribution;
  const number = (value: number) => formatNumber(value, 6);
  if (low === high) return number(low);
  const by = step !== null && !(type === 'int' && step === 1) ? `, in steps of ${number(step)}` : '';
  return `${number(low)} to ${number(high)}${by}${log ? ', logarithmic' : ''}${type === 'int' && by === '' ? ', whole' : ''}`;
}

/** The value of a parameter as the objective saw it, in words; empty where the trial has none. */
export function externalText(trial: FrozenTrial, name: string): string {
  const internal = trial.internalParams.get(name);
  const distribution = trial.distributions.get(name);
  if (internal === undefined) return '';
  const value = distribution ? toExternal(distribution, internal) : internal;
  return typeof value === 'number' ? formatNumber(value, 4) : choiceText(value ?? null);
}
