import { DataError } from '../core/errors.ts';
import { maxOf } from '../core/lists.ts';
import { classCounts, count, type Dataset, hashRows, listNames } from './dataset.ts';

/**
 * The documents of the classes that have at least `fewest`; a notice says what was left out. Soft labels, whose classes
 * are given by the columns, stay as they are.
 * @throws DataError where no class has so many
 */
export function leaveOutRareClasses(dataset: Dataset, fewest: number): Dataset {
  const counts = classCounts(dataset);
  const rare = dataset.labelNames.filter((_, label) => counts[label] < fewest);
  if (rare.length === 0 || dataset.targets) return dataset;
  if (rare.length === dataset.labelNames.length) {
    throw new DataError(
      `[data.min_class_size] a class must have ${fewest} documents to be used, but the largest of ${dataset.source} has ${maxOf(counts)}. ` +
        'Lower it, or check the label column (--label-col).',
    );
  }
  return withoutClasses(dataset, rare, `with fewer than ${fewest} documents left out`);
}

/** The documents of all classes but some; a notice that ends in `why` says what was left out. */
export function withoutClasses(dataset: Dataset, names: readonly string[], why: string): Dataset {
  const labelNames = dataset.labelNames.filter((name) => !names.includes(name));
  const gone = dataset.labelNames.filter((name) => names.includes(name));
  if (gone.length === 0) return dataset;
  const idOf = dataset.labelNames.map((name) => labelNames.indexOf(name));
  const isKept = (_: unknown, i: number) => idOf[dataset.labels[i]] !== -1;
  const texts = dataset.texts.filter(isKept);
  const labels = dataset.labels.filter(isKept).map((label) => idOf[label]);
  const left = dataset.texts.length - texts.length;
  return {
    ...dataset,
    texts,
    labels,
    labelNames,
    rowIds: dataset.rowIds.filter(isKept),
    notices: [
      ...dataset.notices,
      `${count(left, 'document')} of ${count(gone.length, 'class')} ${why}: ${listNames(gone)}`,
    ],
    hash: hashRows(texts, labels, labelNames),
  };
}

/** What to do about classes that are too small; they cannot be left out where fewer than two others would remain. */
export function waysAround({ labelNames }: Pick<Dataset, 'labelNames'>, small: number, size: number): string {
  const merge = 'merge the class with another by data.label_map';
  if (labelNames.length - small < 2) return `or ${merge}`;
  return `${merge}, or leave ${small === 1 ? 'it' : 'them'} out with --data.min_class_size ${size}`;
}
