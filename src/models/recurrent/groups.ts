/** Groups of parameters with their own learning rates, or frozen: the embedding, each recurrent layer, and the head. */
import type { Arena } from '../../core/arena.ts';
import type { Engine } from '../../engine/contract.ts';
import type { Context } from '../../nn/context.ts';
import type { Parameter, Parameters } from '../../nn/parameters.ts';
import type { GroupStep } from '../trainable.ts';

/** The groups of a network with so many recurrent layers, lowest first. */
export function groupNames(layers: number): readonly string[] {
  return ['embedding', ...Array.from({ length: layers }, (_, l) => `layer_${l + 1}`), 'head'];
}

/** A range of the trained parameters that belongs to a group: words [from, to) from the first parameter. */
export interface GroupRange {
  readonly from: number;
  readonly to: number;
  /** Number of the group; as many as there are groups for the pretrained rows of the embedding. */
  readonly group: number;
}

/** The groups in memory. */
export interface Groups {
  /** Lowest first. */
  readonly names: readonly string[];
  /** All trained parameters, in the order of their offsets. */
  readonly ranges: readonly GroupRange[];
  /** The factor on the learning rate of a group in this step; 0: it stays as it is. */
  rate(engine: Engine, group: number): number;
  /** Updates of a group so far. */
  updates(ctx: Pick<Context, 'engine' | 'step'>, group: number): number;
  /** Sets how the groups are updated in the next step; pretrained rows last. */
  write(engine: Engine, steps: readonly GroupStep[]): void;
}

function groupOf({ name }: Parameter, layers: number): number {
  if (name.startsWith('embedding.')) return 0;
  const layer = /^rnn\..*_l(\d+)(_reverse)?$/.exec(name);
  return layer ? Number(layer[1]) + 1 : layers + 1;
}

/**
 * Lays the groups out.
 * @param pretrainedAt Offset of the first pretrained row: the trained parameters from there on are such rows.
 */
export function layGroups(
  arena: Arena,
  parameters: Parameters,
  {
    layers,
    pretrainedAt = Infinity,
  }: { readonly layers: number; readonly pretrainedAt?: number | undefined },
): Groups {
  const names = groupNames(layers);
  const end = parameters.at + parameters.words;
  const ranges: GroupRange[] = [];
  const add = (from: number, to: number, group: number) => {
    if (to > from) ranges.push({ from: from - parameters.at, to: to - parameters.at, group });
  };
  for (const parameter of parameters.list.filter(({ spec }) => !spec.fixed)) {
    const to = Math.min(parameter.at + parameter.words, end);
    const cut = Math.min(Math.max(parameter.at, pretrainedAt), to);
    add(parameter.at, cut, groupOf(parameter, layers));
    add(cut, to, names.length);
  }
  const rates = arena.alloc('groups.rates', names.length + 1);
  const updates = arena.alloc('groups.updates', names.length + 1);
  const written = arena.alloc('groups.written', 1); // 0: all are updated alike, the default
  return {
    names,
    ranges,
    rate: ({ f, i }, group) => (i[written] === 0 ? 1 : f[rates + group]),
    updates: ({ engine: { i }, step }, group) => (i[written] === 0 ? step : i[updates + group]),
    write({ f, i }, steps) {
      for (const [group, step] of steps.entries()) {
        f[rates + group] = step.rate;
        i[updates + group] = step.updates;
      }
      i[written] = 1;
    },
  };
}
