/**
 * Measures a claim: `npm run bench -- NAME [--json] [--rounds N] [--threads 1,2] [--only TEXT] [--no-peers] [--write]`.
 * Results go to standard output, everything else to standard error.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Bench, BenchOptions } from './bench.ts';
import { benches } from './index.ts';
import { describeMachine } from './support/machine.ts';
import { type BenchResult, updatePage, writeResult } from './support/results.ts';
import { renderResult } from './support/table.ts';

const USAGE = `usage: npm run bench -- NAME [options]

NAME is all, or one of:
${benches.map(({ name, claim }) => `  ${name.padEnd(12)}${claim}`).join('\n')}

  --json           one JSON object on standard output: { name, cases: [{ case, threads, ours_ms, peer, peer_ms, ratio }] }
  --rounds N       rounds; in each, every contestant runs once (default: the benchmark's own number)
  --threads 1,2    numbers of threads to measure (default 1,2)
  --only TEXT      only cases whose name contains TEXT
  --no-peers       measure ours alone
  --write          keep the result in bench/results and put it into docs/benchmarks.md

PyTorch is found through UNROLL_PYTHON, else as python3.
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

function parse(argv: readonly string[]): Command | undefined {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    allowNegative: true,
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      threads: { type: 'string', default: availableParallelism() > 1 ? '1,2' : '1' },
      only: { type: 'string', default: '' },
      peers: { type: 'boolean', default: true },
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
      only: values.only,
      peers: values.peers,
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
    const cases = await bench.run(options);
    if (cases.length === 0)
      throw new UsageError(`[bench] no case of ${bench.name} contains "${options.only}".`);
    const result: BenchResult = { name: bench.name, machine, cases };
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : renderResult(bench, result));
    if (write) writeResult(result);
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
