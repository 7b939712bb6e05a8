/** The numbers of a step in the integers of the GPU: keys of dropout masks, learning rates. */
import { HEAD } from '../../../engine/webgpu/kernel.ts';
import { type MaskKind, maskKey } from '../../../nn/context.ts';
import type { GpuBatch } from './batch.ts';

/** Keys of dropout streams. */
export interface Keys {
  /** The index of the key of a stream in the pass with these masks. */
  of(kind: MaskKind, name: string, masks?: number): number;
}

/** Hands out indices behind the head, and writes the keys of a step. */
export class Scalars implements Keys {
  #next: number = HEAD.scalars;
  readonly #keys = new Map<
    string,
    { readonly at: number; readonly kind: MaskKind; readonly name: string; readonly pass: number }
  >();

  /** Reserves indices. */
  alloc(words: number): number {
    const at = this.#next;
    this.#next += words;
    if (this.#next > HEAD.words) throw new Error('the numbers of a step must fit the head of a batch');
    return at;
  }

  of(kind: MaskKind, name: string, pass = 0): number {
    const id = `${kind} ${name} ${pass}`;
    const known = this.#keys.get(id);
    if (known) return known.at;
    const at = this.alloc(1);
    this.#keys.set(id, { at, kind, name, pass });
    return at;
  }

  /** Writes the keys of this step. */
  write({ words }: GpuBatch, seed: number, step: number): void {
    for (const { at, kind, name, pass } of this.#keys.values())
      words[at] = maskKey({ seed, step, pass }, kind, name);
  }
}
