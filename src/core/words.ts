/** Numbers in sentences: written the same in reports, messages and figures, whatever the locale. */

/** A whole number with a comma between thousands: `12,345`. Anything else is rounded first. */
export function groupDigits(value: number): string {
  if (!Number.isFinite(value)) return 'not a number';
  return String(Math.round(value) + 0).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A number with its noun: `1 row`, `2 copies`, `3 classes`, `1,780 documents`. */
export function count(n: number, noun: string): string {
  return `${groupDigits(n)} ${n === 1 ? noun : plural(noun)}`;
}

function plural(noun: string): string {
  if (noun.endsWith('s')) return `${noun}es`;
  return /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`;
}

/** A proportion in [0, 1] as a percentage: `83.4 %`. */
export function percent(proportion: number, digits = 1): string {
  return Number.isFinite(proportion) ? `${(100 * proportion).toFixed(digits)} %` : 'not a number';
}

/** A duration: `8.2 s`, `3:07`, `1:02:09`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number) => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
