/** Numbers as figures print them: the same everywhere, whatever the locale. */

/** `12,345`. */
export function formatCount(value: number): string {
  if (!Number.isFinite(value)) return 'not a number';
  return String(Math.round(value) + 0).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A share in [0, 1] as `83.4 %`. */
export function formatPercent(share: number, digits = 1): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(digits)} %` : 'not a number';
}

/** To about `digits` significant digits: `0.412`, `12.3`, `4.8e-4`, `1.2e+6`. */
export function formatNumber(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return 'not a number';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1000 && size < 1e6 && Number.isInteger(value)) return formatCount(value);
  if (size >= 1e5 || size < 1e-3) return value.toExponential(digits - 1).replace(/\.?0+e/, 'e');
  return String(Number(value.toPrecision(digits)));
}

/** `1 epoch`, `2 epochs`, `2 classes`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : noun.endsWith('s') ? 'es' : 's'}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listing(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
}

/** With a capital letter at its beginning. */
export function capital(text: string): string {
  const [first = '', ...rest] = text;
  return first.toUpperCase() + rest.join('');
}

/** A CSV table (RFC 4180), numbers with up to 6 significant digits, empty where a value is missing. */
export function csvTable(
  head: readonly string[],
  rows: readonly (readonly (string | number | boolean | null | undefined)[])[],
): string {
  const cell = (value: string | number | boolean | null | undefined) => {
    if (value === null || value === undefined) return '';
    if (typeof value === 'number') return Number.isFinite(value) ? String(Number(value.toPrecision(6))) : '';
    const text = String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}
