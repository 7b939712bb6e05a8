/** Runs a recurrent classifier over one text step by step, from its tensors, to inspect its units. */
import type { InsideSession } from '../classifier/inside.ts';
import { UnsupportedError } from '../core/errors.ts';
import { asRecurrent } from '../models/family.ts';
import type { RecurrentModelOptions } from '../models/recurrent/options.ts';
import type { Tensor } from '../models/trainable.ts';
import { ngramsBehind } from '../text/ngrams.ts';
import { type LayerTrace, partsOfCell, type PlainCell, plainCells } from './plain-cells.ts';

/** A network that was run over a text. */
export interface PlainRun {
  readonly model: RecurrentModelOptions;
  readonly cell: PlainCell;
  /** [layers][directions] */
  readonly layers: readonly (readonly LayerTrace[])[];
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** Runs a network over the token ids of a text. @throws UnsupportedError for a network without a recurrent layer */
export function runPlainly(
  { model: given, session }: InsideSession,
  ids: Int32Array,
  tensors: Readonly<Record<string, Tensor>> = session.tensors(),
): PlainRun {
  const model = asRecurrent(given);
  const cell = model && plainCells[model.type];
  if (!model || !cell) {
    throw new UnsupportedError(
      '[explain] the model must be an RNN, an LSTM or a GRU, but is another. Its words can be explained: leave --gates and --gradient out.',
    );
  }
  let input = vectorsOf(tensors, ids, model.embedding_dim);
  let width = model.embedding_dim;
  const layers: LayerTrace[][] = [];
  for (let l = 0; l < model.num_layers; l++) {
    const directions = Array.from({ length: model.bidirectional ? 2 : 1 }, (_, d) =>
      runDirection(model, cell, tensors, { input, width, layer: l, reverse: d === 1 }),
    );
    layers.push(directions);
    [input, width] = [sideBySide(directions), directions.length * model.hidden_size];
  }
  return { model, cell, layers, tensors };
}

/** [T × D] the rows of the ids, with the mean of the vectors of their n-grams. */
function vectorsOf(
  tensors: Readonly<Record<string, Tensor>>,
  ids: Int32Array,
  D: number,
): Float64Array<ArrayBuffer> {
  const { data, shape } = tensors['embedding.weight'];
  const fixed = tensors['embedding.fixed'] as Tensor | undefined;
  const ngrams = tensors['embedding.ngrams'] as Tensor | undefined;
  const behind = ngrams && ngramsBehind(ids);
  const x = new Float64Array(ids.length * D);
  for (const [t, id] of ids.entries()) {
    const [table, row] = id < shape[0] || !fixed ? [data, id] : [fixed.data, id - shape[0]];
    for (let d = 0; d < D; d++) x[t * D + d] = table[row * D + d];
    const buckets = behind?.(t) ?? [];
    for (const bucket of buckets)
      for (let d = 0; d < D; d++) x[t * D + d] += (ngrams as Tensor).data[bucket * D + d] / buckets.length;
  }
  return x;
}

function runDirection(
  { hidden_size: H, nonlinearity }: RecurrentModelOptions,
  cell: PlainCell,
  tensors: Readonly<Record<string, Tensor>>,
  {
    input,
    width: I,
    layer,
    reverse,
  }: {
    readonly input: Float64Array;
    readonly width: number;
    readonly layer: number;
    readonly reverse: boolean;
  },
): LayerTrace {
  const T = input.length / I;
  const of = (name: string) => tensors[`rnn.${name}_l${layer}${reverse ? '_reverse' : ''}`].data;
  const [wih, whh, bih, bhh] = ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'].map(of);
  const parts = Object.fromEntries(partsOfCell(cell).map((part) => [part, new Float64Array(T * H)]));
  const trace: LayerTrace = { H, T, whh, parts, nonlinearity, reverse };
  const rows = bih.length;
  const [x, u] = [new Float64Array(rows), new Float64Array(rows)];
  for (let k = 0; k < T; k++) {
    const t = reverse ? T - 1 - k : k;
    const before = beforeOf(trace, t);
    for (let r = 0; r < rows; r++) {
      let [a, b] = [bih[r], bhh[r]];
      for (let d = 0; d < I; d++) a += wih[r * I + d] * input[t * I + d];
      if (before >= 0) for (let j = 0; j < H; j++) b += whh[r * H + j] * parts['h'][before * H + j];
      [x[r], u[r]] = [a, b];
    }
    cell.step(trace, t, before, { x, u });
  }
  return trace;
}

/** The token that a direction reads before token t; -1 at its first. */
export function beforeOf({ T, reverse }: Pick<LayerTrace, 'T' | 'reverse'>, t: number): number {
  if (!reverse) return t - 1;
  return t + 1 < T ? t + 1 : -1;
}

/** [T × directions·H] */
function sideBySide(directions: readonly LayerTrace[]): Float64Array<ArrayBuffer> {
  const [{ T, H }] = directions;
  const width = directions.length * H;
  const out = new Float64Array(T * width);
  for (const [d, { parts }] of directions.entries())
    for (let t = 0; t < T; t++) out.set(parts['h'].subarray(t * H, (t + 1) * H), t * width + d * H);
  return out;
}
