/** The list of commands: adding one is a file and a line here. */
import type { Command } from '../command.ts';
import { compare } from './compare.ts';
import { data } from './data.ts';
import { doctor } from './doctor.ts';
import { evaluate } from './evaluate.ts';
import { figures } from './figures.ts';
import { predict } from './predict.ts';
import { report } from './report.ts';
import { scratch } from './scratch.ts';
import { train } from './train.ts';
import { tune } from './tune.ts';
import { workshop } from './workshop.ts';

/** All commands, in the order of the help text. */
export const commands: readonly Command[] = [
  train,
  tune,
  evaluate,
  predict,
  compare,
  data,
  figures,
  report,
  scratch,
  workshop,
  doctor,
];
