/** What all exported graphs share: names and shapes of their inputs and outputs, and the step from logits to probabilities. */
import { log } from '../../core/math.ts';
import type { Calibrated } from '../../evaluate/thresholds.ts';
import type { GraphBuilder } from './graph.ts';
import type { Port } from './model.ts';

/** The inputs of a graph over token ids. */
export function headPorts(docs: { readonly ids: string; readonly lengths: string }): Port[] {
  return [
    { name: 'ids', type: 'int64', dims: ['documents', 'tokens'], doc: docs.ids },
    { name: 'lengths', type: 'int64', dims: ['documents'], doc: docs.lengths },
  ];
}

/** The output. */
export function outputPorts(labelNames: readonly string[]): Port[] {
  return [
    {
      name: 'probabilities',
      type: 'float',
      dims: ['documents', labelNames.length],
      doc: 'probabilities of the classes, in the order of the metadata "labels"; each row adds up to 1',
    },
  ];
}

/** softmax(logits / T - ln t) with the thresholds t; for documents of which nothing is known, the class frequencies. */
export function probabilitiesOf(
  graph: GraphBuilder,
  logits: string,
  {
    temperature,
    thresholds,
    frequencies,
    known,
  }: Calibrated & {
    readonly frequencies: Float64Array | undefined;
    /** [B × 1] */
    readonly known: string | undefined;
  },
): void {
  const divided =
    temperature === 1 ? logits : graph.op('Div', [logits, graph.floats('temperature', [], [temperature])]);
  const offsets = thresholds?.map((t) => log(t));
  const scaled = offsets
    ? graph.op('Sub', [divided, graph.floats('log_thresholds', [1, offsets.length], offsets)])
    : divided;
  if (known === undefined || frequencies === undefined) {
    graph.op('Softmax', [scaled], { axis: 1 }, 'probabilities');
    return;
  }
  const softmax = graph.op('Softmax', [scaled], { axis: 1 });
  const table = graph.floats('class_frequencies', [1, frequencies.length], frequencies);
  graph.op('Where', [known, softmax, table], {}, 'probabilities');
}
