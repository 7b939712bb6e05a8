/**
 * A Node process that is kept from fusing vectors, as a browser is: started with
 * `--no-experimental-wasm-revectorize`, and without the door through which the engine would switch it on again.
 * Does each task that its parent sends.
 */
import type { Task } from './workload.ts';

const builtin = process.getBuiltinModule.bind(process) as (id: string) => unknown;
process.getBuiltinModule = ((id: string) => (id === 'node:v8' ? undefined : builtin(id))) as typeof builtin &
  typeof process.getBuiltinModule;
const { perform } = await import('./workload.ts');

process.on('message', (task: Task) => {
  void perform(task).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
