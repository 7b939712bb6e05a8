/** `UNROLL_ENGINE`: selects an engine instead of the fastest. */
import { ConfigError } from '../core/errors.ts';
import { ENGINE_REQUESTS, type EngineRequest } from '../engine/index.ts';
import type { Io } from './io.ts';

/** The engine or build named by `UNROLL_ENGINE`, if any. @throws ConfigError for an unknown name */
export function requestedEngine({ env }: Pick<Io, 'env'>): EngineRequest | undefined {
  const { UNROLL_ENGINE: name } = env;
  if (name === undefined || name === '') return undefined;
  const found = ENGINE_REQUESTS.find((request) => request === name.trim());
  if (found) return found;
  throw new ConfigError(
    `[UNROLL_ENGINE] must be one of ${ENGINE_REQUESTS.join(', ')}, or unset for the fastest, but got "${name}".`,
  );
}
