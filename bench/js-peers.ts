/** The same work in other libraries of our language. */
import { fileURLToPath } from 'node:url';
import type { Bench, BenchCase, BenchOptions } from './bench.ts';
import { compare } from './support/compare.ts';
import { type Contestant, startContestant } from './support/contestant.ts';
import { startOurs } from './support/contestants.ts';
import { installPeers } from './support/install.ts';
import type { GemmSpec, LstmSpec, Spec, StepSpec } from './support/protocol.ts';

/** The largest peer needs seconds for a step, so the work is small: 8 sequences of 20 tokens, one layer of 32. */
const small: LstmSpec = {
  kind: 'lstm',
  input: 32,
  hidden: 32,
  layers: 1,
  bidirectional: true,
  lengths: new Array<number>(8).fill(20),
};
const smallStep: StepSpec = {
  ...small,
  kind: 'step',
  vocabulary: 500,
  pooling: ['max'],
  classes: 5,
  dropout: 0,
  smoothing: 0,
  batches: 1,
};
/** Half of the layer that the PyTorch comparison has two of; larger ones take jax-js minutes to compile. */
const layer: LstmSpec = { ...small, input: 128, hidden: 128, lengths: new Array<number>(24).fill(50) };
const product: GemmSpec = { kind: 'gemm', op: 'nn', M: 1200, K: 256, N: 512 };

interface PeerCase {
  readonly case: string;
  readonly spec: Spec;
  /** Our work where it is written differently; default: the same. */
  readonly ours?: Spec;
  readonly note?: string;
}

interface Peer {
  readonly name: string;
  readonly packages: Readonly<Record<string, string>>;
  readonly program: string;
  readonly args?: readonly string[];
  readonly cases: readonly PeerCase[];
}

const TFJS = { '@tensorflow/tfjs': '4.22.0', '@tensorflow/tfjs-backend-wasm': '4.22.0' };

const peers: readonly Peer[] = [
  {
    name: 'TensorFlow.js, cpu backend',
    packages: TFJS,
    program: './peers/tfjs.mjs',
    args: ['cpu'],
    cases: [{ case: 'training step from ids', spec: smallStep }],
  },
  {
    name: 'TensorFlow.js, wasm backend',
    packages: TFJS,
    program: './peers/tfjs.mjs',
    args: ['wasm'],
    cases: [
      { case: 'training step from ids', spec: smallStep },
      {
        case: 'training step from vectors',
        spec: small,
        ours: smallStep,
        note: 'no embedding for the peer; ours has one',
      },
    ],
  },
  {
    name: 'jax-js',
    packages: { '@jax-js/jax': '0.1.25' },
    program: './peers/jax-js.mjs',
    cases: [
      { case: 'small LSTM forward + backward', spec: small },
      { case: 'LSTM layer 128 forward + backward', spec: layer },
      { case: 'product 1200×256·256×512', spec: product },
    ],
  },
  {
    name: 'brain.js',
    packages: { 'brain.js': '1.6.1' },
    program: './peers/brain.mjs',
    cases: [
      {
        case: 'training step, one direction',
        spec: { ...smallStep, bidirectional: false },
        note: 'brain.js has neither batches nor two directions: it learns the 8 sequences one by one, each next token from a choice of 5',
      },
    ],
  },
];

async function startPeer(peer: Peer): Promise<Contestant> {
  const installed = installPeers(peer.packages);
  if ('reason' in installed) throw new Error(installed.reason);
  return startContestant({
    label: peer.name,
    command: process.execPath,
    args: [fileURLToPath(new URL(peer.program, import.meta.url)), installed.folder, ...(peer.args ?? [])],
  });
}

/** One case; what the peer cannot do becomes a note, and our figure stands alone. */
async function measure(
  ours: Contestant,
  peer: Peer,
  one: PeerCase,
  { rounds = 5, peers: wanted, say }: BenchOptions,
): Promise<BenchCase> {
  const work = {
    case: `${peer.name}: ${one.case}`,
    spec: one.ours ?? one.spec,
    peerSpec: one.spec,
    threads: 1,
    tolerance: one.spec.kind === 'gemm' ? 1e-4 : Infinity,
  };
  const alone = () => compare(ours, undefined, work, { rounds, say });
  if (!wanted) return alone();
  const notes = one.note === undefined ? [] : [one.note];
  let contestant: Contestant | undefined;
  try {
    contestant = await startPeer(peer);
    const measured = await compare(ours, contestant, work, { rounds, say });
    return { ...measured, ...(notes.length > 0 && { note: notes.join('; ') }) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    say(reason);
    return { ...(await alone()), note: [...notes, `no result: ${reason}`].join('; ') };
  } finally {
    await contestant?.close();
  }
}

/** Ours beside TensorFlow.js, jax-js and brain.js. */
export const jsPeers: Bench = {
  name: 'js-peers',
  claim:
    'Other JavaScript libraries need many times longer for the same recurrent network, where they can train it at all.',
  method:
    'One thread of ours; the peers may use what they like. Small work (a bidirectional LSTM of 32 on 8 sequences of 20 tokens, 16 MFLOP a step) ' +
    'because the slowest peer needs seconds for it. The packages are installed into a cache folder when the benchmark runs.',
  async run(options) {
    const results: BenchCase[] = [];
    const ours = await startOurs(1);
    try {
      for (const peer of peers) {
        for (const one of peer.cases) {
          if (!`${peer.name}: ${one.case}`.includes(options.only)) continue;
          results.push(await measure(ours, peer, one, options));
        }
      }
    } finally {
      await ours.close();
    }
    return results;
  },
};
