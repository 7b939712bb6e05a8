/** The documents of the errors job as a file: CSV, JSON or HTML, by its extension. */
import { ConfigError } from '../../core/errors.ts';
import { csvLine } from '../../data/to-csv.ts';
import { errorsHtml } from '../../report/errors-html.ts';
import { escapeFormula, writeFileAtomic } from '../../run/index.ts';
import type { FoundErrors } from './errors.ts';

const HEAD = ['row', 'kind', 'actual', 'predicted', 'score', 'actual_score', 'text', 'nearest_row', 'nearest_label', 'nearest_similarity', 'nearest_text']; // prettier-ignore

const writers: Readonly<Record<string, (found: FoundErrors) => Iterable<string>>> = {
  csv: errorLines,
  json: (found) => [`${JSON.stringify(found, null, 2)}\n`],
  html: (found) => [errorsHtml(found)],
};

/** How to write a file of this name. @throws ConfigError for an unknown extension */
export function errorsWriter(path: string): (found: FoundErrors) => void {
  const end = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  if (!Object.hasOwn(writers, end))
    throw new ConfigError(`[-o] the file must end in .html, .csv or .json, but is ${path}.`, {
      key: 'output',
    });
  return (found) => {
    writeFileAtomic(path, writers[end](found));
  };
}

/** Escaped, so that no spreadsheet runs a text as a formula. */
function* errorLines({ found }: FoundErrors): Iterable<string> {
  const short = (value: number) => Number(value.toPrecision(6));
  yield csvLine(HEAD);
  for (const { row, wrong, actual, predicted, score, actualScore, text, nearest } of found) {
    const other = nearest
      ? [nearest.row, escapeFormula(nearest.label), short(nearest.similarity), escapeFormula(nearest.text)]
      : ['', '', '', ''];
    yield csvLine([
      ...[row, wrong ? 'misclassified' : 'uncertain', escapeFormula(actual), escapeFormula(predicted)],
      ...[short(score), short(actualScore), escapeFormula(text), ...other],
    ]);
  }
}
