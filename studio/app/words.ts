/** Numbers and times as people read them. */

/** `93.1 %`. */
export function percent(value: number | null | undefined, digits = 1): string {
  return value == null ? '–' : `${(100 * value).toFixed(digits)}\u00a0%`;
}

/** Letters that read from right to left: Hebrew, Arabic and their like. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;

/** A name within a sentence: one in Arabic or Hebrew does not turn the numbers around it. */
export function isolated(name: string): string {
  return RIGHT_TO_LEFT.test(name) ? `\u2068${name}\u2069` : name;
}

/** A sentence in which no number is parted from its percent sign at the end of a line. */
export function unbroken(text: string): string {
  return text.replaceAll(/(?<=\d) (?=%)/g, '\u00a0');
}

/** `12 documents`. */
export function count(n: number, noun: string): string {
  return `${n.toLocaleString('en-GB')} ${noun}${n === 1 ? '' : 's'}`;
}

/** `about 3 min left`. */
export function timeLeft(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return '';
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s left at most`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min left at most`;
  return `${(seconds / 3600).toFixed(1)} h left at most`;
}

/** `29 Nov 2026, 12:10`. */
export function when(iso: string | null): string {
  if (iso === null) return '–';
  return new Date(iso).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
}

/** `28 kB`. */
export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  return n < 1e6 ? `${(n / 1e3).toFixed(0)} kB` : `${(n / 1e6).toFixed(1)} MB`;
}

/** A number of a study: short, but never rounded to nothing. */
export function short(value: unknown): string {
  if (typeof value !== 'number')
    return value == null ? '–' : typeof value === 'string' ? value : JSON.stringify(value);
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}

/** A sentence with its capital letter and its full stop. */
export function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?:]$/.test(begun) ? begun : `${begun}.`;
}
