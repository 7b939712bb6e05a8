import { boolean, choice, integer, list, object, type Option, text } from '../core/options.ts';
import { parseOption } from '../core/read-options.ts';
import type { ReadAs } from './read-as.ts';

const column = { name: text(), position: integer({ min: 0, nullable: true }) };

/** A {@link ReadAs} saved as JSON; missing keys become null or empty. */
export const readAsOption = object(
  {
    format: text({ min: 1 }),
    encoding: text({ min: 1, default: 'utf-8' }),
    delimiter: text({ min: 1, max: 1, nullable: true, default: null }),
    quoting: choice(['double', 'backslash', 'none'], { nullable: true, default: null }),
    header: boolean({ nullable: true, default: null }),
    columns: list(text(), { default: [] }),
    text: list(object(column, { unknown: 'drop' }), { default: [] }),
    label: object(column, { unknown: 'drop', nullable: true, default: null }),
  },
  { unknown: 'drop' },
) satisfies Option<ReadAs>;

/** Validates a saved {@link ReadAs}. @throws ConfigError */
export function parseReadAs(kept: unknown): ReadAs {
  return parseOption(readAsOption, kept, 'read_as');
}
