/** Arithmetic on decimals as they are written, for grids such as 0, 0.1, 0.2, 0.3 that binary floats miss. */

/** A number as digits · 10^-scale. */
function parts(value: number): { digits: bigint; scale: number } {
  const [mantissa, exponent = '0'] = String(value).split('e');
  const [whole, fraction = ''] = mantissa.split('.');
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
}

/** The last point of low, low + step, … that is at most high, as if all three were exact decimals. */
export function decimalFloor(low: number, high: number, step: number): number {
  const all = [low, high, step].map(parts);
  const scale = Math.max(...all.map((part) => part.scale));
  const [l, h, s] = all.map((part) => part.digits * 10n ** BigInt(scale - part.scale));
  const last = l + ((h - l) / s) * s;
  return last === h ? high : Number(`${last}e-${scale}`);
}
