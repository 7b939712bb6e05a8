/** The end of a command: its result on standard output, and how to use the model. */
import { shellWord } from '../core/shell-word.ts';
import { programName } from '../run/index.ts';
import type { Evaluation } from '../evaluate/index.ts';
import { GATE_MISSED, OK } from './exit-codes.ts';
import type { Io, Output } from './io.ts';
import { renderEvaluation } from './render/evaluation.ts';
import type { Say } from './say.ts';

/** Writes a result: one JSON object with `--json`, else as `render` has it for people. */
export function writeResult(
  io: Io,
  { json }: { readonly json: boolean },
  result: unknown,
  render: () => string,
): void {
  if (json) io.out.write(`${JSON.stringify(result)}\n`, 'data');
  else io.out.write(render());
}

/** An evaluation, formatted for an output. */
export function evaluationFor({ colors, columns }: Output, evaluation: Evaluation): string {
  return renderEvaluation(evaluation, { color: colors.isColorSupported, width: columns });
}

/** Reports missed gates; returns the exit code. */
export function sayMissed(missed: readonly string[], { err }: Io): number {
  for (const sentence of missed) err.write(`${err.colors.red('gate missed:')} ${sentence}\n`);
  return missed.length > 0 ? GATE_MISSED : OK;
}

/** Says where a new run is, and how to use it. */
export function saySaved({ path }: { readonly path: string }, say: Say): void {
  say(`saved in ${path}; use it: ${programName()} predict ${shellWord(path)} "some text"`);
}
