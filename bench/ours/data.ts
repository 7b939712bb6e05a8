/** Weights and inputs on their way to the other side: one file of raw arrays. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataFile, DataTensor } from '../support/protocol.ts';

/** An array with its name. */
export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array;
}

/** Writes arrays to a file of their own; `remove` deletes it. */
export function writeData(arrays: readonly NamedArray[]): DataFile & { remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-bench-'));
  const path = join(folder, 'data.bin');
  const tensors: DataTensor[] = [];
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const { name, shape, data } of arrays) {
    const stored = data instanceof Float64Array ? Float32Array.from(data) : data;
    tensors.push({ name, shape, offset, dtype: stored instanceof Int32Array ? 'int32' : 'float32' });
    parts.push(new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength));
    offset += stored.byteLength;
  }
  writeFileSync(path, Buffer.concat(parts));
  return { path, tensors, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
