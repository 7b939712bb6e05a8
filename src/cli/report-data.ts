/** The data behind runs, read again for reports. */
import { UnrollError } from '../core/errors.ts';
import { auditDataset } from '../data/audit.ts';
import type { ReportData, RunFacts } from '../report/index.ts';
import type { Invocation } from './command.ts';
import { loadDataset, type Say } from './load-data.ts';

/** Reads and audits the data of each run where it can still be read and is what it was; else says why not. */
export async function readDataOf(
  runs: readonly RunFacts[],
  io: Invocation['io'],
  say: Say,
): Promise<(facts: RunFacts) => ReportData | undefined> {
  const keyOf = ({ description, config }: RunFacts) =>
    JSON.stringify([description?.data, config?.data, config?.text]);
  // reading and auditing take a while: runs that read the same data in the same way share it
  const read = new Map<string, ReportData | undefined>();
  for (const facts of runs) {
    const key = keyOf(facts);
    if (!read.has(key)) read.set(key, await dataOf(facts, io, say));
  }
  return (facts) => read.get(keyOf(facts));
}

/** The data of a run, where it can still be read; a report without it is no reason to fail. */
async function dataOf(
  { config, description, name }: RunFacts,
  io: Invocation['io'],
  say: Say,
): Promise<ReportData | undefined> {
  if (!config || !description) return undefined;
  const { source, hash } = description.data;
  if (source === '-') {
    say(`${name}: the data came from standard input, so that the report has no audit`);
    return undefined;
  }
  try {
    const dataset = await loadDataset(source, config, io, () => undefined);
    if (dataset.hash !== hash) {
      say(`${name}: ${source} has changed since the run, so that the report has no audit`);
      return undefined;
    }
    const audit = auditDataset(dataset, {
      text: config.text,
      nearDuplicates: config.data.near_duplicates,
      trainFraction: config.data.fractions[0],
    });
    return { dataset, audit };
  } catch (error) {
    if (!(error instanceof UnrollError)) throw error;
    say(`${name}: no audit in the report: ${error.message}`);
    return undefined;
  }
}
