/** The pending changes of a running trial, which are written in one transaction. */
import type { Distribution } from '../space/distributions.ts';
import type { TrialChanges } from '../storage/contract.ts';
import type { Attributes } from './frozen-trial.ts';

/** Changes that are not written yet. */
export interface Pending {
  readonly params: {
    readonly name: string;
    readonly internal: number;
    readonly distribution: Distribution;
  }[];
  readonly reports: ReadonlyMap<number, number>;
  readonly userAttrs: Attributes;
  readonly systemAttrs: Attributes;
}

/** Nothing to write. */
export const NOTHING: Pending = { params: [], reports: new Map(), userAttrs: {}, systemAttrs: {} };

/** In the form for a storage: without empty parts. */
export function changesOf({ params, reports, userAttrs, systemAttrs }: Pending): TrialChanges {
  return {
    ...(params.length > 0 && { params }),
    ...(reports.size > 0 && { intermediateValues: reports }),
    ...(Object.keys(userAttrs).length > 0 && { userAttrs }),
    ...(Object.keys(systemAttrs).length > 0 && { systemAttrs }),
  };
}

/** Merges changes in order. */
export function joined(first: Pending, then: Pending): Pending {
  return {
    params: [...first.params, ...then.params],
    reports: new Map([...first.reports, ...then.reports]),
    userAttrs: { ...first.userAttrs, ...then.userAttrs },
    systemAttrs: { ...first.systemAttrs, ...then.systemAttrs },
  };
}
