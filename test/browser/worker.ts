/** The check's worker: does one task and answers. */
import type { Answer } from './page.ts';
import { perform, type Task } from './workload.ts';

addEventListener('message', ({ data: task }: MessageEvent<Task>) => {
  void perform(task).then(
    (result) => answer({ result }),
    (error: unknown) => answer({ error: String(error) }),
  );
});

function answer(message: Answer): void {
  postMessage(message);
}
