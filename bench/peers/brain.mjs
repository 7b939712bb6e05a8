/** brain.js's side of the protocol: `node brain.mjs FOLDER`, its package in FOLDER/node_modules. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { serve } from '../support/serve.ts';

const [folder] = process.argv.slice(2);
const require = createRequire(join(folder, 'package.json'));
const { recurrent } = require('brain.js');
const { version } = require('brain.js/package.json');

/** Its LSTM learns one sequence at a time, to tell each next token; `classes` tokens may follow. */
function prepare({ lengths, vocabulary, input, hidden, layers, classes }) {
  const net = new recurrent.LSTM({
    inputSize: input,
    inputRange: vocabulary,
    outputSize: classes,
    hiddenLayers: new Array(layers).fill(hidden),
  });
  net.initialize();
  const sequences = lengths.map((n, b) => Array.from({ length: n }, (_, t) => (b + t) % classes));
  const step = () => {
    for (const sequence of sequences) net.trainPattern(sequence, true);
  };
  return { variants: { 'one sequence at a time': { step, check: [] } } };
}

await serve(`brain.js ${version}`, async (spec) => prepare(spec));
