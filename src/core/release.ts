/**
 * Gives back the memory of arrays at once; they are empty afterwards. The garbage collector sees how little memory the
 * objects of large arrays take, and may leave hundreds of megabytes for long.
 */
export function release(...arrays: readonly ArrayBufferView<ArrayBuffer>[]): void {
  for (const { buffer } of arrays) if (!buffer.detached) buffer.transfer(0);
}
