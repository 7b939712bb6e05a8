/** The list of commands: adding one is a file and a line here. A file is loaded when its command is used. */
import type { Command } from '../command.ts';

/** In the order of the help text. */
const loaders: Readonly<Record<string, () => Promise<Command>>> = {
  train: async () => (await import('./train.ts')).train,
  tune: async () => (await import('./tune.ts')).tune,
  cv: async () => (await import('./cv.ts')).cv,
  labels: async () => (await import('./labels.ts')).labels,
  evaluate: async () => (await import('./evaluate.ts')).evaluate,
  predict: async () => (await import('./predict.ts')).predict,
  explain: async () => (await import('./explain.ts')).explain,
  errors: async () => (await import('./errors.ts')).errors,
  serve: async () => (await import('./serve.ts')).serve,
  export: async () => (await import('./export.ts')).exporting,
  compare: async () => (await import('./compare.ts')).compare,
  data: async () => (await import('./data.ts')).data,
  vectors: async () => (await import('./vectors.ts')).vectors,
  figures: async () => (await import('./figures.ts')).figures,
  report: async () => (await import('./report.ts')).report,
  scratch: async () => (await import('./scratch.ts')).scratch,
  workshop: async () => (await import('./workshop.ts')).workshop,
  studio: async () => (await import('./studio.ts')).studio,
  doctor: async () => (await import('./doctor.ts')).doctor,
  completion: async () => (await import('./completion.ts')).completion,
};

/** The names of all commands, in the order of the help text. */
export const commandNames: readonly string[] = Object.keys(loaders);

/** The command of a name in the list. */
export function loadCommand(name: string): Promise<Command> {
  return loaders[name]();
}

/** All commands, in the order of the help text. */
export function loadCommands(): Promise<readonly Command[]> {
  return Promise.all(commandNames.map(loadCommand));
}
