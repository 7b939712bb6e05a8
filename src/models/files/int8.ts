/**
 * Weights in 8 bits: a matrix W [R × C] becomes an I8 tensor of its name and an F32 tensor `NAME.scale` [R], so that
 *
 *     W_rc ≈ q_rc · s_r          s_r = max_c |W_rc| / L          q_rc = round(W_rc / s_r) in [-L, L]
 *
 * with L = 127, or fewer steps where the file is to be compressed: L = 2^(bits-1) - 1. Symmetric: 0 stays 0, so that the
 * vector of padding does. Vectors (biases) keep single precision.
 */
import { CorruptFileError } from '../../core/errors.ts';
import type { Tensor, Tensors } from './safetensors.ts';

/** Suffix of the tensor of scales. */
export const SCALE = '.scale';

/** In shorter rows, the scale would take more space than 8 bits save. */
const FEWEST_COLUMNS = 8;

/**
 * The same tensors with their matrices in 8 bits.
 * @param bitsOf Bits of a matrix, from 2 to 8, by its name. Default 8.
 */
export function quantise(tensors: Tensors, bitsOf: (name: string) => number = () => 8): Tensors {
  return Object.fromEntries(
    Object.entries(tensors).flatMap(([name, tensor]): [string, Tensor][] => {
      const { shape, data } = tensor;
      const isMatrix = shape.length === 2 && shape[1] >= FEWEST_COLUMNS;
      if (!isMatrix || !(data instanceof Float32Array || data instanceof Float64Array))
        return [[name, tensor]];
      const { rows, scales } = quantiseRows(data, shape[1], 2 ** (bitsOf(name) - 1) - 1);
      return [
        [name, { shape, data: rows }],
        [name + SCALE, { shape: [shape[0]], data: scales }],
      ];
    }),
  );
}

/** Rows of C numbers as integers in [-L, L], and the scale of each row. */
function quantiseRows(data: Float32Array | Float64Array, C: number, L: number) {
  const R = data.length / C;
  const rows = new Int8Array(data.length);
  const scales = new Float32Array(R);
  for (let r = 0; r < R; r++) {
    let largest = 0;
    for (let c = 0; c < C; c++) largest = Math.max(largest, Math.abs(data[r * C + c]));
    scales[r] = largest / L;
    // a row of zeros, or so small that its scale is 0
    if (scales[r] === 0) continue;
    for (let c = 0; c < C; c++) {
      const steps = Math.round(data[r * C + c] / scales[r]);
      rows[r * C + c] = Math.max(-L, Math.min(L, steps));
    }
  }
  return { rows, scales };
}

/** Whether some of the tensors are in 8 bits. */
export function isQuantised(tensors: Tensors): boolean {
  return Object.values(tensors).some(({ data }) => data instanceof Int8Array);
}

/**
 * The tensors with 8-bit matrices converted back to floats, without their scales.
 * @throws CorruptFileError where the scales of one are missing or do not fit
 */
export function dequantise(tensors: Tensors, file: string): Tensors {
  if (!isQuantised(tensors)) return tensors;
  const scaleNames = new Set<string>();
  const floats = Object.entries(tensors).map(([name, tensor]): [string, Tensor] => {
    const { shape, data } = tensor;
    if (!(data instanceof Int8Array)) return [name, tensor];
    const scales = tensors[name + SCALE] as Tensor | undefined;
    const rows = shape[0] ?? 0;
    if (!(scales?.data instanceof Float32Array) || scales.data.length !== rows || shape.length !== 2) {
      throw new CorruptFileError(
        file,
        `[${file}] the tensor "${name}" of 8 bits must be a matrix with a scale for each row in "${name + SCALE}", but is not. Fetch or write the file again.`,
      );
    }
    scaleNames.add(name + SCALE);
    return [name, { shape, data: scaled(data, scales.data) }];
  });
  return Object.fromEntries(floats.filter(([name]) => !scaleNames.has(name)));
}

function scaled(data: Int8Array, scales: Float32Array): Float32Array {
  const C = data.length / Math.max(1, scales.length);
  return Float32Array.from(data, (q, i) => q * scales[Math.floor(i / C)]);
}
