/** The list of commands: adding one is a file and a line here. */
import type { Command } from '../command.ts';
import { doctor } from './doctor.ts';

/** All commands, in the order of the help text. */
export const commands: readonly Command[] = [doctor];
