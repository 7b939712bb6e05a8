/** Trials that were run elsewhere, as written by a person. */
import { ConfigError } from '../../core/errors.ts';
import { distributionToJson } from '../space/distribution-json.ts';
import { contains, type Distribution, type ParamValue, toInternal } from '../space/distributions.ts';
import type { TrialTemplate } from '../storage/contract.ts';
import { valuesProblem } from './end.ts';

/** A trial with parameters as the objective sees them. */
export type TrialRecord = Omit<TrialTemplate, 'internalParams' | 'distributions'> & {
  /** Default none. */
  readonly params?: Readonly<Record<string, ParamValue>>;
  /** By the same names. */
  readonly distributions?: Readonly<Record<string, Distribution>>;
};

/**
 * The trial for a storage; COMPLETE if the record has no state.
 * @param objectives How many objectives the study has.
 * @throws ConfigError where parameters and distributions, or state and values, do not fit each other
 */
export function toTemplate(
  { params = {}, distributions = {}, state = 'COMPLETE', values = null, ...rest }: TrialRecord,
  objectives: number,
): TrialTemplate {
  const missing = Object.keys(params).find((name) => !Object.hasOwn(distributions, name));
  const extra = Object.keys(distributions).find((name) => !Object.hasOwn(params, name));
  if (missing !== undefined || extra !== undefined) {
    const what = missing === undefined ? 'a distribution without a value' : 'a value without a distribution';
    throw new ConfigError(
      `[${missing ?? extra}] must have a value and a distribution, but got ${what}. Give both.`,
    );
  }
  const problem = values ? valuesProblem(values, objectives) : undefined;
  if (state === 'COMPLETE' && !values) {
    throw new ConfigError(
      '[added trial] must have a value to be COMPLETE, but got none. Give it another state.',
    );
  }
  if (problem !== undefined) throw new ConfigError(`[added trial] ${problem}.`);
  if (state === 'FAIL' && values) {
    throw new ConfigError(
      `[added trial] must have no value to be FAIL, but got ${values.join(', ')}. Leave it out.`,
    );
  }
  return {
    ...rest,
    state,
    values,
    internalParams: new Map(
      Object.entries(params).map(([name, value]) => [name, internalOf(name, distributions[name], value)]),
    ),
    distributions: new Map(Object.entries(distributions)),
  };
}

function internalOf(name: string, distribution: Distribution, value: ParamValue): number {
  const internal = toInternal(distribution, value);
  if (internal !== undefined && contains(distribution, internal)) return internal;
  throw new ConfigError(
    `[${name}] of an added trial must be one of ${distributionToJson(distribution)}, but got ${JSON.stringify(value)}. Correct it, or widen the distribution.`,
  );
}
