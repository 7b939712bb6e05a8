/** Sentences for the user, on standard error. */
import { printable } from '../core/printable.ts';
import type { Io } from './io.ts';

/** Writes a sentence for the user. */
export type Say = (sentence: string) => void;

/**
 * A {@link Say} that writes each sentence once, and nothing when quiet.
 * @param options.again Write repeated sentences too. Default false.
 */
export function createSay(
  io: Pick<Io, 'err'>,
  { quiet, again = false }: { readonly quiet: boolean; readonly again?: boolean },
): Say {
  const said = new Set<string>();
  return (sentence) => {
    if (quiet || (said.has(sentence) && !again)) return;
    said.add(sentence);
    io.err.write(`${io.err.colors.dim('·')} ${printable(sentence)}\n`);
  };
}
