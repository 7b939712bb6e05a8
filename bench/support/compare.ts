/** Interleaved rounds: ours, theirs, ours, theirs… so that a busy or slow machine is busy and slow for both. */
import { minOf } from '../../src/core/lists.ts';
import type { BenchCase, BenchOptions } from '../bench.ts';
import type { Contestant } from './contestant.ts';
import type { Check, Spec } from './protocol.ts';
import { median, round, spread } from './statistics.ts';

/** Something that is timed in every round. */
export interface Entry {
  readonly key: string;
  /** One turn; ms a step. */
  turn(): Promise<number>;
}

/** The rounds after which the slow ways of a peer drop out. */
export interface TryOut {
  readonly rounds: number;
  /** What is slow: so many times the best way's time. */
  readonly factor: number;
}

/** Time for threads of the one before to fall asleep, ms. */
const PAUSE = 40;
/** What a turn should last, ms, so that a clock tick and a wake-up do not matter. */
const TURN = 250;
const MOST_STEPS = 20_000;
/** After so many rounds, ways of a peer that are this much slower than its best one drop out. */
const TRY_OUT: TryOut = { rounds: 3, factor: 1.25 };
/** Keys of the entries that are no way of a peer; ours have a number behind. */
const OURS = 'ours ';
const LIMIT = 'limit';

/**
 * Runs all entries in turn, round by round.
 * @param drops Called after the rounds of the try-out; the keys that it returns run no more.
 * @returns Samples by key, in ms a step.
 */
export async function interleave(
  entries: readonly Entry[],
  {
    rounds,
    pause = PAUSE,
    drops,
    tryOutRounds = TRY_OUT.rounds,
  }: {
    rounds: number;
    pause?: number;
    drops?: (samples: ReadonlyMap<string, readonly number[]>) => readonly string[];
    tryOutRounds?: number;
  },
): Promise<Map<string, number[]>> {
  const samples = new Map<string, number[]>(entries.map(({ key }) => [key, []]));
  let left = entries;
  for (let r = 0; r < rounds; r++) {
    for (const { key, turn } of left) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      samples.get(key)?.push(await turn());
    }
    if (r + 1 !== tryOutRounds || !drops) continue;
    const out = drops(samples);
    left = left.filter(({ key }) => !out.includes(key));
  }
  return samples;
}

/** An entry for one way of a contestant, with as many steps a turn as fit. */
async function createEntry(contestant: Contestant, variant: string, key = variant): Promise<Entry> {
  const run = async (steps: number) => (await contestant.ask({ do: 'run', variant, steps })).ms;
  const steps = Math.max(1, Math.min(MOST_STEPS, Math.round(TURN / (await run(1)))));
  return { key, turn: () => run(steps) };
}

/** Work for both sides. */
export interface Comparison {
  readonly case: string;
  readonly spec: Spec;
  readonly threads: number;
  readonly bar?: number;
  /** Work for the peer where it differs from ours in name only; default: the same. */
  readonly peerSpec?: Spec;
  /** Relative difference of the checks that is let pass; Infinity where the two cannot agree. */
  readonly tolerance?: number;
}

/** A prepared contestant that shows what is possible at most, in every round. */
export interface Limit {
  readonly contestant: Contestant;
  readonly variant: string;
  /** Operations in one of its steps. */
  readonly flop: number;
}

/** Measures one case. Without a peer only our side runs. */
export async function compare(
  ours: Contestant,
  peer: Contestant | undefined,
  work: Comparison,
  how: Parameters<typeof compareEngines>[3],
): Promise<BenchCase> {
  const [only] = await compareEngines([{ contestant: ours }], peer, work, how);
  return only;
}

/** One of our sides, where several engines are measured in the same rounds. */
export interface Own {
  readonly contestant: Contestant;
  readonly engine?: string;
}

/** Measures one case with each of our engines in turn and the peer; a case for each engine. */
export async function compareEngines(
  owns: readonly Own[],
  peer: Contestant | undefined,
  work: Comparison,
  {
    rounds,
    say,
    limit,
    tryOut = TRY_OUT,
  }: { rounds: number; say: BenchOptions['say']; limit?: Limit | undefined; tryOut?: TryOut | undefined },
): Promise<BenchCase[]> {
  const { spec, peerSpec = spec, threads, bar, tolerance = 1e-4 } = work;
  say(`${work.case}, ${threads} ${threads === 1 ? 'thread' : 'threads'}: preparing`);
  const prepared = await Promise.all(owns.map(({ contestant }) => contestant.ask({ do: 'prepare', spec })));
  const [{ data, flop }] = prepared;
  const theirs = await peer?.ask({ do: 'prepare', spec: peerSpec, ...(data && { data }) });
  for (const { variants } of prepared) {
    for (const [variant, check] of Object.entries(theirs?.variants ?? {}))
      assertAgree(`${work.case}, ${variant}`, Object.values(variants)[0], check, tolerance);
  }
  const entries: Entry[] = [];
  for (const [n, { contestant }] of owns.entries())
    entries.push(await createEntry(contestant, Object.keys(prepared[n].variants)[0], OURS + n));
  const variants = Object.keys(theirs?.variants ?? {});
  for (const variant of variants) if (peer) entries.push(await createEntry(peer, variant));
  if (limit) entries.push(await createEntry(limit.contestant, limit.variant, LIMIT));
  const samples = await interleave(entries, {
    rounds,
    tryOutRounds: tryOut.rounds,
    drops: (soFar) => slowWays(soFar, variants, tryOut.factor),
  });
  for (const { contestant } of owns) await contestant.ask({ do: 'release' });
  await peer?.ask({ do: 'release' });
  return owns.map(({ engine }, n) =>
    report({ ...work, ...(engine !== undefined && { engine }) }, samples, {
      own: OURS + n,
      variants,
      peer,
      bar,
      flop,
      limit,
    }),
  );
}

/** The peer's ways that are not worth further rounds. */
function slowWays(
  samples: ReadonlyMap<string, readonly number[]>,
  variants: readonly string[],
  factor: number,
): string[] {
  const medians = variants.map((key) => median(samples.get(key) ?? []));
  const best = minOf(medians);
  return variants.filter((_, v) => medians[v] > best * factor);
}

function report(
  { case: name, threads, engine }: Comparison & Pick<Own, 'engine'>,
  samples: ReadonlyMap<string, readonly number[]>,
  {
    own: key,
    variants,
    peer,
    bar,
    flop,
    limit,
  }: {
    own: string;
    variants: readonly string[];
    peer: Contestant | undefined;
    bar: number | undefined;
    flop: number | undefined;
    limit: Limit | undefined;
  },
): BenchCase {
  const own = samples.get(key) ?? [];
  const ways = [...samples]
    .filter(([way]) => variants.includes(way))
    .sort(([, a], [, b]) => median(a) - median(b));
  // among the ways that ran in every round
  const best = ways.find(([, values]) => values.length === own.length);
  const theirs =
    best && peer ? { name: peer.name, way: best[0], values: best[1], ms: median(best[1]) } : undefined;
  const ms = median(own);
  const several = ways.length > 1;
  const limits = samples.get(LIMIT);
  const ofPeak = (values: readonly number[]): number | undefined => {
    if (!limits || !limit || flop === undefined) return undefined;
    return round(median(values.map((t, r) => flop / t / (limit.flop / limits[r]))));
  };
  const [ownPart, theirPart] = [ofPeak(own), theirs && ofPeak(theirs.values)];
  return {
    case: name,
    threads,
    ...(engine !== undefined && { engine }),
    ours_ms: round(ms),
    peer: theirs ? (several ? `${theirs.name}, ${theirs.way}` : theirs.name) : null,
    peer_ms: theirs ? round(theirs.ms) : null,
    ratio: theirs ? round(ms / theirs.ms) : null,
    ...(theirs && { ratio_pairwise: round(median(own.map((t, r) => t / theirs.values[r]))) }),
    ...(bar !== undefined && { bar }),
    rounds: own.length,
    ours_spread: spread(own),
    ...(theirs && { peer_spread: spread(theirs.values) }),
    ...(several && { peer_variants: Object.fromEntries(ways.map(([way, t]) => [way, round(median(t))])) }),
    ...(flop !== undefined && { gflop: round(flop / 1e9), ours_gflops: round(flop / ms / 1e6) }),
    ...(flop !== undefined && theirs && { peer_gflops: round(flop / theirs.ms / 1e6) }),
    ...(limits && limit && { peak_gflops: round(limit.flop / median(limits) / 1e6) }),
    ...(ownPart !== undefined && { ours_proportion_of_peak: ownPart }),
    ...(theirPart !== undefined && { peer_proportion_of_peak: theirPart }),
  };
}

/** Both sides must have done the same work. */
export function assertAgree(what: string, ours: Check, theirs: Check, tolerance: number): void {
  for (let j = 0; j < Math.min(ours.length, theirs.length); j++) {
    const off = Math.abs(ours[j] - theirs[j]) / Math.max(Math.abs(theirs[j]), 1e-9);
    if (!(off <= tolerance)) {
      throw new Error(
        `[bench] ${what}: both sides must compute the same, but figure ${j} is ${ours[j]} here and ${theirs[j]} there.`,
      );
    }
  }
}
