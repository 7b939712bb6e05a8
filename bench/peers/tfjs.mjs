/** TensorFlow.js's side of the protocol: `node tfjs.mjs FOLDER cpu|wasm`, its packages in FOLDER/node_modules. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { serve } from '../support/serve.ts';

const [folder, backend] = process.argv.slice(2);
const require = createRequire(join(folder, 'package.json'));
// its advice (a native module would be faster) is not for standard output
console.log = console.warn = console.info = () => {};
const tf = require('@tensorflow/tfjs');
if (backend === 'wasm') {
  const wasm = require('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(`${join(folder, 'node_modules/@tensorflow/tfjs-backend-wasm/dist')}/`);
}
await tf.setBackend(backend);
await tf.ready();

/** A training step on the Layers API, the way its users write it; `lstm` starts from vectors, `step` from ids. */
async function prepare(spec) {
  const { lengths, input: D, hidden: H, classes = 5, vocabulary } = spec;
  const [B, T] = [lengths.length, lengths[0]];
  const embeds = spec.kind === 'step';
  const input = tf.input({ shape: embeds ? [T] : [T, D] });
  let h = embeds ? tf.layers.embedding({ inputDim: vocabulary, outputDim: D }).apply(input) : input;
  for (let l = 0; l < spec.layers; l++) {
    const layer = tf.layers.lstm({
      units: H,
      returnSequences: true,
      recurrentActivation: 'sigmoid',
      // its own default takes an orthogonal matrix, which costs seconds here and changes nothing
      recurrentInitializer: 'glorotUniform',
    });
    h = tf.layers.bidirectional({ layer, mergeMode: 'concat' }).apply(h);
  }
  h = tf.layers.globalMaxPooling1d().apply(h);
  const model = tf.model({
    inputs: input,
    outputs: tf.layers.dense({ units: classes, activation: 'softmax' }).apply(h),
  });
  model.compile({ optimizer: tf.train.adam(1e-3), loss: 'sparseCategoricalCrossentropy' });
  const x = embeds ? tf.randomUniform([B, T], 1, vocabulary, 'int32') : tf.randomNormal([B, T, D]);
  const y = tf.randomUniform([B, 1], 0, classes, 'int32').toFloat();
  const step = async () => {
    await model.trainOnBatch(x, y);
  };
  await step();
  return { variants: { [`${backend} backend`]: { step, check: [] } }, release: () => tf.dispose([x, y]) };
}

await serve(`TensorFlow.js ${tf.version.tfjs}, ${backend} backend`, prepare);
