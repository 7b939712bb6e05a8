/** IEEE 754 half precision: 1 sign, 5 exponent and 10 fraction bits. As integers, so that no `Float16Array` is needed. */

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The float16 bits nearest to `value`, ties to even; beyond 65504 infinity. Relative error at most 2⁻¹¹ for |value| ≥ 2⁻¹⁴. */
export function float16Bits(value: number): number {
  float[0] = value;
  const [word] = bits;
  const sign = (word >>> 16) & 0x8000;
  const rest = word & 0x7fffffff;
  if (rest > 0x7f800000) return sign | 0x7e00; // NaN
  if (rest >= 0x47800000) return sign | 0x7c00; // from 65536: infinity
  if (rest < 0x33000000) return sign; // below half of the smallest subnormal
  if (rest < 0x38800000) {
    const shift = 126 - (rest >>> 23); // 14 to 24: a subnormal half
    return sign | rounded((rest & 0x7fffff) | 0x800000, shift);
  }
  return sign | rounded(rest - 0x38000000, 13); // a carry into the exponent is right: the next power, or infinity
}

/** `word` / 2^shift, to the nearest, ties to even. */
function rounded(word: number, shift: number): number {
  const down = word >>> shift;
  const rest = word & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && (down & 1) === 1) ? down + 1 : down;
}

/** Bits of the float32 equal to these float16 bits. */
export function float16ToFloat32Bits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return sign | 0x7f800000 | (fraction << 13); // infinity, NaN
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  const shift = Math.clz32(fraction) - 21; // a subnormal half is a normal float
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 1023) << 13);
}

/** `[n]` float16 bits of the values. */
export function toFloat16(values: ArrayLike<number>): Uint16Array<ArrayBuffer> {
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) halves[i] = float16Bits(values[i]);
  return halves;
}

/** `[n]` the values of float16 bits, exactly. */
export function fromFloat16(halves: ArrayLike<number>): Float32Array<ArrayBuffer> {
  const values = new Float32Array(halves.length);
  const words = new Int32Array(values.buffer);
  for (let i = 0; i < halves.length; i++) words[i] = float16ToFloat32Bits(halves[i]);
  return values;
}
