/** How a file of documents is read, as the page of the file is told; and which runs suit its labels. */
import type { ListedRun } from '../../src/studio/listing.ts';

/** The settings that say how a file is read. */
export const readingKeys = [
  'data.text_col',
  'data.label_col',
  'data.format',
  'data.encoding',
  'data.header',
] as const;

/** Those of a file of texts that have no labels. */
export const textKeys = readingKeys.filter((key) => key !== 'data.label_col');

/** Of some settings, those of texts that have no labels. */
export function textsOnly(reading: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(textKeys.flatMap((key) => (key in reading ? [[key, reading[key]]] : [])));
}

/** The settings in the address of a page, by key; what is empty is left out. */
export function readingOf(query: URLSearchParams): Readonly<Record<string, string>> {
  const given = readingKeys.map((key) => [key, query.get(key)?.trim() ?? ''] as const);
  return Object.fromEntries(given.filter(([, text]) => text !== ''));
}

/** The settings as a task takes them. */
export function overridesOf(reading: Readonly<Record<string, string>>): { key: string; text: string }[] {
  return Object.entries(reading).map(([key, text]) => ({ key, text }));
}

/**
 * The runs with a model that may label the texts of a file.
 * @param labels The labels of the file, all of which the model must have as classes; none where it has no labels, which
 *   suits every model.
 */
export function runsThatLabel(
  runs: readonly ListedRun[],
  labels: readonly string[],
): readonly (ListedRun & { readonly classes: readonly string[] })[] {
  return runs.flatMap((run) =>
    run.model && run.classes && labels.every((label) => run.classes?.includes(label))
      ? [{ ...run, classes: run.classes }]
      : [],
  );
}
