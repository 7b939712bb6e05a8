/** A saved model, ready to predict. */

/** Predicts texts. */
export interface Predictor {
  readonly labelNames: readonly string[];
  /** `[N × C]` probabilities, row-major, in the order of the texts. */
  predict(texts: readonly string[]): Float32Array | Float64Array;
  /** Ends its threads. */
  close(): void;
}

/** Opens the model of a run folder or a model folder. */
export async function openPredictor(folder: string): Promise<Predictor> {
  throw new Error(`not yet: ${folder}`);
}
