/** jax-js's side of the protocol: `node jax-js.mjs FOLDER`, its package in FOLDER/node_modules. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { serve } from '../support/serve.ts';

const [folder] = process.argv.slice(2);
const home = join(folder, 'node_modules/@jax-js/jax');
const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
const { grad, init, jit, nn, numpy: np } = await import(pathToFileURL(join(home, 'dist/index.js')).href);
await init();

const random = (shape, bound) => {
  const n = shape.reduce((product, size) => product * size, 1);
  const values = Float32Array.from({ length: n }, () => (2 * Math.random() - 1) * bound);
  return np.array(values).reshape(shape);
};

/** One direction of one layer: outputs by time. jax-js has no scan, so that time is written out. */
function direction(p, xs, B, H, reverse) {
  const T = xs.length;
  const out = new Array(T);
  let h = np.zeros([B, H]);
  let c = np.zeros([B, H]);
  for (let n = 0; n < T; n++) {
    const t = reverse ? T - 1 - n : n;
    const g = np.matmul(xs[t].ref, p.wih.ref).add(np.matmul(h, p.whh.ref)).add(p.b.ref);
    const [i, f, gg, o] = np.split(g, 4, 1);
    c = nn
      .sigmoid(f)
      .mul(c)
      .add(nn.sigmoid(i).mul(np.tanh(gg)));
    h = nn.sigmoid(o).mul(np.tanh(c.ref));
    out[t] = h.ref;
  }
  for (const array of [h, c, p.wih, p.whh, p.b]) array.dispose();
  return out;
}

/** Forward and backward of a stack: gradients of Σ output·dOut, compiled with jit. */
async function prepareLstm({ lengths, input, hidden: H, layers, bidirectional }) {
  const [B, T] = [lengths.length, lengths[0]];
  const directions = bidirectional ? 2 : 1;
  const bound = 1 / Math.sqrt(H);
  const weights = Array.from({ length: layers }, (_, l) =>
    Array.from({ length: directions }, () => ({
      wih: random([l === 0 ? input : directions * H, 4 * H], bound),
      whh: random([H, 4 * H], bound),
      b: random([4 * H], bound),
    })),
  );
  const x = Array.from({ length: T }, () => random([B, input], 1));
  const dout = Array.from({ length: T }, () => random([B, directions * H], 1));
  const objective = ({ weights: stack, x: steps }, gradients) => {
    let xs = steps;
    for (const layer of stack) {
      const outs = layer.map((p, d) => direction(p, xs, B, H, d === 1));
      for (const array of xs) array.dispose();
      xs = outs[0].map((_, t) =>
        directions === 1 ? outs[0][t] : np.concatenate([outs[0][t], outs[1][t]], 1),
      );
    }
    return xs.map((h, t) => h.mul(gradients[t]).sum()).reduce((sum, part) => sum.add(part));
  };
  const gradient = jit(grad(objective));
  const refs = (arrays) => arrays.map((array) => array.ref);
  const step = async () => {
    const copies = weights.map((layer) =>
      layer.map(({ wih, whh, b }) => ({ wih: wih.ref, whh: whh.ref, b: b.ref })),
    );
    const grads = gradient({ weights: copies, x: refs(x) }, refs(dout));
    const all = [...grads.weights.flat().flatMap(({ wih, whh, b }) => [wih, whh, b]), ...grads.x];
    for (const array of all) await array.data(); // runs what is pending and frees it
  };
  await step();
  return { variants: { 'jit, wasm': { step, check: [] } } };
}

async function prepareGemm({ M, K, N }, data) {
  const file = readFileSync(data.path);
  const read = (name, shape) => {
    const { offset } = data.tensors.find((tensor) => tensor.name === name);
    const bytes = file.buffer.slice(
      file.byteOffset + offset,
      file.byteOffset + offset + 4 * shape[0] * shape[1],
    );
    return np.array(new Float32Array(bytes)).reshape(shape);
  };
  const [a, b] = [read('a', [M, K]), read('b', [K, N])];
  const product = jit((left, right) => np.matmul(left, right));
  const step = async () => {
    await product(a.ref, b.ref).data();
  };
  const values = await product(a.ref, b.ref).data();
  const sum = values.reduce((total, value) => total + Math.abs(value), 0);
  return { variants: { 'jit, wasm': { step, check: [sum] } } };
}

await serve(`jax-js ${version}`, (spec, data) =>
  spec.kind === 'gemm' ? prepareGemm(spec, data) : prepareLstm(spec),
);
process.exit(0); // its workers would keep the process alive
