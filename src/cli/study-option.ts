/** Studies as arguments of commands that take runs too. */

/** The option that names a study. */
export const studyOption = {
  value: 'NAME',
  description: 'the study, where the argument is a storage that holds several',
} as const;

/** Other values of the argument than a run, for help texts. */
export const studyArgument =
  'STUDY is where unroll tune or Optuna keeps studies: sqlite:///FILE, postgresql://USER:PASSWORD@HOST/DATABASE, a SQLite file (.db), a journal file (.log, .journal), or a folder with studies.db; --study names one of several.';
