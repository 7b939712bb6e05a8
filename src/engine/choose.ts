/**
 * The self-test of all engines, and the choice that follows from it.
 *
 * A choice is plain data: sessions take it, worker threads get it as it is, and `createEngine` builds the engine that it
 * names in any thread.
 */
import { ConfigError, UnsupportedError } from '../core/errors.ts';
import { minOf } from '../core/lists.ts';
import type { Engine } from './contract.ts';
import type { EngineDefinition } from './definition.ts';
import { type BuildName, type EngineName, type EngineRequest, engines } from './engines.ts';
import { createMemory, type EngineMemory } from './memory.ts';
import { createProduct, isFused, type Product } from './self-test.ts';

/** An engine that was chosen for a session. Can be sent to other threads. */
export interface EngineChoice {
  /** Name of the engine. */
  readonly engine: EngineName;
  /** For people and run descriptions: the engine and its build, such as `wasm wide`. */
  readonly name: BuildName;
  /** Why this one. */
  readonly reason: string;
  /** Whether multiply-add is rounded once, as `Engine.fused` says. */
  readonly fused: boolean;
  /** Opaque data with which a thread builds it. */
  readonly parts: unknown;
}

/** The result of the self-test for one build. */
export interface EngineTest {
  /** The engine and its build, such as `wasm wide`. */
  readonly name: BuildName;
  /** The engine's summary. */
  readonly summary: string;
  /** Whether it can be used here. */
  readonly available: boolean;
  /** Why it is used, not used, or not available. */
  readonly reason: string;
  /** GFLOP/s of a product that fits the cache; null where it was not measured. */
  readonly gflops: number | null;
  /** Whether multiply-add is rounded once; null where it was not tested. */
  readonly fused: boolean | null;
}

/** The result of {@link testEngines}. */
export interface EngineTests {
  /** The chosen engine; undefined if none can be used. */
  readonly choice: EngineChoice | undefined;
  /** Every build that was asked for, in the order of the list. */
  readonly tests: readonly EngineTest[];
}

const definitions: readonly EngineDefinition[] = engines;

interface Build {
  readonly definition: EngineDefinition;
  readonly build: string;
  readonly name: BuildName;
}

const builds: readonly Build[] = definitions.flatMap((definition) =>
  definition.builds.map((build) => ({ definition, build, name: `${definition.name} ${build}` as BuildName })),
);

/** Names that can be requested: engines, and builds of engines. */
export const ENGINE_REQUESTS: readonly EngineRequest[] = [
  ...engines.map(({ name }) => name),
  ...builds.map(({ name }) => name),
];

/** Builds count as equally fast up to this ratio of their times; the first of the list is then used. */
const LEVEL = 1.08;

/** Differences that rounding explains: sums of 128 products below 1/4 in float32. */
const TOLERANCE = 1e-4;

/** A build that passed the self-test so far. */
interface Candidate extends Build {
  readonly parts: unknown;
  readonly product: Product;
  readonly fused: boolean;
  milliseconds: number;
}

/** Options of {@link testEngines}. */
export interface TestEnginesOptions {
  /** Only this engine or build, even if it is not used by default. */
  readonly only?: EngineRequest | undefined;
  /** Also measure engines that are not used by default. Default false. */
  readonly all?: boolean;
}

/**
 * Tests the engines: loads each build, compares a product with plain loops, asks whether multiply-add is fused, and
 * measures the speed of those that pass. A build whose bits differ from those of a more portable build is not used.
 * @param now Clock in milliseconds; `performance.now` suits.
 * @throws ConfigError for an unknown name
 */
export function testEngines(now: () => number, { only, all = false }: TestEnginesOptions = {}): EngineTests {
  const asked = builds.filter(({ definition, name }) => !only || [definition.name, name].includes(only));
  if (asked.length === 0)
    throw new ConfigError(`[engine] must be one of ${ENGINE_REQUESTS.join(', ')}, but got "${only}".`);
  const found = new Map<BuildName, string | Candidate>();
  for (const one of asked)
    found.set(one.name, load(one, { forced: asked.length === 1, unasked: only === undefined && !all }));
  const candidates = [...found.values()].filter((one) => typeof one !== 'string');
  for (const one of candidates) {
    const other = otherBits(one, candidates);
    if (other) found.set(one.name, `it does not give the same bits as ${other.name}`);
  }
  const usable = candidates.filter((one) => typeof found.get(one.name) !== 'string');
  const automatic = usable.filter(({ definition }) => only !== undefined || definition.automatic);
  if (usable.length > 1 || all) measure(automatic, now);
  // apart, since slow plain loops between the rounds would leave the fast builds a cold cache
  if (all)
    measure(
      usable.filter((one) => !automatic.includes(one)),
      now,
    );
  const fastest = minOf(automatic, ({ milliseconds }) => milliseconds);
  const level = automatic.filter(({ milliseconds }) => milliseconds <= fastest * LEVEL);
  const [best] = level as [Candidate | undefined];
  const reasonFor = (one: Candidate): string => {
    if (asked.length === 1) return 'asked for';
    if (one === best)
      return automatic.length === 1
        ? 'the only one that suits this runtime'
        : level.length === 1
          ? 'the fastest here'
          : 'among the fastest here';
    if (level.includes(one)) return 'no faster here';
    return automatic.includes(one) ? 'slower here' : 'used only when asked for';
  };
  const tests = asked.map(({ definition: { summary }, name }): EngineTest => {
    const one = found.get(name) as string | Candidate;
    if (typeof one === 'string')
      return { name, summary, available: false, reason: one, gflops: null, fused: null };
    const { milliseconds, product, fused } = one;
    const gflops = milliseconds === Infinity ? null : product.flop / milliseconds / 1e6;
    return { name, summary, available: true, reason: reasonFor(one), gflops, fused };
  });
  const choice = best && {
    engine: best.definition.name as EngineName,
    name: best.name,
    reason: reasonFor(best),
    fused: best.fused,
    parts: best.parts,
  };
  return { choice, tests };
}

/**
 * Picks the fastest engine that passes the self-test.
 * @param now Clock in milliseconds; `performance.now` suits.
 * @param only An engine or a build to use in any case, such as `reference` or `wasm narrow`.
 * @throws UnsupportedError where none can be used; ConfigError for an unknown name
 */
export function chooseEngine(now: () => number, only?: EngineRequest): EngineChoice {
  const { choice, tests } = testEngines(now, { only });
  if (choice) return choice;
  const reasons = tests.map(({ name, reason }) => `${name}: ${reason}`).join('\n  ');
  const needs = only
    ? `"${only}" must work here, but does not. Leave it out for the fastest`
    : 'one of the engines must work here, but none does';
  throw new UnsupportedError(`[engine] ${needs}. What each lacks:\n  ${reasons}`);
}

/**
 * The engine of a choice on a memory, in any thread.
 * @param memory From {@link createEngineMemory}, for engines of several threads on one memory. Default: one of its own.
 */
export function createEngine(
  choice: EngineChoice,
  { words, memory = createEngineMemory(choice, words, false) }: { words: number; memory?: EngineMemory },
): Engine {
  const { name, fused, parts } = choice;
  return { name, fused, ...definitionOf(choice).create(parts, memory) };
}

/** A memory of `words` words for the engine of a choice; `shared` for use from several threads. */
export function createEngineMemory(choice: EngineChoice, words: number, shared: boolean): EngineMemory {
  return createMemory(words, shared, definitionOf(choice).wordBytes(choice.parts));
}

function definitionOf({ engine }: EngineChoice): EngineDefinition {
  const found = definitions.find(({ name }) => name === engine);
  if (!found)
    throw new ConfigError(`[engine] must be one of ${ENGINE_REQUESTS.join(', ')}, but got "${engine}".`);
  return found;
}

/** A build that gives the right product, or why it does not. */
function load(
  one: Build,
  { forced, unasked }: { readonly forced: boolean; readonly unasked: boolean },
): string | Candidate {
  const { definition, build } = one;
  const unsuited = forced ? undefined : definition.unsuited?.(build);
  if (unsuited !== undefined) return unsuited;
  if (unasked && !definition.automatic) return 'used only when asked for';
  try {
    const parts = definition.load(build);
    const create = (words: number) =>
      definition.create(parts, createMemory(words, false, definition.wordBytes(parts)));
    const product = createProduct(create);
    if (!(product.error <= TOLERANCE))
      return `it must multiply matrices to within ${TOLERANCE}, but is ${product.error} off: this runtime or machine computes wrongly`;
    return { ...one, parts, product, fused: isFused(create), milliseconds: Infinity };
  } catch (error) {
    if (error instanceof UnsupportedError) return error.message;
    throw error;
  }
}

/** A more portable build of the same engine whose product has other bits. */
function otherBits(one: Candidate, candidates: readonly Candidate[]): Candidate | undefined {
  return candidates
    .slice(candidates.indexOf(one) + 1)
    .find(
      ({ definition, product }) =>
        definition === one.definition &&
        definition.automatic &&
        !product.result.every((x, j) => Object.is(x, one.product.result[j])),
    );
}

/** Measures builds side by side, so that a busy machine slows all, in rounds enough for the compiler to finish. */
function measure(candidates: readonly Candidate[], now: () => number): void {
  const start = now();
  for (let round = 0; round < 400 && (round < 40 || now() - start < 12); round++) {
    for (const one of candidates) {
      const t = now();
      one.product.run();
      one.milliseconds = Math.min(one.milliseconds, now() - t);
    }
  }
}
