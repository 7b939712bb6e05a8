/** The check's page for a browser that the test cannot steer: it asks the test's server for tasks and sends the results. */
import { checkBits, type Thread } from './page.ts';
import { readPlain, writePlain } from './plain-json.ts';
import type { Task } from './workload.ts';

/** What the server hands out. */
export interface Errand {
  readonly thread: Thread;
  readonly task: Task;
}

const errors: string[] = [];
addEventListener('error', ({ message }) => errors.push(message));
addEventListener('unhandledrejection', ({ reason }) => errors.push(String(reason)));

for (;;) {
  const reply = await fetch('next', { method: 'POST' });
  if (reply.status !== 200) break;
  const { thread, task } = readPlain(await reply.text()) as Errand;
  const answer = await checkBits(thread, task).then(
    (result) => ({ result }),
    (error: unknown) => ({ error: String(error) }),
  );
  await fetch('answer', { method: 'POST', body: writePlain({ ...answer, errors }) });
}
