/** The list of presets: adding one is a file and a line here. */
import { bilstmWorkshop } from './bilstm-workshop.ts';
import type { Preset } from './preset.ts';
import { plain } from './plain.ts';
import { quickstart } from './quickstart.ts';
import { rnnWorkshop } from './rnn-workshop.ts';
import { search } from './search.ts';

/** All presets, in the order of the help text. */
export const presets: readonly Preset[] = [quickstart, bilstmWorkshop, rnnWorkshop, plain, search];
