import { describedFamily } from '../../core/family.ts';
import type { CellDescription, CellFactory } from './cell.ts';
import { gru } from './gru.ts';
import { lstm } from './lstm.ts';
import { rnn } from './rnn.ts';

/** The recurrent layers, by the name in `model.type`. To add one: a file beside these and a line in this list. */
export const layers = describedFamily<readonly [], CellFactory, CellDescription>()('layer', [lstm, gru, rnn]);
export { lstm, gru, rnn };
export type { CellDescription } from './cell.ts';
