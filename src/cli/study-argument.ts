/** Studies as arguments of commands that take runs too. */
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

/** The name of a study as that of a folder. */
export function folderName({ name }: Pick<StudyReportFacts, 'name'>): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[.-]+/, '') || 'study';
}
