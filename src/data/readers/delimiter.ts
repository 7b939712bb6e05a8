/** The delimiters that are told apart. */
const CANDIDATES = [',', '\t', ';', '|'] as const;

/** What they are called in messages. */
export function delimiterName(delimiter: string): string {
  return delimiter === '\t' ? 'tab' : `"${delimiter}"`;
}

const MOST_RECORDS = 100;

/**
 * The delimiter of a table, from its start: the one that cuts most records into the same number of fields, two or more;
 * among equals the one that gives more fields. Undefined where none does.
 */
export function guessDelimiter(head: string): string | undefined {
  let best: string | undefined;
  let bestScore = 0;
  for (const delimiter of CANDIDATES) {
    const counts = fieldCounts(head, delimiter);
    const times = Map.groupBy(counts, (count) => count);
    const [usual, records] = [...times].reduce(
      (a, b) => (b[1].length > a[1].length ? b : a),
      [0, [] as number[]],
    );
    if (usual < 2) continue;
    const score = records.length / counts.length + usual / 1e6;
    if (score > bestScore) {
      best = delimiter;
      bestScore = score;
    }
  }
  return best;
}

/** Fields of each of the first records; a record that `head` cuts off counts only where it is the only one. */
function fieldCounts(head: string, delimiter: string): number[] {
  const counts: number[] = [];
  let fields = 1;
  let start = true; // of a field
  let quoted = false;
  let empty = true; // the record so far
  for (let i = 0; i < head.length && counts.length < MOST_RECORDS; i++) {
    const character = head[i];
    if (quoted) {
      if (character === '"') quoted = false; // a doubled quote opens again at once
      continue;
    }
    if (character === '\n') {
      if (!empty) counts.push(fields);
      fields = 1;
      start = empty = true;
      continue;
    }
    if (character === '"' && (start || head[i - 1] === '"')) quoted = true;
    start = character === delimiter;
    if (start) fields++;
    if (character !== '\r') empty = false;
  }
  if (counts.length === 0 && !empty) counts.push(fields);
  return counts;
}

/**
 * Whether the quotes of a tab-separated text are those of CSV: some field starts with one, and each of these also ends
 * with one. Otherwise they are part of the text.
 */
export function usesQuotes(head: string, delimiter: string): boolean {
  const complete = head.slice(0, head.lastIndexOf('\n') + 1);
  // fields in quotes, which may span lines, or to the next delimiter
  const quotedField = new RegExp(`(?<=^|[\\n${delimiter}])"(?:[^"]|"")*"(?=\\r?\\n|${delimiter}|$)`, 'g');
  if (!quotedField.test(complete)) return false;
  const rest = complete.replace(quotedField, '');
  return !new RegExp(`(?:^|[\\n${delimiter}])"`).test(rest);
}
