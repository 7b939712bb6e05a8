import { describedFamily, memberOf, type TypeAndOptions } from '../../core/family.ts';
import { completed, either, list, text } from '../../core/options.ts';
import { attention } from './attention.ts';
import { hierarchical } from './hierarchical.ts';
import { last } from './last.ts';
import { max } from './max.ts';
import { mean } from './mean.ts';
import type { PoolingDescription, PoolingFactory } from './pooling.ts';
import { windows } from './windows.ts';

export type {
  PooledRows,
  Pooling,
  PoolingDescription,
  PoolingFactory,
  PoolingMemory,
  PoolingShape,
} from './pooling.ts';

/** The poolings, by the name in `model.pooling`. To add one: a file beside these and a line in this list. */
export const poolings = describedFamily<readonly [], PoolingFactory, PoolingDescription>()('pooling', [
  last,
  mean,
  max,
  attention,
  windows,
  hierarchical,
]);

/** A pooling as a config gives it: its name, or its type with options. */
export type PoolingInput = string | TypeAndOptions;

/** A pooling's type with the options that the config gives. */
export function poolingOptions(given: PoolingInput): TypeAndOptions {
  return typeof given === 'string' ? { type: given } : given;
}

/** For people: `mean`, `attention (size 64)`. */
export function poolingName(given: PoolingInput): string {
  const { type, ...options } = poolingOptions(given);
  const named = Object.entries(options).map(([key, value]) => `${key.replaceAll('_', ' ')} ${String(value)}`);
  return named.length === 0 ? type : `${type} (${named.join(', ')})`;
}

/** With all options if the pooling has any, else just its name. */
function complete(given: PoolingInput): PoolingInput {
  const all = poolings.complete(poolingOptions(given));
  return Object.keys(all).length === 1 ? all.type : all;
}

const one = either([text(), memberOf(poolings)]);

/** `model.pooling`: a name, a type with options, a list of these, or names joined by "+". */
export const poolingsOption = completed(
  either([text(), memberOf(poolings), list(one)], {
    default: ['last', 'mean', 'max'],
    doc: 'how states become one vector: a name, a type with options, a list of these, or names joined by "+"',
  }),
  (given, refuse): readonly PoolingInput[] => {
    const chosen = Array.isArray(given) ? given : typeof given === 'string' ? namesOf(given) : [given];
    const unknown = chosen.findIndex((name) => typeof name === 'string' && !poolings.names.includes(name));
    // of names joined by "+", the whole is the value that was given
    if (unknown >= 0) refuse(poolings.names, Array.isArray(given) ? [unknown] : []);
    else if (chosen.length === 0) refuse('must name at least one pooling');
    else if (new Set(chosen.map((each) => poolingOptions(each).type)).size < chosen.length)
      refuse('must name each pooling once');
    else return chosen.map(complete);
    return [];
  },
);

function namesOf(sum: string): string[] {
  return sum.split('+').map((name) => name.trim());
}
