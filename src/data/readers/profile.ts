/** Statistics of the columns of a table or the keys of JSON records, in one pass and bounded memory. */

/** Facts of one column. Cells of white space alone count as empty. */
export interface ColumnFacts {
  /** Cells that are not empty. */
  readonly filled: number;
  /** Cells that are numbers. */
  readonly numeric: number;
  /** Characters per record. */
  readonly meanLength: number;
  /** Different values, empty cells apart; counted up to {@link MOST_VALUES}. */
  readonly distinct: number;
  /** Whether there are more than {@link MOST_VALUES}. */
  readonly many: boolean;
  /** Values that occur in only one record. */
  readonly single: number;
  /** Cells of three words or more. */
  readonly wordy: number;
}

/** Gathers facts of columns. */
export interface Profile {
  /** Records so far. */
  readonly records: number;
  /** Adds a record: its cells in the order of the columns; undefined where it has none. */
  add(cells: readonly (string | undefined)[]): void;
  /** The facts of each column. */
  facts(): ColumnFacts[];
}

/** Most values of a column that are counted. */
export const MOST_VALUES = 10_000;

const LONGEST_VALUE = 200; // characters; longer cells count as values of their own

/** Whether a cell is a number. */
export const isNumeric = (cell: string): boolean =>
  /^\s*[-+]?(?:\d[\d,.]*|\.\d+)(?:e[-+]?\d+)?\s*%?\s*$/i.test(cell);

class Column {
  filled = 0;
  numeric = 0;
  length = 0;
  long = 0;
  wordy = 0;
  many = false;
  readonly values = new Map<string, number>();

  add(cell: string): void {
    this.length += cell.length;
    const value = cell.length <= LONGEST_VALUE ? cell.trim() : cell;
    if (value === '') return;
    this.filled++;
    const blank = value.indexOf(' ');
    if (blank !== -1 && value.includes(' ', blank + 1)) this.wordy++;
    const code = value.charCodeAt(0);
    if (code <= 0x39 && code >= 0x2b && value.length < 40 && isNumeric(value)) this.numeric++;
    if (value.length > LONGEST_VALUE) this.long++;
    else {
      const times = this.values.get(value);
      if (times !== undefined) this.values.set(value, times + 1);
      else if (this.values.size < MOST_VALUES) this.values.set(value, 1);
      else this.many = true;
    }
  }

  facts(records: number): ColumnFacts {
    let single = this.long;
    for (const times of this.values.values()) if (times === 1) single++;
    const { filled, numeric, length, wordy } = this;
    const distinct = this.values.size + this.long;
    const many = this.many || distinct > MOST_VALUES;
    return { filled, numeric, meanLength: length / Math.max(1, records), distinct, many, single, wordy };
  }
}

/** Makes an empty profile. */
export function createProfile(): Profile {
  const columns: Column[] = [];
  let records = 0;
  return {
    get records() {
      return records;
    },
    add(cells) {
      records++;
      for (let i = 0; i < cells.length; i++) {
        if (i === columns.length) columns.push(new Column());
        const cell = cells[i];
        if (cell !== undefined) columns[i].add(cell);
      }
    },
    facts: () => columns.map((column) => column.facts(records)),
  };
}
