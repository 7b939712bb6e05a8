/**
 * The process of one task: runs a job, and passes its events on. It stops as after Ctrl-C in a terminal when told to,
 * or when the studio has ended.
 */
import { InterruptedError, UnrollError } from '../core/errors.ts';
import {
  audit,
  exportModel,
  findWrongLabels,
  scratch,
  search,
  train,
  type JobContext,
  type JobEvent,
} from '../jobs/index.ts';
import { commandOf, type TaskMessage, type TaskOrder, type TaskRequest } from './task-requests.ts';

/** Time between two reports of progress within an epoch, in ms. */
const STEP_MS = 150;
/** How many suspicious labels are shown, the worst first. */
const MOST_LABELS = 500;

const controller = new AbortController();
let canStop = false;
let lastStep = 0;

function send(message: TaskMessage): void {
  if (process.connected) process.send?.(message);
}

function hear(event: JobEvent): void {
  if (event.type === 'stoppable') canStop = event.what !== null;
  if (event.type === 'step' || event.type === 'fitting') {
    if (performance.now() - lastStep < STEP_MS) return;
    lastStep = performance.now();
  }
  send({ type: 'event', event });
}

async function perform(request: TaskRequest, context: JobContext): Promise<unknown> {
  switch (request.kind) {
    case 'train': {
      const { summary } = await train(request, context);
      return { run: summary.run };
    }
    case 'search': {
      const { view, outcome } = await search(request, context);
      return { run: outcome.summary.run, study: view.name };
    }
    case 'resume': {
      const { run: output } = request;
      const { summary } = request.scratch
        ? await scratch({ output, resume: true }, context)
        : await train({ output, resume: true }, context);
      return { run: summary.run };
    }
    case 'export': {
      const { run: model, target, int8, output } = request;
      return exportModel({ model, target, output, force: true, ...(int8 && { int8 }) }, context);
    }
    case 'audit':
      return audit(request, context);
    case 'labels': {
      const found = await findWrongLabels(request, context);
      return { ...found, questioned: found.questioned.slice(0, MOST_LABELS) };
    }
    default:
      return request satisfies never;
  }
}

async function begin(request: TaskRequest): Promise<void> {
  try {
    const context = { listener: hear, stop: controller.signal, command: commandOf(request) };
    send({ type: 'done', result: await perform(request, context) });
  } catch (error) {
    send({
      type: 'failed',
      message:
        error instanceof UnrollError
          ? error.message
          : `this is a bug in Unroll: ${String((error as Error).stack)}`,
      key: keyOf(error),
      interrupted: error instanceof InterruptedError,
    });
  }
  process.disconnect();
}

function keyOf(error: unknown): string | undefined {
  return error instanceof Error && 'key' in error && typeof error.key === 'string' ? error.key : undefined;
}

/** When nothing can be stopped, ending the process loses nothing. */
function stop(): void {
  controller.abort();
  if (canStop) return;
  send({ type: 'failed', message: 'stopped', interrupted: true });
  process.exit();
}

process.on('message', (order: TaskOrder) => {
  if (order.type === 'stop') stop();
  else void begin(order.request);
});
process.on('disconnect', () => {
  if (!controller.signal.aborted) controller.abort();
});
// a terminal sends Ctrl-C to all its processes: ignored here, since the studio stops this one
process.on('SIGINT', () => undefined);
