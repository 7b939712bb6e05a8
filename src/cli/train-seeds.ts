/** `unroll train --seeds N`: several trainings, and their results as text. */
import { count } from '../core/words.ts';
import { type SeedsRequest, trainSeeds } from '../jobs/train/seeds.ts';
import { renderTable } from '../report/text/table.ts';
import type { SeedsState } from '../run/index.ts';
import { UsageError } from './args.ts';
import { type Gate, missedGates } from './gates.ts';
import type { Io, Output } from './io.ts';
import { type JobInvocation, withJob } from './listen.ts';
import { evaluationFor, sayMissed, saySaved, writeResult } from './write-result.ts';

/** The value of `--seeds`, 1 unless given; `--combine` needs several. @throws UsageError */
export function readSeeds({
  seeds: text,
  combine,
}: {
  readonly seeds: string | undefined;
  readonly combine: string | undefined;
}): number {
  const seeds = Number(text ?? 1);
  if (!Number.isInteger(seeds) || seeds < 1) {
    throw new UsageError(`[command line] --seeds must be a whole number from 1, but got "${text}".`);
  }
  if (seeds === 1 && combine !== undefined) {
    throw new UsageError(
      '[command line] --combine is for several seeds, but there is one. Give --seeds too, or leave it out.',
    );
  }
  return seeds;
}

/** Trains several seeds; returns the exit code. */
export async function trainSeveral(
  invocation: JobInvocation & {
    readonly io: Io;
    readonly values: { readonly json: boolean; readonly quiet: boolean };
  },
  request: SeedsRequest,
  gates: readonly Gate[],
): Promise<number> {
  const { io, values } = invocation;
  return withJob(invocation, async (context, say) => {
    const { summary, seeds, test, run } = await trainSeeds(request, context);
    writeResult(io, values, { ...summary, seeds }, () =>
      [
        renderSeeds(seeds, io.out),
        ...(test ? [`\n${keptText(seeds)}:\n`, evaluationFor(io.out, test)] : []),
      ].join(''),
    );
    saySaved(run, say);
    return sayMissed(missedGates(gates, { ...test }), io);
  });
}

/** A row per seed, then mean ± sd. */
function renderSeeds({ runs, val, test }: SeedsState, { columns, colors: { bold } }: Output): string {
  const cells = [
    { part: 'val', key: 'accuracy', head: 'val accuracy' },
    { part: 'test', key: 'accuracy', head: 'test accuracy' },
    { part: 'test', key: 'macro_f1', head: 'test macro F1' },
    { part: 'test', key: 'loss', head: 'test log loss' },
  ] as const;
  const spreads = { val, test };
  const rows = runs.map((one) => [
    `seed ${one.seed}`,
    ...cells.map(({ part, key }) => one[part]?.[key]?.toFixed(3) ?? '-'),
  ]);
  const last = cells.map(({ part, key }) => {
    const spread = spreads[part]?.[key];
    return spread ? `${spread.mean.toFixed(3)} ± ${spread.sd.toFixed(3)}` : '-';
  });
  return renderTable(['', ...cells.map(({ head }) => head)], [...rows, ['mean ± sd', ...last]], {
    width: columns,
    bold,
    least: 13,
  });
}

function keptText({ median, runs }: SeedsState): string {
  return median === null
    ? `the ensemble of ${count(runs.length, 'model')}, the mean of their probabilities`
    : `the model of seed ${median}, in the middle by validation loss`;
}
