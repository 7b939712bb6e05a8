/** `UNROLL_ENGINE`: selects an engine instead of the fastest. */
import { ConfigError, UnsupportedError } from '../core/errors.ts';
import { ENGINE_REQUESTS, type EngineRequest, type EngineTest, testEngines } from '../engine/index.ts';
import type { Io } from './io.ts';

/** The engine or build named by `UNROLL_ENGINE`, if any. @throws ConfigError for an unknown name */
export function namedEngine({ env }: Pick<Io, 'env'>): EngineRequest | undefined {
  const { UNROLL_ENGINE: name } = env;
  if (name === undefined || name === '') return undefined;
  const found = ENGINE_REQUESTS.find((request) => request === name.trim());
  if (found) return found;
  throw new ConfigError(
    `[UNROLL_ENGINE] must be one of ${ENGINE_REQUESTS.join(', ')}, or unset for the fastest, but got "${name}".`,
  );
}

/**
 * The same for a command that computes: it fails here, not after minutes of other work.
 * @throws ConfigError for an unknown name; UnsupportedError where the engine cannot be used
 */
export function requestedEngine({ env, now }: Pick<Io, 'env' | 'now'>): EngineRequest | undefined {
  const only = namedEngine({ env });
  if (!only) return undefined;
  const { choice, tests } = testEngines(now, { only });
  if (choice) return only;
  const reasons = eachReason(tests).map(({ name, reason }) => `${name}: ${reason}`);
  throw new UnsupportedError(
    `[UNROLL_ENGINE] must name an engine that can be used here, but "${only}" cannot. Unset it for the fastest.\n  ${reasons.join('\n  ')}`,
  );
}

/** The tests, where builds of an engine that lack the same thing are told as one: `native avx512, avx2`. */
export function eachReason<T extends Pick<EngineTest, 'name' | 'available' | 'reason'>>(
  tests: readonly T[],
): readonly (Omit<T, 'name'> & { readonly name: string })[] {
  const told: (Omit<T, 'name'> & { name: string })[] = [];
  for (const test of tests) {
    const last = told.at(-1);
    const [engine, build] = test.name.split(' ');
    if (!test.available && last?.reason === test.reason && last.name.startsWith(`${engine} `))
      last.name += `, ${build}`;
    else told.push({ ...test });
  }
  return told;
}
