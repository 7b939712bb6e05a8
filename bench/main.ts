/**
 * Measures a claim: `npm run bench -- NAME [--json] [--rounds N] [--threads 1,2] [--engines A,B] [--only TEXT] [--no-peers] [--as-installed]
 * [--seeds 0,1] [--folds 0,1] [--epochs N] [--results FILE] [--minutes N]
 * [--study URL#NAME] [--write]`.
 * Results go to standard output, everything else to standard error.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Bench, BenchOptions, BenchResult } from './bench.ts';
import { benches } from './index.ts';
import { describeMachine } from './support/machine.ts';
import { updatePage, writeResult } from './support/results.ts';
import type { StudyAddress } from './support/study.ts';
import { renderResult } from './support/table.ts';

const USAGE = `usage: npm run bench -- NAME [options]

NAME is all, or one of:
${benches.map(({ name, claim }) => `  ${name.padEnd(12)}${claim}`).join('\n')}

  --json           one JSON object on standard output: { name, cases: [{ case, threads, ours_ms, peer, peer_ms, ratio }] }
  --rounds N       rounds; in each, every contestant runs once (default: the benchmark's own number)
  --threads 1,2    numbers of threads to measure (default 1,2)
  --engines A,B    engines of ours to measure side by side, such as native,wasm (default: the fastest)
  --only TEXT      only cases whose name contains TEXT
  --no-peers       measure ours alone
  --as-installed   PyTorch as it is installed: its MKL leaves AVX-512 unused on processors that are not Intel's, and is
                   otherwise made to use it
  --seeds 0,1      workshop, accuracy, bare: seeds to train with
  --folds 0,1      accuracy: folds to test, from 0 to 4
  --results FILE   accuracy: where trainings are kept, and not repeated
  --minutes N      accuracy: no training begins after that; 0 shows what there is
  --epochs N       workshop, workers: epochs at most, for a quick check
  --study URL#NAME search: the study whose trials are measured (default: the one kept in bench/studies)
  --write          keep the result in bench/results and put it into docs/benchmarks.md

The workshop's articles are found through UNROLL_BBC; without them, workshop and workers are skipped.
PyTorch and Optuna are found through UNROLL_PYTHON, else as python3.
`;

/** A mistake on the command line. */
class UsageError extends Error {}

interface Command {
  readonly chosen: readonly Bench[];
  readonly json: boolean;
  readonly write: boolean;
  readonly options: BenchOptions;
}

function positiveInteger(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new UsageError(`[bench] ${option} must be a whole number from 1 up, but got "${text}".`);
  return value;
}

function minutesOf(text: string): number {
  const minutes = text.trim() === '' ? Number.NaN : Number(text);
  if (!(minutes >= 0))
    throw new UsageError(`[bench] --minutes must be a number from 0 up, but got "${text}".`);
  return minutes;
}

function wholeNumbers(option: string, text: string): number[] {
  const seeds = text.split(',').map((part) => (/^\d{1,9}$/.test(part) ? Number(part) : Number.NaN));
  if (seeds.some(Number.isNaN) || new Set(seeds).size < seeds.length)
    throw new UsageError(`[bench] ${option} must be different whole numbers like 0,1, but got "${text}".`);
  return seeds;
}

function studyAddress(text: string): StudyAddress {
  const at = text.lastIndexOf('#');
  if (at < 1 || at === text.length - 1)
    throw new UsageError(`[bench] --study must be like sqlite:///runs/studies.db#NAME, but got "${text}".`);
  return { url: text.slice(0, at), name: text.slice(at + 1) };
}

function parse(argv: readonly string[]): Command | undefined {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    allowNegative: true,
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      threads: { type: 'string', default: availableParallelism() > 1 ? '1,2' : '1' },
      engines: { type: 'string', default: '' },
      only: { type: 'string', default: '' },
      peers: { type: 'boolean', default: true },
      'as-installed': { type: 'boolean', default: false },
      seeds: { type: 'string' },
      folds: { type: 'string' },
      results: { type: 'string' },
      minutes: { type: 'string' },
      epochs: { type: 'string' },
      study: { type: 'string' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const [name] = positionals;
  const chosen = name === 'all' ? benches : benches.filter((bench) => bench.name === name);
  if (chosen.length === 0 || positionals.length > 1) {
    const names = benches.map((bench) => bench.name).join(', ');
    throw new UsageError(`[bench] NAME must be one of ${names} or all, but got "${positionals.join(' ')}".`);
  }
  return {
    chosen,
    json: values.json,
    write: values.write,
    options: {
      rounds: values.rounds === undefined ? undefined : positiveInteger('--rounds', values.rounds),
      threads: values.threads.split(',').map((text) => positiveInteger('--threads', text)),
      engines: values.engines.split(',').filter((name) => name !== ''),
      seeds: values.seeds === undefined ? undefined : wholeNumbers('--seeds', values.seeds),
      folds: values.folds === undefined ? undefined : wholeNumbers('--folds', values.folds),
      results: values.results,
      minutes: values.minutes === undefined ? undefined : minutesOf(values.minutes),
      epochs: values.epochs === undefined ? undefined : positiveInteger('--epochs', values.epochs),
      study: values.study === undefined ? undefined : studyAddress(values.study),
      keep: values.write,
      only: values.only,
      peers: values.peers,
      asInstalled: values['as-installed'],
      say: (message) => void process.stderr.write(`${message}\n`),
    },
  };
}

async function main(argv: readonly string[]): Promise<void> {
  const command = parse(argv);
  if (!command) {
    process.stdout.write(USAGE);
    return;
  }
  const { chosen, json, write, options } = command;
  for (const bench of chosen) {
    const machine = describeMachine();
    const reason = bench.skip?.() ?? false;
    const cases = reason === false ? await bench.run(options) : [];
    if (reason !== false) options.say(`${bench.name} is skipped: ${reason}`);
    else if (cases.length === 0)
      throw new UsageError(`[bench] no case of ${bench.name} contains "${options.only}".`);
    const result: BenchResult = {
      name: bench.name,
      machine,
      cases,
      ...(reason !== false && { skipped: reason }),
    };
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : renderResult(bench, result));
    // what was measured before is worth more than a skip
    if (write && reason === false) writeResult(result);
  }
  if (write) await updatePage(benches);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const usage =
    error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (usage) process.stderr.write(`\n${USAGE}`);
  process.exitCode = usage ? 2 : 1;
}
