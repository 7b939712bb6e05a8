/** What the studio tells while it happens: the tasks, and the metrics of the run that is shown. */
import type { LiveMessage, RunningTask } from '../../src/studio/live.ts';

/** One connection. */
export interface LiveView {
  readonly tasks: readonly RunningTask[];
  /** Records of `metrics.jsonl`; empty before they came. */
  readonly metrics: readonly Readonly<Record<string, unknown>>[];
  /** Status of the run; null before it came. */
  readonly status: string | null;
  /** Whether the studio is heard. */
  readonly connected: boolean;
  close(): void;
}

/**
 * Listens.
 * @param run The run that is shown, if any.
 * @param known The tasks as they are known so far.
 */
export function listen(run?: string, known: readonly RunningTask[] = []): LiveView {
  let tasks = $state.raw(known);
  let metrics = $state.raw<readonly Readonly<Record<string, unknown>>[]>([]);
  let status = $state.raw<string | null>(null);
  let connected = $state(true);
  const source = new EventSource(
    run === undefined ? 'api/events' : `api/events?${new URLSearchParams({ run })}`,
  );
  const hear = (event: LiveMessage['event'], take: (data: unknown) => void) => {
    source.addEventListener(event, ({ data }: MessageEvent<string>) => {
      connected = true;
      take(JSON.parse(data));
    });
  };
  hear('tasks', (data) => (tasks = data as readonly RunningTask[]));
  hear('metrics', (data) => (metrics = data as typeof metrics));
  hear('status', (data) => (status = data as string));
  // one that is closed was answered, and refused: there is no such run
  source.addEventListener('error', () => (connected = source.readyState === EventSource.CLOSED));
  source.addEventListener('open', () => (connected = true));
  return {
    get tasks() {
      return tasks;
    },
    get metrics() {
      return metrics;
    },
    get status() {
      return status;
    },
    get connected() {
      return connected;
    },
    close: () => {
      source.close();
    },
  };
}
