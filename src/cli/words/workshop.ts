/** Events of a workshop in words. */
import type { JobEvent } from '../../jobs/index.ts';
import { searchWords } from './search.ts';

/** The sentences of an event of a workshop, or of a search in it. */
export function workshopWords(event: JobEvent): readonly string[] {
  switch (event.type) {
    case 'own-data':
      return [
        "these are the documents of the workshop's file: split as the workshop did, and compared with what it reported",
      ];
    case 'own-labels': {
      const names = Object.values(event.names).map((name, id) => `${id} ${name}`);
      return [`the labels get the workshop's names: ${names.join(', ')}`];
    }
    case 'stages-kept':
      return [`the finished stages are kept. Resume with: ${event.command}`];
    default:
      return searchWords(event);
  }
}
