/** A study by its name. */
import { ConfigError } from '../../core/errors.ts';
import { didYouMean, nearest } from '../../core/nearest.ts';
import type { StudyRecord, StudyStorage } from './contract.ts';

/** The study of a name. @throws ConfigError where there is none, with the names that there are */
export async function needStudy(storage: StudyStorage, name: string): Promise<StudyRecord> {
  const found = await storage.findStudy(name);
  if (found) return found;
  const names = (await storage.studies()).map((study) => study.name);
  const guess = nearest(name, names);
  throw new ConfigError(
    `[study] must be one of ${names.length === 0 ? `${storage.url}, which holds none` : names.join(', ')}, but got ${JSON.stringify(name)}.` +
      didYouMean(guess),
  );
}
