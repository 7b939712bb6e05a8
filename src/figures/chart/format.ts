/** Numbers as figures print them, whatever the locale. */
import { maxOf, minOf } from '../../core/lists.ts';
import { groupDigits as formatCount, percent as formatPercent } from '../../core/words.ts';

export { count as plural, groupDigits as formatCount, percent as formatPercent } from '../../core/words.ts';

/** To about `digits` significant digits: `0.412`, `12.3`, `4.8e-4`, `1.2e6`, whole ones from 1,000 as {@link formatCount}. */
export function formatNumber(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return 'not a number';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1000 && size < 1e6 && Number.isInteger(value)) return formatCount(value);
  if (size >= 1e5 || size < 1e-3) return exponent(value, digits - 1).replace(/\.?0+e/, 'e');
  const rounded = Number(value.toPrecision(digits));
  return size >= 1000 ? formatCount(rounded) : String(rounded);
}

/** `4.80e-4`, `1.2e6`: with an exponent that has no plus sign. */
function exponent(value: number, decimals: number): string {
  return value.toExponential(decimals).replace('e+', 'e');
}

/** What the numbers of an axis are. */
export type Unit = 'number' | 'percent';

/**
 * The labels of an axis, all in one notation: as many decimals each, or an exponent each. `0.85`, `0.90`; `5.0e-5`,
 * `1.0e-4`; `−1`; `2,000`; `99.5 %`. On a logarithmic axis each label has the decimals it needs: `0.1`, `10`.
 */
export function tickLabels(
  values: readonly number[],
  { unit = 'number', log = false }: { readonly unit?: Unit; readonly log?: boolean } = {},
): string[] {
  const minus = (text: string) => text.replace(/^-(?=.*[1-9])/, '−').replace(/^-/, '');
  if (unit === 'percent') {
    const decimals = decimalsOf(values.map((value) => 100 * value));
    return values.map((value) => minus(formatPercent(value, decimals)));
  }
  const sizes = values.map(Math.abs).filter((size) => size > 0);
  const [least, most] = [minOf(sizes), maxOf(sizes)];
  const whole = decimalsOf(values) === 0;
  const plain = log ? least >= 1e-3 && most < 1e6 : most < (whole ? 1e9 : 1e6) && decimalsOf(values) <= 4;
  if (plain) {
    const decimals = decimalsOf(values);
    return values.map((value) => minus(grouped(value.toFixed(log ? decimalsOf([value]) : decimals))));
  }
  const mantissas = sizes.map((size) => size / 10 ** Math.floor(Math.log10(size) + 1e-9));
  const decimals = Math.min(3, decimalsOf(mantissas));
  return values.map((value) =>
    value === 0 || value === 1 ? String(value) : minus(exponent(value, log ? 0 : decimals)),
  );
}

/** The fewest decimals that distinguish all values, at most 8. */
function decimalsOf(values: readonly number[]): number {
  const enough = (decimals: number) =>
    values.every(
      (value) => Math.abs(Number(value.toFixed(decimals)) - value) <= 1e-6 * Math.abs(value) + 1e-12,
    );
  for (let decimals = 0; decimals < 8; decimals++) if (enough(decimals)) return decimals;
  return 8;
}

/** Commas between the thousands of a number in digits. */
function grouped(digits: string): string {
  return digits.replace(/\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ','));
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

/** A title within a sentence: without its capital letter, unless it begins with an abbreviation. */
export function lowered(title: string): string {
  return /^\p{Lu}\p{Ll}/u.test(title) ? title[0].toLowerCase() + title.slice(1) : title;
}
