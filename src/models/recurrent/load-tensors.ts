/** Sets the parameters of a classifier to those of a file. */
import { ShapeError } from '../../core/errors.ts';
import type { Engine } from '../../engine/contract.ts';
import type { Parameters } from '../../nn/parameters.ts';
import type { Tensor } from '../trainable.ts';

/** Sets all parameters. @throws ShapeError for a missing, unknown or misshapen tensor */
export function loadTensors(
  parameters: Parameters,
  { f }: Engine,
  tensors: Readonly<Record<string, Tensor>>,
): void {
  const known = new Set(parameters.list.map((p) => p.name));
  const unknown = Object.keys(tensors).find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new ShapeError(`[model] must have the tensors ${[...known].join(', ')}, but got "${unknown}".`);
  for (const p of parameters.list) {
    const tensor = tensors[p.name] as Tensor | undefined;
    if (!tensor) throw new ShapeError(`[model] must have a tensor "${p.name}", but it is missing.`);
    if (tensor.shape.join() !== p.shape.join()) {
      throw new ShapeError(
        `[model] tensor "${p.name}" must have shape ${p.shape.join('×')}, but got ${tensor.shape.join('×')}.`,
      );
    }
    p.write(f, tensor.data);
  }
}
