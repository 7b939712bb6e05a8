/** The data behind runs, read again for reports. */
import type { ReportData, RunFacts } from '../../report/index.ts';
import { auditWith } from '../audit.ts';
import type { Job } from '../context.ts';
import { readRunData } from '../run-data.ts';

/** Reads and audits the data of each run; reports why where it cannot be read or has changed. */
export async function readDataOf(
  runs: readonly RunFacts[],
  job: Job,
): Promise<(facts: RunFacts) => ReportData | undefined> {
  const keyOf = ({ description, config }: RunFacts) =>
    JSON.stringify([description?.data, config?.data, config?.text]);
  // reading and auditing take a while: runs that read the same data in the same way share it
  const read = new Map<string, ReportData | undefined>();
  for (const facts of runs) {
    const key = keyOf(facts);
    if (!read.has(key)) read.set(key, await dataOf(facts, job));
  }
  return (facts) => read.get(keyOf(facts));
}

/** The data of a run; undefined if it can no longer be read. */
async function dataOf({ config, description, name }: RunFacts, job: Job): Promise<ReportData | undefined> {
  if (!config || !description) return undefined;
  const found = await readRunData(description, config, job);
  if (found.dataset) return { dataset: found.dataset, audit: auditWith(found.dataset, config) };
  const { source } = description.data;
  job.emit({
    type: 'data-missing',
    run: name,
    source,
    missing: found.missing,
    why: found.why,
    without: 'audit',
  });
  return undefined;
}
