/** Files of word vectors that settings name, checked before the data are read. */
import { type ConfigLayer, valueAt } from '../config/layer.ts';
import type { Config } from '../config/schema.ts';
import { ConfigError } from '../core/errors.ts';
import { learningMethods, requireVectorFiles } from '../vectors/for-texts.ts';
import { openVectors } from '../vectors/read.ts';
import type { Job } from './context.ts';

const SIZE = ['model', 'embedding_dim'] as const;
const VECTORS = ['model', 'vectors'] as const;

/**
 * Refuses files that cannot be read, and vectors of another size than is asked for where they are named, or above it: a
 * size below them, such as that of a preset, gives way. Errors as `readVectors`.
 * @throws ConfigError for a size that is not that of the vectors
 */
export async function requireVectors(
  config: Config,
  layers: readonly ConfigLayer[],
  context: Pick<Job, 'cacheDir' | 'notice'>,
): Promise<void> {
  await requireVectorFiles(config);
  const named = layers.findLastIndex(({ values }) => valueAt(values, VECTORS) !== undefined);
  const sized = layers.findLastIndex(({ values }) => valueAt(values, SIZE) !== undefined);
  if (named < 0 || sized < named) return;
  const source = valueAt(layers[named].values, VECTORS);
  const size = valueAt(layers[sized].values, SIZE);
  // a search may draw either of them; learned vectors have no size before
  if (typeof source !== 'string' || typeof size !== 'number') return;
  if (learningMethods.some((method) => method === source)) return;
  const { dim } = (await openVectors(source, context)).file;
  if (dim === size) return;
  throw new ConfigError(
    `[model.embedding_dim] the embedding must have the size of the vectors, ${dim} (${source}), but got ${size} (${layers[sized].where(SIZE)}). Leave it out, or choose vectors of that size.`,
    { key: 'model.embedding_dim' },
  );
}
