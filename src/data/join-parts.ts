/** A data set whose validation or test documents come from files of their own. */
import { alignLabels, type AlignOptions, type Dataset, hashRows } from './dataset.ts';
import { maxOf } from '../core/lists.ts';
import { oneHot } from './soft-labels.ts';

/** Where a document comes from: the data itself, the validation file or the test file. */
export const ORIGINS = { data: 0, val: 1, test: 2 } as const;

/**
 * One data set of several files. The classes are those of `data`. Row ids of the other files continue after those of
 * the files before, so that they are unique.
 * @throws DataError where another file has a class that `data` has not, unless such documents are left out
 */
export function joinParts(
  data: Dataset,
  others: { readonly val?: Dataset | undefined; readonly test?: Dataset | undefined },
  options: AlignOptions = {},
): Dataset {
  let joined: Dataset = { ...data, origins: new Uint8Array(data.texts.length) };
  for (const part of ['val', 'test'] as const) {
    const other = others[part];
    if (other) joined = append(joined, alignLabels(other, data.labelNames, options), ORIGINS[part]);
  }
  return { ...joined, hash: hashRows(joined.texts, joined.labels, joined.labelNames, joined.targets) };
}

function append(joined: Dataset, part: Dataset, origin: number): Dataset {
  const first = 1 + maxOf(joined.rowIds);
  const { dropped, notices, targets } = joined;
  return {
    ...joined,
    ...(targets && {
      targets: Float64Array.from([...targets, ...oneHot(part.labels, part.labelNames.length)]),
    }),
    texts: [...joined.texts, ...part.texts],
    labels: Int32Array.from([...joined.labels, ...part.labels]),
    rowIds: Int32Array.from([...joined.rowIds, ...part.rowIds.map((row) => row + first)]),
    origins: Uint8Array.from([...(joined.origins ?? []), ...part.texts.map(() => origin)]),
    dropped: {
      emptyText: dropped.emptyText + part.dropped.emptyText,
      emptyLabel: dropped.emptyLabel + part.dropped.emptyLabel,
    },
    notices: [...notices, ...part.notices.filter((notice) => !notices.includes(notice))],
  };
}
