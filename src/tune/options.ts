/** The `tune` section of a config: the objectives of a search, its sampler and pruner, and its limits. */
import * as z from 'zod';
import { type Family, type Member, memberOf } from '../core/family.ts';
import { schemaOf } from '../core/schema.ts';
import { type MetricName, tableMetrics } from '../evaluate/metrics/index.ts';
import { pruners } from './pruners/index.ts';
import { samplers } from './samplers/index.ts';
import type { Direction } from './trial/frozen-trial.ts';

/** A sampler or pruner as a config may give it: its name, or its type with options. */
export type TypedInput = string | { readonly type: string; readonly [option: string]: unknown };
/** A sampler or pruner with all its options. */
export interface Typed {
  readonly type: string;
  readonly [option: string]: unknown;
}

/** Objectives measured on the validation documents, by their names in configs. */
export const OBJECTIVES = Object.fromEntries(
  tableMetrics.map(({ type, better }) => [type, better === 'higher' ? 'maximize' : 'minimize']),
) as Readonly<Record<MetricName, Direction>>;
/** Other objectives. */
export const SECOND_OBJECTIVES = { params: 'minimize', latency: 'minimize' } as const;
/** The name of an objective. */
export type ObjectiveName = MetricName | keyof typeof SECOND_OBJECTIVES;

/** A member of a family by its name, or by its type with options; or one of some other words, as a type. */
function typed<Args extends readonly unknown[], Made>(
  list: Family<Args, Made>,
  words: readonly string[] = [],
) {
  const member = schemaOf(memberOf(list));
  return z.union([z.enum([...words, ...list.names]), member]).transform((given): Typed => {
    if (typeof given !== 'string') return given;
    return words.includes(given) ? { type: given } : member.parse({ type: given });
  }) as unknown as z.ZodType<Typed, TypedInput>;
}

const names = (list: { readonly members: readonly Pick<Member, 'type' | 'summary'>[] }) =>
  list.members.map((m) => `${m.type}: ${m.summary.replace(/\.$/, '')}`).join('; ');

/** The pruner that depends on how trials are scored: see `prunerOf`. */
const AUTO = 'auto';

/** Options of a search. */
export const tuneOptions = z.strictObject({
  trials: z.int().min(1).default(20).describe('trials of the whole study, including those it already has'),
  workers: z
    .union([z.literal('auto'), z.int().min(1).max(256)])
    .default('auto')
    .describe('trials at the same time on this machine, each on one thread; auto: one per core'),
  time_limit: z
    .number()
    .gt(0)
    .nullable()
    .default(null)
    .describe('seconds after which no trial begins; null: no limit'),
  objective: z
    .enum(tableMetrics.map(({ type }) => type))
    .default('accuracy')
    .describe('the metric that trials are scored by, on documents they were not trained on'),
  second_objective: z
    .enum(Object.keys(SECOND_OBJECTIVES) as (keyof typeof SECOND_OBJECTIVES)[])
    .nullable()
    .default(null)
    .describe(
      'a second objective to minimise: the number of parameters, or the time per document (latency); without pruning',
    ),
  folds: z
    .int()
    .min(2)
    .max(100)
    .nullable()
    .default(null)
    .describe('score a trial by its mean over this many stratified folds; null: on the validation part'),
  sampler: typed(samplers)
    .prefault('tpe')
    .describe(
      `how the parameters of the next trial are chosen: a name, or its type with options. ${names(samplers)}`,
    ),
  pruner: typed(pruners, [AUTO])
    .prefault(AUTO)
    .describe(
      'what ends hopeless trials early: a name, or its type with options; auto: median from epoch 4 on, with folds ' +
        `wilcoxon at p_threshold 0.2. ${names(pruners)}`,
    ),
  target: z.number().nullable().default(null).describe('stop when a trial is at least this good'),
  patience: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('stop after this many trials in a row without improvement; null: never'),
  redraws: z
    .int()
    .min(0)
    .max(1000)
    .default(20)
    .describe('how often parameters that repeat an earlier trial are drawn again'),
  max_retries: z.int().min(0).default(3).describe('how often a trial is run again if its worker died'),
  heartbeat_seconds: z
    .number()
    .min(0.1)
    .default(20)
    .describe(
      'seconds between heartbeats of a running trial; after twice as long without one, another worker runs it again',
    ),
  seed: z
    .int()
    .min(0)
    .max(4294967295)
    .nullable()
    .default(null)
    .describe('seed of the sampler, in [0, 2^32); null: that of train.seed'),
});

/** Complete options of a search. */
export type TuneOptions = z.output<typeof tuneOptions>;

/** The objectives of a search with their directions, in order. */
export function objectivesOf({
  objective,
  second_objective: second,
}: Pick<TuneOptions, 'objective' | 'second_objective'>): readonly {
  readonly name: ObjectiveName;
  readonly direction: Direction;
}[] {
  const first = { name: objective, direction: OBJECTIVES[objective] };
  return second === null ? [first] : [first, { name: second, direction: SECOND_OBJECTIVES[second] }];
}

/**
 * The pruner for `auto`. Trials report once per epoch, where the first values mean little, or once per fold, of which
 * there are few.
 */
const AUTO_PRUNERS = {
  epochs: { type: 'median', n_warmup_steps: 4 },
  folds: { type: 'wilcoxon', p_threshold: 0.2 },
} as const;

/** The pruner of a search, with all its options. With two objectives nothing is pruned. */
export function prunerOf({
  pruner,
  folds,
  second_objective: second,
}: Pick<TuneOptions, 'pruner' | 'folds' | 'second_objective'>): Typed {
  if (second !== null) return { type: 'none' };
  if (pruner.type !== AUTO) return pruner;
  return pruners.complete(folds === null ? AUTO_PRUNERS.epochs : AUTO_PRUNERS.folds);
}
