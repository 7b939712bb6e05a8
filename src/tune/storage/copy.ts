/** Studies from one storage into another. */
import { ConfigError } from '../../core/errors.ts';
import type { StudyRecord, StudyStorage } from './contract.ts';

/**
 * Copies a study with all its trials and attributes, whole or not at all. Ids are the new storage's own.
 * @param as Its name there. Default: the same.
 * @throws ConfigError where there is no such study, or the name is taken
 */
export async function copyStudy(
  from: StudyStorage,
  to: StudyStorage,
  name: string,
  { as = name }: { readonly as?: string } = {},
): Promise<StudyRecord> {
  const study = await needStudy(from, name);
  return to.importStudy({ ...study, name: as }, await from.trials(study.id));
}

/** The study of a name. @throws ConfigError where there is none, with the names that there are */
export async function needStudy(storage: StudyStorage, name: string): Promise<StudyRecord> {
  const study = await storage.findStudy(name);
  if (study) return study;
  const names = (await storage.studies()).map((other) => other.name);
  throw new ConfigError(
    `[study name] must be one of ${storage.url}, but got ${JSON.stringify(name)}. ` +
      (names.length > 0 ? `It has: ${names.join(', ')}.` : 'It has no study.'),
  );
}
