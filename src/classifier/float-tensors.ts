/** Converts the tensors of a file for a model. */
import { CorruptFileError } from '../core/errors.ts';
import { dequantise } from '../models/files/int8.ts';
import type { Tensors } from '../models/files/safetensors.ts';
import type { Tensor } from '../models/trainable.ts';

/** The same tensors, known to hold floating-point numbers; those of 8 bits are made so. @throws CorruptFileError where one does not */
export function floatTensors(tensors: Tensors, file: string): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(dequantise(tensors, file)).map(([name, { shape, data }]) => {
      if (data instanceof Float32Array || data instanceof Float64Array) return [name, { shape, data }];
      const kind = data.constructor.name.replace('Array', '');
      throw new CorruptFileError(
        file,
        `[${file}] tensors must hold floating-point numbers, but "${name}" holds ${kind}. Copy the file again.`,
      );
    }),
  );
}
