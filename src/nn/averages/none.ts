import { averageDefinition } from './average.ts';

/** No average: the weights as the last step leaves them. */
export const none = averageDefinition({
  type: 'none',
  summary: 'the weights as they are',
  options: {},
  describe: () => ({ title: null, settings: [] }),
  create: () => ({ rate: () => 0 }),
});
