/** The search for a classifier's parameters: a study in the folder of the workshop, resumed where it was. */
import { join } from 'node:path';
import type { Config } from '../../config/schema.ts';
import type { SearchConfig } from '../../config/search.ts';
import { count } from '../../core/words.ts';
import { readStudy } from '../../report/index.ts';
import type { SearchedNetwork } from '../../report/workshop-search.ts';
import { makeFolder, openRunFolder } from '../../run/index.ts';
import { type FrozenTrial, lastAttempts, trialParams } from '../../tune/index.ts';
import { openStorage } from '../../tune/storage/open.ts';
import type { Job } from '../context.ts';
import { withAbsolutePaths } from '../read-data.ts';
import { keepRun } from '../search/best.ts';
import { chooseTrial, nothingFound } from '../search/results.ts';
import { searchStudy } from '../search/run.ts';
import { keepSettings } from '../search/settings.ts';
import { openSearchStudy } from '../search/study.ts';
import { onWait } from '../study-address.ts';
import { networks, type SearchedName } from './settings.ts';
import { workshopPaths } from './state.ts';
import type { Workshop } from './open.ts';

/** The result of a search. */
export interface Searched {
  readonly best: FrozenTrial;
  /** The configuration of the best trial. */
  readonly config: Config;
  /** A phrase: `trial 7 of 20`. */
  readonly said: string;
}

/** The name that `unroll report` finds the studies in their folder by. */
const FILE = 'studies.db';

/**
 * Runs the trials that are left of a network's search, and works with the best one.
 * @throws InterruptedError where it was stopped: all results are kept, running trials wait to be run again
 */
export async function searchParameters<T>(
  workshop: Workshop,
  { name, search }: { readonly name: SearchedName; readonly search: SearchConfig },
  work: (found: Searched) => Promise<T>,
  job: Job,
): Promise<T> {
  const { folder, dataset } = workshop;
  const { search: home } = workshopPaths(folder);
  makeFolder(home, 'keep studies');
  const storage = await openStorage(`sqlite:///${join(home, FILE)}`, { onWait: onWait(job) });
  try {
    const study = await openSearchStudy({ storage, name, resume: false, search, dataset }, job);
    // no other process works on it: a running trial belongs to a process that was killed
    await study.retryStale(0, { maxRetries: Infinity, keepReports: true });
    const { splits } = await workshop.prepared();
    await keepSettings(study, search, splits, job.command);
    await searchStudy({ study, search, dataset, splits, preview: false }, job);
    const trials = await study.trials();
    const best = chooseTrial(await study.view());
    if (!best) throw nothingFound(study, trials);
    const done = await work({
      best,
      config: withAbsolutePaths(search.configOf(trialParams(best))),
      said: `trial ${best.number}, the best of ${count(lastAttempts(trials).length, 'trial')}`,
    });
    await keepRun(study, openRunFolder(join(folder, networks[name].folder)), best);
    return done;
  } finally {
    await storage.close();
  }
}

/** The studies of a workshop, as reports see them; none where nothing was searched. */
export async function studiesOf({
  folder,
  settings,
}: Pick<Workshop, 'folder' | 'settings'>): Promise<readonly SearchedNetwork[]> {
  const found: SearchedNetwork[] = [];
  for (const name of ['rnn', 'bilstm'] as const) {
    if (settings.searches[name] === null) continue;
    const study = await readStudy(workshopPaths(folder).search, name);
    found.push({ network: name, study });
  }
  return found;
}
