/** Studies as arguments of commands that take runs too. */
import { ConfigError } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';
import { paramsOf } from '../figures/study/params.ts';
import { isStudyAddress, readStudy, type StudyReportFacts } from '../report/index.ts';
import { UsageError } from './args.ts';
import type { Say } from './load-data.ts';

/** The option that names a study. */
export const studyOption = {
  value: 'NAME',
  description: 'the study, where the argument is a storage that holds several',
} as const;

/** What the argument may be beside a run, for help texts. */
export const studyArgument =
  'STUDY is where unroll tune or Optuna keeps studies: sqlite:///FILE, postgresql://USER:PASSWORD@HOST/DATABASE, a SQLite file (.db), a journal file (.log, .journal), or a folder with studies.db; --study names one of several.';

/** The study that the arguments mean; undefined where they mean runs. */
export async function readStudyArgument(
  positionals: readonly string[],
  name: string | undefined,
  say: Say,
): Promise<StudyReportFacts | undefined> {
  const addresses = positionals.filter(isStudyAddress);
  if (name === undefined && addresses.length === 0) return undefined;
  if (positionals.length > 1) {
    throw new UsageError(
      `[command line] a study must stand alone, but got ${positionals.length} arguments. Name one storage and --study.`,
    );
  }
  return readStudy(positionals[0], name, { onWait: say });
}

/**
 * A study whose figures show these parameters alone, in this order; as it is where none is wanted.
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
        (guess === undefined ? '' : ` Did you mean "${guess}"?`),
      { key: 'params' },
    );
  }
  return { ...study, params: [...new Set(wanted)] };
}

/** How many parameters a message names. */
const LISTED = 12;

/** The name of a study as that of a folder. */
export function folderName({ name }: Pick<StudyReportFacts, 'name'>): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[.-]+/, '') || 'study';
}
