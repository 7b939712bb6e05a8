/** Where the poolings of a classifier stand in the memory of the GPU. */
import { padded } from '../../../core/arena.ts';
import { ABSENT } from '../../../engine/webgpu/kernel.ts';
import { poolingOptions, poolings } from '../../../nn/pooling/index.ts';
import type { ClassifierPlan } from '../plan.ts';

/** The poolings that have kernels. */
export const GPU_POOLINGS: readonly string[] = ['last', 'mean', 'max', 'attention', 'windows'];

/** Where the poolings stand. Columns are those of a document's features at which a vector begins; ABSENT: there is none. */
export interface GpuPoolings {
  /** Words of a document's features. */
  readonly features: number;
  readonly last: number;
  readonly mean: number;
  readonly max: number;
  readonly windows?: { readonly column: number; readonly size: number; readonly winners: number };
  readonly attention?: GpuAttention;
}

/** An attention pooling: R heads, A the padded size; offsets of the arrays in `nn/pooling/attention.ts`. */
export interface GpuAttention {
  readonly column: number;
  readonly A: number;
  readonly R: number;
  /** In the parameters. */
  readonly weight: number;
  readonly bias: number;
  readonly context: number;
  readonly g: number;
  readonly u: number;
  readonly a: number;
  readonly ds: number;
}

/** Lays the poolings out side by side, each vector `width` words. */
export function layPoolings(
  { shape: { model }, capacity, training }: ClassifierPlan,
  width: number,
  {
    alloc,
    at,
  }: { alloc: (name: string, words: number, needed?: boolean) => number; at: (name: string) => number },
): GpuPoolings {
  let features = 0;
  const columns = new Map<string, number>();
  for (const given of model.pooling) {
    const options = poolingOptions(given);
    columns.set(options.type, features);
    features += (poolings.create(options).vectors ?? 1) * width;
  }
  const optionsOf = (type: string) =>
    poolings.complete(model.pooling.map(poolingOptions).find((given) => given.type === type) ?? { type });
  const column = (type: string) => columns.get(type) ?? ABSENT;
  const simple = { features, last: column('last'), mean: column('mean'), max: column('max') };
  const layWindows = () => ({
    column: column('windows'),
    size: Number(optionsOf('windows')['size']),
    winners: alloc('pooling.winners', capacity.rows * width),
  });
  const layAttention = () => {
    const { size, heads } = optionsOf('attention');
    const [A, R] = [padded(Number(size)), Number(heads)];
    const take = (name: string, n: number, needed = true) =>
      alloc(`pooling.attention.${name}`, capacity.tokens * n, needed);
    const of = (name: string) => at(`pooling.attention.${name}`);
    return {
      ...{ column: column('attention'), A, R, weight: of('weight'), bias: of('bias') },
      ...{ context: of('context'), g: take('g', A), u: take('u', A), a: take('a', R) },
      ds: take('ds', R, training !== undefined),
    };
  };
  return {
    ...simple,
    ...(columns.has('windows') && { windows: layWindows() }),
    ...(columns.has('attention') && { attention: layAttention() }),
  };
}
