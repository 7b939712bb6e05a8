/** The tasks of a studio: each runs in a process of its own, one training at a time. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Override } from '../config/overrides.ts';
import type { JobEvent, StudyOpenedEvent } from '../jobs/index.ts';
import { asSettings } from './as-settings.ts';
import { createMeter, type Meter, type Progress } from './task-progress.ts';
import { commandOf, type TaskMessage, type TaskOrder, type TaskRequest, typed } from './task-requests.ts';
import { withRelativePaths } from './workspace.ts';

/** A task as the pages see it. */
export interface Task {
  readonly id: number;
  readonly kind: TaskRequest['kind'];
  /** Its subject: data or a run. */
  readonly subject: string;
  /** The equivalent command. */
  readonly command: string;
  /** The settings of the page. */
  readonly overrides: readonly Override[];
  readonly state: 'waiting' | 'running' | 'stopping' | 'finished' | 'stopped' | 'failed';
  readonly progress: Progress | null;
  /** Folder of the run that it trains, once it has one. */
  readonly run: string | null;
  /** The study of its search: the database, relative to the folder of the studio, and its name. */
  readonly study: { readonly path: string; readonly name: string } | null;
  /** What happened, a sentence each; the last ones. */
  readonly words: readonly string[];
  /** Why it failed, or how to resume it after a stop. */
  readonly error: { readonly message: string; readonly key: string | null } | null;
  /** Its result. */
  readonly result: unknown;
}

/** The tasks of a studio. */
export interface Tasks {
  list(): readonly Task[];
  get(id: number): Task | undefined;
  /** Starts a task, or queues it behind running ones. */
  begin(request: TaskRequest): Task;
  /** Stops a task as after Ctrl-C: its state is saved. */
  stop(id: number): void;
  /** Resolves when a task has ended. */
  ended(id: number): Promise<Task>;
  /** Calls back after every change, until the returned function is called. */
  watch(listener: () => void): () => void;
  /** Stops all, and waits until they have saved. */
  close(): Promise<void>;
}

/** What tasks need of the studio. */
export interface TasksOptions {
  /** The folder in which they run. */
  readonly root: string;
  /** The sentences of an event. */
  readonly words: (event: JobEvent) => readonly string[];
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

/** How many sentences of a task are kept. */
const MOST_WORDS = 200;
/** How many tasks are kept: the last ones. */
const MOST_TASKS = 100;
/** Time between two notifications, in ms. */
const NOTIFY_MS = 100;

type Held = { -readonly [Key in keyof Task]: Task[Key] } & {
  readonly request: TaskRequest;
  child: ChildProcess | undefined;
  meter: Meter;
};

/** Opens the tasks of a studio. */
export function openTasks({ root, words, now }: TasksOptions): Tasks {
  const tasks: Held[] = [];
  const listeners = new Set<() => void>();
  let next = 1;
  let due: NodeJS.Timeout | undefined;
  let closing = false;
  const changed = () => {
    due ??= setTimeout(() => {
      due = undefined;
      for (const listener of listeners) listener();
    }, NOTIFY_MS);
  };
  const find = (id: number) => tasks.find((task) => task.id === id);
  const heavy = (task: Held) => task.kind !== 'audit' && task.kind !== 'export';
  const startNext = () => {
    if (closing) return;
    for (const task of tasks) {
      if (task.state !== 'waiting') continue;
      const busy = tasks.some((other) => heavy(other) && other.child !== undefined);
      if (!heavy(task) || !busy) start(task);
    }
  };
  const start = (task: Held) => {
    runProcess(task, root, {
      message: (message) => {
        receive(task, message, { root, words, now });
        changed();
      },
      ended: () => {
        changed();
        startNext();
      },
    });
    changed();
  };
  return {
    list: () => tasks.map(shown),
    get(id) {
      const task = find(id);
      return task && shown(task);
    },
    begin(request) {
      const task = newTask(next++, request);
      tasks.push(task);
      const oldest = tasks.findIndex(({ child, state }) => child === undefined && state !== 'waiting');
      if (tasks.length > MOST_TASKS && oldest >= 0) tasks.splice(oldest, 1);
      startNext();
      changed();
      return shown(task);
    },
    stop(id) {
      const task = find(id);
      if (task?.state === 'waiting') task.state = 'stopped';
      if (task?.child && task.state === 'running') {
        task.state = 'stopping';
        order(task.child, { type: 'stop' });
      }
      changed();
    },
    ended(id) {
      return new Promise((resolve) => {
        const look = () => {
          const task = find(id);
          if (!task || (task.child === undefined && task.state !== 'waiting')) {
            listeners.delete(look);
            if (task) resolve(shown(task));
          }
        };
        listeners.add(look);
        look();
      });
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      closing = true;
      clearTimeout(due);
      const children = tasks.flatMap(({ child }) => (child ? [child] : []));
      const ended = children.map((child) => new Promise((resolve) => child.once('exit', resolve)));
      for (const child of children) order(child, { type: 'stop' });
      await Promise.all(ended);
    },
  };
}

/** Runs a task in its own process; a process that ends without a result has failed. */
function runProcess(
  task: Held,
  cwd: string,
  told: { readonly message: (message: TaskMessage) => void; readonly ended: () => void },
): void {
  task.state = 'running';
  const file = import.meta.url.endsWith('.ts') ? './task-process.ts' : './task-process.js';
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [], {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: process.execArgv.filter((arg) => !arg.startsWith('--test')),
  });
  task.child = child;
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-2000);
  });
  child.on('message', told.message);
  child.on('error', (error) => {
    complaint = error.message;
  });
  child.on('exit', (code, signal) => {
    task.child = undefined;
    if (task.state === 'running' || task.state === 'stopping') {
      task.state = 'failed';
      task.error = {
        message: `its process ended: ${signal ?? `exit code ${code}`}. ${complaint}`,
        key: null,
      };
    }
    told.ended();
  });
  order(child, { type: 'begin', request: task.request });
}

function order(child: ChildProcess, message: TaskOrder): void {
  if (child.connected) child.send(message);
}

function newTask(id: number, request: TaskRequest): Held {
  const common = { id, kind: request.kind, request, command: typed(commandOf(request)), child: undefined };
  const state = { state: 'waiting', progress: null, words: [], error: null, result: null } as const;
  const run = request.kind === 'resume' ? request.run : null;
  const overrides = 'overrides' in request ? request.overrides : [];
  const subject = 'source' in request ? request.source : request.run;
  return { ...common, ...state, subject, overrides, run, study: null, meter: createMeter() };
}

function shown({ request: _request, child: _child, meter: _meter, ...task }: Held): Task {
  return task;
}

/** A study in a database that is a file; there is no page of another. */
function studyOf({ study: name, storage }: StudyOpenedEvent): Task['study'] {
  const [, path] = /^sqlite:\/\/\/(.+)$/.exec(storage) ?? [];
  return path === undefined ? null : { path, name };
}

function receive(task: Held, message: TaskMessage, { root, words, now }: TasksOptions): void {
  const told = (sentence: string) => asSettings(withRelativePaths(sentence, root));
  switch (message.type) {
    case 'event': {
      const { event } = message;
      if (event.type === 'run-begins' || event.type === 'fit-begins') task.run = event.run;
      if (event.type === 'study-opened') task.study = studyOf(event);
      task.progress = task.meter(event, now()) ?? task.progress;
      task.words = [...task.words, ...words(event).map(told)].slice(-MOST_WORDS);
      return;
    }
    case 'done':
      task.state = 'finished';
      task.result = message.result;
      task.progress = null;
      return;
    case 'failed':
      task.state = message.interrupted ? 'stopped' : 'failed';
      task.error = { message: told(message.message), key: message.key ?? null };
      task.progress = null;
      return;
    default:
      message satisfies never;
  }
}
