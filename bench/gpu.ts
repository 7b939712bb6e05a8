/**
 * A training step on the GPU, beside PyTorch on the same GPU, eager and as a CUDA graph, in one run of a few minutes. It needs the
 * package `webgpu` or names what is missing, and a Python with PyTorch for CUDA in `UNROLL_PYTHON`; without one it measures ours alone.
 *
 *     npm install --no-save webgpu
 *     UNROLL_PYTHON=/path/to/python npm run -s node -- bench/gpu.ts [--json] [--only TEXT]
 *
 * `--small` tries it where the GPU is computed on the processor: its figures say nothing.
 */
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { root } from '../scripts/house.ts';
import { minOf } from '../src/core/lists.ts';
import { createRng } from '../src/core/rng.ts';
import { chooseEngine } from '../src/engine/index.ts';
import { describeGpu } from '../src/engine/webgpu/device.ts';
import { recurrentOptions } from '../src/models/options.ts';
import { openOnGpu } from '../src/models/recurrent/gpu/session.ts';
import { createSession } from '../src/models/session.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    small: { type: 'boolean', default: false },
  },
});

/** The workshop's step: 2 layers, both directions, three poolings, Adam; B documents of T tokens. */
interface Spec {
  readonly name: string;
  readonly input: number;
  readonly hidden: number;
  readonly rows: number;
  readonly steps: number;
}

const cases: readonly Spec[] = values.small
  ? [{ name: 'small', input: 16, hidden: 16, rows: 4, steps: 5 }]
  : [
      { name: 'workshop: H 128, B 24, T 50', input: 128, hidden: 128, rows: 24, steps: 50 },
      { name: 'H 256, B 24, T 50', input: 128, hidden: 256, rows: 24, steps: 50 },
      { name: 'H 256, B 128, T 256', input: 128, hidden: 256, rows: 128, steps: 256 },
    ];

const shared = {
  layers: 2,
  bidirectional: true,
  vocabulary: 5000,
  classes: 5,
  pooling: ['last', 'mean', 'max'],
};
const counts = values.small ? { warm: 1, repeats: 1, timed: 2 } : { warm: 10, repeats: 5, timed: 20 };

/** Milliseconds of a step, the median of the repeats; steps overlap as in training. */
async function measureOurs({ input, hidden, rows, steps }: Spec): Promise<{ ms: number; losses: number[] }> {
  const { layers, vocabulary, classes, pooling } = shared;
  const model = recurrentOptions({
    ...{ type: 'bilstm', embedding_dim: input, hidden_size: hidden, num_layers: layers, dropout: 0, pooling },
  });
  const session = await createSession({
    engine: chooseEngine(() => performance.now()),
    shape: { model, vocabularySize: vocabulary, classes },
    capacity: { rows, tokens: rows * steps, steps },
    training: {
      loss: { type: 'cross_entropy', label_smoothing: 0.1, logit_adjustment: 0 },
      optimizer: { type: 'adam', betas: [0.9, 0.999], eps: 1e-8, weight_decay: 0 },
      clipNorm: null,
      seed: 1,
    },
  });
  session.initialise(1);
  const gpu = await openOnGpu(session);
  const rng = createRng(2);
  const sequences = Array.from({ length: rows }, () =>
    Int32Array.from({ length: steps }, () => 1 + rng.int(vocabulary - 1)),
  );
  const labels = Int32Array.from({ length: rows }, () => rng.int(classes));
  const losses: number[] = [];
  let step = 0;
  const run = async (count: number) => {
    const begun = Array.from({ length: count }, async () =>
      gpu.step(sequences, labels, { step: step++, lr: 1e-3 }),
    );
    for (const { loss } of await Promise.all(begun)) losses.push(loss);
  };
  await run(counts.warm);
  const times: number[] = [];
  for (let repeat = 0; repeat < counts.repeats; repeat++) {
    const before = performance.now();
    await run(counts.timed);
    times.push((performance.now() - before) / counts.timed);
  }
  await gpu.close();
  await session.close();
  return { ms: times.sort((a, b) => a - b)[Math.floor(times.length / 2)], losses };
}

/** What PyTorch prints, or why it did not. */
function measureTheirs(spec: Spec): { eager?: number; graph?: number | null; torch?: string; why?: string } {
  const { UNROLL_PYTHON: python } = process.env;
  if (!python) return { why: 'UNROLL_PYTHON names no Python with PyTorch' };
  const given = JSON.stringify({ ...shared, ...spec, ...counts });
  const place = values.small ? 'cpu' : 'cuda';
  try {
    const out = execFileSync(python, [`${root}bench/peers/pytorch-gpu.py`, given, place], {
      encoding: 'utf8',
    });
    return JSON.parse(out) as { eager: number; graph: number | null; torch: string };
  } catch (error) {
    return {
      why:
        String((error as { stderr?: unknown }).stderr ?? error)
          .trim()
          .split('\n')
          .at(-1) ?? '',
    };
  }
}

const gpu = await describeGpu();
const results = [];
for (const spec of cases.filter(({ name }) => name.includes(values.only))) {
  process.stderr.write(`${spec.name} …\n`);
  // ours on both sides of theirs, so that a machine that drifts shows
  const first = await measureOurs(spec);
  const theirs = measureTheirs(spec);
  const again = await measureOurs(spec);
  const [from, to] = [first.losses[0], first.losses[first.losses.length - 1]];
  results.push({ case: spec.name, ours_ms: [first.ms, again.ms], pytorch: theirs, loss: [from, to] });
}
if (values.json) process.stdout.write(`${JSON.stringify({ gpu, results }, null, 2)}\n`);
else {
  process.stdout.write(`${gpu.name}${gpu.software ? ', computed on the processor' : ''}\n`);
  for (const { case: name, ours_ms: ours, pytorch, loss } of results) {
    const { eager, graph, why } = pytorch;
    const beside = (label: string, ms: number) =>
      `${label} ${ms.toFixed(2)} ms, ratio ${(minOf(ours) / ms).toFixed(2)}`;
    const peer =
      why ?? [beside('eager', eager ?? NaN), ...(graph ? [beside('graph', graph)] : [])].join('; ');
    process.stdout.write(
      `${name}: ours ${ours.map((ms) => ms.toFixed(2)).join(' and ')} ms (loss ${loss.map((x) => x.toFixed(3)).join(' → ')}); PyTorch ${peer}\n`,
    );
  }
}
process.exit(0); // WebGPU in Node keeps a process alive
