/** The defaults of every key, which are PyTorch's where it has any: for comparisons, where nothing may follow from the data. */
import type { Preset } from './preset.ts';

export const plain: Preset = {
  name: 'plain',
  summary: "the plain defaults, PyTorch's where it has any: nothing follows from the data",
  config: {},
};
