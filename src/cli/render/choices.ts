/** The settings that follow from the data, as a table for people. */
import { maxOf } from '../../core/lists.ts';
import { count } from '../../core/words.ts';
import type { Choices } from '../../settings/from-data.ts';
import { shownValue } from '../words/events.ts';
import type { Output } from '../io.ts';

/** A table with a row for each key: its value, and why. */
export function renderChoices(choices: Choices | null, { colors }: Pick<Output, 'colors'>): string {
  if (!choices) {
    return 'Nothing follows from the data: a preset has all its values itself, and linear, majority and scratch have none that depend on it.\n';
  }
  const { facts, settings } = choices;
  const rows = settings.map(({ key, value, why, setBy }) => ({
    cells: [key, shownValue(value)],
    why: setBy === undefined ? why : `set by ${setBy}`,
  }));
  const widths = [0, 1].map((column) => maxOf(rows.map(({ cells }) => cells[column].length)));
  return [
    `${count(facts.documents, 'training document')} of about ${count(facts.medianLength, 'token')} (median) in ${count(facts.classes, 'class')}:`,
    '',
    ...rows.map(({ cells: [key, value], why }) =>
      `${colors.cyan(key.padEnd(widths[0]))}  ${value.padEnd(widths[1])}  ${colors.dim(why)}`.trimEnd(),
    ),
    '',
    'Set a key with --KEY VALUE or in a config file. With a preset (-c), none of them depends on the data.',
    '',
  ].join('\n');
}
