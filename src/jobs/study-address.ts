/** Studies by their address, for jobs that take runs too. */
import { ConfigError } from '../core/errors.ts';
import { didYouMean, nearest } from '../core/nearest.ts';
import { paramsOf } from '../figures/study/params.ts';
import { isStudyAddress, readStudy, type StudyReportFacts } from '../report/study-facts.ts';
import type { Job } from './context.ts';

/** Reports when a database makes us wait. */
export function onWait({ emit }: Pick<Job, 'emit'>): (sentence: string) => void {
  return (text) => {
    emit({ type: 'notice', text, repeat: true });
  };
}

/**
 * The study that the sources mean; undefined where they mean runs.
 * @param name The study, where the storage holds several.
 * @throws ConfigError where a study does not stand alone, or there is none of that name
 */
export async function findStudy(
  sources: readonly string[],
  name: string | undefined,
  job: Pick<Job, 'emit'>,
): Promise<StudyReportFacts | undefined> {
  if (name === undefined && !sources.some(isStudyAddress)) return undefined;
  if (sources.length > 1) {
    throw new ConfigError(
      `[command line] a study must be the only argument, but got ${sources.length} arguments. Name one storage and --study.`,
    );
  }
  return readStudy(sources[0], name, { onWait: onWait(job) });
}

/**
 * A study whose figures show only these parameters, in this order; unchanged if none are given.
 * @throws ConfigError where the study has no such parameter
 */
export function withParams(study: StudyReportFacts, wanted: readonly string[]): StudyReportFacts {
  if (wanted.length === 0) return study;
  const known = paramsOf(study.trials).map(({ name }) => name);
  for (const name of wanted) {
    if (known.includes(name)) continue;
    // `lr` for `train.lr`
    const guess = known.find((other) => other.endsWith(`.${name}`)) ?? nearest(name, known);
    const listed = known.length === 0 ? 'none' : known.slice(0, LISTED).join(', ');
    throw new ConfigError(
      `[--params] must name parameters of the study ${study.name} (${listed}${known.length > LISTED ? ', …' : ''}), but got "${name}".` +
        didYouMean(guess),
      { key: 'params' },
    );
  }
  return { ...study, params: [...new Set(wanted)] };
}

/** Most parameters that a message names. */
const LISTED = 12;
